"""An argument as it stands: a value that can be written down at any point and taken up again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel.complaint import complaints, placed
from npc_runtime.dialogue.quarrel.ending import Ending
from npc_runtime.dialogue.quarrel.intervention import Intervened
from npc_runtime.dialogue.quarrel.party import Party, Position
from npc_runtime.dialogue.quarrel.topic import normal
from npc_runtime.errors import Invalid, StorageError, not_found
from npc_runtime.language import languages
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language

MAX_HEAT = 3.0
MAX_PARTIES = 8
Leaving = Literal["conceded", "agreed", "walked away", "gone"]
_FIRST_RESOLVE: dict[Position, float] = {"": 0.75, "claims": 0.8, "disputes": 0.75, "regrets": 0.4}


@dataclass(frozen=True)
class Limits:
    """What an argument may cost at most. A turn is begun only where a usual one still fits."""

    turns: int = 10
    seconds: float = 120.0
    tokens: int = 1000  # that a model writes
    turn_seconds: float = 8.0  # of a usual turn
    turn_tokens: int = 60


@dataclass(frozen=True)
class Stance:
    """Where a party stands now. `left` says how it went out of the argument, and `to` because of whom, if anybody."""

    heat: float  # 0 calm to 3 furious
    resolve: float  # 0 talked round to 1 unmoved
    left: Literal[""] | Leaving = ""
    to: str = ""

    def moved(self, heat: float = 0.0, resolve: float = 0.0) -> Stance:
        """Changed by so much, within bounds."""
        warmer, surer = self.heat + heat, self.resolve + resolve
        return Stance(max(0.0, min(MAX_HEAT, warmer)), max(0.0, min(1.0, surer)), self.left, self.to)


@dataclass(frozen=True)
class Spoken:
    """A turn that was taken; `fact` is the place of what was cited in the speaker's evidence."""

    speaker: str
    toward: str
    move: Move
    fact: int | None = None


@dataclass(frozen=True)
class Argument:
    """Two or more parties at odds. Everything else that a turn needs is derived from this."""

    id: str
    topic: str  # a noun phrase, "the stolen hammer", or a clause, "Tom stole Mira's hammer"
    parties: tuple[Party, ...]
    stances: Mapping[str, Stance]
    stakes: float = 0.5  # 0 a trifle to 1 a matter of life
    place: str = ""
    limits: Limits = Limits()
    seed: int = 0
    spoken: tuple[Spoken, ...] = ()
    interventions: tuple[Intervened, ...] = ()
    offer: str = ""  # the party whose offer of peace is open
    seconds: float = 0.0
    tokens: int = 0
    ending: Ending | None = None
    code: str = "en"  # of the language that it is held in

    @property
    def language(self) -> Language:
        """The language that it is held in."""
        return languages.of(self.code)

    @property
    def turn(self) -> int:
        """How many turns were taken."""
        return len(self.spoken)

    @property
    def heat(self) -> float:
        """That of the hottest party still in it, from 0 to 3."""
        return max((self.stances[party.id].heat for party in self.present), default=0.0)

    @property
    def present(self) -> tuple[Party, ...]:
        """The parties that have not left."""
        return tuple(party for party in self.parties if not self.stances[party.id].left)

    @property
    def contested(self) -> bool:
        """Whether any two parties that are left stand against each other."""
        claiming = {party.position == "claims" for party in self.present}
        alone = all(party.position == "claims" for party in self.parties)
        return len(self.present) > 1 and (len(claiming) > 1 or alone)

    @property
    def mediation(self) -> Intervened | None:
        """The latest intervention that nobody has answered yet."""
        latest = self.interventions[-1] if self.interventions else None
        return latest if latest and latest.turn == self.turn else None

    @property
    def spent(self) -> float:
        """The share of its limits that is used up, as the scarcest of them has it; 1 when no turn fits any more."""
        limits = self.limits
        return min(
            1.0,
            max(
                self.turn / limits.turns,
                self.seconds / max(limits.seconds - limits.turn_seconds, 1e-9),
                self.tokens / max(limits.tokens - limits.turn_tokens, 1e-9),
            ),
        )

    def without(self, ids: Collection[str]) -> Argument:
        """With these gone, who left for another reason than the argument; an offer of theirs is none any more."""
        gone = {id: replace(self.stances[id], left="gone") for id in ids}
        return replace(self, stances={**self.stances, **gone}, offer="" if self.offer in ids else self.offer)

    def party(self, id: str) -> Party:
        """A party. Raises NotFound."""
        found = next((party for party in self.parties if party.id == id), None)
        if found is None:
            raise not_found("party", id, (party.id for party in self.parties), where=f'argument "{self.id}"')
        return found

    def moves(self, id: str) -> list[Move]:
        """What a party has done, latest last."""
        return [spoken.move for spoken in self.spoken if spoken.speaker == id]

    def uncited(self, id: str) -> list[int]:
        """The places of a party's evidence that it has not brought forward yet, surest first."""
        cited = {spoken.fact for spoken in self.spoken if spoken.speaker == id}
        evidence = self.party(id).evidence
        return sorted((n for n in range(len(evidence)) if n not in cited), key=lambda n: -evidence[n].confidence)

    def concessions(self, id: str) -> int:
        """How often a party has offered something."""
        return sum(move in (Move.BARGAIN, Move.RECONCILE) for move in self.moves(id))

    def moved(self, id: str, heat: float = 0.0, resolve: float = 0.0) -> Argument:
        """With one party's stance changed."""
        return replace(self, stances={**self.stances, id: self.stances[id].moved(heat, resolve)})

    def as_record(self) -> dict[str, Any]:
        """As JSON."""
        record: dict[str, Any] = _adapter().dump_python(self, mode="json")
        return record

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Argument:
        """The reverse of `as_record`. Raises StorageError."""
        try:
            return _adapter().validate_python(record)
        except ValidationError as error:
            raise StorageError(f"an argument in the memory cannot be read: {error}") from None


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Argument]:
    return TypeAdapter(Argument)


