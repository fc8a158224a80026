"""What the tests of the C# binding share: a daemon to kill, a game under mono, and messages that mean the same."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
FREE = "tcp://127.0.0.1:0"
SERVE = ["--model", "none.gguf", "--embedding", "off", "--bind", FREE, "--events-bind", FREE]
SECONDS = 60.0
MCS = shutil.which("mcs")
MONO = shutil.which("mono")
UNITY = ROOT / "bindings" / "unity"
SCHEMA = ROOT / "protocol" / "schema"
VECTORS = ROOT / "protocol" / "vectors"
SHARED: dict[str, Any] = json.loads((SCHEMA / "definitions.json").read_text(encoding="utf-8"))["$defs"]

needs_mono = pytest.mark.skipif(
    MCS is None or MONO is None,
    reason="needs mono: apt-get install mono-mcs mono-runtime libmono-system-core4.0-cil",
)


@functools.cache
def built(folder: Path) -> Path:
    """The program of the tests, with the binding in it: compiled once in a folder."""
    program = folder / "unity-binding.exe"
    sources = [str(path) for part in ("Runtime", "Tests~") for path in sorted((UNITY / part).rglob("*.cs"))]
    command = [str(MCS), "-langversion:7", "-warnaserror", f"-out:{program}", *sources]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return program


class Daemon:
    """A daemon of this branch on a data folder, without a model: characters speak stock lines."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        folder.mkdir()
        self.folder = folder
        self.arguments = arguments
        self.start()

    def start(self) -> None:
        """Starts it and waits until it serves."""
        command = [sys.executable, "-m", "npc_runtime", "serve", "--data-dir", str(self.folder)]
        command += [*SERVE, *self.arguments]
        self.log = (self.folder.parent / "daemon.log").open("wb")
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=self.log, stderr=self.log)
        wait_for(lambda: serves(self.folder, self.process.pid))

    def kill(self) -> None:
        """As in a crash."""
        self.process.kill()
        self.process.wait()
        self.log.close()

    def stop(self) -> None:
        """In order."""
        self.process.terminate()
        self.process.wait(20)
        self.log.close()


def bundle_of_tests(folder: Path) -> Path:
    """A program as a bundle has it, in `npc-runtime` of a folder: it runs the daemon of this branch."""
    program = folder / "npc-runtime" / "npc-runtime"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\ncd "{ROOT}" && exec "{sys.executable}" -m npc_runtime "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return program


def serves(folder: Path, pid: int) -> bool:
    described = folder / "daemon.json"
    try:
        return bool(json.loads(described.read_text(encoding="utf-8"))["pid"] == pid)
    except (OSError, ValueError):
        return False


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


class Game:
    """The program, as it runs."""

    def __init__(self, program: Path, *arguments: str) -> None:
        self.lines: list[tuple[str, str]] = []
        command = [str(MONO), str(program), *arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def read(self) -> bool:
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
        raise AssertionError(f"no {kind} in {self.lines}")

    def end(self) -> list[tuple[str, str]]:
        while self.read():
            pass
        assert self.process.wait(SECONDS) == 0, self.lines
        return self.lines

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def values(lines: list[tuple[str, str]], kind: str) -> list[str]:
    return [value for each, value in lines if each == kind]


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def schema_of(kind: str) -> dict[str, Any]:
    """The schema of a message."""
    found: dict[str, Any] = json.loads((SCHEMA / f"{kind}.json").read_text(encoding="utf-8"))
    return found


def plain(value: Any, schema: dict[str, Any]) -> Any:
    """A message without what may as well be left out, so that two that mean the same are equal."""
    schema = inner(schema)
    if isinstance(value, list):
        return [plain(each, schema.get("items", {})) for each in value]
    if not isinstance(value, dict):
        return value
    properties = schema.get("properties")
    if properties is None:
        rest = schema.get("additionalProperties")
        return {key: plain(each, rest if isinstance(rest, dict) else {}) for key, each in value.items()}
    required = schema.get("required", ())
    kept = {}
    for key, each in value.items():
        field = properties.get(key)
        if field is None or (key not in required and (each is None or each == field.get("default", ()))):
            continue
        if (key, each) in (("last", False), ("warnings", [])):  # as good as none, whatever their defaults are
            continue
        kept[key] = plain(each, field)
    return kept


def inner(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a value that is there, spelt out."""
    for choice in schema.get("anyOf", ()):
        if choice.get("type") != "null":
            return inner(choice)
    if "$ref" in schema:
        return inner(SHARED[schema["$ref"].rpartition("/")[2]])
    return schema
