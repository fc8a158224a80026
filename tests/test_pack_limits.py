"""A pack of a stranger: whatever its files are, loading ends soon, with a pack or with a mistake that can be sent."""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from npc_runtime.errors import Invalid, PackError, RuntimeFault, SceneError
from npc_runtime.persona import limits, mistakes, parsing
from npc_runtime.persona.bestiary import load_bestiary
from npc_runtime.persona.files import Refused, read
from npc_runtime.persona.model import Pack, Persona
from npc_runtime.persona.pack import load_pack, pack_from_mapping
from npc_runtime.persona.parsing import parse
from npc_runtime.persona.reading import paragraphs
from npc_runtime.scenes.schema import load_scene

PACK = """\
name: Thornby
summary: A hamlet of three houses.
places: [{id: well, name: the well}]
scopes: {village: everyone}
"""
ANA = "name: Ana\nrole: potter\ntraits: [blunt]\n"
SECRET = "swordfish is the word"
KALLSYMS = Path("/proc/kallsyms")
SECONDS = 1.5
"""Of the processor, for one file; what was unbounded took minutes."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "pack")


def write(root: Path) -> Path:
    (root / "personas").mkdir(parents=True)
    (root / "lore").mkdir()
    (root / "pack.yaml").write_text(PACK, encoding="utf-8")
    (root / "personas" / "ana.yaml").write_text(ANA, encoding="utf-8")
    (root / "lore" / "village.md").write_text("The well is deep.\n", encoding="utf-8")
    return root


def fault(folder: Path, seconds: float = SECONDS) -> str:
    with pytest.raises(PackError) as caught:
        quickly(folder, seconds)
    return str(caught.value)


def quickly(folder: Path, seconds: float = SECONDS) -> Pack:
    """The pack. Its error, if any, can be sent and is short, and neither takes long."""
    before = time.thread_time()
    try:
        return load_pack(str(folder))
    except RuntimeFault as error:
        check_text(error)
        raise
    finally:
        assert time.thread_time() - before < seconds


def check_text(error: RuntimeFault) -> None:
    assert len(str(error).encode()) < 20_000  # which also says that it can be encoded


# What is no regular file inside the pack


def fifo(path: Path) -> None:
    os.mkfifo(path)


def folder_of_that_name(path: Path) -> None:
    path.mkdir()


def listening_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the whole path may be longer than the name of a socket
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(here)


def link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def link_out(path: Path) -> None:
    outside = path.parents[2] / "outside"
    outside.write_text(f"{SECRET}: 'never closed\n", encoding="utf-8")
    path.symlink_to(outside)


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def link_to_nothing(path: Path) -> None:
    path.symlink_to(path.parent / "nothing")


KINDS: list[tuple[Callable[[Path], None], str]] = [
    (fifo, "not a pipe"),
    (folder_of_that_name, "not a folder"),
    (listening_socket, "not a socket"),
    (link_to_a_device, "leads out of the pack"),
    (link_out, "leads out of the pack"),
    (link_to_itself, "cannot be read"),
    (link_to_nothing, "cannot be read"),
]


@pytest.mark.skipif(os.name == "nt", reason="pipes and links of Unix")
@pytest.mark.parametrize("name", ["pack.yaml", "barks.yaml", "personas/leo.yaml", "lore/village.md"])
@pytest.mark.parametrize(("make", "says"), KINDS, ids=[make.__name__ for make, _ in KINDS])
def test_only_regular_files_of_the_pack_are_read(
    folder: Path, name: str, make: Callable[[Path], None], says: str
) -> None:
    (folder / name).unlink(missing_ok=True)
    (folder.parent / "x").mkdir()
    make(folder / name)
    message = fault(folder)
    assert name in message
    assert says in message
    assert "swordfish" not in message


@pytest.mark.skipif(os.name == "nt", reason="links of Unix")
@pytest.mark.parametrize("inside", ["personas", "lore"])
def test_a_folder_that_is_a_link_out_of_the_pack_is_not_listed(folder: Path, inside: str) -> None:
    outside = folder.parent / "outside"
    (folder / inside).rename(outside)
    (outside / "swordfish.yaml").write_text(ANA, encoding="utf-8")
    (folder / inside).symlink_to(outside)
    message = fault(folder)
    assert f"{inside}: this is a link that leads out of the pack" in message
    assert "swordfish" not in message


@pytest.mark.skipif(os.name == "nt", reason="links of Unix")
def test_links_inside_a_pack_and_to_a_pack_are_followed(folder: Path) -> None:
    (folder / "personas" / "leo.yaml").symlink_to("ana.yaml")
    (folder.parent / "link").symlink_to(folder)
    assert set(quickly(folder.parent / "link").personas) == {"ana", "leo"}


def test_a_file_where_a_folder_belongs_is_named(folder: Path) -> None:
    (folder / "lore" / "village.md").unlink()
    (folder / "lore").rmdir()
    (folder / "lore").write_text("The well is deep.\n", encoding="utf-8")
    assert "lore: this must be a folder" in fault(folder)


# How much


def test_a_huge_file_is_refused_by_its_size(folder: Path) -> None:
    with (folder / "personas" / "leo.yaml").open("wb") as file:
        file.truncate(1 << 30)
    assert "personas/leo.yaml: 1,073,741,824 bytes are too many for one file; allowed: up to 262,144" in fault(folder)


@pytest.mark.skipif(not os.access(KALLSYMS, os.R_OK), reason="a file of Linux that names no size")
def test_a_file_that_is_longer_than_it_says_is_refused() -> None:
    assert KALLSYMS.stat().st_size == 0
    with pytest.raises(Refused, match="bytes are too many"):
        read(KALLSYMS)


def test_bytes_in_all_are_limited(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npc_runtime.persona.reading.PACK_BYTES", 1000)
    for number in range(3):
        (folder / "personas" / f"n{number}.yaml").write_text(ANA + "#" * 300, encoding="utf-8")
    message = fault(folder)
    assert "personas/n2.yaml: 1," in message
    assert "bytes up to here; allowed in all files: 1,000" in message


def test_what_aliases_repeat_counts_as_bytes(folder: Path) -> None:
    text = ANA + f"voice: [&a '{'la ' * 70}']\nbarks: {{any: [{'*a, ' * 90}]}}\n"
    assert parse(text).repeated == 90 * 210
    for number in range(900):
        (folder / "personas" / f"n{number}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match="bytes up to here; allowed in all files: 16,777,216"):
        load_pack(str(folder))


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
    assert "loading has taken" in fault(folder)


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


# YAML that is meant to hurt

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{one}: &{one} [{', '.join([f'*{before}'] * 9)}]\n" for before, one in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGE_BOMB = "a: &a {x: 1, y: 2}\n" + "".join(
    f"{one}: &{one} {{<<: [{', '.join([f'*{before}'] * 9)}]}}\n"
    for before, one in zip("abcdefgh", "bcdefghi", strict=True)
)
HALF = limits.FILE_BYTES // 2 - 100
YAML: list[tuple[str, str, str]] = [
    ("alias bomb", BOMB, "with what its aliases repeat; allowed: up to 50,000"),
    ("merge bomb", MERGE_BOMB, "with what its aliases repeat; allowed: up to 50,000"),
    ("an alias inside itself", "a: &a [*a]\n", "the alias *a stands inside what it stands for"),
    ("keys inside themselves", "a: &a {b: *a}\n", "the alias *a stands inside what it stands for"),
    ("an alias of nothing", "a: *b\n", "there is no &b above for the alias *b"),
    ("very many values", "- a\n" * (HALF // 2), "values are too many for one file; allowed: up to 50,000"),
    ("brackets", "[" * HALF, "nest"),
    ("brackets in lines", "[\n" * HALF, "allowed: up to 32"),
    ("lists in lines", "".join(f"{' ' * depth}-\n" for depth in range(300)), "allowed: up to 32"),
    ("keys in keys", "".join(f"{' ' * depth}a:\n" for depth in range(300)), "allowed: up to 32"),
    ("questions", "? " * HALF, "a key must be text"),
    ("deep by aliases", "a: &a " + "[" * 20 + "]" * 20 + "\nb: " + "[" * 20 + "*a" + "]" * 20, "allowed: up to 32"),
    ("a long text", f"name: {'a' * 5000}\n", "1: a text of 5,000 characters is too long; allowed: up to 4,096"),
    ("a long key", f"? {'a' * 5000}\n", "a text of 5,000 characters is too long"),
    ("a long quote", '"' + "a" * HALF * 2, "is never closed"),
    ("a list as key", "? [a]\n: b\n", "a key must be text"),
    ("an alias of a list as key", "a: &a [b]\n*a : c\n", "a key must be text"),
    ("a key twice", "12: a\n12: b\n", '2: the key "12" stands here twice'),
    ("a merge of a text", "a: &a b\nc: {<<: *a}\n", "<< must be followed by the alias of keys and values"),
    ("half a surrogate", 'mood: "\\uD800"\n', "escape"),
    ("half a surrogate as a name", 'name: "\\uDFFF"\n', "escape"),
    ("a code point too far", 'name: "\\UFFFFFFFF"\n', "escape"),
    ("an escape of the terminal", 'name: "\\e[2J"\n', "the character U+001B may not stand in a text"),
    ("a NUL that is escaped", 'name: "\\0"\n', "the character U+0000 may not stand in a text"),
    ("a NUL", "name: Le\0o\n", "the character U+0000 may not stand in a text"),
    ("two documents", "a: b\n---\na: c\n", "2: a second document begins here"),
    ("Python", "a: !!python/object/apply:os.system [ls]\n", "has no meaning here; leave it out"),
    ("binary", "a: !!binary aGk=\n", "has no meaning here"),
    ("directives", "".join(f"%TAG !{number:x}! b\n" for number in range(18_000)) + "--- a\n", "%TAG has no meaning"),
    ("not YAML", "a: 'b\n", "the quote that was begun in line 1 is never closed"),
    ("a tab", "name: Leo\nrelations:\n\tana: x\n", "3: found character"),
]


@pytest.fixture(params=["libyaml", "without libyaml"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param != "libyaml":
        monkeypatch.setattr(parsing, "PARSER", yaml.SafeLoader)
    return str(request.param)


@pytest.mark.parametrize(("text", "says"), [case[1:] for case in YAML], ids=[case[0] for case in YAML])
def test_yaml_that_is_meant_to_hurt_is_named(folder: Path, text: str, says: str) -> None:
    (folder / "personas" / "leo.yaml").write_text(text, encoding="utf-8")
    message = fault(folder)
    assert "personas/leo.yaml: " in message
    assert says in message
    scene = folder / "scene.yaml"
    scene.write_text(text, encoding="utf-8")
    with pytest.raises(SceneError, match=re.escape(says)):
        load_scene(scene)


@pytest.mark.parametrize("text", [case[1] for case in YAML], ids=[case[0] for case in YAML])
def test_no_yaml_hurts_where_pyyaml_lacks_libyaml(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "PARSER", yaml.SafeLoader)
    (folder / "personas" / "leo.yaml").write_text(text, encoding="utf-8")
    assert "personas/leo.yaml: " in fault(folder, seconds=6)


def test_plain_data_is_what_pyyaml_makes_of_it(parser: str) -> None:
    text = """\
