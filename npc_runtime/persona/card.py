"""Character cards as plain values: V1, V2 and V3, as JSON or inside a PNG, with the lorebooks that they carry.

A card is a stranger's: every field that is used is checked for its type, and what else stands there is not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from npc_runtime.errors import clipped, shown
from npc_runtime.persona import png
from npc_runtime.persona.files import Refused, read_bytes

FILE_BYTES = 32 * 1024 * 1024
"""Of a picture with a card in it."""

JSON_BYTES = 4 * 1024 * 1024
"""Of the card itself, with its lorebook."""

ENTRIES = 5_000
"""Of a lorebook; and what is in any other list of a card."""

UNUSED = ("creator_notes", "system_prompt", "post_history_instructions", "assets")
"""Fields that are for whoever reads a card, or for one program's prompt, or are no text."""


@dataclass(frozen=True)
class Entry:
    """A paragraph of a lorebook, and the words that call it up."""

    content: str
    keys: tuple[str, ...] = ()
    name: str = ""
    enabled: bool = True


@dataclass(frozen=True)
class Book:
    """A lorebook."""

    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Card:
    """What is used of a character card."""

    name: str
    nickname: str = ""
    description: str = ""
    personality: str = ""
    scenario: str = ""
    greetings: tuple[str, ...] = ()
    examples: str = ""
    tags: tuple[str, ...] = ()
    creator: str = ""
    book: Book | None = None
    unused: tuple[str, ...] = ()  # of UNUSED, those that it has


def read(path: Path) -> Card | Book:
    """The card or the lorebook in a file. Raises Refused, naming the field where it is one's."""
    data = read_bytes(path, FILE_BYTES)
    if data.startswith(png.SIGNATURE):
        chunk, payload = png.card(data, JSON_BYTES)
        return _card(_Fields(_json(payload, f'the chunk "{chunk}"')))
    fields = _Fields(_json(data, "this file"))
    if fields.data.get("spec") == "lorebook_v3":
        return _book(fields.inner("data"))
    if "entries" in fields.data and not fields.data.keys() & {"data", "first_mes"}:
        return _book(fields)
    return _card(fields)


def _json(data: bytes, what: str) -> dict[str, Any]:
    if len(data) > JSON_BYTES:
        raise Refused(f"{len(data):,} bytes are too many for a card; allowed: up to {JSON_BYTES:,}")
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused(f"{what} is not UTF-8 (byte {error.start + 1})") from None
    except RecursionError:
        raise Refused(f"{what} has too many lists or keys inside one another") from None
    except ValueError as error:
        raise Refused(f"{what} is not JSON: {clipped(str(error))}") from None
    if not isinstance(found, dict):
        raise Refused(f"{what} must hold the keys of a card or of a lorebook, not {_kind(found)}")
    return found


class _Fields:
    """Keys and values of a stranger's, each of which is asked for by its type."""

    def __init__(self, data: Mapping[str, Any], path: str = "") -> None:
        self.data = data
        self._path = path

    def name_of(self, key: str) -> str:
        """Where a key stands: `data.description`."""
        return f"{self._path}.{key}" if self._path else key

    def text(self, *keys: str) -> str:
        """The text of the first of these keys that has one; absent and null are empty."""
        return next(filter(None, (self._typed(key, str, "text") or "" for key in keys)), "")

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        found = self._list(key)
        for number, one in enumerate(found, 1):
            if not isinstance(one, str):
                raise Refused(f'entry {number} of the field "{self.name_of(key)}" must be text, not {_kind(one)}')
        return tuple(found)

    def flag(self, key: str, default: bool) -> bool:
        """A truth value."""
        found = self._typed(key, bool, "true or false")
        return default if found is None else found

    def inner(self, key: str) -> _Fields:
        """Keys and values inside; none where they are absent."""
        return _Fields(self._typed(key, dict, "keys and values") or {}, self.name_of(key))

    def rows(self, key: str) -> list[_Fields]:
        """Keys and values in a list, or by numbers, as some programs write them."""
        found = self.data.get(key)
        rows = list(found.values()) if isinstance(found, dict) else self._list(key)
        self._check_length(key, rows)
        for number, row in enumerate(rows, 1):
            if not isinstance(row, dict):
                raise Refused(f'entry {number} of the field "{self.name_of(key)}" must hold keys, not {_kind(row)}')
        return [_Fields(row, f"{self.name_of(key)} entry {number}") for number, row in enumerate(rows, 1)]

    def _list(self, key: str) -> list[Any]:
        found: list[Any] = self._typed(key, list, "a list") or []
        self._check_length(key, found)
        return found

    def _check_length(self, key: str, found: list[Any]) -> None:
        if len(found) > ENTRIES:
            raise Refused(f'the field "{self.name_of(key)}" has {len(found):,} entries; allowed: up to {ENTRIES:,}')

    def _typed(self, key: str, kind: type, name: str) -> Any:
        found = self.data.get(key)
        if found is not None and not isinstance(found, kind):
            raise Refused(f'the field "{self.name_of(key)}" must be {name}, not {_kind(found)}')
        return found


def _card(fields: _Fields) -> Card:
    """A card of V2 or V3 has its fields under `data`, one of V1 has them at the top."""
    if fields.text("spec") or "data" in fields.data:
        fields = fields.inner("data")
    name = fields.text("name").strip()
    if not name:
        raise Refused(f'the field "{fields.name_of("name")}" is missing, so this is no character card')
    first = fields.text("first_mes")
    greetings = (first, *fields.texts("alternate_greetings"), *fields.texts("group_only_greetings"))
    book = fields.inner("character_book")
    return Card(
        name=name,
        nickname=fields.text("nickname").strip(),
        description=fields.text("description"),
        personality=fields.text("personality"),
        scenario=fields.text("scenario"),
        greetings=tuple(filter(None, greetings)),
        examples=fields.text("mes_example"),
        tags=fields.texts("tags"),
        creator=fields.text("creator"),
        book=_book(book) if book.data else None,
        unused=tuple(key for key in UNUSED if fields.data.get(key)),
    )


def _book(fields: _Fields) -> Book:
    """A lorebook inside a card, one of the V3 specification, or one as SillyTavern keeps it."""
    entries = [
        Entry(
            content=row.text("content"),
            keys=row.texts("keys" if "keys" in row.data else "key"),
            name=row.text("name", "comment").strip(),
            enabled=row.flag("enabled", default=True) and not row.flag("disable", default=False),
        )
        for row in fields.rows("entries")
    ]
    return Book(fields.text("name").strip(), tuple(entries))


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "keys and values"
    return "a list" if isinstance(value, list) else shown(value)
