"""The words of a turn: a bark where that will do, the model's, or a fallback line of the character's own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Literal

from npc_runtime.dialogue.events import Delta, ReplyEvent, Sentence, Source
from npc_runtime.dialogue.generation.bounds import Interrupted
from npc_runtime.dialogue.generation.write import Writing
from npc_runtime.dialogue.turn import Turn
from npc_runtime.dialogue.understanding.sentences import split


class Wording:
    """Finds the words of turns."""

    def __init__(self, writing: Writing | None, barks: Literal["auto", "never"]) -> None:
        """`writing` None: there is no model. `barks` as in Config, for utterances that say nothing of it."""
        self._writing = writing
        self._barks = barks

    async def find(self, turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        """A bark, or the model's words; nothing where a fallback line is wanted, with the reason in the turn."""
        await turn.recall()
        if turn.void:
            raise Interrupted("cancelled")
        turn.consider()
        bark = turn.spare(self._barks)
        if bark is not None:
            turn.why.prompt.clear()  # no model reads it
            for event in _in_one_piece(turn, "bark", bark.words, bark.rule):
                yield event
        elif self._writing is None:
            turn.stop("stop", "there is no model")
        else:
            async with aclosing(turn.words(self._writing)) as events:
                async for event in events:
                    yield event


def fall_back(turn: Turn) -> list[ReplyEvent]:
    """A line of the character's own, in one piece."""
    why = {"deadline": "no word came in time", "cancelled": "the model was stopped"}
    return _in_one_piece(turn, "fallback", turn.fallback(), why.get(turn.finish, turn.reason))


def _in_one_piece(turn: Turn, source: Source, text: str, reason: str) -> list[ReplyEvent]:
    """A line that no model wrote."""
    turn.stop("stop", reason)
    turn.source = source
    turn.why.notes.append(f"{source}: {reason}")
    return turn.speak([Delta(text), *(Sentence(sentence, index) for index, sentence in enumerate(split(text)))])
