"""A page over the village, to scroll through."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget


class Sheet(ModalScreen[None]):
    """Widgets under a heading; Escape, Enter, q or the key that opened it closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,q,f3,f4,f5", "dismiss", "close")]

    def __init__(self, heading: str, parts: Iterable[Widget]) -> None:
        super().__init__()
        self.heading = heading
        self._parts = list(parts)

    def compose(self) -> ComposeResult:
        """One column."""
        with VerticalScroll() as page:
            page.border_title = self.heading
            page.border_subtitle = "↑ ↓ scroll · esc close"
            yield from self._parts

    def on_mount(self) -> None:
        """The arrows scroll at once."""
        self.query_one(VerticalScroll).focus()
