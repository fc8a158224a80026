"""One reply in the making: what it answers, what was spoken of it so far, and how it ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from npc_runtime.dialogue.events import Delta, Ended, Finish, ReplyEvent, Sentence, Source, Started
from npc_runtime.dialogue.generation.prompt import Quarrel, Style
from npc_runtime.dialogue.generation.stream import Voice
from npc_runtime.dialogue.policy.actions import Offer
from npc_runtime.dialogue.policy.barks import Bark, Exchange, gist
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.policy.rules import Choice
from npc_runtime.dialogue.policy.situation import NOTHING, Recalled, Thought
from npc_runtime.dialogue.replies import Epoch, Unheard, Why
from npc_runtime.dialogue.state import Mind
from npc_runtime.dialogue.understanding.intents import Reading
from npc_runtime.emotions import Emotion
from npc_runtime.engine import request as engine
from npc_runtime.memory.recall import Memory
from npc_runtime.persona.model import Persona


@dataclass(frozen=True)
class Part:
    """What a turn among characters brings with it: the move is settled, and what was answered was heard before."""

    move: Move
    quarrel: Quarrel | None
    emotion: Emotion  # where the model names none
    fallback: str  # spoken where no model speaks; it states the facts too
    then: Callable[[], dict[str, Any]]  # called when the line was heard; gives the records that follow
    tokens: int  # that a model may write, in all its drafts
    facts: tuple[Memory, ...] = ()
    said: tuple[str, ...] = ()  # the lines so far, which a draft should not repeat


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


@dataclass
class Turn:
    """One reply in the making."""

    mind: Mind
    utterance: Utterance
    persona: Persona
    line: str
    reading: Reading
    news: tuple[Memory, ...]
    kept: Awaitable[object]  # the line is written into the memories of those who heard it
    why: Why
    epoch: Epoch  # in which the line arrived
    arrived: float
    until: float
    seed: int
    emotion: Emotion
    style: Style
    recalled: Recalled = NOTHING
    thought: Thought | None = None
    voice: Voice | None = None
    bark: Bark | None = None
    unheard: Unheard | None = None  # set with the first word
    text: str = ""
    source: Source = "model"
    finish: Finish = "stop"
    reason: str = ""
    usage: engine.Usage = field(default_factory=engine.Usage)  # of the last try
    written: int = 0  # tokens, in all tries
    first_word: float | None = None

    @property
    def reply(self) -> str:
        """The reply's id."""
        return self.why.reply

    @property
    def void(self) -> str:
        """Why nothing of this reply happened, or nothing: a save was restored since, or a player forgotten."""
        return self.epoch.void

    def stop(self, finish: Finish, reason: str = "") -> None:
        """Notes how the reply ends."""
        self.finish, self.reason = finish, reason

    def speak(self, events: Sequence[Delta | Sentence]) -> list[ReplyEvent]:
        """Notes what is spoken, and gives it back as the game shall see it."""
        spoken: list[ReplyEvent] = []
        for event in events:
            if isinstance(event, Delta):
                spoken += self._say(event)
            else:
                spoken.append(event)
                if self.unheard is not None:
                    self.unheard.sentences.append(event.text)
        return spoken

    def close(self) -> list[ReplyEvent]:
        """The sentence that was being spoken ends where the text does."""
        return self.speak(self.voice.cut()) if self.voice else []

    def _say(self, delta: Delta) -> list[ReplyEvent]:
        """A run of words; the first opens the reply."""
        opening: list[ReplyEvent] = []
        if self.unheard is None:
            if self.voice and self.source == "model":
                self.emotion = self.voice.emotion
            self.first_word = time.monotonic() - self.arrived
            self.mind.speaking.yielding.pop(self.utterance.to, None)  # who has begun is let speak
            part = self.utterance.part
            stated = self.source != "fallback" or part is not None
            audience = dict.fromkeys((self.utterance.speaker, *self.utterance.hearers))
            audience.pop(self.utterance.to, None)
            self.unheard = Unheard(
                npc=self.utterance.to,
                to=self.utterance.speaker,
                at=self.mind.place(self.utterance.to),
                audience=tuple(audience),
                private=self.utterance.private,
                emotion=self.emotion,
                source=self.source,
                answers=self._answers(),
                facts=self.thought.choice.facts if self.thought and stated else (),
                then=part.then if part else None,
            )
            if not self.void:
                self.mind.speaking.pending.add(self.reply, self.unheard)
            opening = [Started(self.reply, self.utterance.to, self.emotion, self.source)]
        self.text += delta.text
        return [*opening, delta]

    def exchange(self) -> Exchange:
        """The line, and what the character would do with it."""
        assert self.thought is not None, "it has been thought about"
        utterance = self.utterance
        return Exchange(
            line=self.line,
            reading=self.reading,
            speaker=utterance.speaker,
            speaker_name=utterance.speaker_name,
            persona=self.persona,
            choice=self.thought.choice,
            earlier=tuple(self.mind.conversation(utterance.to).answers.get(utterance.speaker, ())),
            now=self.mind.world.clock.now,
            priority=utterance.priority,
            hearers=utterance.hearers,
            last=next(reversed(self.mind.speaking.last_lines(utterance.to)), ""),
            passing=utterance.passing,
        )

    def _answers(self) -> tuple[str, str] | None:
        """The gist of the line and the move, where the same line may come again."""
        again = self.bark is not None and self.bark.repeats
        if self.thought is None or self.source == "fallback" or self.utterance.part or again:
            return None
        return gist(self.line, self.persona.name), self.thought.choice.move.value

    def end(self) -> Ended:
        """The last event."""
        return Ended(
            reply=self.reply,
            npc=self.utterance.to,
            text=self.text.strip(),
            emotion=self.emotion,
            source=self.source,
            finish=self.finish,
            reason=self.reason,
            prompt_tokens=self.usage.prompt_tokens,
            cached_tokens=self.usage.cached_tokens,
            completion_tokens=self.written,
            first_word=self.first_word,
            total=time.monotonic() - self.arrived,
        )
