"""Packs of the old form are rewritten in place: kinds that were guessed are written down, and nothing else moves."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from npc_runtime.cli.main import main
from npc_runtime.errors import PackError
from npc_runtime.persona.files import Refused
from npc_runtime.persona.model import Fact
from npc_runtime.persona.old_form import kind, migrated
from npc_runtime.persona.pack import load_pack
from npc_runtime.scenes.schema import load_scene

PACK = """\
# The hamlet of Thornby.
name: Thornby   # as on the map

summary: "A hamlet: three houses."
places: [{id: well, name: the well}]
scopes: {village: everyone}
"""
ANA = """\
name: Ana
role: potter
traits:   [ blunt ]
facts:
    # wares
    - You sell cups for a penny.   # each
    - 'You sell "good" plates for two pennies.'
    - "You sell: jugs, for three pennies."
    - You sell very large pots, such as nobody has seen before,
      for nine pennies,

      or for a song of five coins.
    - >-
      You need clay
      from the hill.
    - |
        You need a cart.
    - &view You think Leo is lazy.
    - Leo told you that the well is deep.
    - You like cats.
    - !!str You seek a cat.
secrets: [{fact: You need nobody.}]
"""
LEO = "name: Leo\nrole: shepherd\ntraits: [kind]\nfacts: [You sell wool for a penny., You sing., 'You need rest.']\n"
KINDS = ["price", "price", "price", "price", "need", "need", "view", "told", "fact", "need"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "Old Dörfchen"
    (root / "personas").mkdir(parents=True)
    (root / "pack.yaml").write_bytes(PACK.encode())
    (root / "personas" / "ana.yaml").write_bytes(ANA.encode())
    (root / "personas" / "leo.yaml").write_bytes(b"\xef\xbb\xbf" + LEO.replace("\n", "\r\n").encode())
    return root


def held(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_old_pack_is_rewritten_in_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PackError, match="old form"):
        load_pack(str(folder))
    assert main(["pack", "migrate", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "personas/ana.yaml: 3 need, 4 price, 1 told, 1 view" in said
    assert "pack.yaml: format: 2" in said
    pack = load_pack(str(folder))
    assert [fact.kind for fact in pack.personas["ana"].facts] == KINDS
    assert [fact.kind for fact in pack.personas["leo"].facts] == ["price", "fact", "need"]
    assert pack.personas["ana"].statements[3:5] == [
        "You sell very large pots, such as nobody has seen before, for nine pennies,\nor for a song of five coins.",
        "You need clay from the hill.",
    ]
    assert set(held(folder)) == {"pack.yaml", "personas/ana.yaml", "personas/leo.yaml"}
    assert main(["pack", "check", str(folder)]) == 0
    assert "no mistakes in 2 characters, 1 places" in capsys.readouterr().out


def test_comments_and_layout_stay(folder: Path) -> None:
    assert main(["pack", "migrate", str(folder)]) == 0
    village = (folder / "pack.yaml").read_text(encoding="utf-8")
    assert village == PACK.replace("name: Thornby", "format: 2\nname: Thornby")
    ana = (folder / "personas" / "ana.yaml").read_text(encoding="utf-8")
    for line in ("    # wares\n", "    - price: You sell cups for a penny.   # each\n", "traits:   [ blunt ]\n"):
        assert line in ana
    undone = ana
    for name in ("price", "need", "view", "told"):
        undone = undone.replace(f"- {name}: ", "- ")
    assert [line.strip() for line in undone.splitlines()] == [line.strip() for line in ANA.splitlines()]
    leo = (folder / "personas" / "leo.yaml").read_bytes()
    assert leo.startswith(b"\xef\xbb\xbfname: Leo\r\n")
    assert b"facts: [price: You sell wool for a penny., You sing., need: 'You need rest.']\r\n" in leo


def test_a_second_time_there_is_nothing_to_do(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "migrate", str(folder)]) == 0
    before = held(folder)
    capsys.readouterr()
    assert main(["pack", "migrate", str(folder / "pack.yaml")]) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert held(folder) == before


def test_what_broke_off_is_taken_up_again(folder: Path) -> None:
    (folder / "personas" / "ana.yaml").write_text(migrated(ANA, "persona").text, encoding="utf-8")
    assert main(["pack", "migrate", str(folder)]) == 0
    assert [fact.kind for fact in load_pack(str(folder)).personas["ana"].facts] == KINDS


def test_a_dry_run_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = held(folder)
    assert main(["pack", "migrate", str(folder), "--dry-run", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert held(folder) == before
    assert [one["file"] for one in found["files"]] == ["personas/ana.yaml", "personas/leo.yaml", "pack.yaml"]
    assert found["files"][2]["format"] == 2
    assert found["files"][1]["facts"][0] == {"line": 4, "kind": "price", "text": "You sell wool for a penny."}


def test_a_mistake_leaves_everything_as_it_was(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "personas" / "zoe.yaml").write_text("name: 'Zoe\n", encoding="utf-8")
    before = held(folder)
    assert main(["pack", "migrate", str(folder)]) == 2
    assert "personas/zoe.yaml: line" in capsys.readouterr().err
    assert held(folder) == before


@pytest.mark.parametrize("args", [["nowhere"], ["."]])
def test_what_is_no_pack_is_named(
    args: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["pack", "migrate", *args]) != 0
    assert "no folder" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_a_link_that_leads_out_is_not_followed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outside = folder.parent / "eve.yaml"
    outside.write_text(LEO, encoding="utf-8")
    (folder / "personas" / "eve.yaml").symlink_to(outside)
    assert main(["pack", "migrate", str(folder)]) == 2
    assert "leads out of the pack" in capsys.readouterr().err
    assert outside.read_text(encoding="utf-8") == LEO


def test_a_scene_that_carries_a_pack_is_rewritten(tmp_path: Path) -> None:
    people = "  ana:\n    name: Ana\n    role: potter\n    traits: [blunt]\n    facts: [You sell cups for a penny.]\n"
    scene = "scene: x\nworld:\n    name: T\n    summary: It is.\n    places: [{id: w, name: w}]\n"
    scene += "    scopes: {village: us}\n"
    steps = "steps:\n  - spawn: {npc: ana, at: w}\n  - say: {from: player:a, to: ana, text: Hi}\n"
    file = tmp_path / "x.yaml"
    file.write_text(f"{scene}personas:\n{people}{steps}", encoding="utf-8")
    assert main(["pack", "migrate", str(file)]) == 0
    own = load_scene(file).own_pack
    assert own is not None
    assert own.personas["ana"].facts == [Fact("price", "You sell cups for a penny.")]


ODD = [
    "a: &f [You need it.]\nfacts: *f\n",
    "a: &n You need it.\nfacts: [*n]\n",
    "b: &b {facts: [You need it.]}\n<<: *b\n",
]


@pytest.mark.parametrize("text", ODD)
def test_what_cannot_be_changed_safely_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="only its author"):
        migrated(text, "persona")


GUESSES = [
    ("You sell horseshoes for four pennies each.", "price"),
    ("You row people over the water for half a penny.", "price"),
    ("A bed costs two coins here.", "price"),
    ("You badly need a rope.", "need"),
    ("You will pay for a rope.", "need"),
    ("Odile told you that the miller waters his flour.", "told"),
    ("Tom tells every traveller that you would charge toll to a dead man.", "told"),
    ("You think Bren is a rich man who dresses like a poor one.", "view"),
    ("You mended the mill wheel last week.", "fact"),
]


@pytest.mark.parametrize(("text", "guessed"), GUESSES)
def test_kinds_are_guessed_as_they_were(text: str, guessed: str) -> None:
    assert kind(text) == guessed
