"""What an argument leaves behind in the minds of those who were there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

from npc_runtime.dialogue import journal
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.quarrel.outcome import Outcome, outcome
from npc_runtime.dialogue.state import ARGUMENT, Mind
from npc_runtime.memory.entry import NOTHING_ELSE, Entry
from npc_runtime.memory.news import News
from npc_runtime.world.perception import Event, perceive


def settle(
    mind: Mind, argument: Argument, heard_by: Sequence[str] | None = None
) -> tuple[Outcome, asyncio.Task[list[int]]]:
    """Moves relations, has everybody remember, and takes the argument off the world's list; all of it at once.

    `heard_by`: who else heard it, where the game says so, and not everybody who is there.

    The task is done when that is kept, and raises StorageError.
    """
    result, now = outcome(argument), mind.world.clock.now
    involved = [party.id for party in argument.parties]
    records: dict[str, Any] = {ARGUMENT + argument.id: None}
    for change in result.relations:
        reason = mind.wording.own(change.reason, change.npc, involved)
        records |= mind.feelings.move(mind.persona(change.npc), change.toward, change.by, reason, now)
    mind.arguments.pop(argument.id, None)
    seen = mind.wording.linked(result.bystanders, involved)
    near = mind.world.here(argument.place) if heard_by is None else heard_by
    # Where the game says who hears it, its places say nothing of that.
    shouting = _next_door(mind, argument, result, now) if heard_by is None else ()
    noted = journal.settled(mind.world, near, argument, result, seen)
    return result, mind.keep([*_entries(mind, near, argument, result, now), *shouting, *noted], records)


def _entries(mind: Mind, near: Sequence[str], argument: Argument, result: Outcome, now: int) -> list[Entry]:
    """The parties remember it from their side, wherever they are by now; whoever is there saw it."""
    wording, involved = mind.wording, [party.id for party in argument.parties]
    witnessed = wording.linked(result.bystanders, involved)
    known = {party: wording.own(text, party, involved) for party, text in result.memories.items()}
    known |= {npc: witnessed for npc in near if npc.startswith("npc:") and npc not in known}
    ending = result.ending
    gone = [id for id, stance in argument.stances.items() if stance.left == "gone"]
    return [
        Entry(
            *(owner, "witnessed", claim, now),
            who=ending.by,
            toward=ending.to,
            origin=ending.by,
            kind="relation" if owner in result.memories else "quarrel",
            importance=result.importance,
            # Others are told what anybody saw; who was gone did not see how it ended.
            news=NOTHING_ELSE if owner in gone or claim == witnessed else News(witnessed),
        )
        for owner, claim in known.items()
    ]


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
        language=mind.world.language,
        places=mind.world.places,
        adjacent=mind.world.adjacent,
    ):
        if one.how == "heard-from-afar" and one.owner not in result.memories:
            yield Entry(
                *(one.owner, "witnessed", one.claim, now),
                kind="quarrel",
                importance=one.importance,
                confidence=one.confidence,
            )
