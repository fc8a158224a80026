"""YAML that remembers on which line each value stands, so that a mistake in a scene can be pointed at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from npc_runtime.errors import SceneError

Key = str | int


class Document:
    """A parsed file: `value` is plain Python data, `line` finds the line of any part of it."""

    def __init__(self, file: Path, value: Any, lines: dict[tuple[Key, ...], int]) -> None:
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
    """Parses one YAML file. Raises SceneError for a missing file, broken YAML, or a key that is there twice."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SceneError(f"no scene file {file}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SceneError(f"cannot read {file}: {error}") from None
    loader = _Loader(text, file)
    try:
        node = loader.get_single_node()
        value = loader.build(node, ()) if node else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SceneError(f"{file}:{line}: not valid YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise SceneError(f"{file}:1: not valid YAML: {error}") from None
    finally:
        loader.dispose()
    return Document(file, value, loader.lines)


class _Loader(yaml.SafeLoader):
    """Builds plain data and notes the line of each value by its path; a mapping's value counts as its key's line."""

    def __init__(self, text: str, file: Path) -> None:
        super().__init__(text)
        self.file = file
        self.lines: dict[tuple[Key, ...], int] = {(): 1}

    def build(self, node: yaml.Node, path: tuple[Key, ...]) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        if not isinstance(node, yaml.MappingNode):
            return self.construct_object(node)
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in built:
                raise SceneError(f"{self.file}:{line}: the key `{key}` is there twice")
            inside = (*path, key)
            self.lines[inside] = line
            built[key] = self.build(value_node, inside)
        return built
