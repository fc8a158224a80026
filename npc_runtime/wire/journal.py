"""The service about what a player has learned."""

from __future__ import annotations

from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.journal import Note, notes
from npc_runtime.dialogue.state import Mind
from npc_runtime.memory.entry import Stored
from npc_runtime.wire import messages as m
from npc_runtime.wire.handling import handles
from npc_runtime.wire.pages import fitting
from npc_runtime.wire.session import Session
from npc_runtime.world.clock import ago
from npc_runtime.world.entity import entity_id

SOURCES_SHOWN = 32


class Journal:
    """What players have learned, for whoever asks."""

    def __init__(self, director: Director) -> None:
        self._director = director

    @handles("journal.list")
    async def list(self, session: Session, request: m.JournalList) -> m.JournalListing:
        """What a player has learned, and from whom. Raises NotFound for a world or a character."""
        mind = self._director.mind(request.world)
        player = entity_id(request.player, "player")
        npc = mind.persona_id(request.npc) if request.npc else ""
        found = [note for note in await notes(mind, player, about=request.about, npc=npc) if note.id > request.after]
        infos = fitting(_note(note, player, mind) for note in found[: request.limit])
        following = infos[-1].id if len(infos) < len(found) else None
        return m.JournalListing(re=request.id, world=request.world, player=player, notes=infos, next=following)


def _note(note: Note, player: str, mind: Mind) -> m.JournalNote:
    sources = [_source(stored, player, mind) for stored in note.sources[:SOURCES_SHOWN]]
    return m.JournalNote(id=note.id, text=note.text, kind=note.sources[0].entry.kind, sources=sources)


def _source(stored: Stored, player: str, mind: Mind) -> m.JournalSource:
    entry = stored.entry
    how = "told" if entry.toward == player else "overheard"
    return m.JournalSource(
        how="witnessed" if entry.how == "witnessed" else how,  # type: ignore[arg-type]
        who=entry.who,
        to=entry.toward,
        origin=entry.origin,
        place=entry.place,
        reply=entry.reply,
        at=entry.at,
        ago=ago(entry.at, mind.world.clock.now, mind.language),
        count=stored.count,
    )
