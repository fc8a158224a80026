"""A scripted turn, of an argument or an encounter: what is to be said is settled, and only the words are missing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from npc_runtime.dialogue.generation.prompt import Card
from npc_runtime.dialogue.gossip.teaching import carries
from npc_runtime.dialogue.policy.barks import Bark
from npc_runtime.dialogue.policy.rules import Choice
from npc_runtime.dialogue.policy.situation import Thought
from npc_runtime.dialogue.replies import Unheard
from npc_runtime.dialogue.turn.turn import Turn
from npc_runtime.dialogue.turn.utterance import Part
from npc_runtime.persona.model import BARK_MOVES


@dataclass
class Scripted(Turn):
    """What a character says in its part. The line that it answers was heard when it was spoken."""

    part: Part = field(kw_only=True)

    def arrive(self) -> None:
        """The turn gives way to a player until it has begun to speak."""
        self.kept = self.mind.keep()
        self.emotion = self.part.emotion
        self.mind.speaking.yielding[self.utterance.to] = self.utterance.cancelled

    async def _recollect(self) -> None:
        await self.mind.hearing(self.utterance.to)

    def _think(self) -> Thought:
        self.emotion = self.part.emotion
        return self._settled(Choice(self.part.move, self.part.facts))

    def _card(self, thought: Thought) -> Card:
        card = super()._card(thought)
        return replace(card, quarrel=self.part.quarrel)

    def tells(self, text: str, whole: bool) -> bool:
        """Whether the news of its part is in it."""
        return not self.part.tells or carries(text, self.part.tells, self.mind.wording)

    def spare(self, barks: Literal["auto", "never"]) -> Bark | None:
        """An author's words, where a model that decides has none for the move."""
        voices, move = self.profile.voices, self.part.move
        if voices is None or move.value in voices:
            return None
        words = self.part.fallback
        if self.part.quarrel is None and move.value in BARK_MOVES:
            words = self.authored(move)
        return Bark(words, f"the author has the words for {move.value}")

    def tokens(self, most: int) -> int:
        """Of all that its part may take, what is left."""
        return max(1, min(most, self.part.tokens - self.written))

    def fallback(self) -> str:
        """The part's own line; it states the facts too."""
        return self.part.fallback

    def _settle(self, unheard: Unheard) -> None:
        unheard.facts, unheard.then = self.part.facts, self.part.then
