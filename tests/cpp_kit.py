"""What the tests of the C++ binding share: its programs, compiled, and the schemas of messages."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
BINDING = ROOT / "bindings" / "cpp"
PROTOCOL = ROOT / "protocol"
HEADERS = [Path(folder) / "zmq.h" for folder in ("/usr/include", "/usr/local/include", "/opt/homebrew/include")]
BUILD_SECONDS = 600

Body = dict[str, Any]

MISSING = [tool for tool in ("g++", "make") if shutil.which(tool) is None]
MISSING += [] if any(header.exists() for header in HEADERS) else ["zmq.h"]
compiled = pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}: apt-get install g++ make libzmq3-dev")


def build() -> Path:
    """The folder of the built programs. It is kept: only what has changed is compiled again."""
    folder = BINDING / "build"
    folder.mkdir(exist_ok=True)
    command = ["make", "-j2", "-f", str(BINDING / "Makefile"), "CXXFLAGS=-O2 -Werror"]
    made = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=BUILD_SECONDS)
    assert made.returncode == 0, made.stderr
    return folder


def schema(kind: str) -> Body:
    """The schema of a message."""
    found: Body = json.loads((PROTOCOL / "schema" / f"{kind}.json").read_text(encoding="utf-8"))
    return found
