"""A folder of a stranger's files as data: YAML, and Markdown as paragraphs, within what is allowed in all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from npc_runtime.errors import clipped
from npc_runtime.persona.files import Refused, listed, read
from npc_runtime.persona.limits import ENTRIES, PACK_BYTES, PACK_NODES
from npc_runtime.persona.mistakes import ID_RULE, Mistakes, Origin
from npc_runtime.persona.model import ID_PATTERN
from npc_runtime.persona.parsing import parse

_BULLET = re.compile(r"^\s*[-*+]\s+")


class Folder:
    """The files of one folder, whose mistakes are noted. Raises PackError where it has more than is allowed in all."""

    def __init__(self, path: Path, mistakes: Mistakes) -> None:
        self._path = path
        self._mistakes = mistakes
        self._entries = 0
        self._bytes = 0
        self._nodes = 0

    def names(self, inside: str = "") -> list[str]:
        """The names in it, or in a folder inside, in order; none where there is no such folder."""
        origin = Origin(inside or ".")
        self._mistakes.hurry(origin)
        try:
            names = listed(self._path / inside, ENTRIES - self._entries, inside=self._path)
        except Refused as refused:
            self._mistakes.add(origin, str(refused))
            return []
        self._entries += len(names)
        if self._entries > ENTRIES:
            self._mistakes.end(origin, f"there are more than {ENTRIES:,} files, which is what is allowed in all")
        return names

    def members(self, inside: str, ending: str, *, instead_of: str = "") -> Iterator[tuple[str, str]]:
        """The id and the name of each file with this ending in a folder inside; a file name that is no id is noted."""
        for name in self.names(inside):
            stem, dot, end = name.rpartition(".")
            origin = Origin(f"{inside}/{name}")
            if f"{dot}{end}" == instead_of:
                self._mistakes.add(origin, f"rename this file to {clipped(stem)}{ending}")
            elif f"{dot}{end}" == ending and not re.fullmatch(ID_PATTERN, stem):
                self._mistakes.add(origin, f'rename this file: "{clipped(stem)}" is not an id; {ID_RULE}')
            elif f"{dot}{end}" == ending:
                yield stem, f"{inside}/{name}"

    def text(self, name: str) -> str | None:
        """The text of a file, or None and the mistake noted."""
        origin = Origin(name)
        self._mistakes.hurry(origin)
        try:
            text = read(self._path / name, inside=self._path)
        except Refused as refused:
            self._mistakes.add(origin, str(refused))
            return None
        self._count(origin, len(text.encode()))
        if not text.strip():
            self._mistakes.add(origin, "this file is empty; fill it or delete it")
            return None
        return text

    def yaml(self, name: str) -> tuple[Origin, object]:
        """The data of a YAML file, or None and the mistake noted; with where it stands."""
        origin = Origin(name)
        text = self.text(name)
        if text is None:
            return origin, None
        try:
            parsed = parse(text, lambda: self._mistakes.hurry(origin))
        except Refused as refused:
            self._mistakes.add(origin, str(refused))
            return origin, None
        self._count(origin, parsed.repeated, parsed.nodes)
        if parsed.value is None:
            self._mistakes.add(origin, "this file is empty but for comments; fill it or delete it")
        return Origin(name, lines=parsed.lines), parsed.value

    def _count(self, origin: Origin, size: int, nodes: int = 0) -> None:
        self._bytes += size
        self._nodes += nodes
        if self._bytes > PACK_BYTES:
            self._mistakes.end(origin, f"{self._bytes:,} bytes up to here; allowed in all files: {PACK_BYTES:,}")
        if self._nodes > PACK_NODES:
            self._mistakes.end(origin, f"{self._nodes:,} values up to here; allowed in all files: {PACK_NODES:,}")


def paragraphs(markdown: str) -> list[tuple[str, str]]:
    """The paragraphs and bullets of a Markdown text, each on one line behind the heading that it stands under.

    Rules and comments are left out.
    """
    heading = ""
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in _without_comments(markdown).splitlines():
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


def _without_comments(markdown: str) -> str:
    """Searched once from start to end: a pattern would search to the end again behind every comment left open."""
    kept = []
    at = 0
    while (begin := markdown.find("<!--", at)) >= 0 and (end := markdown.find("-->", begin + 4)) >= 0:
        kept.append(markdown[at:begin])
        at = end + 3
    return "".join([*kept, markdown[at:]])
