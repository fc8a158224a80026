"""A turn in the model's words: what is asked of the writer, and what is made of its text."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace

from npc_runtime.dialogue.events import Acted, Delta, ReplyEvent, Sentence
from npc_runtime.dialogue.generation.prompt import Message, Style
from npc_runtime.dialogue.generation.race import race
from npc_runtime.dialogue.generation.stream import Voice
from npc_runtime.dialogue.policy.actions import expand
from npc_runtime.dialogue.policy.moves import FACT_MOVES, Move
from npc_runtime.dialogue.turn import Turn
from npc_runtime.dice import mix
from npc_runtime.engine import request as engine
from npc_runtime.engine.request import Writer
from npc_runtime.errors import PromptTooLong, RuntimeFault

FACT_TEMPERATURE = 0.2
WARMER = 0.3  # temperature, for each further draft of a fact
COMPACT_MIN_P = 0.2  # the bundled model's moves were recognized in 84% of its lines, and in 77% with 0.05


class TooLong(Exception):
    """The prompt does not fit; a shorter style may."""


class Writing:
    """Has turns written."""

    def __init__(self, writer: Writer, *, temperature: float, max_tokens: int, repeatable: bool) -> None:
        """`repeatable`: the same seed is to give the same words."""
        self._writer = writer
        self._temperature = temperature
        self._max_tokens = max_tokens
        self._repeatable = repeatable

    async def attempt(
        self, turn: Turn, voice: Voice, messages: tuple[Message, ...], request_format: engine.ReplyFormat, number: int
    ) -> AsyncGenerator[ReplyEvent, None]:
        """One try at a turn, the `number`th from 0 on, spoken as it is written. Raises TooLong, Interrupted, Breach."""
        async with aclosing(self.draft(turn, voice, messages, request_format, number)) as words:
            async for word in words:
                for spoken in turn.speak([word]):
                    yield spoken
        if turn.finish in ("stop", "length"):
            for proposed in _proposed(turn, voice):
                yield proposed

    async def draft(
        self, turn: Turn, voice: Voice, messages: tuple[Message, ...], request_format: engine.ReplyFormat, number: int
    ) -> AsyncGenerator[Delta | Sentence, None]:
        """The words of one try, that nobody has spoken. Raises TooLong, Interrupted, Breach."""
        utterance = turn.utterance
        most = utterance.max_tokens or self._max_tokens
        request = engine.Request(
            messages=messages,
            max_tokens=most if utterance.part is None else max(1, min(most, utterance.part.tokens - turn.written)),
            sampling=self._sampling(turn, number),
            format=request_format,
            priority=utterance.priority,
            deadline=max(0.0, turn.until - time.monotonic()),
            # What was computed before, in another batch, may be rounded otherwise.
            reuse=not self._repeatable and utterance.seed is None,
        )
        stream = self._writer.generate(request)
        ended: engine.Ended | None = None
        try:
            while ended is None:
                event = await race(_next(stream), utterance.cancelled, turn.until)
                if isinstance(event, engine.Text):
                    for word in voice.feed(event.text):
                        yield word
                else:
                    ended = event
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()
        if isinstance(ended.error, PromptTooLong) and turn.style == "full":
            raise TooLong
        turn.usage = ended.usage
        if ended.finish == "length" and ended.usage.completion_tokens < request.max_tokens:
            turn.why.notes.append(
                f"the context was full after {ended.usage.completion_tokens} of {request.max_tokens} tokens of reply: "
                f"the prompt has {ended.usage.prompt_tokens}"
            )
        turn.written += ended.usage.completion_tokens
        turn.stop(ended.finish, str(ended.error) if ended.error else "")
        if ended.finish in ("stop", "length"):
            for word in voice.end():
                yield word

    def _sampling(self, turn: Turn, number: int) -> engine.Sampling:
        move = turn.thought.choice.move if turn.thought is not None else None
        usual, asked = sampling(turn.style, move, self._temperature, mix(turn.seed, number)), turn.utterance.temperature
        if asked is not None:
            return replace(usual, temperature=asked)
        if turn.utterance.part is not None and number:  # the same again would be no better
            return replace(usual, temperature=max(usual.temperature, min(self._temperature, number * WARMER)))
        return usual


def sampling(style: Style, move: Move | None, temperature: float, seed: int) -> engine.Sampling:
    """How a reply is drawn: a small model keeps to what is likely, and says a fact right rather than in many ways."""
    if style == "full":
        return engine.Sampling(temperature=temperature, seed=seed)
    if move in FACT_MOVES:
        temperature = min(temperature, FACT_TEMPERATURE)
    return engine.Sampling(temperature=temperature, min_p=COMPACT_MIN_P, seed=seed)


def _proposed(turn: Turn, voice: Voice) -> list[Acted]:
    assert turn.thought is not None
    if turn.style == "compact":
        return [Acted(turn.thought.choice.action)] if turn.thought.choice.action else []
    if voice.action is None:
        return []
    if voice.action in expand(turn.utterance.offers):
        return [Acted(voice.action)]
    turn.why.notes.append(f"the model proposed <{voice.action.text}>, which is not on offer")
    return []


async def _next(stream: AsyncIterator[engine.EngineEvent]) -> engine.EngineEvent:
    try:
        return await stream.__anext__()
    except StopAsyncIteration:
        raise RuntimeFault("the model's text ended without an end") from None
