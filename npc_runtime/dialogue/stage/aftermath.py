"""What an argument leaves behind in the minds of those who were there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from npc_runtime.dialogue import journal
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.quarrel.outcome import Outcome, outcome
from npc_runtime.dialogue.state import ARGUMENT, Mind
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.news import News
from npc_runtime.world.perception import Event, perceive


def settle(mind: Mind, argument: Argument) -> tuple[Outcome, asyncio.Task[list[int]]]:
    """Moves relations, has everybody remember, and takes the argument off the world's list; all of it at once.

    The task is done when that is kept, and raises StorageError.
    """
    result, now = outcome(argument), mind.world.clock.now
    records: dict[str, Any] = {ARGUMENT + argument.id: None}
    for change in result.relations:
        records |= mind.feelings.move(mind.persona(change.npc), change.toward, change.by, change.reason, now)
    mind.arguments.pop(argument.id, None)
    return result, mind.keep(
        [*_entries(mind, argument, result, now), *journal.settled(mind.world, argument, result)], records
    )


def _entries(mind: Mind, argument: Argument, result: Outcome, now: int) -> list[Entry]:
    """The parties remember it from their side, wherever they are by now; whoever is there saw it."""
    names = mind.names()
    seen = {
        npc: mind.language.second_person(result.bystanders, names[npc])
        for npc in mind.world.here(argument.place)
        if npc.startswith("npc:") and npc not in result.memories
    }
    ending = result.ending
    gone = [id for id, stance in argument.stances.items() if stance.left == "gone"]
    entries = [
        Entry(
            *(owner, "witnessed", text, now),
            who=ending.by,
            toward=ending.to,
            origin=ending.by,
            kind="relation" if owner in result.memories else "quarrel",
            importance=result.importance,
            news=None if owner in gone else News(result.bystanders),  # who was gone did not see how it ended
        )
        for owner, text in {**result.memories, **seen}.items()
    ]
    return [*entries, *(one for one in _next_door(mind, argument, result, now) if one.owner not in result.memories)]


def _next_door(mind: Mind, argument: Argument, result: Outcome, now: int) -> Iterator[Entry]:
    """Those in the places around heard that there was shouting, if there was, and nothing of what it was over."""
    loud = result.ending.kind == "blows" or any(said.move is Move.INSULT for said in argument.spoken)
    if not loud or argument.place not in mind.world.places:
        return
    what, noise = (argument.language.phrases.text(f"outcome.{key}") for key in ("quarrelled", "shouting"))
    shouting = Event(what, argument.place, now, noise=noise, importance=result.importance)
    for one in perceive(
        shouting,
        whereabouts={entity.id: entity.at for entity in mind.world.entities.values()},
        names=mind.names(),
        places=mind.world.places,
        adjacent=mind.world.adjacent,
        language=mind.language,
    ):
        if one.how == "heard-from-afar":
            yield Entry(
                *(one.owner, "witnessed", one.text, now),
                kind="quarrel",
                importance=one.importance,
                confidence=one.confidence,
            )
