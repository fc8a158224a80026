"""`npc-runtime doctor`: what is there, what is missing, and what to do about it."""

from __future__ import annotations

import json
import os
import platform
import shutil
import socket
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import psutil
from rich.console import Console
from rich.markup import escape

from npc_runtime import __version__, bundle
from npc_runtime.cli.doctor_engine import servers
from npc_runtime.config import DEFAULT, Config
from npc_runtime.engine import embedding, gpu
from npc_runtime.engine.files import default_model, minilm, models
from npc_runtime.engine.files.gguf import header, model_name
from npc_runtime.engine.placement import planner
from npc_runtime.engine.placement.calibration import constants
from npc_runtime.engine.profile import profile
from npc_runtime.errors import ModelUnavailable, RuntimeFault
from npc_runtime.wire import door, endpoint, keys, token

GIB = 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `todo` is empty when there is nothing to do."""

    check: str
    status: Literal["ok", "warn", "fail"]
    found: str
    todo: str = ""


def examine(config: Config) -> list[Finding]:
    """Looks at everything; takes about a second and changes nothing."""
    return [
        *(_python(), _package(), *_engine(), _memory(config), *_model(config), _embedding(config)),
        *(_port("port for requests", config.bind, config), _port("port for events", config.events_bind, config)),
        *(_data_folder(config), _token(config), *_keys(config)),
    ]


def report(findings: list[Finding], *, as_json: bool, console: Console) -> int:
    """Prints the findings; the exit status is 1 when something fails."""
    failed = any(finding.status == "fail" for finding in findings)
    if as_json:
        print(json.dumps({"ok": not failed, "checks": [asdict(finding) for finding in findings]}, indent=2))
        return int(failed)
    marks = {"ok": "[green]ok  [/]", "warn": "[yellow]warn[/]", "fail": "[red]fail[/]"}
    for finding in findings:
        console.print(f"{marks[finding.status]} [bold]{finding.check}[/]: {escape(finding.found)}", soft_wrap=True)
        if finding.todo:
            console.print(f"     -> {escape(finding.todo)}", soft_wrap=True)
    return int(failed)


def _python() -> Finding:
    found = f"{platform.python_version()} at {sys.executable}, {platform.system()} {platform.machine()}"
    return Finding("Python", "ok", found)


def _package() -> Finding:
    return Finding("npc-runtime", "ok", f"{__version__} at {Path(__file__).parent.parent}")


def _engine() -> Iterator[Finding]:
    try:
        from npc_runtime.engine.llama.library import build_info

        build = build_info()
    except (ImportError, OSError, RuntimeError) as error:
        todo = "unpack npc-runtime again" if bundle.inside() else "pip install --force-reinstall llama-cpp-python"
        yield Finding("llama.cpp", "fail", f"cannot be loaded: {error}", todo)
        return
    yield Finding("llama.cpp", "ok", f"llama-cpp-python {build.version}; {build.system_info}")
    yield _gpu(build.supports_gpu_offload)


def _gpu(offload: bool) -> Finding:
    found = gpu.cards()
    if found and not offload:
        return Finding("GPU", "warn", gpu.describe(found, offload=False), gpu.REBUILD)
    if offload and not found:
        return Finding("GPU", "ok", "llama.cpp has a device to offload to (nvidia-smi knows no card)")
    if found:
        return Finding("GPU", "ok", gpu.describe(found, offload=True))
    missing = "nvidia-smi reports no card" if shutil.which("nvidia-smi") else "no nvidia-smi, so no NVIDIA driver"
    return Finding(
        "GPU", "ok", f"none seen ({missing}); the model runs on the CPU, which is enough for the default one"
    )


def _memory(config: Config) -> Finding:
    memory = psutil.virtual_memory()
    found = f"{memory.available / GIB:.1f} of {memory.total / GIB:.1f} GiB free"
    try:
        needed = 0 if config.engine else _model_file(config).stat().st_size
    except ModelUnavailable:
        needed = 0
    if needed > memory.available:
        return Finding(
            "RAM", "warn", f"{found}; the model needs {needed / GIB:.1f}", "close programs, or take a smaller model"
        )
    return Finding("RAM", "ok", found)


def _model(config: Config) -> Iterator[Finding]:
    if config.engine:
        for check, found, wrong in servers(config):
            yield Finding(check, "fail" if wrong else "ok", found, wrong)
        return
    try:
        path = _model_file(config)
        head = header(path)
        size = f"{path.stat().st_size / 2**20:.0f} MiB"
        merging = config.model == DEFAULT and path == default_model.packaged()
        later = "; it will be made ready at the first start, which takes some seconds" if merging else ""
        yield Finding("model", "ok", f"{head.name}, {size}, {path}{later}")
    except ModelUnavailable as error:
        todo = error.hint or "name another one with --model"
        yield Finding("model", "fail", error.message, f"{todo}; until then characters say only their own lines")
        return
    yield Finding("profile", "ok", str(profile(head.context, config)))
    yield _plan(path, config)


def _plan(path: Path, config: Config) -> Finding:
    """How `serve` would run the model, and what would be better where that is slow."""
    from npc_runtime.engine.llama.library import build_info, default_threads

    settled = planner.settle(
        path,
        config,
        threads=config.threads or default_threads(),
        offload=build_info().supports_gpu_offload,
        constants=constants(config.cache_dir),
    )
    if settled.plan is None:
        return Finding("plan", "warn", settled.why, "npc-runtime plan says what would fit")
    slow = "" if settled.plan.quick else "the first word may take longer than four seconds: npc-runtime plan says more"
    return Finding("plan", "ok", str(settled.plan), slow)


def _model_file(config: Config) -> Path:
    """The file of the model in force, or what it will be made of; nothing is written. Raises ModelUnavailable."""
    if config.model != DEFAULT:
        return models.resolve(config.model, config.cache_dir)
    found = default_model.prepared(config.cache_dir) or default_model.packaged()
    if found is None:
        raise default_model.missing()
    return found


def _embedding(config: Config) -> Finding:
    check, chosen = "embedding", embedding.choice(config)
    if chosen == embedding.OFF:
        todo = "" if config.embedding == embedding.OFF else f"to compare meanings too: {minilm.INSTALL}"
        return Finding(check, "ok", "off: memories are found by their words alone", todo)
    path = minilm.cached(config.cache_dir)
    if chosen == embedding.MINILM and not path.exists():
        if minilm.installed():
            return Finding(check, "ok", f"MiniLM; {path} will be written at the first start")
        return Finding(check, "fail", "MiniLM is not installed", minilm.INSTALL)
    try:
        if chosen != embedding.MINILM:
            path = embedding.named_file(chosen)
        return Finding(check, "ok", f"{model_name(path)}, {path.stat().st_size / 2**20:.0f} MiB, {path}")
    except ModelUnavailable as error:
        return Finding(check, "fail", error.message, error.hint)


def _port(check: str, address: str, config: Config) -> Finding:
    scheme, _, rest = address.partition("://")
    host, _, port = rest.rpartition(":")
    if scheme != "tcp" or not port.isdecimal() or port == "0":
        return Finding(check, "ok", f"{address} needs no fixed port")
    with socket.socket(socket.AF_INET6 if "[" in host else socket.AF_INET) as probe:
        if os.name == "posix":  # as libzmq does: a port that was just given up counts as free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]*"), int(port)))
        except OSError as error:
            ours = endpoint.read(config.data_dir)
            if ours is not None and endpoint.from_here(address) in (ours.endpoint, ours.events):
                return Finding(check, "ok", f"{address} is held by the running daemon (process {ours.pid})")
            owner = _owner(int(port))
            if owner is None:
                return Finding(check, "fail", f"{address}: {error.strerror}", "choose another address with --bind")
            return Finding(
                check,
                "fail",
                f"{address} is taken by {_title(owner)}",
                "stop it, or start the daemon with other ports: --bind tcp://127.0.0.1:0 --events-bind tcp://127.0.0.1:0",
            )
    return Finding(check, "ok", f"{address} is free")


def _owner(port: int) -> psutil.Process | None:
    """The process that listens on a port, where we may know it."""
    return next((process for process in psutil.process_iter() if port in _listens_on(process)), None)


def _listens_on(process: psutil.Process) -> set[int]:
    try:
        found = process.net_connections(kind="tcp")
    except psutil.Error:  # another user's process, or one that has just ended
        return set()
    return {connection.laddr.port for connection in found if connection.status == psutil.CONN_LISTEN}


def _title(process: psutil.Process) -> str:
    try:
        return f"{process.name()} (process {process.pid})"
    except psutil.Error:
        return f"process {process.pid}"


def _data_folder(config: Config) -> Finding:
    folder = config.data_dir
    nearest = next((parent for parent in (folder, *folder.parents) if parent.exists()), folder)
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        return Finding(
            "data folder", "fail", f"cannot write in {nearest}: {error.strerror}", "name one with --data-dir"
        )
    free = shutil.disk_usage(nearest).free / GIB
    state = f"{free:.1f} GiB free" if nearest == folder else "will be made at the first start"
    return Finding("data folder", "ok", f"{folder}, {state}")


def _keys(config: Config) -> Iterator[Finding]:
    """Only where other machines are to connect."""
    if not door.reachable(config.bind) and not door.reachable(config.events_bind):
        return
    try:
        keys.check_curve()
        found = keys.read(config.data_dir)
    except RuntimeFault as error:
        yield Finding("keys", "fail", error.message, error.hint)
        return
    if found is None or not found.clients:
        yield Finding("keys", "fail", f"{config.data_dir} has none for other machines", "npc-runtime keys add NAME")
        return
    yield Finding("keys", "ok", f"of {', '.join(found.clients)}")


def _token(config: Config) -> Finding:
    file = config.data_dir / token.FILE
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except FileNotFoundError:
        return Finding("token", "ok", f"{file} will be made at the first start")
    except OSError as error:
        return Finding(
            "token", "fail", f"cannot read {file}: {error.strerror}", "name a folder of yours with --data-dir"
        )
    if os.name == "posix" and mode & 0o077:
        return Finding("token", "fail", f"{file} can be read by others (mode {mode:04o})", f"chmod 600 {file}")
    return Finding("token", "ok", f"{file}, readable by you only")
