"""A player's journal: what it has learned, from whom and where. Entries are memories that the player owns.

Only what was really heard or seen gets in: facts that a heard reply carried, news that somebody told within earshot,
how a quarrel ended in front of the player, and events that it saw. Written as the player would note it: "Tom stole the
hammer."; who said so stands beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from npc_runtime.dialogue.conversation import Said
from npc_runtime.dialogue.gossip.teaching import carries
from npc_runtime.dialogue.memories import RELATED
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.quarrel.outcome import Outcome
from npc_runtime.dialogue.replies import Unheard
from npc_runtime.dialogue.state import Mind
from npc_runtime.language.claim import ids
from npc_runtime.language.wording import Wording
from npc_runtime.memory.entry import Entry, Stored
from npc_runtime.memory.recall import Memory, rank
from npc_runtime.world.perception import Event, perceive
from npc_runtime.world.world import World

MEANT_AT_MOST = 64  # notes that are found by their meaning


def players(entities: Iterable[str]) -> list[str]:
    """Those of some entities who keep a journal, each once."""
    return [entity for entity in dict.fromkeys(entities) if entity.startswith("player:")]


def heard(unheard: Unheard, reply: str, text: str, at: int, wording: Wording) -> Iterator[Entry]:
    """What a reply told the players who heard it. `text`: as much of it as was spoken."""
    for fact in unheard.facts:
        known = fact.entry
        claim = known.passed_on.claim if known else wording.own(fact.claim, unheard.npc)
        hearsay = known is not None and known.how == "told"
        origin = known.origin if known is not None and hearsay else fact.source.partition("said:")[2]
        if not carries(text, claim, wording):
            continue
        for player in players((unheard.to, *unheard.audience)):
            if origin != player:  # it knows what it told them itself
                yield Entry(
                    *(player, "told", claim, at),
                    who=unheard.npc,
                    toward=unheard.to,
                    origin=origin or unheard.npc,
                    kind="fact" if fact.kind == "told" else fact.kind,
                    depth=2 if origin else 1,
                    place=unheard.at,
                    reply=reply,
                )


def overheard(said: Said, claims: Sequence[str], hearers: Iterable[str], place: str, at: int) -> list[Entry]:
    """What a line that somebody says to a character claims, for the players near."""
    return [
        Entry(
            *(player, "told", claim, at),
            who=said.speaker,
            toward=said.to,
            origin=said.speaker,
            depth=1,
            place=place,
        )
        for claim in claims
        for player in players(hearers)
        if player != said.speaker
    ]


def witnessed(event: Event, world: World) -> list[Entry]:
    """What the players who were near have of an event; what one did itself is no news to it."""
    whereabouts = {entity.id: entity.at for entity in world.entities.values()}
    perceived = perceive(
        event,
        whereabouts=whereabouts,
        language=world.language,
        places=world.places,
        adjacent=world.adjacent,
        of="player:",
    )
    return [
        Entry(
            *(one.owner, "witnessed", one.claim, event.when),
            who=event.by or "",
            toward=event.to or "",
            origin=event.by or "",
            importance=one.importance,
            confidence=one.confidence,
            place=event.at,
        )
        for one in perceived
        if one.owner != event.by
    ]


def settled(world: World, near: Iterable[str], argument: Argument, result: Outcome, claim: str) -> list[Entry]:
    """How an argument ended, as `claim` says it, for the players among those `near`."""
    return [
        Entry(
            *(player, "witnessed", claim, world.clock.now),
            who=result.ending.by,
            toward=result.ending.to,
            origin=result.ending.by,
            kind="relation",
            importance=result.importance,
            place=argument.place,
        )
        for player in players(near)
    ]


@dataclass(frozen=True)
class Note:
    """One thing that a player has learned. `sources` are the memories of it, first learned first; at least one."""

    text: str
    sources: tuple[Stored, ...]

    @property
    def id(self) -> int:
        """Grows with every note of a world."""
        return self.sources[0].id


async def notes(mind: Mind, player: str, *, about: str = "", npc: str = "") -> list[Note]:
    """A player's journal in order; only what has to do with `about`, or what `npc` said or did. Raises StorageError."""
    kept = await asyncio.wrap_future(mind.memory.history.memories(player, limit=-1))
    found = merged(kept, mind.wording)
    if npc:
        found = [note for note in found if any(source.entry.who == npc for source in note.sources)]
    return await _about(mind, player, about, found) if about.strip() else found


def merged(kept: Iterable[Stored], wording: Wording) -> list[Note]:
    """Memories as notes: the same claim is one, whoever it came from; what one says of itself stands apart."""
    grouped: dict[tuple[str, str], list[Stored]] = {}
    for stored in kept:
        entry = stored.entry
        alone = entry.who if entry.how != "witnessed" and entry.who in ids(entry.claim) else ""
        grouped.setdefault((" ".join(entry.claim.lower().split()), alone), []).append(stored)
    return [Note(_text(sources, wording), tuple(sources)) for sources in grouped.values()]


def _text(sources: Sequence[Stored], wording: Wording) -> str:
    """As the player reads it, in the mouth of whoever said it: "Mira and Bren: Tom stole the hammer." """
    first = sources[0].entry
    if any(source.entry.how == "witnessed" for source in sources):
        return wording.text(first.claim, first.owner)
    tellers = [wording.name(who) for who in dict.fromkeys(source.entry.who for source in sources)]
    listed = " and ".join(filter(None, (", ".join(tellers[:-1]), tellers[-1])))
    if first.origin not in (first.who, "") and first.origin in ids(first.claim):  # "they" in it is somebody else
        whole = wording.told(first.claim, who=first.origin, to=first.who, origin=first.origin, reader=first.who)
        return f"{listed}: {wording.language.first_person(whole)}"
    return f"{listed}: {wording.said(first.claim, first.who)}"


async def _about(mind: Mind, player: str, about: str, found: Sequence[Note]) -> list[Note]:
    """Those that hold the words, or mean it."""
    texts = {note.text: note for note in found}
    worded = {
        texts[hit.memory.text].id for hit in rank(about, [Memory(text, "self") for text in texts], limit=len(texts))
    }
    close = await mind.memory.about(player, about, mind.world.clock.now, MEANT_AT_MOST)
    meant = {hit.stored.id for hit in close if hit.cosine >= RELATED}
    return [note for note in found if note.id in worded or meant.intersection(source.id for source in note.sources)]
