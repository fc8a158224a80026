"""What is printed of scenes: the transcript as it happens, the wire messages, or the table at the end."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from npc_runtime.scenes.checks import Check
from npc_runtime.scenes.outcome import Outcome, Verdict
from npc_runtime.scenes.schema import Scene
from npc_runtime.wire import messages as m
from npc_runtime.world.entity import bare

ENDINGS: dict[m.EncounterReason, str] = {
    "done": "They part",
    "silent": "They fall silent",
    "parted": "Somebody leaves",
    "yielded": "They break off for somebody else",
    "hushed": "They keep quiet",
    "stopped": "They are stopped",
    "limit": "They leave it at that",
    "cooling": "They have nothing new to say to each other",
    "budget": "They leave it at a few words",
}


class JsonLines:
    """Every wire message as a line of JSON on stdout; expectations that failed on stderr."""

    def opens(self, scene: Scene) -> None:
        """Nothing: the first message tells as much."""

    def message(self, message: m.Body) -> None:
        """One line."""
        print(
            json.dumps(message.model_dump(mode="json", by_alias=True, exclude_none=True), ensure_ascii=False),
            flush=True,
        )

    def checked(self, checks: Sequence[Check]) -> None:
        """Failures only."""
        for check in checks:
            if not check.passed:
                print(f"expected {check.key}: {check.wanted}; found: {check.found}", file=sys.stderr)


class Transcript:
    """The play as text, word by word."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._names: dict[str, str] = {}
        self._shown = ""

    def opens(self, scene: Scene) -> None:
        """The title."""
        self._print(f"[bold]{escape(scene.name)}[/]\n")

    def message(self, message: m.Body) -> None:
        """What the message means, if a reader of the play would care."""
        match message:
            case m.WorldOpened():
                self._names |= {place.place: place.name for place in message.places}
            case m.NpcSpawned(npc=npc):
                self._names[npc.npc] = npc.name
                self._print(f"[dim]{escape(npc.name)}, {escape(npc.role)}, is at {self._name(npc.at, 'place')}.[/]\n")
            case m.CreatureGenerated(npc=id, persona=persona, spawned=spawned):
                self._names[id] = persona.name
                at = f" is at {self._name(spawned.at, 'place')}" if spawned else ""
                self._print(f"[dim]A creature: {escape(persona.name)}, {escape(persona.role)},{at}.[/]")
                self._print(f"[dim]{escape(persona.looks or '')}[/]\n")
            case m.NpcDespawn(npc=npc):
                self._print(f"[dim]{self._name(npc, 'npc')} leaves.[/]\n")
            case m.EntityMove(entity=entity, to=to):
                if message.name:
                    self._names[_full(entity, "player")] = message.name
                self._print(f"[dim]{self._name(entity, 'player')} goes to {self._name(to, 'place')}.[/]\n")
            case m.WorldEvent():
                self._print(f"\n[italic]{escape(message.what)}[/]\n")
            case m.WorldPerceived():
                for one in message.perceived:
                    self._print(f"[dim]{self._name(one.npc, 'npc')}, {one.how}: {escape(one.text)}[/]\n")
            case m.WorldSet():
                told = message.text or f"{message.scope}: {message.name} = {message.value}"
                self._print(f"[dim]{escape(told)}[/]\n")
            case m.WorldTime(moment=moment):
                self._print(f"\n[dim]It is {escape(moment)}.[/]\n")
            case m.MemoryTeach(npc=npc, text=text):
                self._print(f"[dim]{self._name(npc, 'npc')} remembers: {escape(text)}[/]\n")
            case m.MemoryForgotten(player=player, memories=count):
                self._print(f"\n[dim]{self._name(player, 'player')} is forgotten ({count} memories).[/]\n")
            case m.SaveCreated(save=save):
                self._print(f"\n[dim]Saved: {escape(save)}.[/]\n")
            case m.SaveRestored(save=save, moment=moment):
                self._print(f"\n[dim]Restored: {escape(save)}. It is {escape(moment)}.[/]\n")
            case m.Say():
                if message.name:
                    self._names[_full(message.speaker, "player")] = message.name
                speaker = self._name(message.speaker, "player")
                to = self._name(message.to, "npc") if message.to else "all"
                aside = ", in private" if message.private else ""
                self._print(f"\n[bold]{speaker}[/] to {to}{aside}: {escape(message.text)}\n")
            case m.ReplyNone(reason=reason):
                self._print(f"[dim]Silence: {escape(reason)}.[/]\n")
            case m.EncounterStarted():
                who = " and ".join(self._name(npc, "npc") for npc in message.between)
                about = f" about {escape(message.about)}" if message.about else ""
                self._print(f"\n[italic]{who} talk{about}{', out of hearing' if message.quiet else ''}.[/]\n")
            case m.EncounterEnded():
                for learned in message.news:
                    self._print(f"[dim]{self._name(learned.listener, 'npc')} knows: {escape(learned.text)}[/]\n")
                self._print(f"[italic]{self._ending(message)}[/]\n")
            case m.TalkHush(seconds=seconds):
                self._print(f"\n[dim]{'They may talk again' if seconds == 0 else 'Hush'}.[/]\n")
            case m.ArgueStart():
                who = " and ".join(self._name(npc, "npc") for npc in message.between)
                self._print(f"\n[italic]{who} argue{f' about {escape(message.about)}' if message.about else ''}.[/]\n")
            case m.ArgueEscalated():
                self._print("[dim]It is getting hotter.[/]\n")
            case m.LoreAsk():
                asking = message.name or self._name(message.player or "player:stranger", "player")
                self._print(f"[bold]{escape(asking)}[/] asks: {escape(message.question)}\n")
            case m.LoreAnswered(npc="", reason=reason):
                self._print(f"[italic]Nobody answers: {escape(reason)}.[/]\n")
            case m.ArgueIntervene():
                if message.name:
                    self._names[_full(message.speaker, "player")] = message.name
                self._print(f"[bold]{self._name(message.speaker, 'player')}[/], stepping in: {escape(message.text)}\n")
            case m.ArgueSettled(outcome=outcome):
                self._print(f"[italic]{escape(outcome.text)}[/]\n")
                if outcome.action:
                    proposed = " ".join((outcome.action.name, *outcome.action.args))
                    self._print(f"[magenta]{self._name(outcome.by, 'npc')}: <{escape(proposed)}>[/]\n")
            case m.ReplyStart():
                self._shown = ""
                self._print(f"[bold cyan]{self._name(message.npc, 'npc')}[/] [yellow]({message.emotion})[/]: ")
            case m.ReplyDelta(text=text):
                self._shown += text
                self._print(escape(text))
            case m.ReplyAction():
                self._print(f" [magenta]<{escape(' '.join((message.name, *message.args)))}>[/]")
            case m.ReplyEnd():
                self._end(message)

    def checked(self, checks: Sequence[Check]) -> None:
        """One line for each expectation that failed, and one for all that were met."""
        met = ", ".join(check.key for check in checks if check.passed)
        if met:
            self._print(f"  [green]as expected:[/] [dim]{met}[/]\n")
        for check in checks:
            if not check.passed:
                self._print(f"  [red]expected {check.key}:[/] {escape(check.wanted)}; found: {escape(check.found)}\n")

    def _end(self, end: m.ReplyEnd) -> None:
        """Pieces may be left out for a slow reader; the end has the whole."""
        if end.text.startswith(self._shown):
            self._print(escape(end.text[len(self._shown) :]))
        if end.source != "model":
            self._print(f" [dim]({end.source}{': ' + escape(end.reason) if end.reason else ''})[/]")
        self._print("\n")

    def _ending(self, ended: m.EncounterEnded) -> str:
        """How an encounter ended, in words."""
        return ENDINGS[ended.reason] + ("" if ended.turns or not ended.news else ", and nobody heard it") + "."

    def _print(self, markup: str) -> None:
        self._console.print(markup, end="", soft_wrap=True)
        self._console.file.flush()

    def _name(self, entity: str, kind: str) -> str:
        full = _full(entity, kind)
        return escape(self._names.get(full) or bare(full).replace("_", " ").title())


def _full(entity: str, kind: str) -> str:
    return entity if ":" in entity else f"{kind}:{entity}"


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
        table.add_row(name, str(count["expectations"]), str(count["passed"]), f"{count['rate']:.1%}")
    console.print(table)
    console.print(f"{result['scenes']} scenes, {result['plays']} plays")


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
