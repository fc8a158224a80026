"""The Godot binding: its tables against the schemas, and games of it with a real daemon, under a headless Godot."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgpack
import pytest
from fake_daemon import TOKEN, FakeDaemon
from unity_kit import ROOT, SECONDS, Daemon, alive, plain, schema_of, values, wait_for

from protocol.bindings import gdscript, model

BINDING = ROOT / "bindings" / "godot"
VECTORS = ROOT / "protocol" / "vectors"
TRANSCRIPTS: dict[str, dict[str, Any]] = {
    talk["name"]: talk for talk in json.loads((VECTORS / "transcripts.json").read_text(encoding="utf-8"))["transcripts"]
}

Lines = list[tuple[str, str]]
Play = Callable[..., Lines]


def test_the_tables_say_what_the_schemas_do() -> None:
    """Whether they are stale, tests/test_binding_types.py says; here, that they are what `request_check.gd` reads."""
    texts = dict(gdscript.files(model.read()))
    assert '"seed": "integer?",  # same seed, same model' in texts["fields.gd"]
    assert '"actions": "ActionOffer[]?",' in texts["fields.gd"]
    assert '"args": "string[][]?",' in texts["fields.gd"]
    assert '"value": "string/integer/number/boolean/null",' in texts["fields.gd"]
    assert 'const REPLY_END = "reply.end"' in texts["messages.gd"]
    assert '"say": ["reply.end", "reply.none"],' in texts["messages.gd"]


@pytest.fixture(scope="module")
def godot() -> str:
    """The path of a Godot that needs no screen."""
    found = shutil.which("godot3-server")
    if found is None:
        pytest.skip("needs a headless Godot 3: apt-get install godot3-server")
    return found


class Game:
    """A play of the binding's tests, as it runs."""

    def __init__(self, godot: str, home: Path, name: str, *arguments: str) -> None:
        self.lines: Lines = []
        self.errors = (home / f"{name}.errors").open("w+", encoding="utf-8")
        command = [godot, "--path", str(BINDING), "-s", "tests/game.gd", name, *arguments]
        environment = {**os.environ, "HOME": str(home), "RUN_IN": str(ROOT), "LC_ALL": "C.UTF-8"}
        environment.pop("XDG_RUNTIME_DIR", None)
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=self.errors, text=True, encoding="utf-8"
        )

    def read(self) -> bool:
        """Takes a line; false where there are no more."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if line:
            kind, _, value = line.rstrip("\n").partition(" ")
            self.lines.append((kind, value))
        return bool(line)

    def until(self, kind: str) -> str:
        """The value of the next line of that kind."""
        while self.read():
            if self.lines[-1][0] == kind:
                return self.lines[-1][1]
        raise AssertionError(f"no {kind} in {self.lines}\n{self.said()}")

    def end(self) -> Lines:
        """All that it noted. Whatever Godot itself complains of is a mistake of the binding."""
        while self.read():
            pass
        assert self.process.wait(SECONDS) == 0, (self.lines, self.said())
        assert "SCRIPT ERROR" not in self.said(), self.said()
        assert "leaked" not in self.said(), self.said()
        return self.lines

    def said(self) -> str:
        """What it wrote to its standard error."""
        self.errors.seek(0)
        return self.errors.read()

    def close(self) -> None:
        """Ends it, where it has not."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.errors.close()


@pytest.fixture
def start(godot: str, tmp_path: Path) -> Iterator[Callable[..., Game]]:
    """Starts a play; it is ended with the test."""
    games: list[Game] = []

    def begin(name: str, *arguments: str) -> Game:
        games.append(Game(godot, tmp_path, name, *arguments))
        return games[-1]

    yield begin
    for game in games:
        game.close()


@pytest.fixture
def play(start: Callable[..., Game]) -> Play:
    """Runs a play to its end, and gives what it noted."""
    return lambda name, *arguments: start(name, *arguments).end()


