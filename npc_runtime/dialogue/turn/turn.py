"""One reply in the making: what it answers, what was spoken of it so far, and how it ended."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from npc_runtime.dialogue.generation.bounds import Bounds
from npc_runtime.dialogue.generation.guard import Guard
from npc_runtime.dialogue.generation.parser import Decided
from npc_runtime.dialogue.generation.prompt import Card, Message, sheet
from npc_runtime.dialogue.generation.stream import Voice
from npc_runtime.dialogue.policy.actions import expand
from npc_runtime.dialogue.policy.barks import Bark, fallback_line
from npc_runtime.dialogue.policy.moves import FACT_MOVES, Move
from npc_runtime.dialogue.policy.options import GRANTING, settled
from npc_runtime.dialogue.policy.relations import feeling
from npc_runtime.dialogue.policy.rules import Choice
from npc_runtime.dialogue.policy.situation import Thought, card_for, reduced
from npc_runtime.dialogue.replies import Epoch, Unheard, Why
from npc_runtime.dialogue.state import Mind
from npc_runtime.dialogue.turn.events import Acted, Delta, Ended, Finish, ReplyEvent, Sentence, Source, Started
from npc_runtime.dialogue.turn.utterance import Utterance
from npc_runtime.dialogue.understanding.intents import Reading
from npc_runtime.emotions import EMOTIONS, Emotion
from npc_runtime.engine import request as engine
from npc_runtime.engine.profile import ModelProfile
from npc_runtime.errors import StorageError
from npc_runtime.memory.recall import Hit, Memory
from npc_runtime.persona.model import Persona


@dataclass
class Turn(ABC):
    """One reply in the making: an Answer, or a Scripted one. What is said here holds for both."""

    mind: Mind
    utterance: Utterance
    persona: Persona
    line: str
    reading: Reading
    why: Why
    epoch: Epoch  # in which the line arrived
    arrived: float
    bounds: Bounds
    seed: int
    profile: ModelProfile
    kept: Awaitable[object] = field(init=False)  # the line is written into the memories of those who heard it
    emotion: Emotion = field(init=False)
    thought: Thought | None = None
    format: engine.ReplyFormat = field(default_factory=lambda: engine.ReplyFormat(EMOTIONS))
    messages: tuple[Message, ...] = ()  # what a model is asked
    voice: Voice | None = None
    unheard: Unheard | None = None  # set with the first word
    text: str = ""
    source: Source = "model"
    finish: Finish = "stop"
    reason: str = ""
    usage: engine.Usage = field(default_factory=engine.Usage)  # of the last try
    written: int = 0  # tokens, in all tries
    first_word: float | None = None

    @abstractmethod
    def arrive(self) -> None:
        """Takes the line in; `kept` and `emotion` are known from here on."""

    @abstractmethod
    async def _recollect(self) -> None:
        """Has come to mind what is needed to think. Raises StorageError."""

    @abstractmethod
    def _think(self) -> Thought:
        """Chooses the move, and the emotion where a model names none."""

    @abstractmethod
    def fallback(self) -> str:
        """What is spoken where no model speaks."""

    @abstractmethod
    def _settle(self, unheard: Unheard) -> None:
        """Puts down what follows when it is heard."""

    def tells(self, text: str, whole: bool) -> bool:
        """Whether a text, which may be the `whole` of it, says what this reply is for; none of it is spoken before."""
        return True

    def told(self, *, last: bool) -> Bark | None:
        """What this reply is for in stock words, where the model did not say it; `last`: nor will it try again."""
        return None

    def spare(self, barks: Literal["auto", "never"]) -> Bark | None:
        """A line for which no model is needed. `barks` is for utterances that say nothing of it."""
        return None

    def authored(self, move: Move | Literal["any"]) -> str:
        """A line in the author's words, by move and mood; none that was said lately, where there is another."""
        return fallback_line(
            self.mind.pack,
            self.persona.id,
            move,
            mood=self.persona.mood,
            listener=self.utterance.speaker_name,
            seed=self.seed,
            recent=tuple(self.mind.speaking.last_lines(self.utterance.to)),
            place=self.mind.place_name(self.utterance.to),
        )

    def tokens(self, most: int) -> int:
        """That a model may write now, of those that a reply may have."""
        return most

    async def recall(self) -> None:
        """What comes to mind, once the line itself is kept. A memory that fails leaves what is written."""
        try:
            await self.kept
        except StorageError as error:
            self.why.notes.append(f"cannot remember this: {error}")
        if self.void:
            return
        try:
            await self._recollect()
        except StorageError as error:
            self.why.notes.append(f"cannot recall: {error}")

    def consider(self) -> None:
        """Chooses what to do with the line, and lays out what a model is asked for."""
        why = self.why
        self.thought = thought = self._think()
        why.profile = str(self.profile)
        why.knew = [{"text": hit.memory.text, "source": hit.memory.source, "score": hit.score} for hit in thought.hits]
        why.notes += thought.choice.notes
        self._lay_out(self._card(thought))

    def _lay_out(self, card: Card) -> None:
        why = self.why
        why.card = card
        why.move = card.move.value
        why.facts = list(card.facts)
        options = self.thought.options if self.thought is not None else ()
        self.format = engine.ReplyFormat(EMOTIONS, card.actions, options)
        self.messages = tuple(sheet(card))
        why.prompt = [{"role": message.role, "text": message.text} for message in self.messages]

    @property
    def can_shorten(self) -> bool:
        """Whether a prompt that does not fit can do without something."""
        card = self.why.card
        return card is not None and bool(card.history or card.background or card.voice or card.standing)

    def shorten(self) -> None:
        """The prompt does not fit: half of the history goes, the oldest first, and then what it could do without."""
        card, thought = self.why.card, self.thought
        assert card is not None, "it was laid out"
        assert thought is not None, "it was thought about"
        if gone := (len(card.history) + 1) // 2:
            lost = f"{gone} lines"
            card = replace(card, history=card.history[gone:])
        elif card.background or card.voice:
            lost = f"{len(card.background) + len(card.voice)} lines about the character"
            card = replace(card, background=(), voice=())
        else:
            lost = f"{thought.standing - thought.standing // 2} facts about the character"
            self.thought, card = reduced(thought, card)
        self.why.notes.append(f"the prompt does not fit the context, so {lost} went")
        self._lay_out(card)

    def _settled(self, choice: Choice, hits: tuple[Hit, ...] = ()) -> Thought:
        """What a character makes of a line where its move was found before."""
        numbers = self.mind.feelings.relation(self.persona, self.utterance.speaker).now(self.mind.world.clock.now)
        claims = choice.facts if self.profile.decides else ()
        forced = settled(choice, claims) if self.profile.decides else ()
        return Thought(choice, hits, feeling(numbers), claims, forced)

    def _card(self, thought: Thought) -> Card:
        # Where the model only voices the move, the action that goes with it was chosen with the move.
        actions = tuple(action.text for action in expand(self.utterance.offers)) if self.profile.acts else ()
        return card_for(self.mind, self.utterance, self.line, thought, actions, self.profile)

    def anew(self, number: int) -> Voice:
        """A voice for another try, the `number`th from 0 on."""
        # The right answer, asked for twice, may come out the same twice.
        may_repeat = number > 0 and self.thought is not None and self.thought.choice.move in FACT_MOVES
        before = () if may_repeat else tuple(self.mind.speaking.last_lines(self.utterance.to))
        others = [*self.mind.names().values(), self.utterance.speaker_name]
        language, machines = self.mind.language, self.mind.pack.machines
        guard = Guard(self.persona.name, others, before, language=language, machines=machines)
        return Voice(self.emotion, guard, decides=bool(self.format.options), tells=self.tells)

    def decide(self, voice: Voice) -> Bark | None:
        """Takes in what the model chose; gives the words where they are not for the model to find."""
        thought, decided = self.thought, voice.decided
        if thought is None or decided is None or not thought.options:
            return None
        facts = self.drawn(decided)
        self.thought = replace(thought, choice=replace(thought.choice, move=Move(decided.word), facts=facts))
        self.why.move, self.why.facts = decided.word, [fact.text for fact in facts]
        return None

    def drawn(self, decided: Decided) -> tuple[Memory, ...]:
        """The facts that a model chose to draw on."""
        claims = self.thought.claims if self.thought is not None else ()
        return tuple(claims[number - 1] for number in decided.numbers if number)

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

    def speak_whole(self, source: Source, text: str, reason: str) -> list[ReplyEvent]:
        """Speaks a line that no model wrote, in one piece."""
        self.stop("stop", reason)
        self.source = source
        self.why.notes.append(f"{source}: {reason}")
        sentences = enumerate(self.mind.language.split(text))
        return self.speak([Delta(text), *(Sentence(sentence, index) for index, sentence in sentences)])

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
            )
            self._settle(self.unheard)
            if not self.void:
                self.mind.speaking.pending.add(self.reply, self.unheard)
            opening = [Started(self.reply, self.utterance.to, self.emotion, self.source)]
        self.text += delta.text
        return [*opening, delta]

    def propose(self) -> list[Acted]:
        """The action that goes with what was said to its end: the model's, or the one that was asked for."""
        if self.thought is None or self.unheard is None or self.finish not in ("stop", "length"):
            return []
        choice, offers = self.thought.choice, expand(self.utterance.offers)
        action = choice.action if choice.move in GRANTING else None
        if self.profile.acts and self.source == "model" and self.voice is not None:
            proposed = self.voice.action
            action = next((one for one in offers if " ".join(one.text.split()) == proposed), None)
            if proposed and action is None:
                self.why.notes.append(f"the model proposed <{proposed}>, which is not on offer")
        self.unheard.action = action
        return [Acted(action)] if action is not None else []

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
