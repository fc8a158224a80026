"""The rules of the house: who may import whom, and which foreign library sits behind which seam."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

import npc_runtime
from npc_runtime import errors
from npc_runtime.persona.model import MOODS, TRAITS

PACKAGE = Path(npc_runtime.__file__).parent
SPEC = PACKAGE.parent / "protocol" / "SPEC.md"

LEAVES = {"persona", "world", "memory", "engine"}
BASE = {"errors", "config", "dice", "emotions", "language"}
BELOW: dict[str, set[str]] = {
    "errors": set(),
    "config": {"errors"},
    "dice": set(),
    "emotions": set(),
    "language": {"errors"},
    "process": set(),
    **dict.fromkeys(LEAVES, BASE),
    "dialogue": LEAVES | BASE,
    "wire": {"dialogue"} | LEAVES | BASE,
    "daemon": {"wire", "dialogue", "process"} | LEAVES | BASE,
    # Clients speak the protocol, and know nothing of what answers it.
    "client": {"wire"} | BASE,
}
"""What each part may import; parts that are not named here are tools on top, which may import all of these."""

SEAMS = {
    "llama_cpp": {"engine/llama*.py"},
    "sqlite3": {"memory/store.py"},
    "msgpack": {"wire/codec.py"},
    "zmq": {"wire/server.py", "client/runtime.py"},
    "filelock": {"wire/endpoint.py"},
}
CLOSED_CODES = {
    *("bad_frame", "unsupported_version", "unauthorized", "unknown_type", "invalid", "not_found", "conflict"),
    *("busy", "deadline", "cancelled", "model_unavailable", "storage", "internal"),
}
FAULTS = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, errors.RuntimeFault)]


def files() -> list[str]:
    return sorted(file.relative_to(PACKAGE).as_posix() for file in PACKAGE.rglob("*.py"))


def imports(file: str) -> Iterator[str]:
    """Every module that a file imports, at its top or inside a function, with absolute names."""
    for node in ast.walk(ast.parse((PACKAGE / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file} has a relative import; absolute ones can be searched for"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(module: str) -> str:
    """`npc_runtime.wire.codec` and `wire/codec.py` belong to `wire`."""
    return module.removeprefix("npc_runtime.").removesuffix(".py").replace("/", ".").partition(".")[0]


@pytest.mark.parametrize("file", [file for file in files() if part(file) in BELOW])
def test_imports_go_downwards(file: str) -> None:
    allowed = BELOW[part(file)] | {part(file), "__version__"}
    ours = [name.removeprefix("npc_runtime.") for name in imports(file) if name.startswith("npc_runtime.")]
    wrong = [name for name in ours if not any(f"{name}.".startswith(f"{part}.") for part in allowed)]
    assert not wrong, f"{file} imports {', '.join(wrong)}; {part(file)} may import {', '.join(sorted(allowed))}"


@pytest.mark.parametrize("file", files())
def test_foreign_libraries_stay_behind_their_seams(file: str) -> None:
    for name in imports(file):
        library = name.partition(".")[0]
        behind = any(fnmatch(file, seam) for seam in SEAMS.get(library, {file}))
        assert behind, f"{file} imports {library}; only {SEAMS[library]} may"


@pytest.mark.parametrize("file", [file for file in files() if part(file) != "persona"])
def test_traits_are_numbers_outside_persona(file: str) -> None:
    tree = ast.parse((PACKAGE / file).read_text(encoding="utf-8"))
    named = quoted(tree).intersection(TRAITS)
    assert not named, f"{file} names {', '.join(named)}; persona/temper.py says what a trait means"
    # A mood may choose words from a table; `calm` is also what a mediator wants.
    compared = set().union(*(quoted(node) for node in ast.walk(tree) if isinstance(node, ast.Compare)))
    compared &= {*MOODS} - {"calm"}
    assert not compared, f"{file} compares with {', '.join(compared)}; persona/temper.py says what a mood means"


def quoted(tree: ast.AST) -> set[str]:
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_part_that_is_not_a_tool_has_a_rule() -> None:
    tools = {"__init__", "__main__", "cli", "scenes"}
    assert {part(file) for file in files()} <= set(BELOW) | tools


@pytest.mark.parametrize("fault", FAULTS, ids=lambda cls: cls.__name__)
def test_every_error_has_a_code_of_the_closed_set(fault: type[errors.RuntimeFault]) -> None:
    assert fault.code in CLOSED_CODES
    assert fault("x").code == fault.code


def test_every_code_has_an_error() -> None:
    assert {fault.code for fault in FAULTS} == CLOSED_CODES


def test_the_specification_lists_exactly_these_codes() -> None:
    section = re.search(r"^## [0-9]+\. Errors\n(.*?)^## ", SPEC.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert section
    assert set(re.findall(r"^\| `([a-z_]+)` \|", section[1], re.MULTILINE)) == CLOSED_CODES


def test_the_docstring_tree_names_every_error_with_its_code() -> None:
    tree = dict(re.findall(r"^[│├└─ ]*([A-Z]\w+)(?: +([a-z_]+) {2,})?", errors.__doc__ or "", re.MULTILINE))
    assert set(tree) >= {fault.__name__ for fault in FAULTS}
    for fault in FAULTS:
        # Subclasses of Invalid leave the column empty: they share its code.
        assert tree[fault.__name__] in ("", fault.code)
