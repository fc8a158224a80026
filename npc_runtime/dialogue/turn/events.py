"""What a reply consists of, in the order in which it happens: Started, then Delta and Sentence, Acted, Ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from npc_runtime.dialogue.policy.actions import Action
from npc_runtime.emotions import Emotion

Source = Literal["model", "fallback", "bark"]
Finish = Literal["stop", "length", "cancelled", "deadline", "error"]


@dataclass(frozen=True)
class Started:
    """The emotion is known; words follow."""

    reply: str
    npc: str
    emotion: Emotion
    source: Source


@dataclass(frozen=True)
class Delta:
    """A run of spoken text."""

    text: str


@dataclass(frozen=True)
class Sentence:
    """A complete sentence, `index` counting from 0."""

    text: str
    index: int


@dataclass(frozen=True)
class Acted:
    """The character proposes an action."""

    action: Action


@dataclass(frozen=True)
class Ended:
    """Always the last. Times are seconds since the line arrived."""

    reply: str
    npc: str
    text: str
    emotion: Emotion
    source: Source
    finish: Finish
    reason: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    first_word: float | None = None
    total: float = 0.0


ReplyEvent: TypeAlias = Started | Delta | Sentence | Acted | Ended
