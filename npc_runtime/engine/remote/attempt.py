"""One try at a request: a server writes, a reader holds what comes to its form, and what is in it is passed on.

A character decides before it speaks, and decides more coolly than it speaks. A server knows one temperature a request,
so where it can be held to a form it is asked twice: for the decision, and then for the words behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from npc_runtime.engine.remote.body import body
from npc_runtime.engine.remote.dialect import FREE, Abilities
from npc_runtime.engine.remote.faults import ServerFault
from npc_runtime.engine.remote.reading import Misformed, Reader, chosen, reader
from npc_runtime.engine.remote.replica import Chunk, Replica
from npc_runtime.engine.remote.schema import Transcript
from npc_runtime.engine.request import ReplyFormat, Request, Usage

PARTING_SECONDS = 0.25  # that a text gets to end by itself once all of it is there
DECISION_TOKENS = 24


@dataclass
class Tally:
    """What became of a request so far, in all tries."""

    decided: str = ""  # `word numbers`, a line break and `(emotion)`: passed on, and part of what the words begin with
    given: bool = False  # words were passed on: it cannot begin again
    chunks: int = 0
    prompt: int = 0
    cached: int = 0
    completion: int = 0

    @property
    def usage(self) -> Usage:
        """Counts of tokens; where the server says nothing, each piece of the stream was one."""
        return Usage(self.prompt, self.cached, self.completion + self.chunks)

    def take(self, chunk: Chunk) -> None:
        """Counts a piece."""
        self.chunks += bool(chunk.text)
        if chunk.prompt_tokens is not None:
            self.prompt, self.cached = chunk.prompt_tokens, chunk.cached_tokens
        if chunk.completion_tokens is not None:
            self.completion, self.chunks = self.completion + chunk.completion_tokens, 0


@dataclass(frozen=True)
class Attempt:
    """One try. `patience` are seconds until the first word; `free`: the server is not asked for the form."""

    replica: Replica
    request: Request
    tally: Tally
    pass_on: Callable[[str], None]
    seed: int
    patience: float | None = None
    free: bool = False

    async def run(self) -> bool:
        """Has it written; says whether it was cut for its length. Raises Misformed, RuntimeFault."""
        request = self.request
        if self._decides_apart and not self.tally.decided:
            decided = list[str]()
            await self._written(_decision(request), decided.append)
            if "".join(decided).count("\n") != 1:
                raise Misformed("nothing is decided")
            self.tally.decided = "".join(decided)
            self.pass_on(self.tally.decided)
        if not (decision := self.tally.decided):
            return await self._written(request, self._speak)
        settled, voiced = _settled(request, decision)
        left = [decision]

        def behind(text: str) -> None:
            """Passes on the words, without the decision before them."""
            if text and left:
                if not text.startswith(left[0]):
                    raise Misformed("the words are not behind the decision")
                text = text[len(left.pop()) :]
            self._speak(text)

        return await self._written(settled, behind) if voiced else False

    @property
    def _abilities(self) -> Abilities:
        found = self.replica.abilities
        return replace(found, dialect=FREE) if self.free else found

    @property
    def _decides_apart(self) -> bool:
        form, sampling, dialect = self.request.format, self.request.sampling, self._abilities.dialect
        if not isinstance(form, ReplyFormat) or len(form.options) < 2 or dialect is FREE or dialect.json:
            return False
        return sampling.choosing not in (None, sampling.temperature)

    def _speak(self, text: str) -> None:
        if text:
            self.tally.given = True
            self.pass_on(text)

    async def _written(self, request: Request, take: Callable[[str], None]) -> bool:
        """Has one text written."""
        abilities = self._abilities
        read = reader(request)
        transcript = Transcript(request.format) if request.format is not None and abilities.dialect.json else None
        finish, began = "", False
        stream = self.replica.stream(body(request, self.replica.model, abilities, seed=self.seed))
        async with aclosing(stream) as chunks:
            while not (read.done and abilities.dialect is FREE):  # which would go on
                try:
                    chunk = await _next(chunks, PARTING_SECONDS if read.done else None if began else self.patience)
                except asyncio.TimeoutError:
                    if read.done:
                        break
                    slow = f"{self.replica.url} has not said its first word after {self.patience:g} s"
                    raise ServerFault(slow) from None
                if chunk is None:
                    break
                self.tally.take(chunk)
                finish = finish or chunk.finish
                if chunk.text and not read.done:
                    began = True
                    take(read.feed(transcript.feed(chunk.text) if transcript else chunk.text))
        cut = finish == "length" and not read.done
        if not read.done:
            take(_rest(read, transcript))
        return cut


def _decision(request: Request) -> Request:
    """Asks for the choice and the emotion alone, as coolly as choices are made."""
    form, sampling = request.format, request.sampling
    assert isinstance(form, ReplyFormat), "others are not decided apart"
    silent = tuple(replace(option, voiced=False) for option in form.options)
    cool = replace(sampling, temperature=sampling.temperature if sampling.choosing is None else sampling.choosing)
    return replace(
        request, format=replace(form, options=silent, actions=()), sampling=cool, max_tokens=DECISION_TOKENS, stop=()
    )


def _settled(request: Request, decision: str) -> tuple[Request, bool]:
    """A request for the words behind a decision, and whether there are to be any."""
    form = request.format
    assert isinstance(form, ReplyFormat), "others are not decided apart"
    line, _, emotion = decision.partition("\n")
    _, option = chosen(line, form.options)
    numbers = tuple(int(word) for word in line[len(option.word) :].split())
    only = replace(option, numbers=numbers, least=len(numbers), most=len(numbers))
    emotions = (emotion.strip("()"),) if emotion else form.emotions
    return replace(request, format=replace(form, emotions=emotions, options=(only,))), option.voiced


def _rest(read: Reader, transcript: Transcript | None) -> str:
    held = read.feed(transcript.end()) if transcript else ""
    return held if read.done else held + read.end()


async def _next(chunks: AsyncGenerator[Chunk, None], limit: float | None) -> Chunk | None:
    """The next piece, or None behind the last. Raises TimeoutError after `limit` seconds."""

    async def piece() -> Chunk | None:
        return await anext(chunks, None)

    return await (piece() if limit is None else asyncio.wait_for(piece(), limit))
