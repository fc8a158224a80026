"""YAML of a stranger as plain data, with the line of each value.

It is built from the parser's events, one after the other: nothing calls itself, and what an alias repeats is counted
before it is repeated. It differs from PyYAML's `safe_load` in that keys are always text, dates stay text, a key may
not stand twice, and tags are limited to those of plain data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from npc_runtime.errors import clipped
from npc_runtime.persona.files import Refused, unfit_character
from npc_runtime.persona.limits import DEPTH, NODES, SCALAR_CHARACTERS
from npc_runtime.persona.scalars import TAGS, stands_for

Key = str | int
Path = tuple[Key, ...]

PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's is many times faster, and some installations of PyYAML lack it."""

_MERGE = "<<"
_EVENTS_A_LOOK = 1_000  # between two looks at the clock
_TAG_DIRECTIVE = re.compile("^%TAG", re.MULTILINE)


@dataclass(frozen=True)
class Parsed:
    """One YAML document: plain data, and what it takes.

    `lines` has the line of every value but those behind an alias, by the path of keys and indices that leads to it.
    """

    value: Any
    lines: dict[Path, int]
    nodes: int  # aliases counted as what they stand for
    repeated: int  # characters that aliases stand for


def parse(text: str, look: Callable[[], None] = lambda: None) -> Parsed:
    """The data of a YAML text; `look` is called now and then, and may raise. Raises Refused, mostly with the line."""
    directive = _TAG_DIRECTIVE.search(text)
    if directive:
        raise Refused("%TAG has no meaning here; leave it out", text.count("\n", 0, directive.start()) + 1)
    building = _Building()
    for number, event in enumerate(_events(text)):
        if number % _EVENTS_A_LOOK == 0:
            look()
        building.take(event)
    return Parsed(building.value, building.lines, building.total.nodes, building.repeated)


def _events(text: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, PARSER)
    except yaml.MarkedYAMLError as error:
        raise _refusal(error, text) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the latter of an escape such as \UFFFFFFFF
        raise Refused(f"this is not YAML: {clipped(' '.join(str(error).split()), 200)}") from None


def _refusal(error: yaml.MarkedYAMLError, text: str) -> Refused:
    """The parser's complaint, and what most often is behind it."""
    problem, mark = error.problem or error.context or "this is not YAML", error.problem_mark
    hint = "a sentence with a colon, quotes or braces in it must stand in quotes as a whole"
    if "tab character" in problem or (mark and text[mark.index : mark.index + 1] == "\t"):
        hint = "indent with spaces, never with tabs"
    elif "end of stream" in problem and error.context_mark:
        hint = f"the quote that was begun in line {error.context_mark.line + 1} is never closed"
    elif "escape" in problem:
        hint = "in double quotes a backslash begins an escape such as \\n; single quotes know none"
    elif "nesting depth" in problem:
        hint = f"allowed: up to {DEPTH}"
    return Refused(f"{clipped(problem, 200)}; {hint}", mark.line + 1 if mark else 0)


def _check_tag(event: yaml.ScalarEvent | yaml.CollectionStartEvent, line: int) -> None:
    if event.tag is not None and event.tag not in TAGS[type(event)]:
        raise Refused(f"the tag {clipped(event.tag)} has no meaning here; leave it out", line)


@dataclass
class _Measure:
    """What a value holds, aliases counted as what they stand for."""

    nodes: int = 0
    characters: int = 0
    height: int = 0  # lists and keys inside one another

    def add(self, inner: _Measure) -> None:
        self.nodes += inner.nodes
        self.characters += inner.characters
        self.height = max(self.height, inner.height + 1)


@dataclass
class _Open:
    """A list, or keys and values, that has begun and not ended."""

    value: Any  # a list or a dict
    line: int
    path: Path
    anchor: str | None
    key: str | None = None  # whose value comes next
    merged: list[dict[str, Any]] = field(default_factory=list)  # what `<<` brings in
    measure: _Measure = field(default_factory=lambda: _Measure(nodes=1, height=1))

    def closed(self) -> Any:
        """The finished value: a key of its own outranks the same key that was merged in, and an earlier a later one."""
        if not self.merged:
            return self.value
        value: dict[str, Any] = {}
        for one in reversed(self.merged):
            value.update(one)
        return {**value, **self.value}


