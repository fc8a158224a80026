"""Which GPUs this machine has, as their driver tells it: llama.cpp built for the CPU sees none and says nothing."""

from __future__ import annotations

import csv
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from npc_runtime import bundle

GIB = 1024**3
FRESH_SECONDS = 1.0
REBUILD = (
    "take a bundle that was made with `make bundle CUDA=1`"
    if bundle.inside()
    else "pip install --force-reinstall --no-cache-dir llama-cpp-python with the environment variable "
    "CMAKE_ARGS=-DGGML_CUDA=on (needs the CUDA toolkit), or `make demo CUDA=1` in a checkout"
)


@dataclass(frozen=True)
class Card:
    """A GPU as its driver reports it. Sizes are in bytes."""

    name: str
    total: int
    free: int


def cards() -> list[Card]:
    """The NVIDIA cards that their driver reports, by nvidia-ml-py where that is installed, else by nvidia-smi."""
    found = _by_library()
    return _by_tool() if found is None else found


class Gauge:
    """What the cards have free, read beside whoever asks: a driver may take its time to say so."""

    def __init__(self, found: Sequence[Card], read: Callable[[], list[Card]] = cards) -> None:
        """Where no card was `found`, none is looked for again."""
        self._found, self._cards = tuple(found), read
        self._read_at = time.monotonic()
        self._reading = threading.Lock()

    def read(self) -> tuple[Card, ...]:
        """The last reading. Where that is old, a new one is on its way for who asks next. Never waits."""
        old = time.monotonic() - self._read_at > FRESH_SECONDS
        if self._found and old and self._reading.acquire(blocking=False):
            threading.Thread(target=self._look, name="gauge", daemon=True).start()
        return self._found

    def _look(self) -> None:
        try:
            self._found = tuple(self._cards()) or self._found
        finally:
            self._read_at = time.monotonic()
            self._reading.release()


def _by_library() -> list[Card] | None:
    """None where the library, or the driver that it asks, is not there."""
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
        try:
            handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
            return [_card(pynvml.nvmlDeviceGetName(each), pynvml.nvmlDeviceGetMemoryInfo(each)) for each in handles]
        finally:
            pynvml.nvmlShutdown()
    except pynvml.NVMLError:
        return None


def _card(name: str | bytes, memory: Any) -> Card:
    return Card(name.decode() if isinstance(name, bytes) else name, int(memory.total), int(memory.free))


def _by_tool() -> list[Card]:
    """What nvidia-smi reports; none when it is not there or fails."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    query = [tool, "--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True)
        rows = csv.reader(answer.stdout.splitlines(), skipinitialspace=True)
        return [Card(name, int(total) << 20, int(free) << 20) for name, total, free in rows]
    except (OSError, subprocess.SubprocessError, ValueError):
        return []


def describe(found: Sequence[Card], *, offload: bool) -> str:
    """Where a model runs, and why not on a card that is there; `offload` says what the build of llama.cpp can do."""
    shown = ", ".join(f"{card.name} ({card.free / GIB:.1f} of {card.total / GIB:.1f} GiB free)" for card in found)
    if found and not offload:
        return f"CPU; {shown} is NOT USED: llama.cpp was built for the CPU only"
    if offload:
        return f"GPU: {shown}" if found else "GPU"
    return "CPU"
