"""An answer: a line that was just said is heard and read, what is known of it comes to mind, and a move is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from npc_runtime.dialogue.commit import hear
from npc_runtime.dialogue.encounter.news import news
from npc_runtime.dialogue.generation.stream import Voice
from npc_runtime.dialogue.policy.barks import Bark, Exchange, bark, gist
from npc_runtime.dialogue.policy.moves import BY_MOOD, expected_emotion
from npc_runtime.dialogue.policy.recalling import without
from npc_runtime.dialogue.policy.situation import NOTHING, Recalled, Thought, recollect, think
from npc_runtime.dialogue.replies import Unheard
from npc_runtime.dialogue.turn.turn import Turn
from npc_runtime.engine.request import Priority
from npc_runtime.language.claim import bearers
from npc_runtime.memory.recall import Hit, Memory


@dataclass
class Answer(Turn):
    """What a character makes of a line that was said to it."""

    news: tuple[Memory, ...] = ()  # in the line
    recalled: Recalled = NOTHING
    bark: Bark | None = None
    barks: Literal["auto", "never"] = "auto"
    asked: tuple[frozenset[str], ...] = ()  # the terms of each clause of the chosen fact that the line has to do with

    def arrive(self) -> None:
        """Everybody near hears the line now, whatever becomes of the answer."""
        mind, utterance = self.mind, self.utterance
        speaker, name = utterance.speaker, utterance.speaker_name
        heard = hear(mind, speaker, name, utterance.to, self.line, utterance.hearers)
        now, wording = mind.world.clock.now, mind.wording
        records = mind.feelings.hear(self.persona, speaker, self.reading.intent, now, wording)
        self.news, self.kept = heard.news, mind.keep(heard.entries, records)
        self.emotion = BY_MOOD[self.persona.mood]
        if utterance.priority is Priority.PLAYER:
            mind.speaking.make_way(utterance.to)

    async def _recollect(self) -> None:
        self.recalled = await recollect(self.mind, self.utterance, self.line, self.reading, self.news, self.profile)

    def _think(self) -> Thought:
        settled = self.utterance.settled
        if settled is not None:
            hits = tuple(Hit(fact, 0.0) for fact in settled.facts)
            thought = self._settled(replace(settled, facts=settled.facts[:1]), hits)
        else:
            thought = think(self.mind, self.utterance, self.line, self.reading, self.recalled, self.seed, self.profile)
        self.emotion = expected_emotion(self.persona.mood, thought.choice.move)
        return thought

    def spare(self, barks: Literal["auto", "never"]) -> Bark | None:
        """A line for which no model is needed, where the rules for barks find one."""
        self.barks = self.utterance.barks or barks
        if self.barks == "auto":
            self.bark = bark(self._exchange(), self.mind.pack, self.seed)
        return self.bark

    def decide(self, voice: Voice) -> Bark | None:
        """The author's words, where the model has none for what it chose or has said the same just now."""
        super().decide(voice)
        if self.thought is None or voice.decided is None:
            return None
        self.asked = self._clauses(self.thought.choice.facts)
        spared = self.spare(self.barks)
        if spared is None and any(not option.voiced for option in self.thought.options if option.word == self.why.move):
            # It is the model that has chosen: `self.bark` stays empty, and the answer may be asked for again.
            return Bark(self.fallback(), f"the author has the words for {self.why.move}")
        return spared

    def tells(self, text: str, whole: bool) -> bool:
        """Whether it may be about whom its facts are about, and about what was asked for.

        What another one did is not told as what "you" did; and of a fact of several clauses, a small model is as likely
        to tell the next one: "I sharpen them free." where it was asked what they cost.
        """
        language = self.mind.language
        if any(clause.isdisjoint(language.terms(text)) for clause in self.asked):
            return False
        if all(bearers({id: name}, first_names=True).names_in(text) for id, name in self._others().items()):
            return True
        return (whole or language.ends(text)) and not language.addresses(text)

    def told(self, *, last: bool) -> Bark | None:
        """The facts in the words in which they are known, where the model told something else."""
        others = self._others()
        if others and not last:
            return None  # asked again it may name whom it left out, but it nearly always leaves out the same clause
        if self.thought is None or not (others or self.asked):
            return None
        facts = (self.mind.language.first_person(fact.text) for fact in self.thought.choice.facts)
        wrong = "said it of somebody else" if others else "told another part of it"
        return Bark(" ".join(facts), f"the fact as it is known, since the model {wrong}")

    def _clauses(self, facts: Sequence[Memory]) -> tuple[frozenset[str], ...]:
        """Those of a fact of several that share a term with the line; none for a model with words of its own.

        Nor of what the speaker said: nobody is told its own words as those of a third.
        """
        if self.profile.voices is None or len(facts) != 1 or facts[0].source == f"said:{self.utterance.speaker}":
            return ()
        language = self.mind.language
        line = frozenset(language.terms(without(self.persona.name, self.line)))
        clauses = [frozenset(language.terms(clause)) for clause in language.clauses(facts[0].text)]
        return tuple(clause for clause in clauses if clause & line) if len(clauses) > 1 else ()

    def _others(self) -> dict[str, str]:
        """Those whom the chosen facts are about, with their names, where the listener is none of them."""
        if self.voice is None or self.voice.decided is None:
            return {}
        me, wording = self.utterance.to, self.mind.wording
        about = {id for fact in self.drawn(self.voice.decided) for id in news(fact, me, wording).concerns}
        people = () if self.utterance.speaker in about else about
        return {id: wording.name(id) for id in people if id.startswith(("npc:", "player:"))}

    def fallback(self) -> str:
        """A line in the author's words, by move and mood."""
        return self.authored(self.thought.choice.move if self.thought is not None else "any")

    def _settle(self, unheard: Unheard) -> None:
        if self.thought is None or self.source == "fallback":
            return  # it states nothing, and answers nothing that may be asked again
        choice = self.thought.choice
        unheard.facts = choice.facts
        if self.bark is None or not self.bark.repeats:
            unheard.answers = gist(self.line, self.persona.name, self.mind.language), choice.move.value

    def _exchange(self) -> Exchange:
        """The line, and what the character would do with it."""
        assert self.thought is not None, "it has been thought about"
        earlier = self.mind.conversation(self.utterance.to).answers.get(self.utterance.speaker, ())
        now, choice = self.mind.world.clock.now, self.thought.choice
        place = self.mind.place_name(self.utterance.to)
        recent = tuple(self.mind.speaking.last_lines(self.utterance.to))
        return Exchange(
            self.utterance, self.line, self.reading, self.persona, choice, tuple(earlier), now, recent, place
        )
