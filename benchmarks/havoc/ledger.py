"""What a world was asked for and what it answered, and whether what is found later agrees with that."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from benchmarks.havoc.deeds import Deed, Line, Lived, Say, Timeline

Answer = Literal["none", "kept", "done", "refused"]
"""`none`: it never came. `done`: it happened, and is not on disk yet."""

ANSWERS = {"none": "not answered", "kept": "done", "done": "done, not kept", "refused": "refused"}
BUGS = ("internal",)
SHOWN = 4
_FOUND = itertools.count(1)


@dataclass
class Entry:
    """A deed, and how it was answered. `excused`: there is a reason at hand why it may be refused."""

    deed: Deed
    answer: Answer = "none"
    why: str = ""
    excused: bool = False

    def __str__(self) -> str:
        fields = " ".join(str(value) for value in self.deed.fields.values())
        return f"{self.deed.kind} {fields} ({self.why or ANSWERS[self.answer]})"


@dataclass(frozen=True)
class Observed:
    """A world as it is found through the wire."""

    facts: Mapping[str, int]
    taught: tuple[tuple[str, str], ...]
    clock: int
    heard: frozenset[tuple[str, str, str]]  # NPC, player, text
    own: Mapping[str, int]  # NPC -> how many of its own lines it remembers
    saves: Mapping[str, int]  # name -> game time


class Ledger:
    """The books of one world: how it was when it was last looked at, and every deed since, in the order of sending."""

    def __init__(self) -> None:
        self.was = Lived()
        self.entries: list[Entry] = []

    def sent(self, deed: Deed, *, excused: bool) -> Entry:
        """A deed is on its way."""
        self.entries.append(Entry(deed, excused=excused))
        return self.entries[-1]

    def balance(self, observed: Observed, *, cut: bool) -> list[str]:
        """What is wrong with a world, in sentences; from now on it is taken as it was found.

        What was acknowledged must be there. Where the daemon or the client was `cut` off, what was not answered, or
        done and not kept, may be there or not, but nothing without what was sent before it.
        """
        found = [(_differences(lived, observed), lived) for lived in self._possible(cut)]
        wrong = min((wrong for wrong, _ in found), key=len)
        alike = [lived for others, lived in found if len(others) == len(wrong)]
        lived = _agreed(alike)
        complaints = [*self._refusals(), *wrong[:SHOWN]]
        if len(wrong) > SHOWN:
            complaints.append(f"and {len(wrong) - SHOWN} differences more")
        if wrong:
            complaints[-1] += f"; the deeds were {', '.join(map(str, self.entries)) or 'none'}"
        self.was = _as_found(lived, observed)
        self.entries.clear()
        return complaints

    def _possible(self, cut: bool) -> Iterator[Lived]:
        """Every world that may be left: with none of what is open, with the first of it, and so on."""
        firm = self._firm(cut)
        known = self.entries[:firm]
        open_ends = [entry for entry in self.entries[firm:] if entry.answer != "refused"]
        lived = self.was
        for entry in known:
            lived = _after(lived, entry, certain=True)
        yield lived
        for entry in open_ends:
            lived = _after(lived, entry, certain=False)
            yield lived

    def _firm(self, cut: bool) -> int:
        """How many of the entries came before the last one that is beyond doubt, and that one."""
        sure = ("kept",) if cut else ("kept", "done")
        return max((place for place, entry in enumerate(self.entries, 1) if entry.answer in sure), default=0)

    def _refusals(self) -> list[str]:
        """What was refused for no reason."""
        complaints, lived = [], self.was
        for entry in self.entries:
            if entry.answer != "refused":
                lived = _after(lived, entry, certain=True)
            elif entry.why.startswith(BUGS):
                complaints.append(f"{entry} met a bug")
            elif not entry.excused and not entry.deed.refusable and entry.deed.possible(lived):
                complaints.append(f"{entry} was refused for no reason")
        return complaints


def _agreed(alike: list[Lived]) -> Lived:
    """The first of some worlds that look the same; of what a save holds, only that in which they agree is known."""
    first = alike[0]
    saves = {
        name: point if all(other.saves.get(name) == point for other in alike) else None
        for name, point in first.saves.items()
    }
    return replace(first, saves=saves)


def _after(lived: Lived, entry: Entry, *, certain: bool) -> Lived:
    deed = entry.deed
    if entry.answer == "refused" or not deed.possible(lived):
        return lived
    if isinstance(deed, Say) and (not certain or entry.answer == "none"):
        return deed.tried(lived)
    return deed.done(lived)


# ------------------------------------------------------------------------------------------------- comparing


def _differences(lived: Lived, observed: Observed) -> list[str]:
    wrong = [f'the save "{name}" is gone' for name in lived.saves if name not in observed.saves]
    wrong += [f'there is a save "{name}" that should not be' for name in observed.saves if name not in lived.saves]
    for name, point in lived.saves.items():
        if point is not None and observed.saves.get(name, point.clock) != point.clock:
            wrong.append(f'the save "{name}" holds the time {observed.saves[name]}, not {point.clock}')
    return wrong if lived.present is None else [*wrong, *_differences_now(lived.present, observed)]


def _differences_now(present: Timeline, observed: Observed) -> Iterator[str]:
    if present.clock != observed.clock:
        yield f"the game time is {observed.clock}, not {present.clock}"
    for name in sorted(present.facts.keys() | observed.facts.keys()):
        if present.facts.get(name) != observed.facts.get(name):
            yield f"the fact {name} is {observed.facts.get(name)}, not {present.facts.get(name)}"
    if present.taught != observed.taught:
        yield from (f'what {npc} was taught is lost: "{text}"' for npc, text in _left_out(present, observed.taught))
        yield from (
            f'{npc} was taught "{text}" for nothing'
            for npc, text in observed.taught
            if (npc, text) not in present.taught
        )
        if sorted(present.taught) == sorted(observed.taught):
            yield "what was taught is there in another order"
        elif set(present.taught) == set(observed.taught):
            yield "something that was taught is there more than once"
    for line in sorted(present.lines, key=str):
        if not line.own and (line.npc, line.player, line.text) not in observed.heard:
            yield f'{line.npc} does not remember the line of {line.player} "{line.text}"'
    expected = {(line.npc, line.player, line.text) for line in present.lines | present.maybe if not line.own}
    for npc, player, text in sorted(observed.heard - expected):
        yield f'{npc} remembers a line of {player} that should be gone: "{text}"'
    least, most = _own(present.lines), _own(present.lines | present.maybe)
    for npc in sorted(most.keys() | observed.own.keys()):
        if not least[npc] <= observed.own.get(npc, 0) <= most[npc]:
            yield f"{npc} remembers {observed.own.get(npc, 0)} lines of its own, not {least[npc]} to {most[npc]}"


def _left_out(present: Timeline, taught: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return [one for one in present.taught if one not in taught]


def _own(lines: frozenset[Line]) -> Counter[str]:
    return Counter(line.npc for line in lines if line.own)


def _as_found(lived: Lived, observed: Observed) -> Lived:
    """The world as it was found, with what is known of it besides: whom its lines were said to, and what saves hold."""
    known = lived.present or Timeline()
    heard = {Line(*line) for line in observed.heard}
    own: set[Line] = set()
    strange: set[Line] = set()  # nobody knows whom they were said to, so they may go with any player
    for npc, count in observed.own.items():
        sure, perhaps = (sorted(_of(npc, lines), key=str) for lines in (known.lines, known.maybe - known.lines))
        own.update([*sure, *perhaps][:count])
        surplus = count - len(sure) - len(perhaps)
        strange.update(Line(npc, "", f"found {next(_FOUND)}", own=True) for _ in range(surplus))
    present = Timeline(
        dict(observed.facts), observed.taught, observed.clock, frozenset(heard | own), frozenset(strange)
    )
    saves = {name: _dated(lived.saves.get(name), at) for name, at in observed.saves.items()}
    return replace(lived, present=present, saves=saves)


def _of(npc: str, lines: frozenset[Line]) -> list[Line]:
    return [line for line in lines if line.own and line.npc == npc]


def _dated(point: Timeline | None, at: int) -> Timeline | None:
    return point and (point if point.clock == at else None)
