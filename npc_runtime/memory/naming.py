"""What gives somebody away in what is kept: its id, and the names that can mean nobody and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

_ID = re.compile(r"(?:npc|player|place|item):[^\s:<>]{1,64}")
# With these and a letter behind it an id goes on: player:al.b is somebody else; "player:al's" and "player:al." are not.
_GOES_ON = r"(?![\w-])(?!(?!['’]s\b)[.'’@+#$%&*~^/=]+\w)"
NOBODY = "forgotten"  # in the name of a save, instead of whom it was called after


@dataclass(frozen=True)
class Naming:
    """Whom texts and records are searched for: by id, as a whole and in its case, and by names, whole words in any."""

    entity: str  # id
    names: tuple[str, ...] = ()
    alias: str = ""  # the id without its kind, or nothing; looked for in names of saves only

    def in_text(self, text: str) -> bool:
        """Whether a text names it; an id is a text too."""
        if _ID.fullmatch(text):
            return text == self.entity
        return bool(self._text.search(text))

    def in_value(self, value: object) -> bool:
        """Whether a text in a value, as JSON has them, names it, or a key is its id; no other key is a text."""
        if isinstance(value, dict):
            return self.entity in value or any(map(self.in_value, value.values()))
        if isinstance(value, list | tuple):
            return any(map(self.in_value, value))
        return isinstance(value, str) and self.in_text(value)

    def in_json(self, text: str) -> bool:
        """The same of a value that is written as JSON; of one that is broken, whether it may."""
        if not self._maybe.search(text):
            return False
        try:
            return self.in_value(json.loads(text))
        except ValueError:
            return True

    def in_key(self, key: str) -> bool:
        """Whether a record is about it: `relation/npc:mira/player:alex`, `fact/player:alex/rank`."""
        owner, _, name = key.rpartition("/")
        if key.endswith(f"/{self.entity}") or owner == f"fact/{self.entity}":
            return True
        return owner.startswith("fact/") and self.in_text(name)

    def in_record(self, key: str, value: object) -> bool:
        """Whether a record is about it or names it."""
        return self.in_key(key) or self.in_value(value)

    def in_bytes(self, line: bytes) -> bool:
        """Whether a line that may be torn, and whose form is not known, names it."""
        return bool(self._raw.search(line.decode("utf-8", "replace")))

    def out_of(self, save: str) -> str:
        """The name of a save without it: `alex-1` becomes `forgotten-1`."""
        return self._in_saves.sub(NOBODY, save)

    @cached_property
    def _text(self) -> re.Pattern[str]:
        spelled = [rf"(?-i:{re.escape(self.entity)}){_GOES_ON}"]
        spelled += [rf"{name}(?![\w-])" for name in self._spelled()]
        return re.compile(rf"(?<![\w-])(?:{'|'.join(spelled)})", re.IGNORECASE)

    @cached_property
    def _maybe(self) -> re.Pattern[str]:
        """Finds more, and quicker: what it does not find in JSON is not there."""
        parts = [self.entity, *(name.split()[0] for name in self.names if name.strip())]
        return re.compile("|".join(re.escape(form) for part in parts for form in _written(part)), re.IGNORECASE)

    @cached_property
    def _raw(self) -> re.Pattern[str]:
        names = [re.escape(form) for name in self.names if name.strip() for form in _written(name.strip())]
        entity = [rf"(?-i:{re.escape(form)})" for form in _written(self.entity)]
        return re.compile(rf"(?<![\w-])(?:{'|'.join([*entity, *names])})(?![\w-])", re.IGNORECASE)

    @cached_property
    def _in_saves(self) -> re.Pattern[str]:
        # People write a name and a number without a space; with an id that is somebody else.
        spelled = [rf"(?-i:{re.escape(self.entity)})(?![^\W_])"]
        spelled += [rf"{name}(?![^\W\d_])" for name in self._spelled()]
        spelled += [rf"(?<!:){re.escape(self.alias)}(?![^\W\d_])"] if self.alias else []
        return re.compile(rf"(?<![^\W_])(?:{'|'.join(spelled)})", re.IGNORECASE)

    def _spelled(self) -> Iterator[str]:
        """The names as patterns, however wide the spaces are."""
        return (r"\s+".join(map(re.escape, name.split())) for name in self.names if name.strip())


def _written(text: str) -> set[str]:
    """A text as it stands in JSON: as it is, and with either kind of escapes."""
    return {text, json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(text)[1:-1]}


def strings(value: Any) -> Iterator[str]:
    """Every string in a value, as JSON has them, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, found in value.items():
            yield str(key)
            yield from strings(found)
    elif isinstance(value, list | tuple):
        for found in value:
            yield from strings(found)