def begin(
    id: str,
    topic: str,
    parties: Sequence[Party],
    *,
    stakes: float = 0.5,
    place: str = "",
    limits: Limits = Limits(),
    seed: int = 0,
    language: Language = ENGLISH,
) -> Argument:
    """An argument before its first turn; positions and complaints that the game left out are made from the topic.

    Raises Invalid for fewer than two parties or too many, one that is named twice, nothing to argue about, or limits
    that leave no room for two turns.
    """
    ids = [party.id for party in parties]
    if len(ids) < 2 or len(set(ids)) < len(ids):
        raise Invalid(f"an argument between {', '.join(ids) or 'nobody'}", hint="name two or more different characters")
    if len(ids) > MAX_PARTIES:
        raise Invalid(f"an argument between {len(ids)} characters", hint=f"{MAX_PARTIES} at most can follow one")
    if limits.turns < 2 or limits.seconds < 2 * limits.turn_seconds or limits.tokens < 2 * limits.turn_tokens:
        raise Invalid(
            f"limits of {limits.turns} turns, {limits.seconds:g} seconds and {limits.tokens} tokens leave no room for "
            "an argument",
            hint=f"two turns take about {2 * limits.turn_seconds:g} seconds and {2 * limits.turn_tokens} tokens",
        )
    if not 0 <= stakes <= 1:
        raise Invalid(f"`stakes` is {stakes:g}", hint="it goes from 0, a trifle, to 1, a matter of life")
    if not topic.strip() and not any(party.complaints for party in parties):
        raise Invalid("nothing to argue about", hint='give a topic, such as "the stolen hammer", or a complaint')
    parties = placed(topic, parties, language)
    if not any(party.position == "claims" for party in parties):
        raise Invalid("nobody claims anything", hint="one party at least has the position `claims`")
    claimant = next(party.name for party in parties if party.position == "claims")
    topic = normal(topic, [party.name for party in parties], claimant) if language.reads else topic.strip()
    filled = complaints(topic, parties, language)
    stances = {party.id: _first_stance(party, parties, stakes) for party in filled}
    return Argument(id, topic, filled, stances, stakes, place, limits, seed, code=language.code)


def _first_stance(party: Party, parties: Sequence[Party], stakes: float) -> Stance:
    dislike = max(-party.numbers(other.id).affinity for other in parties if other.id != party.id)
    heat = 0.3 + 0.7 * stakes + 0.5 * party.temper.hot + 0.5 * dislike + (0.2 if party.position == "claims" else 0.0)
    resolve = _FIRST_RESOLVE[party.position] + 0.15 * party.temper.firm + 0.2 * (stakes - 0.5)
    return Stance(0.0, 0.0).moved(heat, resolve)
