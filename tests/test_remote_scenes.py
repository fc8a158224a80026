"""The same scenes against a real server of OpenAI's API as against the engine of this machine, with the same model."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.llama_server import NAME, llama_server
from npc_runtime.engine.files import default_model

ROOT = Path(__file__).parent.parent
SCENES = [ROOT / "tests" / "scenes" / f"{name}.yaml" for name in ("smith-sells", "secret-until-flag")]
KEY = "sk-for-the-tests-only"
PATIENCE_SECONDS = "90"
"""For a reply, on the slowest machine: what is looked at is what is said, not how soon."""

pytestmark = [
    pytest.mark.skipif(default_model.packaged() is None, reason="make test installs it"),
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in ("fastapi", "uvicorn", "starlette_context")),
        reason="the extra dev has it",
    ),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with llama_server(KEY, tmp_path_factory.mktemp("server") / "log") as url:
        yield url


def run(*arguments: str | Path, key: str = KEY) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "npc_runtime", *map(str, arguments)]
    environ = {**os.environ, "THE_KEY": key}
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, encoding="utf-8", timeout=390)


def test_the_doctor_knows_what_the_server_has(server: str, tmp_path: Path) -> None:
    base = ("doctor", "--json", "--data-dir", tmp_path, "--bind", "tcp://127.0.0.1:0", "--events-bind")
    asked = (*base, "tcp://127.0.0.1:0", "--engine", server, "--engine-key", "env:THE_KEY", "--model")

    def finding(model: str, key: str = KEY) -> dict[str, Any]:
        done = run(*asked, model, key=key)
        assert KEY not in done.stdout + done.stderr
        checks = json.loads(done.stdout)["checks"]
        return next(check for check in checks if check["check"] == "engine")

    found = finding("default")
    assert (found["status"], found["found"]) == ("ok", f"{NAME} at {server} (holds answers to a form by grammar)")
    assert finding("mistral")["todo"].startswith(f'no model "mistral" in what {server} serves; there are {NAME}')
    assert "does not take the key that --engine-key names (401)" in finding("default", key="sk-another")["todo"]


def test_scenes_pass_as_they_do_with_the_engine_of_this_machine(server: str) -> None:
    elsewhere = (
        "--engine",
        server,
        "--engine-key",
        "env:THE_KEY",
        "--model",
        "default",
        "--profile",
        "small",
        "--slots",
        "1",
    )
    done = run("eval", *SCENES, "--json", "--min", "0.85", "--deadline", PATIENCE_SECONDS, *elsewhere)
    result = json.loads(done.stdout)
    assert done.returncode == 0, result["failures"]
    assert (result["errors"], result["scenes"]) == ([], len(SCENES))
    # As with the engine of this machine: what a small model chooses may be wrong, and what follows from it may not.
    assert {failure["expectation"] for failure in result["failures"]} <= {"mentions_any", "move"}, result["failures"]
