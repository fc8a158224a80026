"""A player's journal: what it has learned, from whom and where. Entries are memories that the player owns.

Only what was really heard or seen gets in: facts that a heard reply carried, news that somebody told within earshot,
how a quarrel ended in front of the player, and events that it saw. Written as the player would note it: "Tom stole the
hammer."; who said so stands beside it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from npc_runtime.dialogue.conversation import Said
from npc_runtime.dialogue.gossip.teaching import carries
from npc_runtime.dialogue.memories import RELATED
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.quarrel.outcome import Outcome
from npc_runtime.dialogue.replies import Unheard
from npc_runtime.dialogue.state import Mind
from npc_runtime.dialogue.understanding.statement import statements, told
from npc_runtime.language.english.person import first_person, second_person
from npc_runtime.memory.entry import Entry, Stored
from npc_runtime.memory.recall import Memory, rank
from npc_runtime.world.perception import Event, perceive
from npc_runtime.world.world import World

_TOLD = re.compile(r"^(?P<teller>[^.!?]{1,64}?) (?:told|tells|whispered to) you that (?P<what>.+)$", re.DOTALL)
_TELLER_IN_IT = re.compile(r"\b(?:they|them|their|theirs|themselves|you|your|yours|yourself)\b", re.IGNORECASE)


MEANT_AT_MOST = 64  # notes that are found by their meaning
_OWN = re.compile(r"\b(?:I|me|my|mine|myself)\b")


def players(entities: Iterable[str]) -> list[str]:
    """Those of some entities who keep a journal, each once."""
    return [entity for entity in dict.fromkeys(entities) if entity.startswith("player:")]


def heard(unheard: Unheard, reply: str, text: str, names: Mapping[str, str], at: int) -> Iterator[Entry]:
    """What a reply told the players who heard it. `text`: as much of it as was spoken; `names` by id."""
    for fact in unheard.facts:
        noted, origin = note(fact, names)
        if not carries(text, noted):
            continue
        for player in players((unheard.to, *unheard.audience)):
            if origin != player:  # it knows what it told them itself
                yield Entry(
                    *(player, "told", noted, at),
                    who=unheard.npc,
                    toward=unheard.to,
                    origin=origin or unheard.npc,
                    kind="fact" if fact.kind == "told" else fact.kind,
                    depth=2 if origin else 1,
                    place=unheard.at,
                    reply=reply,
                )


def overheard(said: Said, hearers: Iterable[str], names: Mapping[str, str], place: str, at: int) -> list[Entry]:
    """The news in a line that somebody says to a character, for the players near."""
    listeners = [player for player in players(hearers) if player != said.speaker]
    if not listeners:
        return []
    addressee = names.get(said.to, said.to)
    news = [
        told(line, speaker=names[said.speaker], addressee=addressee, overheard=True, names=names.values())
        for line in statements(said.text)
    ]
    start = f"{names[said.speaker]} told {addressee} that "
    return [
        Entry(
            *(player, "told", _alone(text, text.removeprefix(start)), at),
            who=said.speaker,
            toward=said.to,
            origin=said.speaker,
            depth=1,
            place=place,
        )
        for text in news
        for player in listeners
    ]


def witnessed(event: Event, world: World) -> list[Entry]:
    """What the players who were near have of an event; what one did itself is no news to it."""
    whereabouts = {entity.id: entity.at for entity in world.entities.values()}
    names = {entity.id: entity.name for entity in world.entities.values()}
    perceived = perceive(
        event, whereabouts=whereabouts, names=names, places=world.places, adjacent=world.adjacent, of="player:"
    )
    return [
        Entry(
            *(one.owner, "witnessed", one.text, event.when),
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


def settled(world: World, argument: Argument, result: Outcome) -> list[Entry]:
    """How an argument ended, for the players who were there."""
    return [
        Entry(
            *(player, "witnessed", second_person(result.bystanders, world.entities[player].name), world.clock.now),
            who=result.ending.by,
            toward=result.ending.to,
            origin=result.ending.by,
            kind="relation",
            importance=result.importance,
            place=argument.place,
        )
        for player in players(world.here(argument.place))
    ]


def note(fact: Memory, names: Mapping[str, str]) -> tuple[str, str]:
    """A character's fact as a player notes it, and the id of whoever had told it to the character, or nothing."""
    found = _TOLD.match(fact.text)
    if found is None:
        return first_person(fact.text), ""
    teller = found["teller"].removesuffix(" once")
    by_name = {name: entity for entity, name in names.items()}
    by_first_name = {name.split(" ")[0]: entity for name, entity in by_name.items()}
    origin = fact.source.partition("said:")[2] or by_name.get(teller) or by_first_name.get(teller, "")
    return _alone(first_person(fact.text), found["what"]), origin


def _alone(whole: str, what: str) -> str:
    """What was told without who told it, unless it speaks of the two."""
    if _TELLER_IN_IT.search(what) or what == whole:
        return whole
    return what[0].upper() + what[1:]


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
    found = merged(kept, mind.names())
    if npc:
        found = [note for note in found if any(source.entry.who == npc for source in note.sources)]
    return await _about(mind, player, about, found) if about.strip() else found


def merged(kept: Iterable[Stored], names: Mapping[str, str]) -> list[Note]:
    """Memories as notes. What somebody says of itself is another thing in another mouth."""
    grouped: dict[tuple[str, str], list[Stored]] = {}
    for stored in kept:
        entry = stored.entry
        alone = "" if entry.how == "witnessed" or not _OWN.search(entry.text) else entry.who
        grouped.setdefault((" ".join(entry.text.lower().split()), alone), []).append(stored)
    return [Note(_text(sources, names), tuple(sources)) for sources in grouped.values()]


def _text(sources: Sequence[Stored], names: Mapping[str, str]) -> str:
    """As the player reads it: "Mira and Bren: Tom stole the hammer." """
    first = sources[0].entry
    if any(source.entry.how == "witnessed" for source in sources):
        return first.text
    tellers = list(dict.fromkeys(names.get(source.entry.who, source.entry.who) for source in sources))
    listed = " and ".join(filter(None, (", ".join(tellers[:-1]), tellers[-1])))
    return f"{listed}: {first.text}"


async def _about(mind: Mind, player: str, about: str, found: Sequence[Note]) -> list[Note]:
    """Those that hold the words, or mean it."""
    texts = {note.text: note for note in found}
    worded = {
        texts[hit.memory.text].id for hit in rank(about, [Memory(text, "self") for text in texts], limit=len(texts))
    }
    close = await mind.memory.about(player, about, mind.world.clock.now, MEANT_AT_MOST)
    meant = {hit.stored.id for hit in close if hit.cosine >= RELATED}
    return [note for note in found if note.id in worded or meant.intersection(source.id for source in note.sources)]
