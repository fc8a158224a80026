"""How characters stand to others: what the author wrote, moved by what is said and done, in words for a card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from npc_runtime.dialogue.cast import Cast
from npc_runtime.dialogue.understanding.intents import Intent
from npc_runtime.language.claim import reference
from npc_runtime.language.wording import Wording
from npc_runtime.memory.naming import Naming
from npc_runtime.memory.relations import LEVEL, Numbers, Relation, steps
from npc_runtime.persona.model import FEELINGS, Persona
from npc_runtime.persona.temper import Temper
from npc_runtime.world.entity import bare

RECORD = "relation/"
_NEUTRAL = FEELINGS.index("neutral")
_MOVES: dict[Intent, Numbers] = {
    Intent.INSULT: Numbers(-0.27, -0.05, 0.0, -0.1),
    Intent.THREAT: Numbers(-0.4, -0.2, 0.3, 0.0),
    Intent.COMPLIMENT: Numbers(0.134, 0.02),
    Intent.APOLOGY: Numbers(0.134, 0.05),
    Intent.THANKS: Numbers(0.134, 0.02),
    Intent.GIFT: Numbers(0.27, 0.05, 0.0, 0.05),
}
_COURTESIES = frozenset({Intent.APOLOGY, Intent.THANKS})  # they mend, and win nobody over
_FEARLESS, _FEARFUL = 0.3, 1.7  # of the fear that others would feel


class Feelings:
    """The relations of all characters of one world."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._relations: dict[tuple[str, str], Relation] = {}

    def load(self, records: Mapping[str, Any]) -> None:
        """Replaces all relations by those that were kept. Raises StorageError."""
        found = {}
        for key, record in records.items():
            if key.startswith(RECORD):
                npc, _, other = key.removeprefix(RECORD).partition("/")
                persona = self._cast.pack.personas.get(bare(npc))
                if persona is not None:
                    rest = _rest(persona, other)
                    found[npc, other] = Relation.from_record(rest, record)
        self._relations = found

    def relation(self, persona: Persona, other: str) -> Relation:
        """Where a character stands with somebody."""
        found = self._relations.get((f"npc:{persona.id}", other))
        return found or Relation.begin(_rest(persona, other))

    def known_to(self, persona: Persona) -> list[str]:
        """Everybody whom a character has a relation to, written or lived."""
        lived = [other for npc, other in self._relations if npc == f"npc:{persona.id}"]
        return list(dict.fromkeys([*(f"npc:{other}" for other in persona.relations), *lived]))

    def move(self, persona: Persona, other: str, by: Numbers, reason: str, at: int) -> dict[str, Any]:
        """Something moved a relation, for a reason that is a claim; gives the records that changed."""
        key = (f"npc:{persona.id}", other)
        self._relations[key] = self.relation(persona, other).move(by, reason, at)
        return {f"{RECORD}{key[0]}/{key[1]}": self._relations[key].as_record()}

    def hear(self, persona: Persona, speaker: str, intent: Intent, at: int, wording: Wording) -> dict[str, Any]:
        """Takes in what a line was about; gives the records that changed."""
        if intent not in _MOVES:
            return {}
        by = _MOVES[intent]
        relation = self.relation(persona, speaker)
        if intent in _COURTESIES:
            missing = relation.rest.affinity - relation.now(at).affinity
            by = Numbers(min(by.affinity, max(0.0, missing)), by.trust)
            if not by.affinity:
                return {}
        by = Numbers(by.affinity, by.trust, by.fear * _frightened(persona.temper), by.respect)
        reason = wording.language.phrases.text(f"reason.{intent.value}", who=reference(speaker))
        return self.move(persona, speaker, by, wording.own(reason, f"npc:{persona.id}"), at)

    def state(self) -> dict[str, Any]:
        """All relations that something moved, as records by key."""
        return {f"{RECORD}{npc}/{other}": found.as_record() for (npc, other), found in self._relations.items()}

    def forget(self, naming: Naming) -> None:
        """Takes out every relation with somebody, and every reason that names it."""
        self._relations = {
            key: replace(found, reasons=tuple(one for one in found.reasons if not naming.in_text(one.text)))
            for key, found in self._relations.items()
            if naming.entity not in key
        }


def feeling(numbers: Numbers) -> str:
    """The word on a card: one of FEELINGS."""
    return FEELINGS[_NEUTRAL + steps(numbers)]


def _frightened(temper: Temper) -> float:
    """How much of the fear that others would feel."""
    if temper.is_timid:
        return _FEARFUL
    return _FEARLESS if temper.is_fearless else 1.0


def _rest(persona: Persona, other: str) -> Numbers:
    """Where temperament would have it."""
    written = persona.relations.get(bare(other)) if other.startswith("npc:") else None
    affinity = LEVEL * (FEELINGS.index(written.feeling if written else persona.feeling) - _NEUTRAL)
    return Numbers(affinity=affinity, trust=(affinity + persona.temper.trusting) / 2)
