"""docs/integrating.md, followed to the letter: its files are written, its commands run, and the villager answers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "integrating.md"
MODULES = ROOT / "bindings" / "typescript" / "node_modules"
UNITY = ROOT / "bindings" / "unity"
BLOCK = re.compile(r"(?:^`(?P<file>[\w./-]+)`:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
COPIED = shutil.ignore_patterns(".git", ".venv", "node_modules", "build", "dist", "target", "*.o", "*.a", ".*_cache")
SECONDS = 200

NEEDS = {
    "Python": {},
    "TypeScript and JavaScript": {"npm": "npm", "node": "nodejs"},
    "Java": {"mvn": "maven", "javac": "openjdk-17-jdk-headless"},
    "C++": {"g++": "g++", "make": "make"},
    "C# without Unity": {"mcs": "mono-mcs", "mono": "mono-runtime"},
    "Godot": {"godot3-server": "godot3-server"},
}
"""The sections with commands: what they need, and the package that has it."""


class Block(NamedTuple):
    """A block of code; the name of the file that it is, or none."""

    kind: str
    text: str
    file: str | None


def sections() -> dict[str, list[Block]]:
    """The blocks of each section, in their order."""
    _, *parts = re.split(r"^## (.+)\n", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        title: [Block(found["kind"], found["text"], found["file"]) for found in BLOCK.finditer(text)]
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    }


def test_every_section_that_has_commands_is_followed() -> None:
    assert {title for title, blocks in sections().items() if any(block.kind == "sh" for block in blocks)} == set(NEEDS)


@pytest.fixture
def game(tmp_path: Path) -> Path:
    """An empty folder beside a copy of this repository, whose clients are as git has them, with Node's modules."""
    source = tmp_path / "npc-runtime"
    source.mkdir()
    shutil.copytree(ROOT / "bindings", source / "bindings", ignore=COPIED)
    if MODULES.is_dir():
        shutil.copytree(MODULES, source / "bindings" / "typescript" / "node_modules", symlinks=True)
    folder = tmp_path / "game"
    folder.mkdir()
    return folder


@pytest.mark.timeout(SECONDS + 60)
@pytest.mark.parametrize("title", NEEDS)
def test_the_villager_answers(title: str, game: Path) -> None:
    for tool, package in NEEDS[title].items():
        if shutil.which(tool) is None:
            pytest.skip(f"needs {tool}: apt-get install {package}")
    if "npm" in NEEDS[title] and not MODULES.is_dir():
        pytest.skip("needs the modules of the binding: make clients")
    blocks = sections()[title]
    for block in blocks:
        if block.file is not None:
            (game / block.file).write_text(block.text, encoding="utf-8")
    commands = "".join(block.text for block in blocks if block.kind == "sh")
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    # Without a model the daemon is there at once; with one a test of each client talks to it.
    environment = {**os.environ, "PATH": programs, "NPC_RUNTIME_MODEL": "none.gguf", "NPC_RUNTIME_EMBEDDING": "off"}
    environment |= {"npm_config_offline": "true", "MAKEFLAGS": "-j2"}
    ran = subprocess.run(
        ["bash", "-e", "-c", commands],
        cwd=game,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    said = [line for line in ran.stdout.splitlines() if line.startswith("Mira: ")]
    assert said, ran.stdout + ran.stderr
    assert all(len(line) > len("Mira: ") for line in said)


def test_the_script_for_unity_compiles(game: Path) -> None:
    if shutil.which("mcs") is None:
        pytest.skip("needs mcs: apt-get install mono-mcs")
    [script] = [block for block in sections()["Unity"] if block.file]
    assert script.file is not None
    (game / script.file).write_text(script.text, encoding="utf-8")
    sources = [*sorted((UNITY / "Runtime").rglob("*.cs")), *sorted((UNITY / "Tests~" / "Stub").rglob("*.cs"))]
    command = ["mcs", "-langversion:7", "-warnaserror", "-target:library", "-out:game.dll", script.file]
    ran = subprocess.run([*command, *map(str, sources)], cwd=game, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
