"""Closed choices that a model makes beside its replies, such as who of those present is meant."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing

from npc_runtime.dialogue.generation.parser import Decided, decided
from npc_runtime.dialogue.generation.prompt import Message
from npc_runtime.engine.request import ChoiceFormat, Ended, Option, Priority, Request, Sampling, Text, Writer

PATIENCE = 2.0  # seconds; whoever waits for a choice waits for the answer behind it
LONGEST = 12  # tokens of a word and its numbers


class Choosing:
    """Asks a model, for a world."""

    def __init__(self, writer: Writer, world: str = "") -> None:
        self._writer = writer
        self._owner = f"{world}/" if world else ""

    async def choose(
        self, messages: Sequence[Message], options: Sequence[Option], *, priority: Priority, seed: int
    ) -> Decided | None:
        """What it chose, the likeliest; None where it could not in time."""
        request = Request(
            messages=tuple(messages),
            max_tokens=LONGEST,
            sampling=Sampling(temperature=0.0, seed=seed),
            format=ChoiceFormat(tuple(options)),
            priority=priority,
            deadline=PATIENCE,
            owner=self._owner,
        )
        text = ""
        async with aclosing(self._writer.generate(request)) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, Ended):
                    return _one_of(options, decided(text)) if event.finish == "stop" else None
                if isinstance(event, Text):
                    text += event.text
        return None


def _one_of(options: Sequence[Option], choice: Decided) -> Decided | None:
    """The choice, where it is one: an engine that has no grammar may write anything."""
    open_to = {option.word: option for option in options}
    option = open_to.get(choice.word)
    if option is None or not option.least <= len(choice.numbers) <= option.most:
        return None
    return choice if set(choice.numbers) <= set(option.numbers) else None
