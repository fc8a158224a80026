"""A real server that speaks OpenAI's API: `python -m llama_cpp.server` with the default model and its adapter."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from npc_runtime.config import Config
from npc_runtime.engine.files.default_model import ADAPTER, ensure_default

NAME = "villager"
PATIENCE_SECONDS = 120.0


@contextmanager
def llama_server(key: str, log: Path) -> Iterator[str]:
    """Its address; it ends with the block. It computes one request at a time, so none may interrupt another."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "model": ensure_default(Config().cache_dir),
        "lora_path": ADAPTER,
        "model_alias": NAME,
        "host": "127.0.0.1",
        "port": port,
        "n_ctx": 2048,
        "n_threads": 1,
        "n_threads_batch": 1,
        "logits_all": False,
        "interrupt_requests": False,
        "api_key": key,
        "verbose": False,
    }
    flags = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "llama_cpp.server", *flags], stdout=output, stderr=output)
        try:
            url = f"http://127.0.0.1:{port}/v1"
            _wait(process, url, log)
            yield url
        finally:
            process.terminate()
            process.wait(10)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Until it answers, if only that a key is missing."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if _answers(url):
            return
        time.sleep(0.1)
    raise RuntimeError(f"llama_cpp.server did not start:\n{log.read_text(errors='replace')}")


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(f"{url}/models", timeout=5).close()
    except urllib.error.HTTPError as error:
        error.close()
    except OSError:
        return False
    return True
