"""However much is in a pack, loading it ends soon, and however much is wrong, a little is explained."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml
from pack_kit import ANA, BOMB, PACK, fault, write

from npc_runtime.errors import PackError, SceneError
from npc_runtime.persona import limits, mistakes
from npc_runtime.persona.bestiary import load_bestiary
from npc_runtime.persona.model import Persona
from npc_runtime.persona.pack import load_pack, pack_from_mapping
from npc_runtime.persona.parsing import parse
from npc_runtime.scenes.schema import load_scene


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "pack")


# How much


def test_a_huge_file_is_refused_by_its_size(folder: Path) -> None:
    with (folder / "personas" / "leo.yaml").open("wb") as file:
        file.truncate(1 << 30)
    assert "personas/leo.yaml: 1,073,741,824 bytes are too many for one file; allowed: up to 262,144" in fault(folder)


def test_a_file_that_grows_while_it_is_read_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "personas" / "leo.yaml"
    file.write_text(ANA, encoding="utf-8")
    before = file.stat()
    file.write_bytes(b"#" * (limits.FILE_BYTES + 1))
    monkeypatch.setattr(os, "fstat", lambda descriptor: before)
    assert "personas/leo.yaml: 262,145 bytes are too many" in fault(folder)


def test_bytes_in_all_are_limited(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npc_runtime.persona.reading.PACK_BYTES", 1000)
    for number in range(3):
        (folder / "personas" / f"n{number}.yaml").write_text(ANA + "#" * 300, encoding="utf-8")
    message = fault(folder)
    assert "personas/n2.yaml: 1," in message
    assert "bytes up to here; allowed in all files: 1,000" in message


def test_what_aliases_repeat_counts_as_bytes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npc_runtime.persona.reading.PACK_BYTES", 100_000)
    text = ANA + f"voice: [&a '{'la ' * 70}']\nbarks: {{any: [{'*a, ' * 90}]}}\n"
    assert parse(text).repeated == 90 * 210
    for number in range(9):
        (folder / "personas" / f"n{number}.yaml").write_text(text, encoding="utf-8")
    assert "bytes up to here; allowed in all files: 100,000" in fault(folder)


def test_values_in_all_are_limited(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npc_runtime.persona.reading.PACK_NODES", 20)
    (folder / "personas" / "leo.yaml").write_text(ANA, encoding="utf-8")
    assert "values up to here; allowed in all files: 20" in fault(folder)


def test_a_folder_of_very_many_files_is_not_listed_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = 0

    class Endless:
        def __enter__(self) -> Endless:
            return self

        def __exit__(self, *exception: object) -> None: ...

        def __iter__(self) -> Endless:
            return self

        def __next__(self) -> os.DirEntry[str]:
            nonlocal listed
            listed += 1
            return entry

    with os.scandir(folder) as found:
        entry = next(found)
    monkeypatch.setattr(os, "scandir", lambda path: Endless())
    assert "there are more than 10,000 files" in fault(folder)
    assert listed <= limits.ENTRIES + 1


def test_files_are_counted_in_all_folders(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npc_runtime.persona.reading.ENTRIES", 4)
    assert "lore: there are more than 4 files" in fault(folder)


def test_loading_gives_up_when_its_time_is_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mistakes, "SECONDS", -1.0)
    assert "loading has computed" in fault(folder)


def test_paragraphs_in_all_are_limited(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npc_runtime.persona.pack.PARAGRAPHS", 5)
    (folder / "lore" / "village.md").write_text("Aa.\n\n" * 6, encoding="utf-8")
    assert "lore/village.md: 6 paragraphs of lore are too many; allowed in all: 5" in fault(folder)


def test_three_thousand_personas_load(folder: Path) -> None:
    for number in range(3008):
        text = f"{ANA}facts: [You sell cups for {number} pennies.]\nrelations: {{n{(number + 1) % 3008}: {{}}}}\n"
        text += f"secrets: [{{fact: You broke the cup number {number} yourself.}}]\n"
        (folder / "personas" / f"n{number}.yaml").write_text(text, encoding="utf-8")
    assert len(load_pack(str(folder)).personas) == 3009


def test_lists_of_the_schema_are_limited(folder: Path) -> None:
    too_many = [field for field in ("facts", "wants", "voice", "knows") if _longest(field) == 0]
    assert not too_many
    (folder / "personas" / "ana.yaml").write_text(ANA + f"facts: [{'You sing., ' * 201}]\n", encoding="utf-8")
    assert "facts: 201 entries are too many; allowed: up to 200" in fault(folder)


def _longest(field: str) -> int:
    """The limit of a list of the schema, or 0."""
    return next((data.max_length for data in Persona.model_fields[field].metadata if hasattr(data, "max_length")), 0)


# Complaints


def test_a_few_of_many_mistakes_are_explained(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    def closest(name: str, names: object) -> None:
        nonlocal asked
        asked += 1

    monkeypatch.setattr(mistakes, "closest", closest)
    relations = "".join(f"  nobody-{number}: {{}}\n" for number in range(400))
    for number in range(30):
        (folder / "personas" / f"n{number}.yaml").write_text(f"{ANA}relations:\n{relations}", encoding="utf-8")
    message = fault(folder)
    assert "has 12000 mistakes:" in message
    assert message.endswith("and 11980 more")
    assert asked == mistakes.SHOWN


def test_what_a_mistake_quotes_is_clipped(folder: Path) -> None:
    long = "Aé😀" * 600
    text = f"name: {long}\nrole: [{long}]\ntraits: [{long}]\nmood: {long}\n? {long}\n: {long}\nplace: {long}\n"
    (folder / "personas" / "ana.yaml").write_text(text, encoding="utf-8")
    message = fault(folder)
    assert len(message) < 4_000
    assert "1800 characters are too many" in message


def test_allowed_names_are_listed_up_to_a_number(folder: Path) -> None:
    places = "".join(f"  - {{id: place-{number}, name: somewhere}}\n" for number in range(900))
    (folder / "pack.yaml").write_text(
        f"format: 2\nname: Thornby\nsummary: A hamlet.\nplaces:\n{places}scopes: {{village: everyone}}\n",
        encoding="utf-8",
    )
    (folder / "personas" / "ana.yaml").write_text(ANA + "place: plaice-7\n", encoding="utf-8")
    message = fault(folder)
    assert "did you mean place-7? (allowed: place-0, " in message
    assert "and 860 more" in message


def test_secrets_are_looked_for_in_much_lore_quickly(folder: Path) -> None:
    lore = "".join(f"The well number {number} of the village is deep.\n\n" for number in range(4000))
    (folder / "lore" / "village.md").write_text(lore, encoding="utf-8")
    for number in range(100):
        secrets = "".join(f"  - fact: You dug well {number} and {other} by night.\n" for other in range(20))
        (folder / "personas" / f"n{number}.yaml").write_text(f"{ANA}secrets:\n{secrets}", encoding="utf-8")
    (folder / "personas" / "leo.yaml").write_text(
        ANA + "secrets: [{fact: 'The Well, number 17 of the village...'}, {fact: '?!'}, {fact: he well}]\n",
        encoding="utf-8",
    )
    assert fault(folder).endswith(
        "personas/leo.yaml: secrets entry 1: this secret also stands in lore/village, which is told; keep only one"
    )


def test_the_numbers_are_in_the_guide() -> None:
    guide = (Path(__file__).parents[1] / "personas" / "README.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| ([^|]+?) \| ([\d, KMiB]+?) \|$", guide, re.MULTILINE))
    assert table == {
        "bytes in one file": f"{limits.FILE_BYTES // 1024} KiB",
        "bytes in all files": f"{limits.PACK_BYTES // 1024**2} MiB",
        "adapters, bytes of one": f"{limits.ADAPTERS}, {limits.ADAPTER_BYTES // 1024**2} MiB",
        "files": f"{limits.ENTRIES:,}",
        "values in one YAML file, in all": f"{limits.NODES:,}, {limits.PACK_NODES:,}",
        "lists and keys inside one another": f"{limits.DEPTH}",
        "characters of one text in YAML": f"{limits.SCALAR_CHARACTERS:,}",
        "seconds of the processor to load": f"{limits.SECONDS:g}",
        "paragraphs of lore": f"{limits.PARAGRAPHS:,}",
        "places, items, scopes": f"{limits.PLACES:,}, {limits.ITEMS:,}, {limits.SCOPES:,}",
        "ways and items of one place": f"{limits.LEADS_TO}",
        "facts, wants, secrets of one character": f"{limits.FACTS}, {limits.WANTS}, {limits.SECRETS}",
        "relations, scopes, aliases of one character": f"{limits.RELATIONS}, {limits.KNOWS}, {limits.ALIASES}",
        "characters of a description": f"{limits.DESCRIPTION_CHARACTERS:,}",
        "lines for one move and mood": f"{limits.BARK_LINES}",
    }


# Scenes, the packs inside them, and the bestiary


def test_a_scene_is_read_through_the_same_door(tmp_path: Path) -> None:
    scene = tmp_path / "scene.yaml"
    scene.write_bytes(b"# " + b"a" * limits.FILE_BYTES)
    with pytest.raises(SceneError, match="bytes are too many"):
        load_scene(scene)
    scene.write_bytes(b"scene: \xff\n")
    with pytest.raises(SceneError, match=r"scene\.yaml:1: this file is not UTF-8"):
        load_scene(scene)
    scene.write_text(f"scene: long\npack: {'a' * 4000}\nsteps: [{{advance: 1}}]\n", encoding="utf-8")
    assert load_scene(scene).pack == "a" * 4000, "which is not found, and no error of the disk"
    scene.unlink()
    scene.mkdir()
    with pytest.raises(SceneError, match="this must be a file, not a folder"):
        load_scene(scene)


def test_a_pack_in_a_scene_has_the_same_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    data = {
        "world": yaml.safe_load(PACK),
        "personas": {"ana": {**yaml.safe_load(ANA), "facts": ["You sing."] * 201}},
        "lore": {"village": ["Aa."] * (limits.PARAGRAPHS + 1)},
    }
    with pytest.raises(PackError, match="20,001 paragraphs of lore are too many"):
        pack_from_mapping(data, source="scene.yaml")
    data["lore"] = {}
    with pytest.raises(PackError, match=r"facts: 201 entries are too many"):
        pack_from_mapping(data, source="scene.yaml")
    data["personas"] = {"ana": yaml.safe_load(ANA)}
    with pytest.raises(PackError, match="is no name for a pack"):
        pack_from_mapping(data, source="x" * 65 + ".yaml")


@pytest.mark.parametrize("name", ["biomes.yaml", "barks.yaml", "species/troll.yaml"])
def test_a_bestiary_is_read_through_the_same_door(tmp_path: Path, name: str) -> None:
    (tmp_path / "species").mkdir()
    (tmp_path / name).write_text(BOMB, encoding="utf-8")
    with pytest.raises(PackError, match=f"{name}: line .* with what its aliases repeat"):
        load_bestiary(tmp_path)
