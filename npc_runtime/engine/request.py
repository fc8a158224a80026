"""What the engine takes and what it gives back. Nothing here knows llama.cpp, prompts of characters, or sockets."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, Protocol, TypeAlias

from npc_runtime.config import SamplerKind
from npc_runtime.errors import RuntimeFault

FinishReason = Literal["stop", "length", "cancelled", "deadline", "error"]


class Priority(IntEnum):
    """For whom a text is written. Lower is served first."""

    PLAYER = 0  # a player waits for it
    BYSTANDER = 1  # a character answers another one's line
    ARGUMENT = 2  # a turn of an argument, or of another scene that players see
    AMBIENT = 3  # encounters and far-away chatter
    BACKGROUND = 4  # nobody waits: reflections, sheets of creatures, what is computed beforehand


@dataclass(frozen=True)
class Sampling:
    """How the next token is drawn. `temperature` 0 takes the likeliest. `seed` None draws a new one.

    `choosing` is the temperature of closed choices, which nothing else here touches; None: the same.
    """

    temperature: float = 0.7
    choosing: float | None = None
    sampler: SamplerKind = "min-p"
    min_p: float = 0.05  # of the likeliest token's chance, below which none is drawn
    dry: float = 0.0  # how much is taken off what would be said again, see `llama_sampler`; 0: nothing
    seed: int | None = None


@dataclass(frozen=True)
class Option:
    """A way to begin a sheet: a word, then from `least` to `most` of these `numbers`, each at most once.

    Where it is not `voiced`, nothing follows but the emotion: somebody else has the words for it.
    """

    word: str
    numbers: tuple[int, ...] = ()
    least: int = 0
    most: int = 0
    voiced: bool = True


@dataclass(frozen=True)
class ReplyFormat:
    """The reply grammar: `word numbers`, a line break, then `(emotion) line <action>`.

    `emotions` are the words allowed in the brackets; `actions` the strings allowed between angle brackets at the end,
    at most one of them; the line is free text of one line without `<`. Without `options` it begins with the emotion.
    """

    emotions: tuple[str, ...]
    actions: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class ChoiceFormat:
    """A closed choice and nothing else: `word numbers`."""

    options: tuple[Option, ...]


@dataclass(frozen=True)
class Slot:
    """A line of a sheet, `label: words`: one of `choices`, or free text of about `limit` characters at most.

    Free text goes on from `begins`, which is written for the model.
    """

    label: str
    limit: int = 160
    begins: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class SheetFormat:
    """A sheet to be filled in: these lines and no others, in this order; see `npc_runtime.engine.tokens.sheet`."""

    slots: tuple[Slot, ...]


class PromptPiece(Protocol):
    """A run of prompt text, see `npc_runtime.dialogue.generation.prompt.Piece`."""

    @property
    def text(self) -> str:
        """The text; never tokenized with special tokens on."""

    @property
    def trusted(self) -> bool:
        """Whether it is ours, and not somebody's data."""

    @property
    def shared(self) -> bool:
        """Whether this opens the prompts of many characters."""


class PromptMessage(Protocol):
    """One chat message, see `npc_runtime.dialogue.generation.prompt.Message`."""

    @property
    def role(self) -> str:
        """`system`, `user` or `assistant`."""

    @property
    def pieces(self) -> tuple[PromptPiece, ...]:
        """The content."""


_numbers = itertools.count(1)


@dataclass(frozen=True)
class Request:
    """One text to write."""

    messages: tuple[PromptMessage, ...]
    max_tokens: int = 72  # 0: the prompt is computed and kept for its owner's next one, and nothing is written
    sampling: Sampling = field(default_factory=Sampling)
    format: ReplyFormat | ChoiceFormat | SheetFormat | None = None
    stop: tuple[str, ...] = ()
    priority: Priority = Priority.BYSTANDER
    deadline: float | None = None  # seconds from submission; the text so far still ends properly
    reuse: bool = True  # False computes the whole prompt afresh: bit-identical logits whatever was said before
    said: tuple[str, ...] = ()  # before, oldest first: what `dry` is to keep it from saying again
    owner: str = ""  # whose prompt it is, as `world/npc:mira`: what was computed of it is kept for its next one;
    # `world/`: of nobody in that world, for whom nothing is kept
    adapter: str = ""  # the path of a GGUF with what its character or village learned beside the model; empty: nothing
    number: int = field(default_factory=lambda: next(_numbers))  # names the request in `cancel`

    @property
    def prompt_only(self) -> bool:
        """Whether nothing is to be written: its prompt is computed beforehand, for a player who came near."""
        return self.max_tokens == 0

    @property
    def world(self) -> str:
        """Whose share of the model it takes."""
        return self.owner.partition("/")[0]


@dataclass(frozen=True)
class Usage:
    """Token counts of one request. `cached_tokens` of the prompt were computed before, by this or another request."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True)
class Text:
    """A run of text: whole characters, stop strings held back."""

    text: str


@dataclass(frozen=True)
class Ended:
    """The last event of every request."""

    finish: FinishReason
    usage: Usage
    error: RuntimeFault | None = None


EngineEvent: TypeAlias = Text | Ended
Sink: TypeAlias = Callable[[list[EngineEvent]], None]
"""Called on the engine's thread, once a step at most, with what is new for one request; must not block."""


class Writer(Protocol):
    """The engine, or a fake one in tests."""

    @property
    def keeps(self) -> bool:
        """Whether it computes on this machine, so that what it did of a prompt is still here when it is needed."""

    def generate(self, request: Request) -> AsyncIterator[EngineEvent]:
        """Text events, then one Ended. Closing the iterator takes the request back."""

    async def forget(self, owners: str) -> None:
        """Gives up whatever was kept of the prompts of all owners whose names begin so."""
