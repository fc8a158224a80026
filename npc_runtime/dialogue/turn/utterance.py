"""A line on its way to a character, and the part that it may have in a talk among characters."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from npc_runtime.dialogue.generation.prompt import Quarrel
from npc_runtime.dialogue.policy.actions import Offer
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.policy.rules import Choice
from npc_runtime.emotions import Emotion
from npc_runtime.engine import request as engine
from npc_runtime.memory.recall import Memory


@dataclass(frozen=True)
class Part:
    """What a turn among characters brings with it: the move is settled, and what was answered was heard before."""

    move: Move
    quarrel: Quarrel | None
    emotion: Emotion  # where the model names none
    fallback: str  # spoken where no model speaks; it states the facts too
    then: Callable[[], dict[str, Any]]  # called when the line was heard; gives the records that follow
    tokens: int  # that a model may write, in all its tries
    facts: tuple[Memory, ...] = ()
    tells: str = ""  # a claim without which the line is none


@dataclass(frozen=True)
class Utterance:
    """A line on its way to a character. `speaker`, `to` and `hearers` are entity ids; times are seconds."""

    speaker: str
    speaker_name: str
    to: str
    text: str
    hearers: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    priority: engine.Priority = engine.Priority.PLAYER
    deadline: float | None = None
    seed: int | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    part: Part | None = None  # the line is answered in an argument or an encounter
    settled: Choice | None = None  # what is to be done with the line, where that was found out before; best fact first
    passing: bool = False  # the speaker only passes by
    private: bool = False  # it concerns nobody but those two, so that observers are told nothing
    barks: Literal["auto", "never"] | None = None  # whether the model may be spared; None: as the director is set
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
