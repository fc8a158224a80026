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
ARCHITECTURE = (PACKAGE.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")

LEAVES = {"persona", "world", "memory", "engine"}
BASE = {"errors", "config", "dice", "emotions", "language", "bundle"}
BELOW: dict[str, set[str]] = {
    "errors": set(),
    "config": {"errors"},
    "bundle": set(),
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
    "llama_cpp": {"engine/llama/*.py"},
    "sqlite3": {"memory/store.py"},
    "msgpack": {"wire/codec.py"},
    "zmq": {
        "wire/server.py",
        "wire/door.py",
        "wire/keys.py",
        "client/session.py",
        "client/line.py",
        "client/credentials.py",
    },
    "prometheus_client": {"wire/metrics.py"},
    "pynvml": {"engine/gpu.py"},
    "httpx": {"engine/remote/replica.py", "engine/remote/faults.py", "engine/remote/engine.py"},
    "httpx_sse": {"engine/remote/replica.py"},
    "filelock": {"wire/endpoint.py", "engine/files/default_model.py", "cli/download.py"},
}
CLOSED_CODES = {
    *("bad_frame", "unsupported_version", "unauthorized", "forbidden", "no_session", "duplicate", "invalid"),
    *(
        "unknown_type",
        "not_found",
        "conflict",
        "busy",
        "deadline",
        "cancelled",
        "model_unavailable",
        "storage",
        "internal",
    ),
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
    named = quoted(tree).intersection(TRAITS) - {"kind"}  # which is what anything may be of, too
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


def graph() -> dict[str, set[str]]:
    """Which files import which when they are loaded or used; not what only types need."""
    known = set(files())
    found: dict[str, set[str]] = {}
    for file in known:
        tree = ast.parse((PACKAGE / file).read_text(encoding="utf-8"))
        typing_only = {
            id(node)
            for branch in ast.walk(tree)
            if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.unparse(branch.test)
            for node in ast.walk(branch)
        }
        modules = [
            name.replace(".", "/")
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and id(node) not in typing_only and node.module
            if node.module.startswith("npc_runtime")
            for alias in node.names
            for name in (f"{node.module}.{alias.name}", node.module)
        ]
        inside = (module.removeprefix("npc_runtime").removeprefix("/") for module in modules)
        found[file] = {f"{module}.py" for module in inside if f"{module}.py" in known} - {file}
    return found


def test_nothing_imports_in_a_circle() -> None:
    left = graph()
    while left:
        free = {file for file, needed in left.items() if not needed & left.keys()}
        assert free, f"these import each other in a circle: {', '.join(sorted(left))}"
        left = {file: needed for file, needed in left.items() if file not in free}


def test_dialogue_has_few_rooms() -> None:
    there = [entry.name for entry in (PACKAGE / "dialogue").iterdir() if not entry.name.startswith("__")]
    assert len(there) <= 20, f"{len(there)} entries; a stranger finds a room among twenty"


def ways() -> dict[str, list[str]]:
    """The numbered paths of ARCHITECTURE.md, by their headings."""
    section = ARCHITECTURE.split("## Five ways through the house")[1].split("\n## ")[0]
    return {
        heading.strip(): re.findall(r"^[0-9]+\. `([a-z_/]+\.py)`", steps, re.MULTILINE)
        for heading, _, steps in (part.partition("\n") for part in section.split("### ")[1:])
    }


@pytest.mark.parametrize("way", ways())
def test_a_way_through_the_house_is_short_and_follows_the_imports(way: str) -> None:
    steps, imported = ways()[way], graph()
    assert 2 <= len(steps) <= 8
    for place, file in enumerate(steps[1:], 1):
        before = steps[:place]
        joined = [other for other in before if file in imported[other] or other in imported[file]]
        assert joined, f"{file} has no import in common with {', '.join(before)}"


def test_the_document_has_the_five_ways() -> None:
    assert len(ways()) == 5


def test_the_document_names_every_room() -> None:
    rooms = {f"{file.partition('/')[0]}/" for file in files() if "/" in file}
    rooms |= {
        f"{name}/"
        for name in {file.split("/")[1] for file in files() if file.startswith("dialogue/") and file.count("/") > 1}
    }
    assert not [room for room in rooms if room not in ARCHITECTURE]


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
