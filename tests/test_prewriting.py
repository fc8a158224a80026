"""Barks that a model writes beforehand: what of its text can be used, and the command that has them written."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from talking import ScriptedWriter
from test_persona_sampling import Served

from npc_runtime.cli.main import main
from npc_runtime.dialogue.generation.prewriting import AT_ONCE, MOVES, Prewritten, prewritten, usable
from npc_runtime.dialogue.policy.moves import FACT_MOVES, Move
from npc_runtime.engine.request import Priority
from npc_runtime.errors import ModelUnavailable
from npc_runtime.persona.model import Pack
from npc_runtime.persona.pack import load_pack

RAIN = "It may well rain."
PACK = "format: 2\nname: Here\nsummary: Here is a small village.\nplaces: [{id: square, name: the square}]\n"
ADA = "id: ada\nname: Old Ada Green\nrole: miller\ntraits: [kind]\nplace: square\n# the end\n"
BO = "id: bo\nname: Bo\nrole: smith\ntraits: [gruff]\nplace: square\nbarks: {part: [Hm.]}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "here" / "personas").mkdir(parents=True)
    for name, text in (("pack", PACK), ("personas/ada", ADA), ("personas/bo", BO)):
        (tmp_path / "here" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "here"


@pytest.fixture
def pack(folder: Path) -> Pack:
    return load_pack(str(folder))


class Roomy(Served):
    """A server that lets as many in as come at once."""

    request_queue_size = 2 * AT_ONCE


@pytest.fixture(scope="module")
def engine() -> Iterator[tuple[str, ...]]:
    with Roomy() as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        host, port = served.server_address[:2]
        yield ("--engine", f"http://{host!s}:{port}/v1", "--model", "default")
        served.shutdown()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("1. Good day!\n2) Well met, {listener}.\n- Old bones, fine weather.", 3),
        ('"Good day to you."\n“So it goes.”', 2),
        ("*nods* Good day.\nGood day.\ngood day!", 1),
        ("Old Ada Green: Good day.", 1),
        ("Bo: Good day.\nAsk Ada.\nMind the Green one.\nBo knows.", 0),
        ("Nails are 2 pennies.\nGood day, {player}.\nGood day, {listener.\nI was going to", 0),
        ("As an AI, I cannot greet you.\n<|im_end|>", 0),
        ("Yes " * 60 + ".", 0),
        ("Hm.", 1),
        ("", 0),
    ],
)
def test_what_names_somebody_tells_something_or_is_no_speech_is_left_out(pack: Pack, text: str, lines: int) -> None:
    found = [*usable(text, pack, "ada")]
    assert len(found) == lines, found
    assert not any(line[0] in '1-"“*' or line.startswith("Ada") for line in found)


def test_what_a_character_says_already_is_not_said_twice(pack: Pack) -> None:
    assert [*usable("Hm.\nSo long.", pack, "bo")] == ["So long."]


def test_each_is_asked_for_each_move_and_nobody_waits_for_it(pack: Pack) -> None:
    writer = ScriptedWriter("One.\nTwo.\nThree.", "One.\nTwo.", ModelUnavailable("it is gone"))
    moves = (Move.GREET, Move.RETORT)

    async def write() -> list[Prewritten]:
        return [one async for one in prewritten(writer, pack, ("ada", "bo"), moves, count=2, seed=7)]

    found = {(one.npc, one.move): one for one in asyncio.run(write())}
    assert set(found) == {(npc, move) for npc in ("ada", "bo") for move in moves}
    assert sorted(len(one.lines) for one in found.values()) == [0, 0, 2, 2], "no more than were asked for"
    assert sorted(one.trouble for one in found.values()) == ["", "", *["it is gone"] * 2]
    assert {request.priority for request in writer.requests} == {Priority.BACKGROUND}
    assert len({request.sampling.seed for request in writer.requests}) == 4
    asked = "".join(piece.text for message in writer.requests[0].messages for piece in message.pieces)
    assert all(words in asked for words in ("Old Ada Green", "miller", "greet, or answer a greeting", "{listener}"))


def test_no_more_are_under_way_than_a_batch_has_room_for(pack: Pack) -> None:
    writer = ScriptedWriter("One.")

    async def write() -> int:
        return len([one async for one in prewritten(writer, pack, ("ada",) * 20, MOVES)])

    assert asyncio.run(write()) == 20 * len(MOVES) > AT_ONCE
    assert writer.most_running == AT_ONCE


def test_nothing_is_written_that_needs_a_fact() -> None:
    assert not FACT_MOVES & set(MOVES)
    assert {Move.GREET, Move.PART, Move.THANK, Move.COWER} <= set(MOVES)


def test_a_server_writes_for_those_who_have_none(
    folder: Path, engine: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pack", "barks", str(folder), "--moves", "greet,feel", "--write", *engine]) == 0
    said = capsys.readouterr().out
    assert said.startswith(
        "personas/ada.yaml: 2 lines added\n# personas/bo.yaml\nbarks:\n  greet:\n  - It may well rain.\n"
    )
    assert (folder / "personas" / "ada.yaml").read_text(encoding="utf-8").startswith(ADA), "as its author left it"
    personas = load_pack(str(folder)).personas
    assert personas["ada"].barks == {"greet": [RAIN], "feel": [RAIN]}
    assert personas["bo"].barks == {"part": ["Hm."]}


def test_it_prints_json_and_writes_nothing_by_itself(
    folder: Path, engine: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    only = ("--only", "bo", "--moves", "part", "--lines", "1")
    assert main(["pack", "barks", str(folder), *only, "--json", *engine]) == 0
    assert json.loads(capsys.readouterr().out) == {"pack": "here", "barks": {"bo": {"part": [RAIN]}}, "written": []}
    assert (folder / "personas" / "bo.yaml").read_text(encoding="utf-8") == BO


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--only", "zoe"), "there is no character 'zoe'; there are ada, bo"),
        (("--moves", "sell"), "there is no move 'sell'; there are "),
        (("--lines", "99"), "--lines is '99'; name a number from 1 to 12"),
        (("--model", "none.gguf"), "none.gguf"),
    ],
)
def test_what_is_wrong_is_named(
    folder: Path, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pack", "barks", str(folder), *arguments]) == (2 if "--lines" in arguments else 1)
    assert said in capsys.readouterr().err


def test_a_small_model_has_none_to_give(
    folder: Path, engine: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pack", "barks", str(folder), "--profile", "small", *engine]) == 2
    assert "name a larger one with --model, or a server with --engine" in capsys.readouterr().err


def test_the_village_that_comes_with_it_can_be_given_barks(
    tmp_path: Path, engine: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree("personas/hollowmere", tmp_path / "hollowmere")
    assert main(["pack", "barks", str(tmp_path / "hollowmere"), "--json", *engine]) == 0
    found = json.loads(capsys.readouterr().out)["barks"]
    assert all(list(lines) == [move.value for move in MOVES] for lines in found.values())
