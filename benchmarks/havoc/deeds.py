"""What a client does to a world, and what the world is like afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

OPENING = 28_800  # game time of a new world, seconds


@dataclass(frozen=True)
class Line:
    """A line in the hearing of an NPC: what a player said to it, or its own answer, of which only the number counts."""

    npc: str
    player: str
    text: str
    own: bool = False


@dataclass(frozen=True)
class Timeline:
    """What is so at one point of a world's history. Of the lines in `maybe` nobody was told that they are kept."""

    facts: Mapping[str, int] = field(default_factory=dict)
    taught: tuple[tuple[str, str], ...] = ()  # NPC and text, in the order of teaching
    clock: int = OPENING
    lines: frozenset[Line] = frozenset()
    maybe: frozenset[Line] = frozenset()

    def without(self, player: str) -> Timeline:
        """The same with a player forgotten."""
        lines, maybe = ({line for line in some if line.player != player} for some in (self.lines, self.maybe))
        return replace(self, lines=frozenset(lines), maybe=frozenset(maybe))


@dataclass(frozen=True)
class Lived:
    """A world and its saves. None stands for a point of which nothing is known."""

    present: Timeline | None = field(default_factory=Timeline)
    saves: Mapping[str, Timeline | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Deed:
    """A request that changes a world. `kind` is its type on the wire, `fields` are its fields there."""

    kind: ClassVar[str]
    refusable: ClassVar[bool] = False  # whether there may be reasons to refuse it that are not known here

    @property
    def fields(self) -> dict[str, Any]:
        """By their names on the wire; the world is added."""
        return {key: value for key, value in vars(self).items() if not key.startswith("_")}

    def possible(self, lived: Lived) -> bool:
        """Whether it makes sense in this world."""
        return True

    def done(self, lived: Lived) -> Lived:
        """The world afterwards."""
        return lived if lived.present is None else replace(lived, present=self.changed(lived.present))

    def changed(self, present: Timeline) -> Timeline:
        """What is so afterwards."""
        return present


@dataclass(frozen=True)
class Set(Deed):
    """A numbered fact."""

    kind = "world.set"
    name: str
    value: int

    def changed(self, present: Timeline) -> Timeline:
        return replace(present, facts={**present.facts, self.name: self.value})


@dataclass(frozen=True)
class Teach(Deed):
    """A numbered sentence."""

    kind = "memory.teach"
    npc: str
    text: str

    def changed(self, present: Timeline) -> Timeline:
        return replace(present, taught=(*present.taught, (self.npc, self.text)))


@dataclass(frozen=True)
class Advance(Deed):
    """Some seconds of game time."""

    kind = "world.advance"
    by: int

    def changed(self, present: Timeline) -> Timeline:
        return replace(present, clock=present.clock + self.by)


@dataclass(frozen=True)
class Say(Deed):
    """A line of its own; whether it is kept is known when its reply has ended."""

    kind = "say"
    refusable = True
    line: Line

    @property
    def fields(self) -> dict[str, Any]:
        return {"from": self.line.player, "to": self.line.npc, "text": self.line.text, "private": True}

    def changed(self, present: Timeline) -> Timeline:
        return replace(present, lines=present.lines | {self.line})

    def tried(self, lived: Lived) -> Lived:
        """The world where the line may be remembered or not."""
        present = lived.present
        return replace(lived, present=present and replace(present, maybe=present.maybe | {self.line}))


@dataclass(frozen=True)
class Hear(Deed):
    """A reply was spoken. A save that was restored or a player that was forgotten meanwhile has made it void."""

    kind = "heard"
    refusable = True
    reply: str
    line: Line

    @property
    def fields(self) -> dict[str, Any]:
        return {"reply": self.reply}

    def changed(self, present: Timeline) -> Timeline:
        return replace(present, lines=present.lines | {self.line})


@dataclass(frozen=True)
class Forget(Deed):
    """Everything of a player, now and in every save."""

    kind = "memory.forget"
    player: str

    def done(self, lived: Lived) -> Lived:
        saves = {name: point and point.without(self.player) for name, point in lived.saves.items()}
        return Lived(lived.present and lived.present.without(self.player), saves)


@dataclass(frozen=True)
class Save(Deed):
    """A name for the present; a save of that name is replaced."""

    kind = "save.create"
    save: str

    def done(self, lived: Lived) -> Lived:
        return replace(lived, saves={**lived.saves, self.save: lived.present})


@dataclass(frozen=True)
class Restore(Deed):
    """Back to a save."""

    kind = "save.restore"
    save: str

    def possible(self, lived: Lived) -> bool:
        return self.save in lived.saves

    def done(self, lived: Lived) -> Lived:
        return replace(lived, present=lived.saves[self.save])


@dataclass(frozen=True)
class Delete(Deed):
    """A save is given up."""

    kind = "save.delete"
    save: str

    def possible(self, lived: Lived) -> bool:
        return self.save in lived.saves

    def done(self, lived: Lived) -> Lived:
        return replace(lived, saves={name: point for name, point in lived.saves.items() if name != self.save})
