"""Quarrels on the screen: how one gets hotter, what the player changes, and how it ends."""

from __future__ import annotations

from collections.abc import Iterable

from demo import listening
from demo.panes import Asked, Conversation, Styled
from demo.village import Village
from npc_runtime.client import Quarrel
from npc_runtime.wire import messages as m

_WELL, _BADLY = 0.15, -0.05


async def play(village: Village, talk: Conversation, quarrel: Quarrel) -> None:
    """Shows a quarrel from its first word to its outcome. Raises Cancelled where it breaks off."""

    async def show(message: m.Response) -> None:
        match message:
            case m.ArgueEscalated(party=party, heat=heat):
                await talk.aside(f"{village.called(party)} is {'furious' if heat > 2 else 'getting angry'}.")
            case m.ArgueSettled(outcome=outcome):
                await talk.aside(*settled(village, outcome))

    await listening.play(talk, quarrel, lambda turn: village.called(turn.npc), show)


def settled(village: Village, outcome: m.OutcomeInfo) -> Iterable[Styled]:
    """How it ended, and what it moved."""
    kind = outcome.kind.replace("_", " ")
    yield (f"{kind[0].upper()}{kind[1:]}. ", "bold $primary")
    yield (outcome.text, "$foreground")
    if outcome.action is not None:
        who = " ".join(map(village.called, outcome.action.args))
        yield (
            f"\n» {village.called(outcome.by or '')} would {outcome.action.name} {who}; nobody lets it happen",
            "italic $accent",
        )
    for change in outcome.changes:
        name, toward = village.called(change.npc), village.called(change.toward)
        yield f"\n{name} toward {toward}: affinity {change.affinity:+.2f}, trust {change.trust:+.2f}"


async def mediate(village: Village, talk: Conversation, line: str) -> None:
    """Says a line into the quarrel, and shows how they take it. Raises RuntimeFault."""
    heard = await village.mediate(line)
    await talk.put(Asked(line))
    await talk.aside(*taken(village, heard))


def taken(village: Village, heard: m.ArgueIntervened) -> Iterable[Styled]:
    """How the player's words were read, and how they went down."""
    yield f"They hear: {heard.kind}. "
    for one in heard.taken:
        how = "takes it well" if one.taken > _WELL else "takes it badly" if one.taken < _BADLY else "shrugs"
        yield f"{village.called(one.npc)} {how}. "
