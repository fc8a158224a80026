"""The cue of a turn: what a speaker answers, and what it is to do with it."""

from __future__ import annotations

import contextlib
from typing import Any

from npc_runtime.dialogue.memories import memory
from npc_runtime.dialogue.quarrel.argument import Argument, Spoken
from npc_runtime.dialogue.quarrel.card import card
from npc_runtime.dialogue.quarrel.stock import face, stock_line
from npc_runtime.dialogue.stage.beat import Beat
from npc_runtime.dialogue.stage.playing import Playing
from npc_runtime.dialogue.state import Mind
from npc_runtime.dialogue.turn import Part, Utterance
from npc_runtime.dice import mix
from npc_runtime.errors import StorageError
from npc_runtime.memory.recall import Memory

_SEARCHED = 3


async def cue(playing: Playing, beat: Beat[Spoken], deadline: float) -> Utterance:
    """What the director has answered; `deadline` in seconds, where the argument has that much time left."""
    mind, argument, spoken = playing.mind, playing.argument, beat.spoken
    quarrel, facts = card(argument, spoken)
    opponent = argument.party(spoken.toward)
    limits = argument.limits

    def heard() -> dict[str, Any]:
        beat.heard.set()
        return playing.take() if playing.beat is beat else {}

    part = Part(
        move=spoken.move,
        quarrel=quarrel,
        emotion=face(spoken.move, quarrel.heat),
        fallback=stock_line(spoken.move, quarrel, facts, playing.said, argument.seed, argument.turn),
        then=heard,
        facts=tuple([await _remembered(mind, spoken.speaker, fact) for fact in facts]),
        tokens=limits.tokens - argument.tokens,
        said=tuple(playing.said),
    )
    return Utterance(
        speaker=opponent.id,
        speaker_name=opponent.name,
        to=spoken.speaker,
        text=_answered(mind, argument, spoken),
        hearers=tuple(other for other in mind.world.here(argument.place) if other != opponent.id),
        priority=playing.priority,
        deadline=min(deadline, max(0.0, limits.seconds - argument.seconds)),
        seed=mix(argument.seed, argument.turn) if playing.seeded else None,
        part=part,
        cancelled=beat.cancelled,
    )


async def _remembered(mind: Mind, npc: str, fact: str) -> Memory:
    """What is cited, with where the speaker has it from, so that whoever hears it learns it from there too."""
    with contextlib.suppress(StorageError):
        for stored, _ in await mind.knows(npc, fact, _SEARCHED):
            if stored.entry.text == fact and stored.id:
                return memory(stored.entry)
    return Memory(fact, "witnessed")


def _answered(mind: Mind, argument: Argument, spoken: Spoken) -> str:
    """The line that a turn answers: a mediator's, or the opponent's last one."""
    if argument.mediation is not None:
        return argument.mediation.said.text
    if not argument.spoken:
        return f"What is it, {argument.party(spoken.speaker).name}?"
    lines = mind.conversation(spoken.speaker).lines
    said = (line.text for line in reversed(lines) if (line.speaker, line.to) == (spoken.toward, spoken.speaker))
    return next(said, "...")
