"""What the clients do when their daemon is killed, and what they cost the game's thread: the same for every language.

    python -m benchmarks.clients kills --client java --times 100
    python -m benchmarks.clients ticks --client typescript --npcs 50 --json
    python -m benchmarks.clients ticks --client typescript --deltas

A client is played by a small game in its own language, in `benchmarks/players/<client>/`. It is started once, without
arguments, and told what to do on its standard input, a line of JSON each; it answers each, in order, with one line of
JSON on its standard output (flushed; nothing else is written there; its standard error is kept and shown when it
fails). It ends when its standard input does.

The game has one thread that ticks: every 50 ms it runs `poll()` of the client, or whatever runs the client's
callbacks there, and then does what lines of input ask for. Where the client's callbacks run on an event loop, that is
the game's thread. Nothing there ever waits. What it is told, and what it answers:

`{"do": "connect", "data_dir": "/tmp/x", "world": "village", "pack": "hollowmere", "npcs": ["mira", "tom"], "place":
"smithy"}` (or `endpoint` and `token` instead of `data_dir`): makes a client, which starts no daemon; opens the world,
spawns the characters at the place, subscribes to the world's events. `{"ok": true}` when all of it is done. What
`report` counts begins at nothing again.

`{"do": "say", "npc": "mira", "text": "Good day!"}`: says it to her as `player:alex`. `{"ok": true}` at once; so do
the next two. The end, or the error, is counted when it comes.

`{"do": "argue", "between": ["mira", "tom"], "about": "the hammer", "turns": 4}`: begins an argument of so many turns
at most, each of which is heard when it is complete.

`{"do": "ask"}`: asks who lives in the world (`npc.list`).

`{"do": "report"}` gets, at once,

    {"begun": 12, "answered": 10, "failed": {"no_session": 2},
     "npcs": ["npc:mira", "npc:tom"],
     "happened": 41,
     "resumed": [{"at": 1790000000.25, "restarted": true, "troubles": []}],
     "pending": 0, "heap": 7340032}

`begun` counts `say`, `argue` and `ask`; `answered` those that ended as they should, and `failed` those that ended
with an error, by its code (`"untyped"` for an exception that is none of the client's own). `npcs` is the last answer
to `ask`, sorted. `happened` counts events of the world. `resumed` has one entry for every time that the client told
the game of a new session in place of a lost one: `at` is the wall clock in seconds, `restarted` whether it said that
the daemon is another, `troubles` what it said could not be brought back. `pending` counts the requests that the
client itself still holds (null where it cannot say). `heap` is what the language's own memory holds after a
collection, in bytes, where the request is `{"do": "report", "collect": true}`; else, and where there is no such
thing, null.

`{"do": "talk", "npcs": [...], "seconds": 30, "tick_ms": 50}`: says a line to each of them as `stream: "delta"`, with
callbacks for runs of text, sentences and the end which only count, and another line to whoever has ended. After so
many seconds of ticks

    {"inside_us": [112.5, 98.1], "deltas": 45000, "sentences": 4500, "ends": 1500, "happened": 3000}

with the time on the game's thread inside the client for each tick, in microseconds: `poll()` with the callbacks in it;
on an event loop, all that the loop did between two ticks. `cpu_us`, where the language can tell, is the processor
time of the same: on a machine that others use, a thread waits for its turn too. What still comes afterwards is of no
interest.

`{"do": "leave"}`: closes the client, waits for its end, and answers `{"ok": true}`. Another `connect` may follow.

What cannot be done is answered with `{"error": "a sentence"}`. Threads, descriptors and memory of the process the
driver counts itself.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.about import about, percentile
from benchmarks.players.game import Game, GameError, clients, missing
from benchmarks.players.kills import Kills
from benchmarks.players.village import TOKEN, TOKENS_PER_SECOND, WORLD, Village

TIMES = 100
SEED = 1
NPCS = 50
SECONDS = 30.0
TICK_MS = 50
WARM_UP_SECONDS = 5.0
"""A talk before the one that counts: languages that compile while they run are slow at first."""
SPARE_SECONDS = 30.0


def kills(client: str, times: int = TIMES, seed: int = SEED) -> dict[str, Any]:
    """Whether the client resumes what it had each time that its daemon is killed, and what it leaves behind."""
    described = about()
    with tempfile.TemporaryDirectory(prefix="npc-runtime-", ignore_cleanup_errors=True) as folder, Game(client) as game:
        told: dict[str, Any] = {}
        with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
            task = progress.add_task(f"{client}: kills", total=times)
            for told in Kills(game, Path(folder), seed).play(times):
                progress.update(task, completed=told["killed"])
    return {"client": client, "seed": seed, **told, **described}


def ticks(client: str, npcs: int = NPCS, seconds: float = SECONDS, *, deltas: bool = False) -> dict[str, Any]:
    """What a tick of the game costs inside the client while so many characters talk at once, in milliseconds.

    `deltas`: each word comes as a message of its own, too, and not only whole sentences as a game gets them by itself.
    """
    described = about()
    names = [f"villager-{number}" for number in range(npcs)]
    with Village(deltas=deltas) as village, Game(client) as game:
        where: dict[str, Any] = {"endpoint": village.endpoint, "token": TOKEN, "world": WORLD, "pack": "hollowmere"}
        game.tell("connect", **where, npcs=names, place="smithy")
        _talk(game, names, min(seconds, WARM_UP_SECONDS))
        sent = village.sent
        told = _talk(game, names, seconds)
        sent = village.sent - sent
        game.tell("leave")
    inside, worked = ([each / 1000 for each in told.pop(name, ())] for name in ("inside_us", "cpu_us"))
    return {
        "client": client,
        "npcs": npcs,
        "seconds": seconds,
        "ticks": len(inside),
        "tick_p50_ms": round(percentile(inside, 0.5), 3),
        "tick_p99_ms": round(percentile(inside, 0.99), 3),
        "tick_max_ms": round(max(inside), 3),
        "cpu_p50_ms": round(percentile(worked, 0.5), 3) if worked else None,
        "cpu_p99_ms": round(percentile(worked, 0.99), 3) if worked else None,
        "messages_per_second": round(sent / seconds),
        "tokens_per_second": round(npcs * TOKENS_PER_SECOND),
        "deltas_sent": deltas,
        **told,
        **described,
    }


def _talk(game: Game, names: list[str], seconds: float) -> dict[str, Any]:
    return game.tell("talk", patience=seconds + SPARE_SECONDS, npcs=names, seconds=seconds, tick_ms=TICK_MS)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clients", description="What clients stand and cost.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    for kind, what in (("kills", "the daemon is killed again and again"), ("ticks", "a village talks at once")):
        of_kind = kinds.add_parser(kind, help=what)
        of_kind.add_argument("--client", choices=clients(), required=True)
        of_kind.add_argument("--json", action="store_true", help="as JSON, not as a table")
        if kind == "kills":
            of_kind.add_argument("--times", type=int, default=TIMES)
            of_kind.add_argument("--seed", type=int, default=SEED)
        else:
            of_kind.add_argument("--npcs", type=int, default=NPCS)
            of_kind.add_argument("--seconds", type=float, default=SECONDS)
            of_kind.add_argument("--deltas", action="store_true", help="word by word, not only sentence by sentence")
    asked = parser.parse_args(arguments)
    console = Console()
    if why := missing(asked.client):
        console.print(why, style="red", highlight=False)
        return 2
    try:
        if asked.kind == "kills":
            result = kills(asked.client, asked.times, asked.seed)
        else:
            result = ticks(asked.client, asked.npcs, asked.seconds, deltas=asked.deltas)
    except GameError as error:
        console.print(str(error), style="red", markup=False, highlight=False)
        return 1
    if asked.json:
        print(json.dumps(result, indent=2))
    else:
        _show(console, result)
    return 1 if result.get("complaints") else 0


def _show(console: Console, result: dict[str, Any]) -> None:
    table = Table(show_header=False, box=None)
    for name, value in result.items():
        lines = value if isinstance(value, list) else [value]
        table.add_row(name, "\n".join(map(str, lines)))
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
