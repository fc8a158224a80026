"""The C++ binding: its types against the vectors, and a console game against a real daemon."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgpack
import pytest
from conftest import StartDaemon
from cpp_kit import PROTOCOL, ROOT, Body, build, compiled, schema
from fake_daemon import TRANSCRIPTS
from unity_kit import bundle_of_tests

from npc_runtime.wire import keys

BARE = ("--model", "none.gguf", "--embedding", "off")
STEP_SECONDS = 120.0
FRAME_MS = 250.0
"""Far above what a call takes, and far below what waiting for a daemon would: the machine of a test may be busy."""

pytestmark = [pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def built() -> Path:
    """The folder of the built programs."""
    return build()


# ---------------------------------------------------------------------------------------------------- vectors


def _reread(built: Path, bodies: list[str]) -> list[str]:
    told = subprocess.run(
        [built / "vectors"], input="\n".join(bodies) + "\n", capture_output=True, text=True, timeout=60, check=True
    )
    return told.stdout.splitlines()


DEFINITIONS: Body = schema("definitions")["$defs"]


def _filled(value: Any, schema: Body) -> Any:
    """A value with the defaults in it, and without the fields that its schema has not."""
    if "$ref" in schema:
        schema = {**DEFINITIONS[schema["$ref"].rsplit("/", 1)[1]], **schema}
    for choice in schema.get("anyOf", ()):
        if value is not None and choice.get("type") != "null" and len(schema["anyOf"]) == 2:
            return _filled(value, choice)
    if schema.get("type") == "array" and isinstance(value, list):
        return [_filled(one, schema["items"]) for one in value]
    if "properties" in schema and isinstance(value, dict):
        return {name: _filled(_given(value, name, field), field) for name, field in schema["properties"].items()}
    if isinstance(schema.get("additionalProperties"), dict) and isinstance(value, dict):
        return {name: _filled(one, schema["additionalProperties"]) for name, one in value.items()}
    return value


def _given(value: Body, name: str, field: Body) -> Any:
    """A field, or its default: nil is as good as leaving out."""
    return field.get("default") if value.get(name) is None else value[name]


def _check_reread(built: Path, messages: list[tuple[str, str, Body]]) -> None:
    """Has each body read and written again, and compares with the message that it holds."""
    written = _reread(built, [body for _, body, _ in messages])
    for (name, _, message), line in zip(messages, written, strict=True):
        assert not line.startswith("!"), f"{name}: {line}"
        found = schema(message["type"])
        assert _filled(msgpack.unpackb(bytes.fromhex(line)), found) == _filled(message, found), name


@compiled
def test_every_valid_vector_is_read_and_written_again(built: Path) -> None:
    vectors = json.loads((PROTOCOL / "vectors" / "valid.json").read_text(encoding="utf-8"))["vectors"]
    _check_reread(built, [(vector["name"], vector["frames"][-1], vector["message"]) for vector in vectors])


@compiled
def test_every_message_of_the_transcripts_is_read_and_written_again(built: Path) -> None:
    steps = [(name, step) for name, one in TRANSCRIPTS.items() for step in one["steps"] if "frames" in step]
    _check_reread(built, [(name, step["frames"][-1], step["message"]) for name, step in steps])


@compiled
def test_bytes_that_are_no_message_are_refused_with_a_reason(built: Path) -> None:
    vectors = json.loads((PROTOCOL / "vectors" / "refused.json").read_text(encoding="utf-8"))["vectors"]
    bodies = {v["name"]: v["frames"][1] for v in vectors if len(v["frames"]) == 2 and v["frames"][1]}
    lines = dict(zip(bodies, _reread(built, list(bodies.values())), strict=True))  # none of them ends the program
    unread = [v["name"] for v in vectors if v["error"] == "bad_frame" and v["name"] in lines]
    hello = "85a474797065a568656c6c6f"
    cut, deep, huge, extension = hello, "91" * 40 + "c0", "df7fffffff", "d6ff00000000"
    for line in _reread(built, [cut, deep, huge, extension]):
        assert line.startswith("! "), line
    assert unread, "there are vectors of bad frames"


# ---------------------------------------------------------------------------------------------------- a real daemon


class Daemon:
    """A daemon of a data folder, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, host: str = "127.0.0.1") -> None:
        ports = ("--bind", f"tcp://{host}:0", "--events-bind", f"tcp://{host}:0")
        command = [sys.executable, "-m", "npc_runtime", "serve", "--data-dir", str(self.folder), *BARE, *ports]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    running = Daemon(tmp_path / "data")
    running.start()
    yield running
    running.stop()


