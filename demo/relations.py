"""How a character stands to others, as bars, with what moved them last."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.containers import ItemGrid
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from demo.panes import Styled
from demo.sheet import Sheet
from npc_runtime.wire.messages import RelationInfo

HALF = 7  # cells of a bar on either side of its middle
LABEL = 9
COLUMN = LABEL + 2 * HALF + 1 + 6  # with the number and a space
REASONS_SHOWN = 3
FEELING_STYLES = {
    "hostile": "$emotion-angry",
    "cold": "$emotion-sad",
    "warm": "$emotion-happy",
    "devoted": "$emotion-wary",
}


def sheet(name: str, relations: Iterable[RelationInfo], called: Callable[[str], str]) -> Sheet:
    """The relations of one character, as a page: first those that something has moved, the latest first."""
    ordered = sorted(relations, key=lambda relation: -max((reason.at for reason in relation.reasons), default=-1))
    return Sheet(f"How {name} stands to others", [part for relation in ordered for part in _parts(relation, called)])


def _parts(relation: RelationInfo, called: Callable[[str], str]) -> Iterable[Widget]:
    heading = Content.assemble(
        (called(relation.toward), "bold $foreground"),
        (f"  {relation.feeling}", f"italic {FEELING_STYLES.get(relation.feeling, '$foreground-muted')}"),
    )
    yield Static(heading, classes="relation")
    bars = [
        *(_bar(name, getattr(relation, name), "$emotion-wary", "$emotion-angry") for name in ("affinity", "trust")),
        _bar("respect", relation.respect, "$emotion-wary", "$emotion-angry"),
        _bar("fear", relation.fear, "$emotion-afraid", ""),
    ]
    yield ItemGrid(*bars, min_column_width=COLUMN, regular=True)
    for reason in reversed(relation.reasons[-REASONS_SHOWN:]):
        yield Static(Content.assemble(reason.text, (f"  {reason.ago}", "$foreground-disabled")), classes="reason")


def _bar(name: str, value: float, above: str, below: str) -> Widget:
    return Static(Content.assemble(*bar(name, value, above, below)))


def bar(name: str, value: float, above: str, below: str) -> Iterable[Styled]:
    """A bar of its name, a line with its middle marked, and the number.

    `above` and `below` are the styles of either side; one without `below` starts at the middle.
    """
    halves = round(abs(value) * HALF * 2)  # a cell has two
    filled, half = "━" * (halves // 2), halves % 2
    yield f"{name:<{LABEL}}"
    if below:
        left = ("╺" * half + filled) if value < 0 else ""
        yield ("─" * (HALF - len(left)), "$panel")
        yield (left, below)
    else:
        yield " " * HALF
    yield ("│", "$foreground-muted")
    right = (filled + "╸" * half) if value > 0 else ""
    yield (right, above)
    yield ("─" * (HALF - len(right)), "$panel")
    yield (f" {value:+.2f}" if round(value, 2) else "  0.00", "$foreground-muted" if halves else "$foreground-disabled")
