"""A character card as a persona, as its file will have it, with notes on what of the card is not in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from npc_runtime.errors import clipped
from npc_runtime.persona.card import Card
from npc_runtime.persona.limits import BARK_LINES, DESCRIPTION_CHARACTERS
from npc_runtime.persona.prose import clean, cut, flat, spoken, unbraced, unmarked

ROLE = "resident"
TRAIT = "even-tempered"
"""What stands where a card says nothing that could."""

_NAME = 64  # characters
_SENTENCE = 240
_SAMPLES = 12
_TRAITS = 4
_TRAIT_WORDS = 4
_NO_TRAIT = re.compile(r"[<>\[\]{}|.!?。！？:：]")
_WHY_UNUSED = {
    "creator_notes": "for readers of the card",
    "system_prompt": "the runtime writes its own prompt",
    "post_history_instructions": "the runtime writes its own prompt",
    "assets": "no text",
}


@dataclass
class Carded:
    """A persona but for what it knows, and what is to be said of its making."""

    name: str
    persona: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def carded(card: Card) -> Carded:
    """The persona of a card."""
    return _Carding(card).made


class _Carding:
    def __init__(self, card: Card) -> None:
        self._macros = False
        self._card = card
        self.made = Carded(self._name(card.name) or "Nameless")
        self._note = self.made.notes.append
        traits, personality = self._traits(self._clean(card.personality))
        parts = [self._clean(card.description), personality, self._clean(card.scenario)]
        description = unmarked("\n\n".join(filter(None, parts))).strip()
        fields: dict[str, Any] = {
            "name": self.made.name,
            "aliases": self._aliases(),
            "role": ROLE,
            "description": self._described(description),
            "traits": traits,
            "voice": self._voice(self._clean(card.examples)),
            "barks": self._barks(),
        }
        self.made.persona = {key: value for key, value in fields.items() if value}
        self._note(f'role: no card has one, so "{ROLE}" stands there; write what {self.made.name} does')
        for key in card.unused:
            self._note(f"{key}: not used: {_WHY_UNUSED[key]}")
        if self._macros:
            self._note("macros other than {{char}} and {{user}} are not filled in here; taken out")

    def _clean(self, text: str) -> str:
        found, others = clean(text)
        self._macros = self._macros or others
        return found

    def _name(self, text: str) -> str:
        """A name on one line, without macros."""
        return flat(self._clean(text).replace("{{char}}", "").replace("{{user}}", ""))[:_NAME].strip()

    def _aliases(self) -> list[str]:
        if self.made.name != flat(self._card.name):
            written = clipped(self.made.name)
            self._note(f'name: written as "{written}"; a name has up to {_NAME} characters, in one line')
        nickname = self._name(self._card.nickname)
        return [nickname] if nickname and nickname.casefold() != self.made.name.casefold() else []

    def _traits(self, personality: str) -> tuple[list[str], str]:
        """The first few traits, and what goes into the description: all of it, where it is more than these."""
        words = list(dict.fromkeys(part.strip(" *-•\t.。") for part in re.split(r"[,;、，；\n]", personality)))
        words = [word for word in words if word]
        prose = [word for word in words if len(word) > 40 or len(word.split()) > _TRAIT_WORDS or _NO_TRAIT.search(word)]
        if words and not prose:
            return words[:_TRAITS], f"Personality: {', '.join(words)}." if len(words) > _TRAITS else ""
        self._note(f'traits: personality is no list of words, so "{TRAIT}" stands there; write up to {_TRAITS}')
        return [TRAIT], personality

    def _described(self, text: str) -> str:
        kept = cut(text, DESCRIPTION_CHARACTERS, self.made.name)
        if kept != text:
            left = f"{len(text) - len(kept):,} characters of description, personality and scenario"
            self._note(f"description: {left} were left out; allowed: {DESCRIPTION_CHARACTERS:,}")
        return kept

    def _barks(self) -> dict[str, list[str]]:
        """What it says in its greetings."""
        lines, shortened, silent = [], 0, 0
        for greeting in self._card.greetings:
            said = spoken(self._clean(greeting))
            line = unbraced(cut(said, _SENTENCE, self.made.name))
            shortened += len(said) > len(line)
            silent += len(line) < 2
            lines.append(line)
        lines = list(dict.fromkeys(line for line in lines if len(line) > 1))
        if shortened:
            self._note(f"barks: greetings that were cut at the end of a sentence: {shortened}")
        if silent:
            self._note(f"barks: greetings in which nothing is said, left out: {silent}")
        if len(lines) > BARK_LINES:
            self._note(f"barks: greetings beyond {BARK_LINES}, left out: {len(lines) - BARK_LINES}")
        return {"greet": lines[:BARK_LINES]} if lines else {}

    def _voice(self, examples: str) -> list[str]:
        """What it says in its sample dialogues."""
        found = (cut(spoken(text), _SENTENCE, self.made.name) for text in _own_lines(examples, self.made.name))
        lines = list(dict.fromkeys(line for line in found if len(line) > 1))
        if len(lines) > _SAMPLES:
            self._note(f"voice: sample lines beyond {_SAMPLES}, left out: {len(lines) - _SAMPLES}")
        return lines[:_SAMPLES]


def _own_lines(examples: str, name: str) -> Iterator[str]:
    """What stands behind `{{char}}:` or the name, up to the next speaker."""
    own = re.compile(rf"\s*(?:\{{\{{char\}}\}}|{re.escape(name)})\s*[:：](.*)", re.IGNORECASE)
    other = re.compile(r"\s*(?:\{\{user\}\}|[^\s:：\"“*.!?][^:：\"“*.!?]{0,40})[:：]|<START>", re.IGNORECASE)
    said: list[str] = []
    speaks = False
    for line in examples.split("\n"):
        begins = own.match(line)
        if begins or other.match(line):
            if said:
                yield "\n".join(said)
            speaks, said = begins is not None, [begins[1]] if begins else []
        elif speaks:
            said.append(line)
    if said:
        yield "\n".join(said)