@pytest.fixture(scope="module")
def daemon(godot: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    running = Daemon(tmp_path_factory.mktemp("godot") / "data")
    yield running
    running.stop()


@pytest.fixture
def mortal(godot: str, tmp_path: Path) -> Iterator[Daemon]:
    """One for a test that kills it."""
    running = Daemon(tmp_path / "data")
    yield running
    running.kill()


# ---------------------------------------------------------------------------------------------------- the vectors


def test_every_message_reads_as_what_it_says_and_is_written_as_the_same(play: Play, tmp_path: Path) -> None:
    vectors = json.loads((VECTORS / "valid.json").read_text(encoding="utf-8"))["vectors"]
    told = [step for talk in TRANSCRIPTS.values() for step in talk["steps"] if step["from"] != "outside"]
    asked = tmp_path / "frames"
    asked.write_text("\n".join(each["frames"][-1] for each in [*vectors, *told]), encoding="utf-8")
    lines = play("vectors", str(asked))
    assert not values(lines, "unreadable")
    for each, line in zip([*vectors, *told], values(lines, "again"), strict=True):
        message = each["message"]
        again = msgpack.unpackb(bytes.fromhex(line))
        assert again["type"] == message["type"]
        assert plain(again, schema_of(message["type"])) == plain(message, schema_of(message["type"]))


def test_what_is_no_message_is_not_read_as_one(play: Play, tmp_path: Path) -> None:
    vectors = json.loads((VECTORS / "refused.json").read_text(encoding="utf-8"))["vectors"]
    bad = (vector for vector in vectors if vector["error"] == "bad_frame" and len(vector["frames"]) == 2)
    broken = {vector["name"]: vector["frames"][1] for vector in bad}
    wanted = ["truncated", "trailing-bytes", "reserved-byte", "integer-key", "extension", "endless-nesting"]
    wanted.append("length-beyond-the-end")
    asked = tmp_path / "frames"
    asked.write_text("\n".join(broken[name] for name in wanted), encoding="utf-8")
    assert len(values(play("vectors", str(asked)), "unreadable")) == len(wanted)


def test_what_is_to_be_refused_is(play: Play, daemon: Daemon, tmp_path: Path) -> None:
    vectors = json.loads((VECTORS / "refused.json").read_text(encoding="utf-8"))["vectors"]
    asked = tmp_path / "frames"
    frames = (("+" if vector["session"] else "-") + ",".join(vector["frames"]) for vector in vectors)
    asked.write_text("\n".join(frames), encoding="utf-8")
    lines = play("refused", str(daemon.folder), str(asked))
    assert values(lines, "refused") == [f"{vector['error']},{vector['re']}" for vector in vectors]


# ---------------------------------------------------------------------------------------------------- transcripts


class Played(FakeDaemon):
    """Knows that `target` names a request, too, whose id is the client's own, and stays until the game has ended."""

    def __init__(self, transcript: dict[str, Any]) -> None:
        super().__init__(transcript)
        self.over = asyncio.Event()

    def _compare(self, found: dict[str, Any], wanted: dict[str, Any]) -> None:
        if "target" in wanted:
            wanted = {**wanted, "target": self._ids.get(wanted["target"], wanted["target"])}
        super()._compare(found, wanted)

    async def _play(self) -> None:
        await super()._play()
        self.over.set()
        while True:
            await self._next()  # pings are answered to the end

    async def finished(self) -> None:
        """Is patient: an engine starts slowly where others compute."""
        over = asyncio.create_task(self.over.wait())
        await asyncio.wait({over, self._playing}, timeout=SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if self._playing.done():
            await self._playing
        assert over.done()


def replay(steps: list[dict[str, Any]], name: str, start: Callable[..., Game], folder: Path) -> Lines:
    """What the game notes that talks with a daemon out of a transcript."""

    async def talk() -> Lines:
        async with Played({"steps": steps}) as fake:
            described = {"endpoint": fake.endpoint, "events": fake.endpoint, "pid": os.getpid(), "version": "0"}
            (folder / "daemon.json").write_text(json.dumps(described), encoding="utf-8")
            (folder / "token").write_text(TOKEN, encoding="utf-8")
            game = start("transcript", name, str(folder))
            ending = asyncio.create_task(asyncio.to_thread(game.end))
            try:
                await fake.finished()
                return await asyncio.wait_for(ending, SECONDS)
            finally:
                game.process.kill()

    return asyncio.run(talk())


@pytest.fixture
def replayed(start: Callable[..., Game], tmp_path: Path) -> Callable[[str], Lines]:
    return lambda name: replay(TRANSCRIPTS[name]["steps"], name, start, tmp_path)


def test_first_talk(replayed: Callable[[str], Lines]) -> None:
    lines = replayed("first-talk")
    assert values(lines, "emotion") == ["angry"]
    assert " ".join(values(lines, "sentence")) == "".join(values(lines, "wrote")) == values(lines, "end")[0]


def test_walking_away(replayed: Callable[[str], Lines]) -> None:
    lines = replayed("walking-away")
    assert values(lines, "end") == ["cancelled: The mere is"]
    assert not values(lines, "sentence")
    assert values(lines, "refused")[0].startswith('not_found: no request "never-sent"')


def test_lost_session(replayed: Callable[[str], Lines]) -> None:
    lines = replayed("lost-session")
    assert len(values(lines, "lost")) == 1
    assert values(lines, "restored") == ["False 0"]
    assert values(lines, "listed") == ["npc:mira"]
    assert values(lines, "event") == ["event.npc.spawned"]
    assert values(lines, "spawned") == ["tom"]


def test_mistakes(start: Callable[..., Game], tmp_path: Path) -> None:
    steps = json.loads(json.dumps(TRANSCRIPTS["mistakes"]["steps"]))
    for step in steps:
        step["message"].pop("speed", None)  # a mistyped field does not leave this client
    lines = replay(steps, "mistakes", start, tmp_path)
    refused = values(lines, "refused")
    assert [each.partition(":")[0] for each in refused] == ["not_found", "invalid", "not_found"]
    assert "did you mean mira?" in refused[0]
    assert "{id:tom, kind:npc}" in refused[2]
    assert values(lines, "moment") == ["day 1, morning"]
    assert values(lines, "perceived") == ["1", "npc:mira"]
    assert values(lines, "trouble") == ["invalid: world.event has no field 'speed' (it was left out of world.event)"]


def test_an_action_is_proposed_and_its_result_told(start: Callable[..., Game], tmp_path: Path) -> None:
    """No transcript has an action: a model's choice cannot be recorded anew to the same end."""
    about = {"re": "4", "reply": "r-1", "npc": "npc:mira"}
    offer = {"name": "give", "args": [["item:minecraft:bread"]]}
    said: dict[str, Any] = {
        "type": "say",
        "id": "4",
        "from": "player:alex",
        "to": "npc:mira",
        "text": "A loaf, please.",
    }
    said |= {"heard_by": ["npc:tom", "player:Steve Smith"], "actions": [offer]}
    perceived = {"npc": "npc:mira", "how": "witnessed", "text": "You did not give Alex the bread: none are left."}
    end = {"emotion": "happy", "source": "model", "finish": "stop"}
    told = [
        ("client", said),
        ("daemon", {"type": "reply.start", **about, "emotion": "happy", "source": "model"}),
        ("daemon", {"type": "reply.action", **about, "name": "give", "args": ["item:minecraft:bread"]}),
        ("daemon", {"type": "reply.end", **about, "last": True, "text": "", **end}),
        ("client", {"type": "action.result", "id": "5", "reply": "r-1", "done": False, "reason": "none are left"}),
        ("daemon", {"type": "world.perceived", "re": "5", "last": True, "world": "x", "perceived": [perceived]}),
    ]
    steps = [*TRANSCRIPTS["first-talk"]["steps"][:6], *({"from": who, "message": message} for who, message in told)]
    named = json.loads(json.dumps(steps).replace("first-talk", "an-action"))
    lines = replay(named, "an-action", start, tmp_path)
    assert values(lines, "proposed") == ["give item:minecraft:bread"]
    assert values(lines, "perceived") == [perceived["text"]]


# ------------------------------------------------------------------------------------------------ the whole of it


def test_a_villager_answers_and_remembers_what_was_heard(daemon: Daemon, play: Play) -> None:
    lines = play("talk", str(daemon.folder))
    assert values(lines, "spawned") == ["npc:mira Mira"]
    assert "did you mean mira?" in values(lines, "refused")[0]
    assert values(lines, "emotion")
    whole = " ".join(values(lines, "sentence"))
    assert values(lines, "end") == [f"stop {whole}"]
    assert values(lines, "near") == ["npc.nearby"]
    assert "".join(values(lines, "wrote")) == whole
    hers = [line.removeprefix("npc:mira ") for line in values(lines, "said") if line.startswith("npc:mira ")]
    assert hers == [whole]  # and nothing of the line that was left in its first sentence
    assert len(values(lines, "first")) == 1
    assert len(values(lines, "left")) == 1
    assert values(lines, "unproposed")[0].startswith("not_found")
    wrong = values(lines, "invalid")
    assert wrong[0] == "invalid: say has no field 'txet' (did you mean 'text'?)"
    assert wrong[1] == 'invalid: seed of say is of the kind integer (it was "seven")'
    assert wrong[2] == "invalid: actions of say has no field 'nmae' (did you mean 'name'?)"
    assert wrong[3] == 'invalid: stream of say is one of sentence, delta, end (it was "words")'
    assert len(wrong) == 5
    assert wrong[-1] == "invalid: there is no request npc.lsit (did you mean 'npc.list'?)"
    assert values(lines, "saved") == ["slot 1"]
    assert values(lines, "fact") == ["The bridge is closed."]
    assert values(lines, "health") == ["degraded"]
    assert values(lines, "pending") == ["0"]
    assert not values(lines, "trouble")
    assert int(values(lines, "longest")[0]) < 500_000  # waiting for an answer would take longer


def test_a_quarrel_comes_to_its_end(daemon: Daemon, play: Play) -> None:
    lines = play("quarrel", str(daemon.folder))
    assert len(values(lines, "turn")) == len(values(lines, "line")) >= 2
    assert values(lines, "taken") == ["calm"]
    assert values(lines, "intervened") == ["player:alex"]
    assert values(lines, "settled")[0].endswith("unheard 0")
    assert values(lines, "stopped") == ["stopped"]
    assert values(lines, "away") == ["Null {}"]
    assert values(lines, "met")
    assert values(lines, "pending") == ["0"]


def test_a_game_brings_its_own_village(daemon: Daemon, play: Play) -> None:
    lines = play("village", str(daemon.folder))
    assert values(lines, "defined") == ["Null"]
    assert values(lines, "spawned") == ["npc:ada Ada place:mill"]
    assert values(lines, "end") == ["stop"]
    assert values(lines, "creature")[0].startswith("npc:")


def test_the_nodes_talk(daemon: Daemon, play: Play) -> None:
    lines = play("nodes", str(daemon.folder))
    assert int(values(lines, "places")[0]) > 1
    assert values(lines, "spawned") == ["npc:mira"]
    assert values(lines, "emotion")
    assert values(lines, "end") == [" ".join(values(lines, "sentence"))]
    assert "did you mean mira?" in values(lines, "failed")[0]


def test_a_daemon_that_was_killed_and_comes_back_is_taken_up(mortal: Daemon, start: Callable[..., Game]) -> None:
    game = start("resume", str(mortal.folder))
    game.until("answered")
    mortal.kill()
    game.until("lost")
    mortal.start()
    assert game.until("restored") == "False 0"
    game.until("line")
    mortal.kill()  # in the middle of a quarrel
    mortal.start()
    lines = game.end()
    assert values(lines, "again")
    assert values(lines, "listed") == ["npc:mira", "npc:tom"]
    assert values(lines, "restored") == ["False 0", "False 0"]
    assert len(values(lines, "started")) == 2
    assert values(lines, "settled")[0] in ("concede", "compromise", "stalemate", "walk_away", "blows")
    assert values(lines, "pending") == ["0"]


def test_a_game_that_was_held_up_gets_a_new_session(mortal: Daemon, start: Callable[..., Game]) -> None:
    mortal.stop()
    mortal.arguments = ("--heartbeat", "1", "--session-expiry", "2")
    mortal.start()
    game = start("resume", str(mortal.folder))
    game.until("answered")
    os.kill(game.process.pid, signal.SIGSTOP)
    time.sleep(4)
    os.kill(game.process.pid, signal.SIGCONT)
    assert game.until("restored") == "True 0"
    assert values(game.end(), "listed") == ["npc:mira", "npc:tom"]


def test_the_daemon_comes_and_goes_with_the_game(start: Callable[..., Game], tmp_path: Path) -> None:
    folder = tmp_path / "a data folder"
    game = start("launch", str(folder), sys.executable, "-m", "npc_runtime")
    game.until("answered")
    first = json.loads((folder / "daemon.json").read_text(encoding="utf-8"))["pid"]
    os.kill(first, signal.SIGKILL)
    assert game.until("restored") == "False 0"
    second = json.loads((folder / "daemon.json").read_text(encoding="utf-8"))["pid"]
    assert second != first
    assert values(game.end(), "again")
    wait_for(lambda: not alive(second))


def test_a_daemon_that_cannot_be_started_says_why(play: Play, tmp_path: Path) -> None:
    lines = play("launch", str(tmp_path / "data"), "no-such-program")
    assert "the daemon ended before it was ready" in values(lines, "failed")[0]
    assert any("no-such-program" in " ".join(line) for line in lines)


def test_nothing_waits_for_a_daemon_for_ever(play: Play) -> None:
    lines = play("nobody")
    assert values(lines, "unopened")[0].startswith("no_session: this client is not open")
    assert values(lines, "trouble") == ["unreachable: the connection to the daemon at tcp://127.0.0.1:1 is lost"]
    assert values(lines, "late")[0].startswith("deadline: the daemon has not answered health for 1.5 s")


def test_a_wrong_token_is_told(daemon: Daemon, start: Callable[..., Game], tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "daemon.json").write_bytes((daemon.folder / "daemon.json").read_bytes())
    (other / "token").write_text("wrong", encoding="utf-8")
    trouble = start("village", str(other)).until("trouble")
    assert trouble.startswith("unauthorized: the daemon at tcp://127.0.0.1:")
    assert "does not accept the token" in trouble
