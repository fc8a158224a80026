# ruff: noqa: E501
"""What the player types: a phrasing of the wanted intent, filled in and typed as people type."""

from __future__ import annotations

import random
from collections.abc import Sequence

from training.corpus import absent
from training.corpus.expand import expand, held_out
from training.corpus.fact import Ask
from training.corpus.names import Names
from training.corpus.people import Person
from training.corpus.player_lines import PLAYER_LINES, nonsense
from training.corpus.slips import typed
from training.corpus.unseen_lines import UNSEEN_LINES
from training.corpus.words import TITLES

QUESTIONS: dict[str, tuple[str, ...]] = {
    "about": ("ask_topic",),
    "who_is": ("ask_person", "ask_topic"),
    "where": ("ask_where",),
    "who_did": ("ask_who_did",),
    "what_did": ("ask_what_did", "ask_person"),
    "happened": ("ask_topic", "happened"),
    "when": ("ask_when",),
    "price": ("buy", "buy", "ask_wares"),
    "task": ("ask_quest",),
}
"""The intents that ask for a fact, by the kind of question it answers."""

_HAPPENED = (
    "What happened to {topic}?", "Has something happened to {topic}?", "What became of {topic}?", "Is {topic} alright?", "What about {topic}?", "what's with {topic}",
    "Did something happen to {topic}[?|, {name}?]",
)  # fmt: skip


def first_name(name: str) -> str:
    """What one calls somebody: titles stay, surnames go."""
    first = name.split(" ", 1)[0]
    return name if first in TITLES else first


class Asking:
    """Writes players' lines; `names` carries the random source and the split."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.rng: random.Random = names.rng

    def pick(self, bank: Sequence[str], unseen: Sequence[str] = ()) -> str:
        """A phrasing of this split; `unseen` ones are for the evaluation alone."""
        evaluation = self.names.split == "eval"
        mine = [line for line in bank if held_out(line) == evaluation]
        return self.rng.choice([*mine, *(unseen if evaluation else ())] or list(bank))

    def line(self, who: Person, intent: str, **values: str) -> str:
        """A line of an intent; `values` fill the intent's own slots and are never garbled."""
        if intent == "nonsense":
            return nonsense(self.rng)
        bank = _HAPPENED if intent == "happened" else PLAYER_LINES[intent]
        template = self.pick(bank, UNSEEN_LINES.get(intent, ()))
        return self.written(who, template, careful=intent in ("foreign", "provoke"), **values)

    def written(self, who: Person, template: str, *, careful: bool = False, **values: str) -> str:
        """`template` filled and typed; a `careful` typist makes no slips."""
        known = {"name": first_name(who.name), "role": who.role, "listener": who.listener, "home": who.home, **values}
        text = expand(self.rng, template, {key: f"<<{value}>>" for key, value in known.items()})
        # A slot that opens a sentence got its capital on the mark, not on the word.
        text = text if not text.startswith("<<") else text[:3].upper() + text[3:]
        return text.replace("<<", "").replace(">>", "") if careful else typed(self.rng, text)

    def ask(self, who: Person, ask: Ask) -> str:
        """A question of this kind about this topic."""
        if ask.kind.startswith("own_"):
            kind = ask.kind.removeprefix("own_")
            if kind in ("thing", "seen") and ask.topic != kind and self.rng.random() < 0.6:
                return self.line(who, "ask_topic", topic=ask.topic)
            return self.written(who, self.pick(absent.OWN_LINES[kind]))
        intent, topic = self.rng.choice(QUESTIONS[ask.kind]), ask.topic
        return self.line(who, intent, topic=topic, person=topic, goods=topic, verb_past=ask.verb)
