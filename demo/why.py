"""What was behind a reply: how the line was understood, what was given, and what the model read and wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from npc_runtime.wire.messages import WhyReport


class WhyScreen(ModalScreen[None]):
    """The report, to scroll through; Escape, Enter or q closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,q,f3", "dismiss", "close")]

    def __init__(self, speaker: str, line: str, report: WhyReport) -> None:
        super().__init__()
        self.speaker = speaker
        self.line = line
        self.report = report

    def compose(self) -> ComposeResult:
        """A heading and a body for each part of the report."""
        with VerticalScroll() as page:
            page.border_title = f"Why {self.speaker} said that"
            page.border_subtitle = "↑ ↓ scroll · esc close"
            for heading, kind, body in self.sections():
                yield Static(heading, classes="heading")
                yield Static(Content(body), classes=kind)

    def on_mount(self) -> None:
        """The arrows scroll at once."""
        self.query_one(VerticalScroll).focus()

    def sections(self) -> Iterable[tuple[str, str, str]]:
        """Heading, style class and text of each part, in the order in which the reply came about."""
        report = self.report
        yield "You said", "body", self.line
        yield "Understood as", "body", report.intent or "nothing in particular"
        yield "Move", "body", report.move or "none"
        yield "Facts it was given", "body", _listed(report.facts)
        yield "What recall weighed", "body", _listed(map(_weighed, report.knew))
        for message in report.prompt:
            yield f"Prompt · {message.get('role', 'text')}", "exact", message.get("text", "")
        if not report.prompt:
            yield "Prompt", "body", "none: no model was asked"
        yield "The model wrote", "exact" if report.raw else "body", report.raw or "nothing"
        yield "Notes", "body", _listed(report.notes)


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines) or "none"


def _weighed(fact: Mapping[str, Any]) -> str:
    score = fact.get("score")
    shown = f"{score:.2f}  " if isinstance(score, float | int) else ""
    source = f"  ({fact['source']})" if fact.get("source") else ""
    return f"{shown}{fact.get('text', '')}{source}"
