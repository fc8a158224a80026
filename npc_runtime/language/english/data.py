"""The words and patterns of English: `*.yaml` beside this file, which a writer can read.

A set of words is one text. In a pattern, `{harm}` stands for the text `harm` of the same section; a list of patterns is
found where any of them is.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from npc_runtime.errors import PhraseError
from npc_runtime.language.phrases import Value, leaves

FOLDER = Path(__file__).parent
_FIELD = re.compile(r"\{([a-z_]+)\}")


class Data:
    """A file, or a section of one such as `lines.typing`. Raises PhraseError for what is not there."""

    def __init__(self, name: str) -> None:
        self._name = name
        file, _, section = name.partition(".")
        above = f"{section}." if section else ""
        found = _file(file)
        self.values = {key.removeprefix(above): value for key, value in found.items() if key.startswith(above)}

    def text(self, key: str) -> str:
        """One text."""
        return " ".join(self.lines(key))

    def lines(self, key: str) -> tuple[str, ...]:
        """The texts of a list."""
        if key not in self.values:
            raise PhraseError(f"{self._name}: there is no {key}")
        found = self.values[key]
        return (found,) if isinstance(found, str) else found

    @cache  # noqa: B019
    def words(self, key: str) -> frozenset[str]:
        """A set of words."""
        return frozenset(self.text(key).split())

    def table(self, key: str) -> dict[str, str]:
        """The texts of a section, in order."""
        above = f"{key}."
        found = {name.removeprefix(above): self.text(name) for name in self.values if name.startswith(above)}
        if not found:
            raise PhraseError(f"{self._name}: there is no {key}")
        return found

    @cache  # noqa: B019  a section lives as long as the process
    def pattern(self, key: str) -> re.Pattern[str]:
        """A pattern, or what matches any of a list of them."""
        parts = [_FIELD.sub(lambda field: self.text(field[1]), part) for part in self.lines(key)]
        try:
            return re.compile("|".join(f"(?:{part})" for part in parts) if len(parts) > 1 else parts[0])
        except re.error as error:
            raise PhraseError(f"{self._name}, {key}: {error}") from None


@cache
def _file(name: str) -> dict[str, Value]:
    return leaves(FOLDER / f"{name}.yaml")[0]
