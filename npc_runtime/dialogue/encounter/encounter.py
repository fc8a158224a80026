"""An encounter as it stands: a value. What was said so far decides what may come next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from npc_runtime.dialogue.encounter.member import Member
from npc_runtime.dialogue.encounter.news import News
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.errors import Invalid, not_found

MAX_MEMBERS = 8
SILENCES = 2  # in a row, after which nobody has anything more to say

Reason = Literal["done", "silent", "parted", "yielded", "hushed", "stopped", "limit", "cooling", "budget"]
"""Why an encounter ended: they took leave | nobody said more | somebody went away | a player spoke to one of them |
a scene wants silence | the game stopped it | its limits | they talked lately | the budget of the world."""
REASONS: tuple[str, ...] = get_args(Reason)
Act = Literal["greet", "tell", "react", "ask", "chat", "part"]


@dataclass(frozen=True)
class Limits:
    """What an encounter may cost at most. A turn is begun only where a short one still fits."""

    turns: int = 8
    seconds: float = 60.0
    tokens: int = 600  # that a model writes
    turn_tokens: int = 24


@dataclass(frozen=True)
class Spoken:
    """A turn: what it is for, the move that does it, and the news in it."""

    speaker: str
    toward: str
    act: Act
    move: Move
    news: News | None = None


@dataclass(frozen=True)
class Encounter:
    """Two or more characters who talk. Everything else that a turn needs is derived from this."""

    id: str
    members: tuple[Member, ...]
    about: str = ""
    place: str = ""
    limits: Limits = Limits()
    seed: int = 0
    private: bool = False
    spoken: tuple[Spoken, ...] = ()
    silences: int = 0  # in a row
    pauses: int = 0  # in all
    seconds: float = 0.0
    tokens: int = 0
    ending: Reason | None = None

    @property
    def turn(self) -> int:
        """How many turns were taken."""
        return len(self.spoken)

    @property
    def last(self) -> Spoken | None:
        """The turn before."""
        return self.spoken[-1] if self.spoken else None

    @property
    def full(self) -> bool:
        """Whether no further turn fits into the limits."""
        limits = self.limits
        return (
            self.turn >= limits.turns
            or self.seconds >= limits.seconds
            or self.tokens + limits.turn_tokens > limits.tokens
        )

    def member(self, id: str) -> Member:
        """A member. Raises NotFound."""
        for member in self.members:
            if member.id == id:
                return member
        raise not_found("member", id, (member.id for member in self.members), where=f'encounter "{self.id}"')

    @property
    def parted(self) -> frozenset[str]:
        """The members that took leave; whoever took leave and went away is none."""
        return frozenset(spoken.speaker for spoken in self.spoken if spoken.act == "part").intersection(self.ids)

    @property
    def ids(self) -> tuple[str, ...]:
        """The members' ids."""
        return tuple(member.id for member in self.members)

    def acts(self, id: str) -> list[Act]:
        """What a member has done, latest last."""
        return [spoken.act for spoken in self.spoken if spoken.speaker == id]


def begin(
    id: str,
    members: Sequence[Member],
    *,
    about: str = "",
    place: str = "",
    limits: Limits = Limits(),
    seed: int = 0,
    private: bool = False,
) -> Encounter:
    """An encounter before its first word. Raises Invalid for fewer than two members, too many, or one named twice."""
    ids = [member.id for member in members]
    if len(ids) < 2 or len(set(ids)) < len(ids):
        raise Invalid(f"an encounter of {', '.join(ids) or 'nobody'}", hint="name two or more different characters")
    if len(ids) > MAX_MEMBERS:
        raise Invalid(f"an encounter of {len(ids)} characters", hint=f"{MAX_MEMBERS} at most can follow one")
    return Encounter(id, tuple(members), about.strip(), place, limits, seed, private)


def after(encounter: Encounter, spoken: Spoken, *, seconds: float = 0.0, tokens: int = 0) -> Encounter:
    """The encounter after a turn that was heard."""
    if encounter.ending is not None:
        return encounter
    grown = replace(
        elapsed(encounter, seconds), spoken=(*encounter.spoken, spoken), silences=0, tokens=encounter.tokens + tokens
    )
    return _bounded(grown)


def paused(encounter: Encounter) -> Encounter:
    """The encounter after a silence: nobody took the turn."""
    if encounter.ending is not None:
        return encounter
    if encounter.parted:
        return ended(encounter, "done")
    silent = replace(encounter, silences=encounter.silences + 1, pauses=encounter.pauses + 1)
    return ended(silent, "silent") if silent.silences >= SILENCES else silent


def elapsed(encounter: Encounter, seconds: float) -> Encounter:
    """The encounter after time in which nobody took a turn; one that has ended stays as it is."""
    if encounter.ending is not None:
        return encounter
    return replace(encounter, seconds=encounter.seconds + seconds)


def ended(encounter: Encounter, reason: Reason) -> Encounter:
    """The encounter, over for a reason; one that has ended keeps its own."""
    return encounter if encounter.ending is not None else replace(encounter, ending=reason)


def left(encounter: Encounter, ids: Sequence[str]) -> Encounter:
    """The encounter without those who went away; one alone has nobody to talk to."""
    members = tuple(member for member in encounter.members if member.id not in ids)
    if len(members) < 2:
        return ended(encounter, "parted")
    return replace(encounter, members=members) if len(members) < len(encounter.members) else encounter


def _bounded(encounter: Encounter) -> Encounter:
    if encounter.parted.issuperset(encounter.ids):
        return ended(encounter, "done")
    return ended(encounter, "limit") if encounter.full else encounter
