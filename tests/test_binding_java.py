"""The Java binding: its own tests against vectors, transcripts and a real daemon."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BINDING = ROOT / "bindings" / "java"
SECONDS = 280
JDK = 17


def missing() -> str:
    """What the tests want that is not there; empty where everything is."""
    if shutil.which("mvn") is None or shutil.which("javac") is None:
        return "needs Maven and a JDK: apt-get install maven openjdk-17-jdk-headless"
    told = subprocess.run(["javac", "-version"], capture_output=True, text=True, timeout=60).stdout  # `javac 17.0.15`
    version = told.removeprefix("javac ").split(".")[0]
    return "" if version.isdigit() and int(version) >= JDK else f"needs JDK {JDK} or newer, not {told.strip()}"


def test_the_binding_passes_its_own_tests() -> None:
    if why := missing():
        pytest.skip(why)
    command = ["mvn", "-o", "-B", "-q", "test"]
    environment = {**os.environ, "PYTHON_WITH_NPC_RUNTIME": sys.executable}
    with subprocess.Popen(
        command,
        cwd=BINDING,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # so that what it starts can be stopped with it
    ) as process:
        try:
            said, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said, _ = process.communicate()
            pytest.fail(f"mvn test took longer than {SECONDS} s:\n{said[-4000:]}")
    if "offline mode" in said:
        pytest.skip("needs the libraries of the binding: mvn dependency:go-offline in bindings/java")
    assert process.returncode == 0, said[-8000:]
