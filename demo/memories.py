"""What a character remembers, and how it came to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from demo.sheet import Sheet
from npc_runtime.wire.messages import MemoryInfo

SHOWN = 12
SURE, FAIRLY_SURE, DOUBTFUL = 0.75, 0.5, 0.35
LINES = ("said", "heard")


def sheet(name: str, about: str, found: Iterable[MemoryInfo], called: Callable[[str], str]) -> Sheet:
    """The memories of one character, as a page; `called` gives the name of an id."""
    heading = f"What {name} remembers of {about}" if about else f"What {name} learned last"
    parts = [_memory(memory, called) for memory in found]
    return Sheet(heading, parts or [Static("nothing", classes="body")])


def _memory(memory: MemoryInfo, called: Callable[[str], str]) -> Widget:
    text = f"“{memory.text}”" if memory.how in LINES else memory.text
    how, *rest = provenance(memory, called)
    shown = Content.assemble((text, "$foreground"), "\n", (how, f"$how-{memory.how}"), *(f" · {part}" for part in rest))
    return Static(shown, classes=f"memory -{memory.how}")


def provenance(memory: MemoryInfo, called: Callable[[str], str]) -> list[str]:
    """How a memory came about, through how many mouths, how sure its owner is, when, and how often."""
    parts = [_came(memory, called)]
    if memory.how == "told":
        if memory.origin and memory.origin != memory.who:
            parts.append(f"first from {called(memory.origin)}")
        if memory.depth > 1:
            parts.append(f"through {memory.depth} mouths")
        parts.append(sureness(memory.confidence))
    if memory.id:  # what an author wrote has no day
        parts.append(memory.ago)
    if memory.count > 1:
        parts.append(f"{memory.count} times")
    return parts


def _came(memory: MemoryInfo, called: Callable[[str], str]) -> str:
    match memory.how:
        case "witnessed" if memory.who == memory.npc:
            return "did it"
        case "witnessed":
            return "saw it" if memory.confidence == 1 else "heard it from afar"
        case "told":
            return f"{called(memory.who or '')} told"
        case "said":
            return "said it"
        case "heard":
            return f"heard {called(memory.who or '')} say it"
        case "self":
            return "always knew it"
        case "lore":
            return "common knowledge"
        case "taught":
            return "written by the author"
        case "reflection":
            return f"reflection over {len(memory.sources)} memories"


def sureness(confidence: float) -> str:
    """How sure somebody is, in a word."""
    if confidence >= SURE:
        return "sure"
    if confidence >= FAIRLY_SURE:
        return "fairly sure"
    return "doubtful" if confidence >= DOUBTFUL else "hardly believed"
