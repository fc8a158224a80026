"""`npc-runtime top`: the figures of a daemon's health, and the picture of them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import RunningDaemon, StartDaemon
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from npc_runtime.cli.top_figures import Readings
from npc_runtime.cli.top_screen import picture
from npc_runtime.dialogue.turn.first_words import BOUNDS, FirstWords, quantile
from npc_runtime.engine.books import EngineStats, Speaker
from npc_runtime.engine.request import Priority
from npc_runtime.wire import books
from npc_runtime.wire import messages as m

ROOT = Path(__file__).parent.parent
CLASSES = [one.name.lower() for one in Priority]
WIDTH, HEIGHT = 80, 24


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "npc_runtime", "top", *map(str, arguments)]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=60)


@pytest.fixture(scope="module")
def busy(start_daemon: StartDaemon) -> RunningDaemon:
    """A daemon with one slot and little to park in, in which two have answered a player."""
    daemon = start_daemon("--slots", "1", "--barks", "never")
    with daemon.peer() as peer:
        peer.village("square", "mira", "tom")
        for npc in ("mira", "tom", "mira"):
            said = {"from": "player:alex", "to": npc, "text": "What do you know of the bridge at Elmford?"}
            assert peer.reply(peer.send("say", world="square", **said))[-1]["type"] == "reply.end"
    return daemon


def test_one_object_of_a_running_daemon(busy: RunningDaemon) -> None:
    done = run("--once", "--json", "--data-dir", busy.data_dir)
    assert done.returncode == 0, done.stderr
    [line] = done.stdout.splitlines()
    found = json.loads(line)
    health, books = found["health"], found["health"]["books"]
    assert [queue["priority"] for queue in books["queues"]] == CLASSES
    assert (health["speaking"], health["waiting"], books["speakers"]) == (0, 0, [])
    assert found["first_words"]["player"]["replies"] == sum(health["replies"].values()) == 3
    assert 0 < found["first_words"]["player"]["p50"] <= found["first_words"]["player"]["p95"]
    assert found["tokens_per_second"] == 0
    assert health["tokens"] > 0
    assert books["prompt_tokens"] > 0
    assert books["reused_tokens"] > 0
    assert 0 < books["decode_seconds"] <= health["step_seconds"]
    assert health["worlds"] == 1
    slots, ram = books["tiers"]["slots"], books["tiers"]["ram"]
    assert (slots["speaking"], slots["resting"], slots["empty"]) == (0, 1, 0), "mira is in it"
    assert 0 < slots["tokens"] < slots["room"]
    assert (ram["characters"], ram["resumed"]) == (2, 1), "tom is parked, and mira's state is kept until a newer one"
    assert 0 < ram["bytes"] < ram["limit"]
    assert books["plan"].startswith("CPU")


def test_one_picture_of_a_running_daemon(busy: RunningDaemon) -> None:
    done = run("--data-dir", busy.data_dir)
    assert done.returncode == 0, done.stderr
    assert "1 world" in done.stdout
    assert "0 speaking, 1 resting, 0 empty" in done.stdout
    assert all(name in done.stdout for name in (*CLASSES, "RAM", "disk", "replies"))


def test_without_a_daemon_it_says_so(tmp_path: Path) -> None:
    done = run("--once", "--data-dir", tmp_path)
    assert done.returncode == 1
    assert done.stderr == (f"npc-runtime: no daemon is running for {tmp_path}; start one with: npc-runtime serve\n")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("key", ["q", "\x03"], ids=["q", "Ctrl-C"])
def test_a_key_ends_it_and_leaves_the_terminal_as_it_was(busy: RunningDaemon, key: str) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(WIDTH), "LINES": str(HEIGHT)}
    arguments = command("--data-dir", busy.data_dir)
    with subprocess.Popen(
        arguments, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    ) as process:
        shown = b""
        # The pseudo-terminal is nobody's controlling one, so Ctrl-C is sent as what a terminal makes of it.
        for text in follow(ours):
            shown += text
            if b"replies" in shown and key == "q":
                os.write(ours, key.encode())
                break
            if b"replies" in shown:
                process.send_signal(2)
                break
        assert process.wait(timeout=30) == 0
    os.close(theirs)
    shown += b"".join(follow(ours, seconds=0.5))
    os.close(ours)
    assert shown.count(b"\x1b[?1049h") == shown.count(b"\x1b[?1049l") == 1, "it goes to the other screen and back"
    assert shown.rindex(b"\x1b[?25h") > shown.rindex(b"\x1b[?25l"), "the cursor is back"
    assert b"Traceback" not in shown


def follow(terminal: int, seconds: float = 60.0) -> Iterator[bytes]:
    """What is written to a pseudo-terminal, until nothing comes for some time."""
    deadline = time.monotonic() + seconds
    with contextlib.suppress(OSError):  # the other side is closed
        while select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))[0]:
            yield os.read(terminal, 65536)


def test_a_key_for_one_world_is_told_of_nobody_elsewhere() -> None:
    owners = ("one/npc:mira", "two/npc:tom", "two/", "")  # what is of nobody has no name
    stats = EngineStats(speakers=tuple(Speaker(owner, Priority.PLAYER) for owner in owners))
    assert [(one.world, one.npc) for one in books.speakers(stats, None)] == [("one", "npc:mira"), ("two", "npc:tom")]
    assert [one.npc for one in books.speakers(stats, "two")] == ["npc:tom"]


# ----------------------------------------------------------------------------------------------- pictures and figures


def report(uptime: float, **fields: Any) -> m.HealthReport:
    usual: dict[str, Any] = {
        "status": "ok",
        "version": "0.1.0",
        "model": "SmolLM2 135M Instruct",
        "gpu": "CPU",
        "sessions": 2,
        "worlds": 1,
        "speaking": 0,
        "waiting": 0,
        "tokens": 0,
        "balanced": True,
    }
    kept = {name: fields.pop(name) for name in m.Books.model_fields if name in fields}
    counted = m.Books(first_word_bounds=list(BOUNDS), **kept)
    return m.HealthReport(re="", uptime=uptime, books=counted, **{**usual, **fields})


def queue(priority: str, *waits: float, **fields: Any) -> m.QueueCounts:
    counted = FirstWords()
    for wait in waits:
        counted.add(wait)
    return m.QueueCounts(priority=priority, first_words=counted.counts, first_word_seconds=counted.seconds, **fields)


def text_of(figures: Any, width: int = WIDTH) -> str:
    console = Console(file=io.StringIO(), width=width, height=HEIGHT, highlight=False, color_system=None)
    console.print(picture(figures))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_rates_are_differences_of_two_readings() -> None:
    readings = Readings()
    assert readings.add(report(10.0, tokens=500)).tokens == 0
    later = readings.add(report(10.5, tokens=550, prompt_tokens=200, steps=20, step_seconds=0.4, decode_seconds=0.3))
    assert (later.tokens, later.prompt_tokens, later.steps) == (100, 400, 40)
    assert later.decode_share == pytest.approx(0.75)
    assert readings.add(report(30.0, tokens=550)).tokens == 0, "what is long ago says nothing of now"
    assert readings.add(report(1.0, tokens=5)).tokens == 0, "another daemon has begun to count anew"


def test_first_words_are_those_of_the_last_minute_or_else_all() -> None:
    readings = Readings()
    first = readings.add(report(100.0, queues=[queue("player", 3.5, 3.5)]))
    assert (first.lately, first.first_words["player"].replies) == (False, 2)
    then = readings.add(report(130.0, queues=[queue("player", 3.5, 3.5, 0.18)]))
    assert (then.lately, then.first_words["player"].replies) == (True, 1)
    assert then.first_words["player"].most == pytest.approx(0.2, abs=0.05)
    last = readings.add(report(500.0, queues=[queue("player", 3.5, 3.5, 0.18)]))
    assert (last.lately, last.first_words["player"].replies) == (False, 3)


def test_a_full_screen_fits_a_small_terminal() -> None:
    readings = Readings()
    gib = 1 << 30
    full = {
        "status": "degraded",
        "reason": "no model file here.gguf; name another one with --model " * 4,
        "memory": "the disk is full " * 20,
        "budget": m.BudgetState(level="spared", duty=0.25, why="frames of the game take 48 ms instead of 16"),
        "gpu": "GPU: NVIDIA GeForce RTX 4060 Laptop GPU (7.1 of 8.0 GiB free), 33 of 33 layers",
        "plan": "33 of 33 layers on the GPU, 5.20 GiB there and 0.61 GiB of RAM; KV q8_0 in 6 streams of 4096 cells",
        "queues": [queue(f"class-{number}", 0.2, 5.0, speaking=number, waiting=100) for number in range(5)],
        "speakers": [
            m.Speaker(world=f"a world with a long name {number}", npc=f"npc:somebody-{number}", priority="player")
            for number in range(32)
        ],
        "tiers": m.Tiers(
            slots=m.SlotCounts(speaking=6, resting=9, empty=1, tokens=61_000, room=65_536),
            ram=m.TierCounts(characters=120, bytes=gib // 2, limit=gib // 2, resumed=12_345),
            disk=m.TierCounts(characters=31, bytes=gib // 4, limit=gib, resumed=77),
        ),
        "vram": [m.GpuMemory(name="NVIDIA GeForce RTX 4060 Laptop GPU", total=8 * gib, free=2 * gib)],
        "replies": m.ReplyCounts(model=180, bark=19, fallback=1),
    }
    readings.add(report(90_000.0, **full))
    shown = text_of(readings.add(report(90_001.0, tokens=171, **full)))
    lines = shown.splitlines()
    assert len(lines) <= HEIGHT, shown
    assert max(map(len, lines)) <= WIDTH, shown
    for part in ("171.0 tokens/s", "class-4", "6 speaking, 9 resting, 1 empty", "120 characters", "6.0 of 8.0 GiB"):
        assert part in shown, part
    assert "characters speak fallback lines only: no model file" in shown
    assert "memories are not kept: the disk is full" in shown
    assert "the model is held back (spared, 25% of the time): frames of" in shown


def test_nothing_is_shown_that_could_command_a_terminal() -> None:
    evil = m.Speaker(world="\x9b2Jw", npc="npc:mi\u202era", priority="player")
    shown = text_of(Readings().add(report(1.0, model="a\x1b]0;b\x07", speakers=[evil])))
    assert not set(shown) & set("\x9b\x1b\x07\u202e")


@given(st.lists(st.floats(0.001, 30), min_size=1, max_size=50), st.floats(0.01, 1))
def test_a_quantile_lies_between_the_bounds_of_its_bucket(waits: list[float], share: float) -> None:
    counted = FirstWords()
    for wait in waits:
        counted.add(wait)
    assert sum(counted.counts) == len(waits)
    assert counted.seconds == pytest.approx(sum(waits))
    found = quantile(counted.counts, share)
    assert found is not None
    exact = sorted(waits)[max(0, -(-int(share * len(waits) * 1e9) // 10**9) - 1)]
    bounds = (0.0, *BOUNDS, float("inf"))
    place = next(at for at, bound in enumerate(bounds) if exact <= bound)
    assert bounds[max(0, place - 1)] - 1e-9 <= found <= min(bounds[place], BOUNDS[-1]) + 1e-9


def test_nobody_waited() -> None:
    assert quantile(FirstWords().counts, 0.5) is None