class _Building:
    """The value so far. Each event is taken in constant time, but for what `<<` copies, which is counted."""

    def __init__(self) -> None:
        self.value: Any = None
        self.lines: dict[Path, int] = {(): 1}
        self.total = _Measure()  # of all that was read, finished or not
        self.repeated = 0
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Any, _Measure]] = {}
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Takes the next event of the parser. Raises Refused."""
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            done = self._stack.pop()
            value = done.closed()
            if done.anchor:
                self._anchors[done.anchor] = value, done.measure
            self._place(value, done.measure, done.line)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(str(event.anchor), line)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise Refused("a second document begins here; delete this line of dashes", line)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        text = event.value
        if len(text) > SCALAR_CHARACTERS:
            raise Refused(f"a text of {len(text):,} characters is too long; allowed: up to {SCALAR_CHARACTERS:,}", line)
        unfit = unfit_character(text)
        if unfit:
            raise Refused(f"the character {unfit[0]} may not stand in a text; delete it", line)
        _check_tag(event, line)
        measure = _Measure(1, len(text))
        self._count(measure, line)
        top = self._stack[-1] if self._stack else None
        is_key = top is not None and isinstance(top.value, dict) and top.key is None
        value = text if is_key else stands_for(event)
        if event.anchor:
            self._anchors[event.anchor] = value, measure
        self._place(value, measure, line)

    def _open(self, event: yaml.CollectionStartEvent, line: int) -> None:
        _check_tag(event, line)
        path: Path = ()
        if self._stack:
            top = self._stack[-1]
            if isinstance(top.value, dict) and top.key is None:
                raise Refused("a key must be text, not a list or keys and values", line)
            path = (*top.path, len(top.value) if isinstance(top.value, list) else top.key or "")
        self.lines.setdefault(path, line)
        value: Any = [] if isinstance(event, yaml.SequenceStartEvent) else {}
        self._stack.append(_Open(value, line, path, event.anchor))
        self._count(_Measure(nodes=1), line)

    def _alias(self, anchor: str, line: int) -> None:
        if any(one.anchor == anchor for one in self._stack):
            raise Refused(f"the alias *{clipped(anchor)} stands inside what it stands for", line)
        if anchor not in self._anchors:
            raise Refused(f"there is no &{clipped(anchor)} above for the alias *{clipped(anchor)}", line)
        value, measure = self._anchors[anchor]
        self.repeated += measure.characters
        self._count(measure, line)
        self._place(value, measure, line)

    def _count(self, measure: _Measure, line: int) -> None:
        """Takes note of what comes next, before anything is done with it."""
        self.total.nodes += measure.nodes
        if self.total.nodes > NODES:
            aliases = ", with what its aliases repeat" if self._anchors else ""
            raise Refused(
                f"{self.total.nodes:,} values are too many for one file{aliases}; allowed: up to {NODES:,}", line
            )
        depth = len(self._stack) + measure.height
        if depth > DEPTH:
            raise Refused(f"{depth} lists or keys inside one another are too many; allowed: up to {DEPTH}", line)

    def _place(self, value: Any, measure: _Measure, line: int) -> None:
        """Puts a finished value where it belongs."""
        if not self._stack:
            self.value = value
            return
        top = self._stack[-1]
        top.measure.add(measure)
        if isinstance(top.value, list):
            self.lines.setdefault((*top.path, len(top.value)), line)
            top.value.append(value)
        elif top.key is None:
            if not isinstance(value, str):
                raise Refused("a key must be text", line)
            if value in top.value:
                raise Refused(f'the key "{clipped(value)}" stands here twice; keep one of the two', line)
            top.key = value
            inside = (*top.path, value)
            self.lines[inside] = line
            top.value[value] = None
        else:
            top.value[top.key] = value
            if top.key == _MERGE:
                self._merge(top, line)
            top.key = None

    def _merge(self, top: _Open, line: int) -> None:
        found = top.value.pop(_MERGE)
        if top.merged:
            raise Refused(f"the key {_MERGE} stands here twice; write one list, as in <<: [*smith, *father]", line)
        top.merged = found if isinstance(found, list) else [found]
        if not all(isinstance(one, dict) for one in top.merged):
            raise Refused("<< must be followed by the alias of keys and values, as in <<: *smith", line)
