"""What a benchmark ran on, so that its figures mean something later."""

from __future__ import annotations

import os
import platform
from typing import Any

import llama_cpp
import msgpack
import psutil
import zmq

from npc_runtime import __version__


def about() -> dict[str, Any]:
    """Versions, cores and load at the start."""
    return {
        "npc_runtime": __version__,
        "llama_cpp_python": llama_cpp.__version__,
        "pyzmq": zmq.__version__,
        "msgpack": ".".join(map(str, msgpack.version)),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": psutil.cpu_count(logical=False) or os.cpu_count(),
        "load_before": round(psutil.getloadavg()[0], 2),
    }


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
