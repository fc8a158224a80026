"""Drafts: what a small model says to another character is held back, looked at, and written again if it lacks much.

Nobody waits for such a line as a player does for an answer, and a small model writes one in a fraction of a second.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from npc_runtime.dialogue.encounter import draft as talking
from npc_runtime.dialogue.events import Delta, ReplyEvent, Sentence
from npc_runtime.dialogue.generation.bounds import Interrupted
from npc_runtime.dialogue.generation.guard import Breach
from npc_runtime.dialogue.generation.stream import Voice
from npc_runtime.dialogue.quarrel import draft as quarrelling
from npc_runtime.dialogue.turn import Turn
from npc_runtime.dialogue.utterance import Part

DRAFTS = 5
LEAST = 24  # tokens that are left, for another draft
WARMER = 0.3  # temperature, for each further draft of a fact: the same again would be no better
GOOD, UNFIT = 0.5, 1.6  # a draft that lacks more than the one is written again, and as much as the other never spoken


async def best(
    turn: Turn, part: Part, write: Callable[[Voice, int, float], AsyncGenerator[Delta | Sentence, None]]
) -> AsyncGenerator[ReplyEvent, None]:
    """The best of a few drafts, as it is spoken; nothing where none may be, with the reason in the turn.

    Raises Interrupted where the turn is taken back, or its time is up before there is a draft. `write` is given a
    voice, the number of the draft, and how warm it is to be at least.
    """
    reason = ""
    found: tuple[float, Voice | None, list[Delta | Sentence]] = (UNFIT, None, [])
    for number in range(DRAFTS):
        if number and part.tokens - turn.written < LEAST:
            break
        voice = turn.anew(0)
        try:
            async with aclosing(write(voice, number, number * WARMER)) as words:
                draft = [word async for word in words]
        except Breach as breach:
            turn.why.notes.append(f"guard: {breach}")
            reason = reason or f"guard: {breach}"
            continue
        except Interrupted as stop:
            if stop.finish == "cancelled" or found[1] is None:
                raise
            break
        if turn.finish not in ("stop", "length"):
            reason = turn.reason
            break
        assert turn.why.card is not None
        looked_at = talking if part.quarrel is None else quarrelling
        lacks = looked_at.cost(voice.text, turn.why.card, part.said)
        if lacks < found[0]:
            found = lacks, voice, draft
        if lacks < GOOD:
            break
        turn.why.notes.append(f"draft {number + 1} lacks {lacks:.1f}: {voice.text}")
    _, turn.voice, spoken = found
    if turn.voice is not None:
        turn.stop("stop")
    elif turn.finish in ("stop", "length"):
        turn.stop("stop", reason or "no draft was fit to be spoken")
    for event in turn.speak(spoken):
        yield event
