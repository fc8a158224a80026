"""Which NPC Runtime a client starts: section 3 of the protocol has the rule, which all clients follow."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from npc_runtime import bundle
from npc_runtime.errors import NotFound

VARIABLE = "NPC_RUNTIME"


def command(named: Sequence[str] = ()) -> list[str]:
    """The words before `serve`. `named` is what the game names, if it names any. Raises NotFound.

    This client is part of the daemon's own package: where a Python runs it, that Python runs the daemon too, and
    nothing needs to be looked for.
    """
    if named:
        return list(named)
    if told := os.environ.get(VARIABLE):
        return [_told(Path(told))]
    if bundle.inside():
        return [sys.executable]
    if not bundle.frozen():
        return [sys.executable, "-m", "npc_runtime"]
    folders = [*_beside(), *installed()]
    if found := next((program for folder in folders if _runs(program := folder / bundle.PROGRAM)), None):
        return [str(found)]
    if on_path := shutil.which(bundle.NAME):
        return [on_path]
    raise NotFound(
        f"NPC Runtime was not found: neither in {', '.join(map(str, folders))}, nor on the PATH",
        hint=f"put its folder {bundle.NAME} beside the game, or name it in the environment variable {VARIABLE}",
    )


def installed() -> Iterator[Path]:
    """The folders where a bundle is that all games of this user, or of this machine, share."""
    if sys.platform == "win32":
        if local := os.environ.get("LOCALAPPDATA"):
            yield Path(local, "Programs", bundle.NAME)
        if programs := os.environ.get("PROGRAMFILES"):
            yield Path(programs, bundle.NAME)
    elif sys.platform == "darwin":
        yield Path.home() / "Applications" / bundle.NAME
        yield Path("/Applications", bundle.NAME)
    else:
        yield Path.home() / ".local" / "lib" / bundle.NAME
        yield Path("/opt", bundle.NAME)


def _told(path: Path) -> str:
    """The program that the variable names, or that is in the folder that it names. Raises NotFound."""
    program = path / bundle.PROGRAM if path.is_dir() else path
    if not _runs(program):
        raise NotFound(
            f"{VARIABLE} names {path}, and there is no program {program}",
            hint=f"name the folder of the bundle or the program in it, or take {VARIABLE} out of the environment",
        )
    return str(program)


def _beside() -> Iterator[Path]:
    yield Path(sys.executable).parent / bundle.NAME
    yield Path.cwd() / bundle.NAME


def _runs(program: Path) -> bool:
    return program.is_file() and os.access(program, os.X_OK)
