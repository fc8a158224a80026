"""The report of `eval` as one page of HTML: what went wrong, the figures, and everything that was said.

Lines and names are whatever a model or a stranger wrote. The template escapes all of them, keeps text that runs from
right to left in its place, and lets the page load and run nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile, zip_longest
from pathlib import Path

import jinja2

from npc_runtime import __version__
from npc_runtime.scenes import figures
from npc_runtime.scenes.narration import Line
from npc_runtime.scenes.outcome import Outcome, Verdict
from npc_runtime.scenes.record import Passage

TEMPLATE = Path(__file__).with_name("report.html.j2")
UNREADABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), "�")
"""Control characters, which no page may hold."""


@dataclass(frozen=True)
class Side:
    """All plays with one model, and what was said in them."""

    outcomes: Sequence[Outcome]
    plays: Sequence[Sequence[Passage]]

    @property
    def model(self) -> str:
        """What it was played with; scenes may name models of their own."""
        return ", ".join(sorted({outcome.model for outcome in self.outcomes})) or "no model"


@dataclass(frozen=True)
class Row:
    """One line of a table of rates; `difference` where there are two."""

    name: str
    rates: Sequence[figures.Rate]
    difference: figures.Difference | None = None


@dataclass
class Missed:
    """How often one side missed an expectation, with the first time that it did."""

    of: int = 0
    count: int = 0
    verdict: Verdict | None = None
    link: str = ""


@dataclass
class Wrong:
    """One expectation of a scene file that was missed at least once."""

    scene: str
    line: int
    expectation: str
    wanted: str
    said: str
    sides: list[Missed]


@dataclass(frozen=True)
class Cell:
    """What one side has of a step."""

    lines: Sequence[Line] = ()
    verdicts: Sequence[Verdict] = ()

    @property
    def missed(self) -> bool:
        """Whether its reply, the last line, was not as expected."""
        return any(verdict.reply and not verdict.check.passed for verdict in self.verdicts)


@dataclass(frozen=True)
class Part:
    """One step of a play: what is the same on all sides, then what each has of its own."""

    id: str
    line: int
    common: Sequence[Line]
    cells: Sequence[Cell]


@dataclass
class PlayView:
    """One play of a scene, on all sides."""

    id: str
    scene: str
    file: str
    tags: Sequence[str]
    number: int
    outcomes: list[Outcome]
    parts: list[Part] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """Whether anything was not as expected, on any side."""
        return not all(outcome.passed for outcome in self.outcomes)


def render(sides: Sequence[Side]) -> str:
    """The page, of one side, or of two that played the same scenes."""
    names = _names([side.model for side in sides])
    plays = list(_plays(sides))
    rows = _rows(sides)
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value.translate(UNREADABLE) if type(value) is str else value,
    )
    environment.filters |= {
        "percent": lambda share: f"{100 * share:.1f}",
        "points": lambda share: f"{100 * share:+.1f}",
    }
    page = environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        names=names,
        models=[side.model for side in sides],
        total=rows[0],
        tables=rows[1],
        wrong=_sorted_wrong(_wrong(plays)),
        plays=plays,
        repeated=any(play.number > 1 for play in plays),
        scenes=len({play.file for play in plays}),
        version=__version__,
    )
    return page.encode("utf-8", "replace").decode("utf-8")  # a file's name may hold what is no character


def _names(models: Sequence[str]) -> list[str]:
    """Short names that tell the sides apart."""
    short = [Path(model).name or model for model in models]
    return short if len(set(short)) == len(short) else [f"{'AB'[i]}: {model}" for i, model in enumerate(models)]


def _rows(sides: Sequence[Side]) -> tuple[Row, list[tuple[str, list[Row]]]]:
    """Everything in one row, and the tables by tag and by expectation."""
    if len(sides) == 1:
        every = figures.rate(verdict.check.passed for outcome in sides[0].outcomes for verdict in outcome.verdicts)
        tables = [[Row(name, [rate]) for name, rate in table.items()] for table in figures.rates(sides[0].outcomes)]
        total = Row("all", [every])
    else:
        pairs = figures.pairs(sides[0].outcomes, sides[1].outcomes)
        total = _compared("all", figures.difference(pairs))
        tables = [[_compared(*item) for item in table.items()] for table in figures.differences(pairs)]
    return total, [(title, table) for title, table in zip(("tag", "expectation"), tables, strict=True) if table]


def _compared(name: str, difference: figures.Difference) -> Row:
    return Row(name, difference.rates, difference)


def _plays(sides: Sequence[Side]) -> Iterator[PlayView]:
    """The plays by scene and repetition; an evaluation may have played them in another order, by model."""
    found: dict[tuple[str, int], list[tuple[Outcome, Sequence[Passage]]]] = defaultdict(list)
    for side in sides:
        count: Counter[str] = Counter()
        for outcome, passages in zip(side.outcomes, side.plays, strict=True):
            file = str(outcome.scene.file)
            count[file] += 1
            found[file, count[file]].append((outcome, passages))
    for place, ((file, number), each) in enumerate(sorted(found.items(), key=lambda item: item[0]), 1):
        scene = each[0][0].scene
        play = PlayView(f"p{place}", scene.name, file, scene.tags, number, [outcome for outcome, _ in each])
        steps = zip_longest(*(passages for _, passages in each))
        play.parts = [_part(f"p{place}s{step}", passages) for step, passages in enumerate(steps, 1)]
        yield play


def _part(id: str, passages: Sequence[Passage | None]) -> Part:
    """One step; a side whose play broke off before has nothing of it."""
    lines = [passage.lines if passage else [] for passage in passages]
    same = takewhile(lambda each: len(set(each)) == 1 and each[0].kind != "reply", zip(*lines, strict=False))
    common = [each[0] for each in same]
    cells = [Cell(passage.lines[len(common) :], passage.verdicts) if passage else Cell() for passage in passages]
    return Part(id, next(passage.line for passage in passages if passage), common, cells)


def _wrong(plays: Sequence[PlayView]) -> Iterator[Wrong]:
    """Every expectation that was missed, once, however often it was."""
    found: dict[tuple[str, int, str, int], Wrong] = {}
    for play in plays:
        for index, outcome in enumerate(play.outcomes):
            links = {id(verdict): part.id for part in play.parts for verdict in part.cells[index].verdicts}
            for (_, _, line, key, nth), _, verdict in figures.keyed([outcome]):
                check = verdict.check
                entry = found.setdefault(
                    (play.file, line, key, nth),
                    Wrong(play.scene, line, key, "", "", [Missed() for _ in play.outcomes]),
                )
                missed = entry.sides[index]
                missed.of += 1
                missed.count += not check.passed
                if not check.passed and missed.verdict is None:
                    missed.verdict, missed.link = verdict, links.get(id(verdict), play.id)
                    if verdict.reached or not entry.wanted:
                        entry.wanted, entry.said = check.wanted, verdict.said or entry.said
    yield from (entry for entry in found.values() if any(side.count for side in entry.sides))


def _sorted_wrong(wrong: Iterator[Wrong]) -> dict[tuple[bool, ...], list[Wrong]]:
    """By which of the sides missed them: the first alone, the second alone, both."""
    found: dict[tuple[bool, ...], list[Wrong]] = defaultdict(list)
    for entry in wrong:
        found[tuple(side.count > 0 for side in entry.sides)].append(entry)
    return {key: found[key] for key in ((True,), (True, False), (False, True), (True, True)) if key in found}
