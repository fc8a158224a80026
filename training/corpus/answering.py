"""What the character answers: a core from the banks, dressed in its voice, with an emotion in front."""

from __future__ import annotations

import random
from collections.abc import Sequence

from npc_runtime.dialogue.generation.prompt import Card
from npc_runtime.dialogue.policy.moves import Move
from training.corpus.expand import expand, slots
from training.corpus.flavour import emotion_for
from training.corpus.people import Person
from training.corpus.replies import (
    CHAT_BY_MOOD,
    FEEL_BY_MOOD,
    GREET_BY_FEELING,
    OPINION_BY_FEELING,
    PART_BY_FEELING,
    REFUSE_BY_FEELING,
    REPLIES,
    RETORT_BY_TRAIT,
    WORK_BY_ROLE,
)
from training.corpus.voice import voiced

FACT_PLAIN = 0.25  # a stated fact goes undressed more often than other cores


def card(who: Person, move: Move, line: str, facts: tuple[str, ...] = ()) -> Card:
    """The card of a first exchange."""
    return Card(who.name, who.role, who.home, who.traits, who.mood, who.listener, who.feeling, move, line, facts)


class Answering:
    """Writes replies."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def bank(self, who: Person, move: Move) -> Sequence[str]:
        """The replies of a move, mostly those that show who is speaking and to whom."""
        strong = who.feeling != "neutral"
        special: dict[Move, tuple[Sequence[str], float]] = {
            Move.GREET: (GREET_BY_FEELING[who.feeling], 0.85 if strong else 0.3),
            Move.PART: (PART_BY_FEELING[who.feeling], 0.85 if strong else 0.3),
            Move.OPINION: (OPINION_BY_FEELING[who.feeling], 1.0 if strong else 0.6),
            Move.REFUSE: (REFUSE_BY_FEELING[who.feeling], 0.4),
            Move.FEEL: (FEEL_BY_MOOD[who.mood], 0.85),
            Move.CHAT: (CHAT_BY_MOOD[who.mood], 0.3),
            Move.RETORT: (RETORT_BY_TRAIT[self.rng.choice(who.traits)], 0.35),
            Move.WORK: (WORK_BY_ROLE.get(who.role, ()), 0.6),
        }
        bank, share = special.get(move, ((), 0.0))
        return bank if bank and self.rng.random() < share else REPLIES[move]

    def reply(self, who: Person, move: Move, line: str, bank: Sequence[str], plain: float = 0.12, **values: str) -> str:
        """A reply from `bank`; a template may name the topic only where the line spells it out."""
        known = {"name": who.name, "role": who.role, "home": who.home, "listener": who.listener, **values}
        fits = [
            template
            for template in bank
            if slots(template) <= known.keys()
            and all(known[slot] in line for slot in slots(template) & {"topic", "goods"})
        ]
        core = expand(self.rng, self.rng.choice(fits), known)
        core = core if core[-1] in '.!?"' else core + "."
        emotion = emotion_for(move, who.mood, who.feeling, self.rng)
        return f"({emotion}) {voiced(self.rng, who, move, core, plain)}"
