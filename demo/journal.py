"""What the player has learned: what, from whom, where and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from demo.panes import Styled
from demo.sheet import Sheet
from npc_runtime.client import LoreAnswer
from npc_runtime.wire.messages import JournalNote, JournalSource

SHOWN = 40


def sheet(about: str, notes: list[JournalNote], called: Callable[[str], str], places: Callable[[str], str]) -> Sheet:
    """The latest notes, latest first; `called` and `places` give the names of ids."""
    heading = f"What you have learned of {about}" if about else "What you have learned"
    parts = [_note(note, called, places) for note in notes[: -SHOWN - 1 : -1]]
    return Sheet(heading, parts or [Static("nothing yet", classes="body")])


def _note(note: JournalNote, called: Callable[[str], str], places: Callable[[str], str]) -> Widget:
    came = [" · ".join(source(one, called, places)) for one in note.sources]
    how = "witnessed" if note.sources[0].how == "witnessed" else "told"
    shown = Content.assemble(
        (note.text, "$foreground"), *(part for line in came for part in ("\n", (line, f"$how-{how}")))
    )
    return Static(shown, classes=f"memory -{how}")


def source(one: JournalSource, called: Callable[[str], str], places: Callable[[str], str]) -> list[str]:
    """How it came to the player: from whom, who had told them, where, when, how often."""
    match one.how:
        case "witnessed":
            parts = ["you saw it"]
        case "told":
            parts = [f"{called(one.who or '')} told you"]
        case "overheard":
            parts = [f"{called(one.who or '')} told {called(one.to or '')}, and you heard it"]
    if one.origin not in ("", one.who):
        parts.append(f"{called(one.origin)} had told it")
    parts += [places(one.place)] if one.place else []
    parts.append(one.ago)
    return [*parts, f"{one.count} times"] if one.count > 1 else parts


def provenance(answer: LoreAnswer, called: Callable[[str], str]) -> Iterable[Styled]:
    """Where in the lore an answer is from, or who might know."""
    if answer.passages:
        first = answer.passages[0]
        yield f"from {first.document}" + (f", “{first.heading}”" if first.heading else "")
    elif answer.may_know:
        yield f"{', '.join(map(called, answer.may_know))} may know."
    elif not answer.npc:
        yield f"Nobody answers: {answer.reason}."
    else:
        yield "The lore says nothing of it."
