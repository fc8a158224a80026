"""The rivals, each a server of its own process: llama.cpp's llama-server, and examples/server of llama-cpp-python."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks.village.ours import peak
from benchmarks.village.side import Reply
from benchmarks.village.trace import REPLY_TOKENS, Prompt
from npc_runtime.engine.request import Sampling
from npc_runtime.engine.tokens.sampling import PRECUT

START_SECONDS = 180.0
SAMPLING = Sampling()
_DRAWN = {"temperature": SAMPLING.temperature, "top_k": PRECUT, "min_p": SAMPLING.min_p, "top_p": 1.0}


class Rival:
    """A server that takes prompts as tokens. See `side.Side`."""

    def __init__(self, name: str, client: httpx.AsyncClient, pid: int, path: str, asked: dict[str, Any]) -> None:
        """`path` is where it takes a prompt, and `asked` what goes with each."""
        self.name = name
        self._client, self._path, self._asked = client, path, asked
        self._process = psutil.Process(pid)

    @property
    def peak_memory(self) -> int:
        """Bytes, of its process."""
        return peak(self._process)

    async def write(self, prompt: Prompt, *, player: bool) -> Reply:
        """One reply; it knows of no players."""
        started, first, last = time.perf_counter(), 0.0, {}
        body = {**self._asked, "prompt": prompt.tokens, "stream": True}
        async with self._client.stream("POST", self._path, json=body) as answer:
            if answer.status_code != 200:
                raise RuntimeError(f"{self.name}: {answer.status_code} {(await answer.aread())[:300]!r}")
            async for line in answer.aiter_lines():
                if not line.startswith("data: {"):
                    continue
                event = json.loads(line[6:])
                if not first and (event.get("content") or event.get("choices")):
                    first = time.perf_counter() - started
                last = event
        timings = last.get("timings") or {}
        return Reply(first, timings.get("predicted_n", REPLY_TOKENS), timings.get("prompt_n"))


@asynccontextmanager
async def llama_server(
    program: Path, model: Path, log: Path, *, slots: int, context: int, threads: int, unified: bool
) -> AsyncIterator[Rival]:
    """llama-server with as many slots, and a layout of the cache."""
    layout = "unified" if unified else "streams"
    port = _free_port()
    command = [
        str(program), "--model", str(model), "--port", str(port), "--parallel", str(slots),
        "--ctx-size", str(slots * context), "--threads", str(threads), "--threads-batch", str(threads),
        "--kv-unified" if unified else "--no-kv-unified", "--flash-attn", "auto",
        "--n-gpu-layers", "99", "--no-ui",
    ]  # fmt: skip
    asked = {"n_predict": REPLY_TOKENS, "ignore_eos": True, "cache_prompt": True, **_DRAWN}
    async with _served(command, port, "/health", log) as (client, pid):
        yield Rival(f"llama-server ({layout})", client, pid, "/completion", asked)


@asynccontextmanager
async def examples_server(
    script: Path, model: Path, log: Path, *, slots: int, context: int, threads: int, ends: Iterable[int]
) -> AsyncIterator[Rival]:
    """examples/server/server.py, which shares beginnings in one buffer. `ends` are the tokens that would end a text."""
    port = _free_port()
    config = log.with_suffix(".json")
    settings = {"n_ctx": slots * context, "n_seq_max": slots, "n_batch": 512, "n_ubatch": 512, "threads": threads}
    settings |= {"store_logits": False}
    described = {
        "server": {"host": "127.0.0.1", "port": port},
        "model": {"alias": "m", "path": str(model), "threads_batch": threads, "kv_unified": True, **settings},
    }
    config.write_text(json.dumps(described))
    never = {str(token): -100.0 for token in ends}
    asked = {"model": "m", "max_tokens": REPLY_TOKENS, "logit_bias": never, **_DRAWN}
    command = [sys.executable, str(script), "--config-file", str(config)]
    async with _served(command, port, "/healthz", log) as (client, pid):
        yield Rival("examples/server", client, pid, "/v1/completions", asked)


@asynccontextmanager
async def _served(
    command: Sequence[str], port: int, health: str, log: Path
) -> AsyncIterator[tuple[httpx.AsyncClient, int]]:
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(*command, stdout=output, stderr=output)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=None, limits=limits)
    try:
        until = time.monotonic() + START_SECONDS
        while not await _well(client, health):
            if process.returncode is not None or time.monotonic() > until:
                raise RuntimeError(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-3000:]}")
            await asyncio.sleep(0.2)
        yield client, process.pid
    finally:
        await client.aclose()
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def _well(client: httpx.AsyncClient, health: str) -> bool:
    try:
        return (await client.get(health)).status_code == 200
    except httpx.HTTPError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
