"""What a turn looks like on the card that the model reads."""

from __future__ import annotations

from npc_runtime.dialogue.generation.prompt import Quarrel
from npc_runtime.dialogue.quarrel.argument import Argument, Spoken

_RULING_LASTS = 2  # turns


def card(argument: Argument, spoken: Spoken) -> tuple[Quarrel, tuple[str, ...]]:
    """The quarrel from the speaker's side, and the facts of its turn: the one that is cited, or none."""
    party, opponent = argument.party(spoken.speaker), argument.party(spoken.toward)
    complaint = party.complaints[opponent.id]
    heard = argument.interventions[-1] if argument.interventions else None
    since = argument.spoken[heard.turn :] if heard else ()
    fresh = len(since) < _RULING_LASTS and all(earlier.speaker != party.id for earlier in since)  # answered once
    quarrel = Quarrel(
        opponent.name,
        complaint.grievance,
        complaint.demand,
        degree(argument.stances[party.id].heat),
        heard.said.name if heard and fresh else "",
        heard.said.text if heard and fresh else "",
    )
    return quarrel, () if spoken.fact is None else (party.evidence[spoken.fact].text,)


def degree(heat: float) -> int:
    """Heat as cards have it: 0 calm, 1, 2, 3 furious."""
    return min(3, int(heat + 0.5))
