"""Packs that nobody would write: those of the corpus, changed by bytes, by lines, by values and by files."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

from hypothesis import strategies as st
from pack_corpus import HOSTILE, NAMES, PIECES, SPECIAL, VALID, VALUES
from pack_files import Entry, Tree

SMALL = 2_500
"""Letters in a file that is changed: what is larger in the corpus is sent once, as it is."""
OFTEN = 100
"""How often changes begin with the pack that is right, where they begin once with each small one that is not."""
SEALED: dict[str, Entry] = {
    "personas/zoe.yaml": "name: Zoe\nrole: nobody\ntraits: [kind]\nrelations:\n  nobody: {feeling: warm}\n"
}
"""A mistake that is found last of all: such a pack is read and checked to its end, and opens no world."""
OPENING = 8
"""One in so many mutants is not sealed."""

Changing: TypeAlias = Callable[[st.DrawFn, dict[str, Entry]], None]

Option = TypeVar("Option")

_PIECES = st.sampled_from(PIECES) | st.binary(max_size=4)
_KEY = re.compile(r"^( *(?:- )?[\w-]+:) *(.*)$", re.ASCII)


def _text(entry: Entry) -> str | None:
    """A file's text, with what is not UTF-8 kept as it was; None for what is not a small file."""
    if isinstance(entry, bytes):
        entry = entry.decode("utf-8", "surrogateescape")
    return entry if isinstance(entry, str) and len(entry) < SMALL else None


def _one(draw: st.DrawFn, options: Sequence[Option]) -> Option:
    # By number: a strategy made for options that are new each time costs more than the daemon's answer.
    return options[draw(st.integers(0, len(options) - 1))]


def _files(tree: dict[str, Entry]) -> list[str]:
    return [name for name, entry in tree.items() if _text(entry) is not None]


def _by_bytes(draw: st.DrawFn, tree: dict[str, Entry]) -> None:
    name = _one(draw, _files(tree))
    body = (_text(tree[name]) or "").encode("utf-8", "surrogateescape")
    start = draw(st.integers(0, len(body)))
    end = min(len(body), start + draw(st.integers(0, 12)))
    tree[name] = body[:start] + draw(_PIECES) + body[end:]


def _by_lines(draw: st.DrawFn, tree: dict[str, Entry]) -> None:
    name = _one(draw, _files(tree))
    lines = (_text(tree[name]) or "\n").splitlines(keepends=True) or ["\n"]
    at, to = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
    match _one(draw, ("drop", "double", "move", "indent", "glue", "borrow")):
        case "drop":
            del lines[at]
        case "double":
            lines[at] *= 2
        case "move":
            lines[at], lines[to] = lines[to], lines[at]
        case "indent":
            lines[at] = f"  {lines[at]}"
        case "glue":
            lines[at] = lines[at].rstrip("\n")
        case "borrow":
            other = (_text(tree[_one(draw, _files(tree))]) or "\n").splitlines(keepends=True) or ["\n"]
            lines.insert(at, other[to % len(other)])
    tree[name] = "".join(lines).encode("utf-8", "surrogateescape")


def _by_values(draw: st.DrawFn, tree: dict[str, Entry]) -> None:
    keys = [
        (name, number)
        for name in _files(tree)
        for number, line in enumerate((_text(tree[name]) or "").split("\n"))
        if name.endswith(".yaml") and _KEY.match(line)
    ]
    if not keys:
        return
    name, number = _one(draw, keys)
    lines = (_text(tree[name]) or "").split("\n")
    lines[number] = _KEY.sub(lambda found: f"{found[1]} {_one(draw, VALUES)}", lines[number])
    tree[name] = "\n".join(lines).encode("utf-8", "surrogateescape")


def _by_files(draw: st.DrawFn, tree: dict[str, Entry]) -> None:
    entries = [*SPECIAL, *(tree[name] for name in _files(tree))]
    tree[_one(draw, [*NAMES, *tree, *tree])] = _one(draw, entries)


CHANGES: tuple[Changing, ...] = (_by_bytes, _by_lines, _by_values, _by_values, _by_values, _by_files)

_BASES: tuple[Tree, ...] = (
    *(VALID for _ in range(OFTEN)),
    *(tree for tree in HOSTILE.values() if len(tree) < 20 and all(_text(entry) is not None for entry in tree.values())),
)


@st.composite
def mutants(draw: st.DrawFn) -> Tree:
    """A pack of the corpus with one to three changes."""
    tree = dict(_one(draw, _BASES))
    if draw(st.integers(1, OPENING)) != 1:
        tree |= SEALED
    for _ in range(draw(st.integers(1, 3))):
        _one(draw, CHANGES)(draw, tree)
    return tree
