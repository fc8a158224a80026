"""YAML that remembers on which line each value stands, so that a mistake in a scene can be pointed at."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from npc_runtime.errors import SceneError
from npc_runtime.persona import files, parsing
from npc_runtime.persona.parsing import Key


class Document:
    """A parsed file: `value` is plain Python data, `line` finds the line of any part of it."""

    def __init__(self, file: Path, value: Any, lines: dict[parsing.Path, int]) -> None:
        self.file = file
        self.value = value
        self._lines = lines

    def line(self, path: Sequence[Key]) -> int:
        """The line of the value at a path, or of the nearest part around it, counting from 1."""
        whole = tuple(path)
        return next(self._lines[whole[:end]] for end in range(len(whole), -1, -1) if whole[:end] in self._lines)

    def error(self, path: Sequence[Key], message: str, *, hint: str = "") -> SceneError:
        """An error that opens with file and line."""
        return SceneError(f"{self.file}:{self.line(path)}: {message}", hint=hint)


def read(file: Path) -> Document:
    """Parses one YAML file, within the limits of a pack's. Raises SceneError for one that is missing or broken."""
    if not os.path.exists(file):  # whatever is in its name
        raise SceneError(f"no scene file {file}")
    try:
        parsed = parsing.parse(files.read(file))
    except files.Refused as refused:
        raise SceneError(f"{file}:{refused.line or 1}: {refused.sentence}") from None
    return Document(file, parsed.value, parsed.lines)
