"""The widgets of the village: the conversation, the surroundings, the events, the input line and the status bar.

Names, lines and places are data: they are shown with `Content`, which reads no markup in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, Static

from demo.ground import Place
from npc_runtime.wire.messages import NpcInfo

KEPT = 200  # lines of conversation, and of events, that can be scrolled back to
WAIT_SECONDS = 0.3  # between the dots of somebody who is about to speak

Styled = str | Content | tuple[str, str]


class Aside(Static):
    """What the game tells the player, outside of anybody's speech."""


class Asked(Static):
    """What the player says."""

    def __init__(self, words: str) -> None:
        super().__init__(Content.assemble(("You  ", "bold $foreground"), words))


class Spoken(Static):
    """A character's line, growing while it is spoken."""

    def __init__(self, speaker: str) -> None:
        super().__init__()
        self.speaker = speaker
        self.text = ""
        self.emotion = ""
        self.action = ""
        self.unheard = ""
        self.remark = ""
        self._waited = 0

    def on_mount(self) -> None:
        """Shows that a line is awaited."""
        self._waiting = self.set_interval(WAIT_SECONDS, self._wait)
        self._show()

    def begin(self, emotion: str) -> None:
        """The face moves before the voice."""
        self._waiting.stop()
        self.emotion = emotion
        self.add_class(f"-{emotion}")
        self._show()

    def add(self, text: str) -> None:
        """More words."""
        self.text += text
        self._show()

    def act(self, action: str) -> None:
        """What the speaker does besides, in words."""
        self.action = action
        self._show()

    def end(self, text: str, *, unheard: str = "", remark: str = "") -> None:
        """The whole line as it was heard; `unheard` is what the player cut off."""
        self._waiting.stop()
        self.text, self.unheard, self.remark = text.strip(), unheard.strip(), remark
        self._show()

    def _wait(self) -> None:
        self._waited += 1
        self._show()

    def _show(self) -> None:
        self.update(Content.assemble(*self._parts()))

    def _parts(self) -> Iterable[Styled]:
        yield (self.speaker, "bold $foreground")
        if self.emotion and self.emotion != "neutral":
            yield (f"  {self.emotion}", f"italic $emotion-{self.emotion}")
        yield "\n"
        if self.text:
            yield (self.text, "$foreground")
        elif not self.emotion:
            yield ("·" * (1 + self._waited % 3), "$foreground-disabled")
        if self.unheard:
            yield (f" {self.unheard}", "strike $foreground-disabled")
        if self.action:
            yield (f"\n» {self.action}", "italic $accent")
        if self.remark:
            yield (f"\n{self.remark}", "$foreground-disabled")


class Conversation(VerticalScroll):
    """Everything said so far, the newest at the bottom; scrolls along unless the player has scrolled back."""

    can_focus = False

    def __init__(self) -> None:
        super().__init__()
        self._saved: dict[str, list[Widget]] = {}

    def on_mount(self) -> None:
        """Keeps the newest line in view."""
        self.anchor()

    async def put(self, widget: Widget) -> None:
        """Adds a line, and lets go of the oldest beyond those kept."""
        await self.mount(widget)
        if len(self.children) > KEPT:
            await self.children[0].remove()

    async def aside(self, *parts: Styled, trouble: bool = False) -> None:
        """Adds something the game tells."""
        await self.put(Aside(Content.assemble(*parts), classes="-trouble" if trouble else ""))

    def mark(self, save: str) -> None:
        """Notes what belongs to a save: all that is said by now, but for what was taken back before."""
        self._saved[save] = [line for line in self.children if not line.has_class("-unsaid")]

    def rewind(self, save: str) -> None:
        """What was said since a save fades."""
        for line in self.children:
            line.set_class(line not in self._saved.get(save, ()), "-unsaid")


class Surroundings(VerticalScroll):
    """Where the player is, who is here, and the ways out."""

    can_focus = False

    def compose(self) -> ComposeResult:
        """One block of text."""
        yield Static()

    def show(
        self, place: Place, day: str, people: Iterable[NpcInfo], partner: str | None, exits: Iterable[str]
    ) -> None:
        """Draws the place anew; `day` is the time and the weather."""
        parts = _surroundings(place, day, list(people), partner, list(exits))
        self.query_one(Static).update(Content.assemble(*parts))


def _surroundings(
    place: Place, day: str, people: list[NpcInfo], partner: str | None, exits: list[str]
) -> Iterable[Styled]:
    yield (_sentence(place.name), "bold $primary")
    yield (f"\n{day}", "$accent")
    if place.looks:
        yield (f"\n{place.looks}", "$foreground-muted")
    yield ("\n\nHere\n", "bold $foreground-muted")
    if not people:
        yield ("  nobody but you\n", "$foreground-disabled")
    for person in people:
        talking = person.npc == partner
        yield ("▸ " if talking else "  ", "$primary")
        yield (person.name, "bold $foreground" if talking else "$foreground")
        yield (f"\n    {person.role}, {person.mood}\n", "$foreground-muted")
    yield ("\nWays out\n", "bold $foreground-muted")
    yield (", ".join(exits) or "none", "$foreground")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


class EventLog(VerticalScroll):
    """What happens in the village, as the daemon tells it."""

    can_focus = False
    BORDER_TITLE = "Events"

    async def put(self, text: str) -> None:
        """Adds an event, and lets go of the oldest beyond those kept."""
        await self.mount(Static(Content(text)))
        if len(self.children) > KEPT:
            await self.children[0].remove()
        self.scroll_end(animate=False)


class Completion(Suggester):
    """Shows, behind the cursor, what Tab would add."""

    def __init__(self, complete: Callable[[str], str | None]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        """The completed line, or None."""
        return self._complete(value)


class Prompt(Input):
    """The line at the bottom: Tab completes, the arrows bring back earlier lines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", show=False),
        Binding("up", "recall(-1)", show=False),
        Binding("down", "recall(1)", show=False),
    ]

    def __init__(self, complete: Callable[[str], str | None]) -> None:
        super().__init__(suggester=Completion(complete), select_on_focus=False)
        self._complete = complete
        self._lines: list[str] = []
        self._at = 0

    def take(self) -> str:
        """The typed line; the input is empty afterwards, and remembers it."""
        line = self.value.strip()
        if line and line not in self._lines[-1:]:
            self._lines.append(line)
        self._at = len(self._lines)
        self.clear()
        return line

    def action_complete(self) -> None:
        """Completes the line as far as it is clear."""
        completed = self._complete(self.value)
        if completed is not None:
            self.value = completed
            self.cursor_position = len(completed)

    def action_recall(self, step: int) -> None:
        """Goes back and forth between earlier lines; past the newest is an empty one."""
        self._at = max(0, min(len(self._lines), self._at + step))
        self.value = [*self._lines, ""][self._at]
        self.cursor_position = len(self.value)


class StatusBar(Horizontal):
    """Model, device, and how quick the last reply was; on the right the keys, where there is room."""

    KEYS = "f1 help   f2 events   f3 why   f4 memories   f5 relations"

    def compose(self) -> ComposeResult:
        """Two halves."""
        yield Static(id="standing")
        yield Static(self.KEYS, id="keys")

    def show(self, facts: Iterable[str], warning: str = "") -> None:
        """Draws the facts side by side, and a warning after them."""
        parts = [Content(fact) for fact in facts if fact]
        if warning:
            parts.append(Content.styled(warning, "$warning"))
        self.query_one("#standing", Static).update(Content(" · ").join(parts))
