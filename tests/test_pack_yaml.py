"""YAML of a stranger: whatever it is, reading it ends soon, with data or with a mistake that can be sent."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pack_kit import ANA, BOMB, PACK, SECONDS, check_text, fault, quickly, write

from npc_runtime.errors import Invalid, SceneError
from npc_runtime.persona import limits, parsing
from npc_runtime.persona.parsing import parse
from npc_runtime.persona.reading import paragraphs
from npc_runtime.scenes.schema import load_scene


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "pack")


# YAML that is meant to hurt

MERGE_BOMB = "a: &a {x: 1, y: 2}\n" + "".join(
    f"{one}: &{one} {{<<: [{', '.join([f'*{before}'] * 9)}]}}\n"
    for before, one in zip("abcdefgh", "bcdefghi", strict=True)
)
HALF = limits.FILE_BYTES // 2 - 100
YAML: list[tuple[str, str, str]] = [
    ("alias bomb", BOMB, "with what its aliases repeat; allowed: up to 50,000"),
    ("alias bomb that would be quoted", BOMB + "mood: *i\n", "with what its aliases repeat; allowed: up to 50,000"),
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
    ("half a surrogate", 'mood: "\\uD800"\n', "a backslash begins an escape"),
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
    monkeypatch.setattr(parsing, "NODES", 5_000)  # of which it reads 30,000 a second
    (folder / "personas" / "leo.yaml").write_text(text, encoding="utf-8")
    assert "personas/leo.yaml: " in fault(folder)


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