class Game:
    """The console game: steps go in, and what it tells comes out."""

    def __init__(self, built: Path, *words: Path | str) -> None:
        self.process = subprocess.Popen(
            [built / "play", *words], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.told: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def until(self, *wanted: str) -> list[str]:
        """What it tells up to one of these lines."""
        end = time.monotonic() + STEP_SECONDS
        seen: list[str] = []
        while not seen or seen[-1] not in wanted:
            try:
                line = self._lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                pytest.fail(f"the game said nothing more behind {seen or self.told[-5:]}")
            assert line is not None, f"the game ended: {seen}"
            seen.append(line)
        self.told += seen
        return seen

    def begin(self, step: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(step + "\n")
        self.process.stdin.flush()

    def step(self, step: str) -> list[str]:
        self.begin(step)
        return self.done()

    def done(self) -> list[str]:
        told = self.until("ok", "failed")
        assert told[-1] == "ok", told
        return told

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        last = self._lines.get(timeout=STEP_SECONDS)
        assert last is not None
        assert last.startswith("longest poll"), last
        assert float(last.split()[2]) < FRAME_MS, last
        assert self.process.wait(30) == 0

    def close(self) -> None:
        """Ends it, whatever it does."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def games() -> Iterator[list[Game]]:
    """Games that are ended, whatever happens."""
    started: list[Game] = []
    yield started
    for game in started:
        game.close()


@compiled
def test_a_villager_answers_and_two_quarrel(built: Path, daemon: Daemon, games: list[Game]) -> None:
    game = Game(built, daemon.folder)
    games.append(game)
    game.step("spawn mira")
    told = game.step("say What do you sell?")
    assert any(line.startswith("sentence ") for line in told)
    assert any(line.startswith("event.said npc:mira") for line in told), "what was heard is told to observers"
    game.step("spawn tom")
    told = game.step("heard-by")
    assert any(line.startswith("event.said player:alex") and "npc:tom" in line for line in told), told
    game.step("wrong")
    game.step("village")
    game.step("walk-away")
    quarrel = game.step("quarrel intervene")
    assert sum(line.startswith("line ") for line in quarrel) >= 2
    game.step("encounter")
    game.step("saves")
    game.end()


@compiled
def test_an_action_that_the_game_refuses_is_remembered_so(
    built: Path, start_daemon: StartDaemon, games: list[Game]
) -> None:
    """With a model that writes at random, which some seed has propose it."""
    game = Game(built, start_daemon().data_dir)
    games.append(game)
    game.step("spawn tom")
    game.step("spawn mira")
    told = game.step("action")
    words = "would have done this for Steve Smith, but it was not possible: give bread. None are left."
    assert "proposed give item:minecraft:bread player:Steve Smith" in told
    assert f"perceived npc:mira: You {words}" in told
    assert f"perceived npc:tom: Mira {words}" in told
    assert "again not_found" in told
    game.end()


@compiled
def test_what_was_agreed_on_comes_as_the_game_carries_it_out(built: Path, daemon: Daemon, games: list[Game]) -> None:
    game = Game(built, daemon.folder)
    games.append(game)
    game.step("spawn mira")
    game.step("spawn tom")
    told = game.step("terms")
    assert "agreed npc:tom npc:mira give it back" in told
    assert "carried give item:hammer npc:mira" in told
    game.end()


@compiled
def test_a_daemon_that_was_killed_is_found_again_and_the_game_goes_on(
    built: Path, daemon: Daemon, games: list[Game]
) -> None:
    game = Game(built, daemon.folder)
    games.append(game)
    game.step("spawn mira")
    game.step("spawn tom")
    game.step("say Good day.")
    game.begin("quarrel break")
    game.until("break")
    daemon.kill()
    daemon.start()
    quarrel = game.done()
    assert any(line.startswith("session again=1 restarted=1 problems=0") for line in quarrel), quarrel
    starts = [line for line in game.told if line.startswith("started ")]
    assert len(starts) == 2, "the argument is taken up again"
    assert starts[0].split()[1] == starts[1].split()[1]
    assert not starts[1].endswith("turns=0")
    game.step("say What do you sell?")
    game.end()


@compiled
def test_a_daemon_that_other_machines_can_reach_gets_a_key(built: Path, tmp_path: Path, games: list[Game]) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    keys.add(folder, "zone", None, tmp_path / "zone.json")
    running = Daemon(folder)
    running.start("0.0.0.0")
    try:
        game = Game(built, folder)  # the key of the data folder
        games.append(game)
        game.step("spawn mira")
        endpoint = json.loads((folder / "daemon.json").read_text(encoding="utf-8"))["endpoint"]
        elsewhere = Game(built, "--key", tmp_path / "zone.json", endpoint)
        games.append(elsewhere)
        elsewhere.step("spawn mira")
        keys.remove(folder, "zone")
        assert any(line == "trouble unauthorized" for line in elsewhere.step("trouble"))
    finally:
        running.stop()


@compiled
def test_a_game_starts_and_stops_its_daemon(built: Path, tmp_path: Path, games: list[Game]) -> None:
    folder = tmp_path / "data"
    game = Game(built, folder, sys.executable, "-m", "npc_runtime")
    games.append(game)
    game.step("spawn mira")
    game.step("say What do you sell?")
    described = json.loads((folder / "daemon.json").read_text(encoding="utf-8"))
    os.kill(described["pid"], signal.SIGKILL)
    game.step("session 2")
    game.step("say What do you sell?")
    game.end()
    assert not (folder / "daemon.json").exists(), "it stopped in order"


@compiled
def test_the_program_is_found_as_the_protocol_says(built: Path, tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "bin" / "npc-runtime")}

    (tmp_path / "game").mkdir()

    def told(**more: str) -> str:
        words, env = [str(built / "play"), "--program"], {**environment, **more}
        ran = subprocess.run(words, cwd=tmp_path / "game", env=env, stdout=subprocess.PIPE, text=True, timeout=60)
        return ran.stdout.strip()

    assert told().endswith("nor on the PATH")
    for where in ("bin", "home/.local/lib", "game"):  # each goes before the last
        program = bundle_of_tests(tmp_path / where)
        assert told() == str(program)
        assert told(NPC_RUNTIME="") == str(program)
    named = bundle_of_tests(tmp_path / "elsewhere")
    assert told(NPC_RUNTIME=str(named)) == told(NPC_RUNTIME=str(named.parent)) == str(named)
    assert told(NPC_RUNTIME=str(tmp_path / "gone")).startswith(
        f"NPC_RUNTIME names {tmp_path / 'gone'}, and there is no"
    )


@compiled
def test_a_game_that_names_no_program_starts_one_and_finds_it_in_the_standby(
    built: Path, tmp_path: Path, games: list[Game], monkeypatch: pytest.MonkeyPatch
) -> None:
    (run := tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(run))
    monkeypatch.setenv("NPC_RUNTIME", str(bundle_of_tests(tmp_path / "game")))
    (blocked := tmp_path / "file").write_text("no folder can be made here", encoding="utf-8")
    game = Game(built, blocked / "data", "--launch")
    games.append(game)
    game.step("session 1")
    assert list(run.glob("npc-runtime/*/daemon.log"))
    game.end()


@compiled
def test_a_wrong_token_and_a_missing_program_are_told(built: Path, daemon: Daemon, games: list[Game]) -> None:
    none = Game(built, daemon.folder.parent / "elsewhere", "no-such-program")
    games.append(none)
    assert any(line == "trouble internal" for line in none.step("trouble"))
    game = Game(built, daemon.folder)
    games.append(game)
    game.step("session 1")
    daemon.stop()
    game.step("lost")
    (daemon.folder / "token").write_text("wrong", encoding="utf-8")
    daemon.start()
    game.step("session 2")  # the daemon takes the token that is there, and so does the client
    (daemon.folder / "token").write_text("another", encoding="utf-8")
    stranger = Game(built, daemon.folder)
    games.append(stranger)
    assert any(line == "trouble unauthorized" for line in stranger.step("trouble"))
