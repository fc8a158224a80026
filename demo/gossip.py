"""Who knows a matter, as a tree of who told whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from demo.memories import sureness
from demo.sheet import Sheet
from npc_runtime.wire.messages import GossipInfo

INDENT = 3  # cells a mouth


def sheet(about: str, known: Sequence[GossipInfo], called: Callable[[str], str]) -> Sheet:
    """Who knows of it, each below whoever told it; `called` gives the name of an id."""
    parts: list[Widget] = [_line(level, info, called) for level, info in tree(known)]
    return Sheet(f"Who knows of {about}", parts or [Static("nobody", classes="body")])


def tree(known: Sequence[GossipInfo]) -> Iterator[tuple[int, GossipInfo]]:
    """What everybody knows, in order: whoever was told it behind and a level below whoever told it."""
    mouths = {id(info): _teller(info, known) for info in known}

    def below(teller: GossipInfo | None, level: int) -> Iterator[tuple[int, GossipInfo]]:
        for info in known:
            if mouths[id(info)] is teller:
                yield level, info
                yield from below(info, level + 1)

    return below(None, 0)


def _teller(info: GossipInfo, known: Iterable[GossipInfo]) -> GossipInfo | None:
    """The memory that somebody's hearsay comes from; None for what was seen, or told by somebody who is not listed."""
    if info.how != "told":
        return None
    return next((other for other in known if other.npc == info.who and other.depth == info.depth - 1), None)


def _line(level: int, info: GossipInfo, called: Callable[[str], str]) -> Widget:
    how = f"from {called(info.who or '')}" if info.how == "told" else info.how
    sure = sureness(info.confidence) if info.believed else "does not believe it"
    shown = Content.assemble(
        (called(info.npc), "bold $foreground"),
        (f"  {how} · {sure} · {info.ago}", f"$how-{info.how}"),
        "\n",
        (info.text, "$foreground-muted"),
    )
    line = Static(shown, classes=f"memory -{info.how}")
    line.styles.margin = (0, 0, 1, level * INDENT)
    return line