text: a b
quoted: "12"
numbers: [12, -3, 0x1f, 017, 1_000, 1.5, -.5e+3, .inf, 1:30]
truths: [yes, No, true, OFF]
nothing: [~, null, ]
folded: >
  one
  two
smith: &smith {role: smith, mood: calm}
mira: {<<: *smith, mood: weary}
tom: {<<: [{looks: odd}, *smith], again: *smith}
tagged: [!!str 12, !!int "12"]
empty: {a: [], b: {}, c: ""}
"""
    assert parse(text).value == yaml.safe_load(text)
    assert parse("a: &a {b: 1}\nc: {<<: [{b: 2}, *a]}").value["c"] == {"b": 2}, "the earlier one"
    assert parse("12: a\nyes: b\n~: c\n").value == {"12": "a", "yes": "b", "~": "c"}
    assert parse("a: [2024-01-01, 2024-13-01, 0x_, !!bool maybe]").value == {
        "a": ["2024-01-01", "2024-13-01", "0x_", "maybe"]
    }
    assert parse(f"a: {'1' * 4000}\nb: 0x{'f' * 4000}").value == {"a": "1" * 4000, "b": f"0x{'f' * 4000}"}


def test_every_value_has_its_line(parser: str) -> None:
    lines = parse("a:\n  - b\n  - c: d\n    e:\n      f\n").lines
    assert lines == {(): 1, ("a",): 1, ("a", 0): 2, ("a", 1): 3, ("a", 1, "c"): 3, ("a", 1, "e"): 4}


@pytest.mark.parametrize("text", ["<!--" * 60_000, "-" * 250_000, " " * 250_000 + "-", "# " * 120_000, "- " * 120_000])
def test_markdown_is_read_in_one_go(text: str) -> None:
    before = time.thread_time()
    paragraphs(text)
    assert time.thread_time() - before < SECONDS


# What no text may hold


@pytest.mark.skipif(os.name == "nt", reason="names of files that are bytes")
@pytest.mark.parametrize(
    "name", ["personas/L\udce9o.yaml", "lore/caf\udce9.md", "caf\udce9.yaml", "personas/\udce9.yml"]
)
def test_names_of_files_that_are_not_unicode_are_named(folder: Path, name: str) -> None:
    Path(os.fsdecode(os.fsencode(folder / name))).write_text(ANA, encoding="utf-8")
    assert "\\udce9" in fault(folder)


@pytest.mark.skipif(os.name == "nt", reason="names of files that are bytes")
def test_a_pack_whose_folder_is_not_unicode_is_named(tmp_path: Path) -> None:
    assert "is no name for a pack" in fault(write(tmp_path / "D\udcf6rfchen"))
    assert "is no name for a pack" in fault(write(tmp_path / ("x" * 100)))


@pytest.mark.parametrize("name", ["Leo", "leo b", "-leo", "x" * 70, "leo\n", "村"])
def test_a_file_whose_name_is_no_id_is_named(folder: Path, name: str) -> None:
    (folder / "personas" / f"{name}.yaml").write_text(ANA, encoding="utf-8")
    assert "is not an id" in fault(folder)


@pytest.mark.parametrize("data", [b"L\xe9o.\n", "Léo.\n".encode("utf-16"), b"\xed\xa0\x80.\n", b"Leo\0.\n", b"\x1b[2J"])
@pytest.mark.parametrize("name", ["lore/village.md", "personas/ana.yaml"])
def test_bytes_that_are_no_text_are_named(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)
    message = fault(folder)
    assert f"{name}: " in message
    assert "not UTF-8" in message or "may not stand in a text" in message


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
        f"name: Thornby\nsummary: A hamlet.\nplaces:\n{places}scopes: {{village: everyone}}\n", encoding="utf-8"
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
        "files": f"{limits.ENTRIES:,}",
        "values in one YAML file, in all": f"{limits.NODES:,}, {limits.PACK_NODES:,}",
        "lists and keys inside one another": f"{limits.DEPTH}",
        "characters of one text in YAML": f"{limits.SCALAR_CHARACTERS:,}",
        "seconds to load": f"{limits.SECONDS:g}",
        "paragraphs of lore": f"{limits.PARAGRAPHS:,}",
        "places, items, scopes": f"{limits.PLACES:,}, {limits.ITEMS:,}, {limits.SCOPES:,}",
        "ways and items of one place": f"{limits.LEADS_TO}",
        "facts, wants, secrets of one character": f"{limits.FACTS}, {limits.WANTS}, {limits.SECRETS}",
        "relations, scopes of one character": f"{limits.RELATIONS}, {limits.KNOWS}",
        "lines for one intent and mood": f"{limits.BARK_LINES}",
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


# Anything at all

PIECES = [
    *(
        "a: ",
        "- ",
        "? ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        ": ",
        "&a ",
        "*a ",
        "<<: *a\n",
        "!!int ",
        "! ",
        "!!x ",
        "|\n",
        ">\n ",
    ),
    *(
        '"',
        "'",
        '"\\uD800"',
        '"\\x',
        "\n",
        "\n  ",
        "\t",
        "#",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "%TAG ! a\n",
        "\0",
        "\ufeff",
    ),
    *(
        "name: ",
        "role: ",
        "traits: [blunt]\n",
        "relations: ",
        "secrets: ",
        "fact: ",
        "barks: ",
        "reveal: {",
        "places: ",
    ),
    *(
        "0x",
        "1" * 70,
        "9" * 5000,
        "1:2:3",
        "0b_",
        ".nan",
        "2024-01-01",
        "yes",
        "~",
        "😀",
        "é",
        "{listener}",
        "<!--",
        "-->",
    ),
]
DATA = st.one_of(
    st.binary(max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=60).map(lambda pieces: "".join(pieces).encode()),
    st.tuples(
        st.sampled_from([PACK, ANA, BOMB]), st.lists(st.sampled_from(PIECES), max_size=8), st.integers(0, 80)
    ).map(lambda drawn: (drawn[0][: drawn[2]] + "".join(drawn[1]) + drawn[0][drawn[2] :]).encode()),
)


@given(name=st.sampled_from(["pack.yaml", "barks.yaml", "personas/ana.yaml", "lore/village.md"]), data=DATA)
@settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_bytes_in_a_file_are_a_pack_or_a_mistake(folder: Path, name: str, data: bytes) -> None:
    kept = (folder / name).read_bytes() if (folder / name).exists() else None
    (folder / name).write_bytes(data)
    try:
        pack = quickly(folder)
    except Invalid:
        pass
    else:
        pack.model_dump_json().encode()
    finally:
        (folder / name).unlink()
        if kept is not None:
            (folder / name).write_bytes(kept)


@given(data=DATA)
@settings(
    max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_bytes_in_a_scene_are_a_scene_or_a_mistake(tmp_path: Path, data: bytes) -> None:
    scene = tmp_path / "scene.yaml"
    scene.write_bytes(data)
    try:
        load_scene(scene)
    except Invalid as error:
        check_text(error)
