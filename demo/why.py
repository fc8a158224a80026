"""What was behind a reply: how the line was understood, what was given, and what the model read and wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from demo.sheet import Sheet
from npc_runtime.wire.messages import WhyReport


def sheet(speaker: str, line: str, report: WhyReport) -> Sheet:
    """The report, as a page."""
    return Sheet(f"Why {speaker} said that", _parts(line, report))


def _parts(line: str, report: WhyReport) -> Iterable[Widget]:
    for heading, kind, body in _sections(line, report):
        yield Static(heading, classes="heading")
        yield Static(Content(body), classes=kind)


def _sections(line: str, report: WhyReport) -> Iterable[tuple[str, str, str]]:
    """Heading, style class and text of each part, in the order in which the reply came about."""
    yield "You said", "body", line
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
