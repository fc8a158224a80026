"""Files of a pack as data: YAML in which no key stands twice, and Markdown as paragraphs."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from npc_runtime.persona.mistakes import Mistakes, Origin

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_BULLET = re.compile(r"^\s*[-*+]\s+")


class _OneOfEach(yaml.constructor.SafeConstructor):
    """Refuses a key that stands twice: YAML would silently drop the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f'the key "{key.value}" stands here twice; keep one of the two', key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep)


class _Loader(_OneOfEach, yaml.SafeLoader):
    """PyYAML's own, whose complaints are worded for people."""


if hasattr(yaml, "CSafeLoader"):

    class _FastLoader(_OneOfEach, yaml.CSafeLoader):
        """libyaml's, seven times faster: the event loop waits while a pack is read."""


def _load(text: str) -> object:
    """The data of a YAML text; one with a mistake is read a second time, for the better complaint."""
    if hasattr(yaml, "CSafeLoader"):
        with contextlib.suppress(yaml.YAMLError):
            return yaml.load(text, _FastLoader)
    return yaml.load(text, _Loader)


def read_text(path: Path, origin: Origin, mistakes: Mistakes) -> str | None:
    """The text of a file, or None and the mistake noted."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        mistakes.add(origin, f"this file is not UTF-8 (byte {error.start + 1}); save it with the encoding UTF-8")
        return None
    except OSError as error:
        mistakes.add(origin, f"this file cannot be read: {error.strerror}")
        return None
    if not text.strip():
        mistakes.add(origin, "this file is empty; fill it or delete it")
        return None
    return text


def read_yaml(path: Path, origin: Origin, mistakes: Mistakes) -> object:
    """The data of a YAML file, or None and the mistake noted."""
    text = read_text(path, origin, mistakes)
    if text is None:
        return None
    try:
        data = _load(text)
    except yaml.MarkedYAMLError as error:
        mistakes.add(origin, _explain(error))
        return None
    except yaml.YAMLError as error:
        mistakes.add(origin, f"this is not YAML: {' '.join(str(error).split())}")
        return None
    except ValueError as error:  # a date such as 2024-13-01
        mistakes.add(origin, f"a value has no meaning in YAML: {error}; put it in quotes")
        return None
    if data is None:
        mistakes.add(origin, "this file is empty but for comments; fill it or delete it")
    return data


def paragraphs(markdown: str) -> list[tuple[str, str]]:
    """The paragraphs and bullets of a Markdown text, each on one line behind the heading that it stands under.

    Rules and comments are left out.
    """
    heading = ""
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in _COMMENT.sub("", markdown).splitlines():
        text = line.strip()
        if text.startswith("#"):
            heading = text.strip("# ")
        if not text or text.startswith("#") or set(text) <= set("-*_= "):
            found.append((heading, []))
        elif _BULLET.match(line):
            found.append((heading, [_BULLET.sub("", line).strip()]))
        else:
            found[-1][1].append(text)
    return [(under, " ".join(lines)) for under, lines in found if lines]


def _explain(error: yaml.MarkedYAMLError) -> str:
    """The parser's complaint, with the line, and what most often is behind it."""
    problem = error.problem or error.context or "this is not YAML"
    line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
    if isinstance(error, yaml.constructor.ConstructorError):
        return line + problem
    hint = "a sentence with a colon, quotes or braces in it must stand in quotes as a whole"
    if "\\t" in problem:
        hint = "indent with spaces, never with tabs"
    elif "quoted scalar" in (error.context or "") and error.context_mark:
        hint = f"the quote that was begun in line {error.context_mark.line + 1} is never closed"
    return f"{line}{problem}; {hint}"
