"""What is printed of scenes: the transcript as it happens, the wire messages, or the table at the end."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from npc_runtime.scenes.figures import Difference
from npc_runtime.scenes.narration import Line, Narrator
from npc_runtime.scenes.outcome import Outcome, Verdict
from npc_runtime.scenes.schema import Scene, Step
from npc_runtime.wire import messages as m

STYLES = {"aside": "dim", "stage": "italic", "act": "magenta"}


class JsonLines:
    """Every wire message as a line of JSON on stdout; expectations that failed on stderr."""

    def opens(self, scene: Scene) -> None:
        """Nothing: the first message tells as much."""

    def begins(self, step: Step) -> None:
        """Nothing: its first message tells as much."""

    def message(self, message: m.Body) -> None:
        """One line."""
        print(
            json.dumps(message.model_dump(mode="json", by_alias=True, exclude_none=True), ensure_ascii=False),
            flush=True,
        )

    def checked(self, verdicts: Sequence[Verdict]) -> None:
        """Failures only."""
        for check in (verdict.check for verdict in verdicts):
            if not check.passed:
                print(f"expected {check.key}: {check.wanted}; found: {check.found}", file=sys.stderr)


class Transcript:
    """The play as text, word by word."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._narrator = Narrator()
        self._shown = ""

    def opens(self, scene: Scene) -> None:
        """The title."""
        self._print(f"[bold]{escape(scene.name)}[/]\n")

    def begins(self, step: Step) -> None:
        """Nothing: what it does is told as it happens."""

    def message(self, message: m.Body) -> None:
        """What the message means, if a reader of the play would care."""
        match message:
            case m.ReplyStart():
                self._shown = ""
                name = escape(self._narrator.name(message.npc))
                self._print(f"[bold cyan]{name}[/] [yellow]({message.emotion})[/]: ")
            case m.ReplyDelta(text=text):
                self._shown += text
                self._print(escape(text))
            case m.ReplyAction():
                self._print(f" [magenta]<{escape(' '.join((message.name, *message.args)))}>[/]")
            case m.ReplyEnd():
                self._end(message)
            case _:
                for line in self._narrator.tell(message):
                    self._line(line)

    def checked(self, verdicts: Sequence[Verdict]) -> None:
        """One line for each expectation that failed, and one for all that were met."""
        checks = [verdict.check for verdict in verdicts]
        met = ", ".join(check.key for check in checks if check.passed)
        if met:
            self._print(f"  [green]as expected:[/] [dim]{met}[/]\n")
        for check in checks:
            if not check.passed:
                self._print(f"  [red]expected {check.key}:[/] {escape(check.wanted)}; found: {escape(check.found)}\n")

    def _line(self, line: Line) -> None:
        before = "\n" if line.apart else ""
        if line.kind == "said":
            self._print(f"{before}[bold]{escape(line.who)}[/]{escape(line.how)}: {escape(line.text)}\n")
        else:
            self._print(f"{before}[{STYLES[line.kind]}]{escape(line.text)}[/]\n")

    def _end(self, end: m.ReplyEnd) -> None:
        """Pieces may be left out for a slow reader; the end has the whole."""
        if end.text.startswith(self._shown):
            self._print(escape(end.text[len(self._shown) :]))
        if end.source != "model":
            self._print(f" [dim]({end.source}{': ' + escape(end.reason) if end.reason else ''})[/]")
        self._print("\n")

    def _print(self, markup: str) -> None:
        self._console.print(markup, end="", soft_wrap=True)
        self._console.file.flush()


def summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The one JSON object of `eval`."""
    tags = sorted({tag for outcome in outcomes for tag in outcome.scene.tags})
    return {
        "scenes": len({outcome.scene.file for outcome in outcomes}),
        "plays": len(outcomes),
        **_count(outcomes),
        "categories": {tag: _count(outcome for outcome in outcomes if tag in outcome.scene.tags) for tag in tags},
        "errors": [outcome.error for outcome in outcomes if outcome.error],
        "failures": [
            _failure(outcome, verdict)
            for outcome in outcomes
            for verdict in outcome.verdicts
            if not verdict.check.passed
        ],
    }


def print_summary(result: dict[str, Any], console: Console) -> None:
    """The same as a table, with the failures above it."""
    for error in result["errors"]:
        console.print(f"[red]{escape(error)}[/]", soft_wrap=True)
    for failure in result["failures"]:
        if not failure["reached"]:
            continue
        console.print(
            f"[red]{escape(failure['file'])}:{failure['line']}[/] expected {failure['expectation']}: "
            f"{escape(failure['wanted'])}; found: {escape(failure['found'])}",
            soft_wrap=True,
        )
        if failure["said"]:
            told = f"intent {failure['why']['intent']}, move {failure['why']['move']}, facts {failure['why']['facts']}"
            console.print(
                f"  [dim]{escape(failure['said'])} -> {escape(failure['reply'])}  ({escape(told)})[/]", soft_wrap=True
            )
    table = Table("category", "expectations", "passed", "rate")
    for name, count in {**result["categories"], "all": result}.items():
        table.add_row(escape(name), str(count["expectations"]), str(count["passed"]), f"{count['rate']:.1%}")
    console.print(table)
    console.print(f"{result['scenes']} scenes, {result['plays']} plays")


def print_difference(by_tag: Mapping[str, Difference], total: Difference, console: Console) -> None:
    """What is between two models, in points of a hundred: the first less the second."""
    table = Table("category", "first", "second", "difference", "95% interval")
    for name, found in {**by_tag, "all": total}.items():
        first, second = found.rates
        low, high = found.interval
        span = f"{100 * low:+.1f} to {100 * high:+.1f}"
        table.add_row(escape(name), f"{first.rate:.1%}", f"{second.rate:.1%}", f"{100 * found.value:+.1f}", span)
    console.print(table)
    if not total.told:
        console.print("These scenes do not tell the two apart.")


def _count(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    results = [verdict.check.passed for outcome in outcomes for verdict in outcome.verdicts]
    rate = sum(results) / len(results) if results else 1.0
    return {"expectations": len(results), "passed": sum(results), "rate": round(rate, 4)}


def _failure(outcome: Outcome, verdict: Verdict) -> dict[str, Any]:
    return {
        "scene": outcome.scene.name,
        "file": str(outcome.scene.file),
        "line": verdict.line,
        "reached": verdict.reached,
        "expectation": verdict.check.key,
        "wanted": verdict.check.wanted,
        "found": verdict.check.found,
        "said": verdict.said,
        "reply": verdict.reply,
        "why": verdict.why,
    }
