"""The words of a turn: a bark where that will do, the model's, or a fallback line of the character's own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Literal

from npc_runtime.dialogue.considering import consider, recall
from npc_runtime.dialogue.drafting import drafted
from npc_runtime.dialogue.events import Delta, ReplyEvent, Sentence, Source
from npc_runtime.dialogue.fallback import fallback_line
from npc_runtime.dialogue.guard import Breach, Guard
from npc_runtime.dialogue.moves import FACT_MOVES
from npc_runtime.dialogue.passing import bark
from npc_runtime.dialogue.race import Interrupted
from npc_runtime.dialogue.sentences import split
from npc_runtime.dialogue.turn import Turn
from npc_runtime.dialogue.voice import Voice
from npc_runtime.dialogue.writing import TooLong, Writing

ATTEMPTS = 2  # a breach is written anew once


class Answering:
    """Finds the words of turns."""

    def __init__(self, writing: Writing | None, barks: Literal["auto", "never"]) -> None:
        """`writing` None: there is no model. `barks` as in Config, for utterances that say nothing of it."""
        self._writing = writing
        self._barks = barks

    async def write(self, turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        """A bark, or the model's words; nothing where a fallback line is wanted, with the reason in the turn."""
        await recall(turn)
        if turn.void:
            raise Interrupted("cancelled")
        request_format, messages = consider(turn)
        if turn.utterance.part is None and (turn.utterance.barks or self._barks) == "auto":
            turn.bark = bark(turn.exchange(), turn.mind.pack, turn.seed)
        if turn.bark is not None:
            turn.why.prompt.clear()  # no model reads it
            for event in _in_one_piece(turn, "bark", turn.bark.words, turn.bark.rule):
                yield event
            return
        if self._writing is None:
            turn.stop("stop", "there is no model")
            return
        if turn.utterance.part is not None and turn.style == "compact":
            drafts = drafted(self._writing, turn, lambda: _guard(turn, 0), messages, request_format)
            async with aclosing(drafts) as events:
                async for event in events:
                    yield event
            return
        for attempt in range(ATTEMPTS):
            turn.voice = Voice(turn.emotion, _guard(turn, attempt))
            try:
                words = self._writing.attempt(turn, turn.voice, messages, request_format, attempt)
                async with aclosing(words) as events:
                    async for event in events:
                        yield event
                return
            except TooLong:
                turn.style = "compact"
                turn.why.notes.append("the full prompt does not fit the context, so a compact one was used")
                request_format, messages = consider(turn)
            except Breach as breach:
                turn.why.notes.append(f"guard: {breach}")
                turn.stop("stop", f"guard: {breach}")
                if turn.unheard is not None:
                    return


def fall_back(turn: Turn) -> list[ReplyEvent]:
    """A line of the character's own, in one piece."""
    text = turn.utterance.part.fallback if turn.utterance.part else _own_line(turn)
    why = {"deadline": "no word came in time", "cancelled": "the model was stopped"}
    return _in_one_piece(turn, "fallback", text, why.get(turn.finish, turn.reason))


def _guard(turn: Turn, attempt: int) -> Guard:
    assert turn.thought is not None
    # The right answer, asked for twice, may come out the same twice.
    may_repeat = attempt > 0 and turn.thought.choice.move in FACT_MOVES
    before = () if may_repeat else tuple(turn.mind.speaking.last_lines(turn.utterance.to))
    others = [*turn.mind.names().values(), turn.utterance.speaker_name]
    return Guard(turn.persona.name, others, before)


def _in_one_piece(turn: Turn, source: Source, text: str, reason: str) -> list[ReplyEvent]:
    """A line that no model wrote."""
    turn.stop("stop", reason)
    turn.source = source
    turn.why.notes.append(f"{source}: {reason}")
    return turn.speak([Delta(text), *(Sentence(sentence, index) for index, sentence in enumerate(split(text)))])


def _own_line(turn: Turn) -> str:
    last = turn.mind.speaking.last_lines(turn.utterance.to)
    return fallback_line(
        turn.mind.pack,
        turn.persona.id,
        turn.reading.intent,
        mood=turn.persona.mood,
        listener=turn.utterance.speaker_name,
        seed=turn.seed,
        last=last[-1] if last else "",
    )
