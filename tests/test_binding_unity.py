"""The C# binding: its message classes against the vectors, and a game of it against a real daemon, under mono."""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgpack
import pytest
from conftest import StartDaemon
from fake_daemon import TRANSCRIPTS
from unity_kit import (
    MONO,
    ROOT,
    SECONDS,
    SERVE,
    UNITY,
    VECTORS,
    Daemon,
    Game,
    alive,
    built,
    bundle_of_tests,
    needs_mono,
    plain,
    schema_of,
    values,
    wait_for,
)

Play = Callable[..., list[tuple[str, str]]]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of the tests, with the binding in it."""
    return built(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """One that lives through all of the tests."""
    daemon = Daemon(tmp_path_factory.mktemp("served") / "data")
    yield daemon
    daemon.stop()


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Daemon]:
    """One of a single test, which forgets sessions soon."""
    daemon = Daemon(tmp_path / "data", "--heartbeat", "2", "--session-expiry", "4")
    yield daemon
    daemon.stop()


@pytest.fixture
def play(program: Path) -> Iterator[Play]:
    """Runs a mode of the program to its end; what it printed, by kind."""
    started: list[Game] = []

    def run(*arguments: str) -> list[tuple[str, str]]:
        game = Game(program, *arguments)
        started.append(game)
        return game.end()

    yield run
    for game in started:
        game.kill()


# ------------------------------------------------------------------------------------------------- without mono


def test_unity_knows_every_file_by_an_id_of_its_own() -> None:
    """An editor drops what has no .meta file from a package that it cannot write to."""
    ids: list[str] = []
    for path in [UNITY / "Runtime", *sorted((UNITY / "Runtime").rglob("*")), *UNITY.glob("*.*")]:
        if path.suffix != ".meta" and "~" not in path.name:
            meta = path.with_name(path.name + ".meta").read_text(encoding="utf-8")
            found = re.search(r"^guid: ([0-9a-f]{32})$", meta, re.MULTILINE)
            assert found, path
            ids.append(found[1])
    assert len(ids) == len(set(ids)) > 20
    package = json.loads((UNITY / "package.json").read_text(encoding="utf-8"))
    assert (UNITY / package["samples"][0]["path"]).is_dir()


# ---------------------------------------------------------------------------------------------------- the vectors


@needs_mono
def test_every_message_reads_as_what_it_says_and_is_written_as_the_same(program: Path) -> None:
    vectors = json.loads((VECTORS / "valid.json").read_text(encoding="utf-8"))["vectors"]
    told = [step for talk in TRANSCRIPTS.values() for step in talk["steps"] if step["from"] != "outside"]
    asked = "\n".join(each["frames"][-1] for each in [*vectors, *told])
    command = [str(MONO), str(program), "vectors"]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True, timeout=SECONDS)
    written = done.stdout.split()
    assert len(written) == len(vectors) + len(told)
    for each, line in zip([*vectors, *told], written, strict=True):
        message = each["message"]
        again = msgpack.unpackb(bytes.fromhex(line))
        assert again["type"] == message["type"]
        assert plain(again, schema_of(message["type"])) == plain(message, schema_of(message["type"]))


@needs_mono
def test_what_is_to_be_refused_is(program: Path, daemon: Daemon) -> None:
    vectors = json.loads((ROOT / "protocol" / "vectors" / "refused.json").read_text(encoding="utf-8"))["vectors"]
    asked = "\n".join(("+" if vector["session"] else "-") + ",".join(vector["frames"]) for vector in vectors)
    command = [str(MONO), str(program), "refused", str(daemon.folder)]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True, timeout=SECONDS)
    assert done.stdout.split() == [f"{vector['error']},{vector['re']}" for vector in vectors]


# ------------------------------------------------------------------------------------------------ the whole of it


@needs_mono
def test_a_villager_answers_and_remembers_what_was_heard(daemon: Daemon, play: Play) -> None:
    lines = play("talk", str(daemon.folder))
    assert values(lines, "spawned") == ["npc:mira Mira"]
    assert values(lines, "refused")[0].startswith("not_found | ")
    assert "did you mean mira?" in values(lines, "refused")[0]
    assert values(lines, "emotion")
    sentences = values(lines, "sentence")
    assert sentences
    assert values(lines, "end")[0] == "stop " + " ".join(sentences)
    assert "".join(values(lines, "wrote")) == " ".join(sentences)
    events = values(lines, "event")
    assert events.count("event.said") >= 2  # the player's line, and hers: the daemon took `heard`
    assert "event.happened" in events
    assert "event.restored" in events
    assert values(lines, "away")
    assert not values(lines, "unwanted")
    assert values(lines, "set")
    assert values(lines, "saved") == ["slot 1"]
    assert values(lines, "restored")
    assert values(lines, "cannot") == ["invalid"]
    assert values(lines, "health") == ["degraded"]
    assert not values(lines, "failed")
    assert not values(lines, "warned"), lines
    assert lines[-2][0] == "closed"
    assert int(values(lines, "longest")[0]) < 1000  # waiting for an answer would take longer


@needs_mono
def test_only_what_the_game_took_counts_as_heard(daemon: Daemon, play: Play) -> None:
    lines = play("hearing", str(daemon.folder))
    hers = [line.removeprefix("npc:mira ") for line in values(lines, "said") if line.startswith("npc:mira ")]
    whole = values(lines, "whole")[0]
    assert whole.startswith(hers[0])
    assert (hers[0] == whole) == (values(lines, "sentences") == ["1"])
    assert values(lines, "handler")  # what it threw on was not heard
    assert not values(lines, "unwanted")
    assert hers[1:] == values(lines, "last")


@needs_mono
def test_a_quarrel_comes_to_its_end(daemon: Daemon, play: Play) -> None:
    lines = play("quarrel", str(daemon.folder))
    assert len(values(lines, "turn")) >= 3
    assert values(lines, "taken") == ["calm"]
    assert values(lines, "intervened") == ["player:alex"]
    assert " unheard 0 " in values(lines, "settled")[0]
    assert values(lines, "stopped") == ["stopped"]
    assert not values(lines, "failed")


@needs_mono
def test_an_action_that_the_game_refuses_is_remembered_so(start_daemon: StartDaemon, play: Play) -> None:
    """With a model that writes at random, which some seed has propose it."""
    lines = play("actions", str(start_daemon().data_dir))
    assert values(lines, "proposed") == ["give item:minecraft:bread player:Steve Smith"]
    assert sorted(values(lines, "perceived")) == ["npc:mira", "npc:tom"]
    assert values(lines, "once") == ["not_found"]
    words = "would have done this for Steve Smith, but it was not possible: give bread. None are left."
    assert f"You {words}" in values(lines, "memory")
    assert not values(lines, "failed")


@needs_mono
def test_what_was_agreed_on_comes_as_the_game_carries_it_out(daemon: Daemon, play: Play) -> None:
    lines = play("terms", str(daemon.folder))
    assert values(lines, "agreed") == ["npc:tom npc:mira give it back"]
    assert values(lines, "carried") == ["give item:hammer npc:mira"]
    assert not values(lines, "failed")


@needs_mono
def test_a_daemon_that_was_killed_and_comes_back_is_taken_up(mortal: Daemon, program: Path) -> None:
    game = Game(program, "resume", str(mortal.folder))
    try:
        game.until("answered")
        mortal.kill()
        assert game.until("trouble") == "unreachable"
        mortal.start()
        assert game.until("resumed") == "False 0"
        lines = game.end()
        assert values(lines, "answered") == ["1", "2"]
        after = lines[lines.index(("resumed", "False 0")) :]
        assert "event.said" in values(after, "event")  # it listens again
        assert not values(lines, "failed")
    finally:
        game.kill()


@needs_mono
def test_a_game_that_was_held_up_gets_a_new_session(mortal: Daemon, program: Path) -> None:
    game = Game(program, "resume", str(mortal.folder))
    try:
        game.until("answered")
        os.kill(game.process.pid, signal.SIGSTOP)
        time.sleep(7)
        os.kill(game.process.pid, signal.SIGCONT)
        assert game.until("resumed") == "True 0"
        lines = game.end()
        assert values(lines, "answered") == ["1", "2"]
        after = lines[lines.index(("resumed", "True 0")) :]
        assert "event.said" in values(after, "event")
    finally:
        game.kill()


@needs_mono
def test_the_daemon_comes_and_goes_with_the_game(tmp_path: Path, play: Play) -> None:
    folder = tmp_path / "a data folder"
    lines = play("launch", str(folder), sys.executable, " ".join(SERVE))
    assert len(values(lines, "end")) == 2
    assert values(lines, "resumed") == ["False 0"]  # after a crash it started another one
    pid = json.loads(values(lines, "daemon")[0].replace(" / ", ""))["pid"]
    wait_for(lambda: not (folder / "daemon.json").exists())
    wait_for(lambda: not alive(pid))


@needs_mono
def test_the_program_is_found_as_the_protocol_says(tmp_path: Path, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    place = functools.partial(play, "place", str(tmp_path / "game"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin" / "npc-runtime"))
    monkeypatch.delenv("NPC_RUNTIME", raising=False)
    assert "nor on the PATH" in values(place(), "told")[0]
    for where in ("bin", "home/.local/lib", "game"):  # each goes before the last
        program = bundle_of_tests(tmp_path / where)
        assert values(place(), "place") == [str(program)]
    named = bundle_of_tests(tmp_path / "elsewhere")
    for told in (named, named.parent):
        monkeypatch.setenv("NPC_RUNTIME", str(told))
        assert values(place(), "place") == [str(named)]
    monkeypatch.setenv("NPC_RUNTIME", str(tmp_path / "gone"))
    assert f"NPC_RUNTIME names {tmp_path / 'gone'}" in values(place(), "told")[0]


@needs_mono
def test_a_game_that_names_no_program_starts_one_and_finds_it_in_the_standby(
    tmp_path: Path, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run := tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(run))
    monkeypatch.setenv("NPC_RUNTIME", str(bundle_of_tests(tmp_path / "game")))
    (folder := tmp_path / "file").write_text("no folder can be made here", encoding="utf-8")
    play("started", str(folder / "data"), " ".join(SERVE))


@needs_mono
def test_a_wrong_token_is_told(daemon: Daemon, play: Play, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "daemon.json").write_bytes((daemon.folder / "daemon.json").read_bytes())
    (other / "token").write_text("wrong", encoding="utf-8")
    told = values(play("token", str(other)), "told")
    assert told[0].startswith("unauthorized: the daemon does not accept the token (the file `token` in the daemon's")


@needs_mono
def test_a_daemon_that_cannot_be_started_says_why(tmp_path: Path, play: Play) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    told = values(play("token", str(folder)), "told")[0]
    assert told.startswith(f"unreachable: no daemon is running for {folder} (start one with: npc-runtime serve")


@needs_mono
def test_the_components_talk(daemon: Daemon, play: Play) -> None:
    lines = play("unity", str(daemon.folder))
    assert values(lines, "ready") == ["unity-1", "unity-1"]
    assert values(lines, "spawned") == ["Mira", "Mira"]
    assert len(values(lines, "end")) == 2
    assert len(values(lines, "emotion")) == 2
    assert values(lines, "sentence")
    assert values(lines, "instance") == ["none"]
    assert "player:alex Good day!" in values(lines, "spoken")
    assert not values(lines, "failed")
    assert not values(lines, "warning"), lines
    assert values(lines, "reported") == [""], "the host tells how long its frames take"


@needs_mono
def test_a_game_makes_its_own_village_and_another_reads_along(daemon: Daemon, play: Play) -> None:
    lines = play("village", str(daemon.folder))
    assert values(lines, "places") == ["mill"]
    assert values(lines, "people") == ["ada"]
    assert values(lines, "spawned") == ["npc:ada Ada"]
    assert values(lines, "speaking") == [f"npc:ada {sentence}" for sentence in values(lines, "sentence")]
    assert values(lines, "nothing") == ["not_found"]
    assert not values(lines, "failed")
