"""Which NPC Runtime the Python client starts: its own, unless it is told otherwise or is part of a game without one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from unity_kit import bundle_of_tests

from npc_runtime import bundle
from npc_runtime.cli.doctor import examine
from npc_runtime.client import connect, program
from npc_runtime.config import load
from npc_runtime.engine.files import default_model, minilm
from npc_runtime.errors import ModelUnavailable, NotFound

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="its places are those of Linux")


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NPC_RUNTIME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin" / "npc-runtime"))


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of a game that was made with PyInstaller; the current one is another."""
    (tmp_path / "current").mkdir()
    monkeypatch.chdir(tmp_path / "current")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "game" / "game"))
    return tmp_path / "game"


def test_a_python_runs_the_daemon_that_it_has(tmp_path: Path) -> None:
    bundle_of_tests(tmp_path / "home" / ".local" / "lib")
    assert program.command() == [sys.executable, "-m", "npc_runtime"]


def test_what_is_named_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = bundle_of_tests(tmp_path / "elsewhere")
    for told in (named, named.parent):
        monkeypatch.setenv("NPC_RUNTIME", str(told))
        assert program.command() == [str(named)]
    assert program.command(["mine", "-x"]) == ["mine", "-x"]
    monkeypatch.setenv("NPC_RUNTIME", str(tmp_path / "gone"))
    with pytest.raises(NotFound, match=r"NPC_RUNTIME names .*gone, and there is no program"):
        program.command()


def test_a_frozen_game_has_no_python_to_run_it_with(frozen: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nor on the PATH"):
        program.command()
    for where in (tmp_path / "bin", tmp_path / "home" / ".local" / "lib", Path.cwd(), frozen):
        found = bundle_of_tests(where)  # each goes before the last
        assert program.command() == [str(found)]


def test_the_bundle_starts_itself(frozen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/npc-runtime/npc-runtime")
    assert program.command() == ["/opt/npc-runtime/npc-runtime"]


async def _worked(data_dir: Path, *command: str) -> bool:
    flags = ("--model", "none.gguf", "--embedding", "off")
    async with connect(data_dir=data_dir, command=command, arguments=flags) as runtime:
        return runtime.launched is not None


def test_a_game_can_bring_its_own(tmp_path: Path) -> None:
    import asyncio

    own = bundle_of_tests(tmp_path / "game")
    assert asyncio.run(_worked(tmp_path / "data", str(own)))


def test_a_bundle_brings_its_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (models := tmp_path / "models").mkdir()
    (models / minilm.FILE).write_bytes(b"GGUF")
    name = f"{default_model._STEM}-{default_model._made_of()}"
    whole = models / "whole"
    whole.write_bytes(b"a model")
    ready = whole.rename(models / f"{name}-{default_model._sum(whole)}.gguf")
    for module in (default_model, minilm):
        monkeypatch.setattr(module, "MODELS", models)
    assert default_model.prepared(tmp_path / "cache") == default_model.ensure_default(tmp_path / "cache") == ready
    assert minilm.cached(tmp_path / "cache") == minilm.ensure_minilm(tmp_path / "cache") == models / minilm.FILE
    assert not (tmp_path / "cache").exists()


def test_a_damaged_bundle_is_to_be_unpacked_again(
    frozen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / bundle.NAME / bundle.NAME))
    monkeypatch.setattr(default_model, "packaged", lambda: None)
    with pytest.raises(ModelUnavailable) as raised:
        default_model.ensure_default(tmp_path / "cache")
    assert raised.value.hint == "unpack npc-runtime again"
    findings = examine(load({"model": "default", "cache_dir": tmp_path / "cache", "data_dir": tmp_path / "data"}))
    assert next(finding for finding in findings if finding.check == "model").todo.startswith("unpack npc-runtime again")
