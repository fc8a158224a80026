"""What llama.cpp says that it allocates, in a process of its own: `python -m benchmarks.allocated POLICY_AS_JSON`.

The policy is that of `placement.policy.Policy`, with `model`, and with `hollow` where nothing is to be allocated.
"""

from __future__ import annotations

import ctypes
import json
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from npc_runtime.engine.placement.policy import Policy

BUFFERS = {
    "weights": re.compile(r"(?:CPU|CPU_Mapped) model buffer size = +([\d.]+) MiB"),
    "repacked weights": re.compile(r"CPU_REPACK model buffer size = +([\d.]+) MiB"),
    "KV cache": re.compile(r"_cache(?:_iswa)?: size = +([\d.]+) MiB"),
    "logits": re.compile(r"output buffer size = +([\d.]+) MiB"),
    "compute buffer": re.compile(r"compute buffer size = +([\d.]+) MiB"),
}
_DEBUG_LEVEL = 1


def buffers(lines: list[str]) -> dict[str, float]:
    """MiB of each part, out of llama.cpp's log."""
    found = {part: [float(m[1]) for line in lines if (m := pattern.search(line))] for part, pattern in BUFFERS.items()}
    return {part: sum(sizes) for part, sizes in found.items()}


def allocated(model: Path, policy: Policy, *, hollow: bool = False) -> dict[str, float]:
    """MiB by part, and `rss`: what the process grew by until it had read a batch. Nothing is allocated when hollow."""
    asked = asdict(policy) | {"model": str(model), "hollow": hollow}
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.allocated", json.dumps(asked)],
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    found: dict[str, float] = json.loads(ran.stdout)
    return found


def _run(model: str, hollow: bool, policy: Policy) -> dict[str, Any]:
    import llama_cpp as cpp

    lines: list[str] = []

    def heard(level: int, text: bytes, _data: ctypes.c_void_p) -> None:
        if level != _DEBUG_LEVEL:
            lines.append(text.decode("utf-8", "replace"))

    callback = cpp.llama_log_callback(heard)
    cpp.llama_log_set(callback, ctypes.c_void_p(0))
    cpp.llama_backend_init()
    before = psutil.Process().memory_info().rss
    how = cpp.llama_model_default_params()
    how.n_gpu_layers = 0
    if hollow:
        how.no_alloc, how.load_mode = True, 0
    handle = cpp.llama_model_load_from_file(model.encode(), how)
    kinds = {"f16": cpp.GGML_TYPE_F16, "q8_0": cpp.GGML_TYPE_Q8_0, "q4_0": cpp.GGML_TYPE_Q4_0}
    params = cpp.llama_context_default_params()
    params.n_ctx, params.n_seq_max, params.n_outputs_max = policy.n_ctx, policy.slots, policy.slots
    params.n_batch = params.n_ubatch = policy.batch
    params.kv_unified = policy.unified
    params.type_k, params.type_v = kinds[policy.kv_type_k], kinds[policy.kv_type_v]
    params.flash_attn_type = int(policy.flash)
    context = cpp.llama_init_from_model(handle, params)
    assert context, "".join(lines[-5:])
    if not hollow:
        from npc_runtime.engine.backend import Chunk
        from npc_runtime.engine.llama.batch import Batch

        batch = Batch(policy.batch)
        share = policy.batch // policy.slots
        batch.fill([Chunk(slot, 0, [1] * share, sample=True) for slot in range(policy.slots)])
        assert cpp.llama_decode(context, batch.struct) == 0
    grown = psutil.Process().memory_info().rss - before
    return buffers(lines) | {"rss": 0.0 if hollow else grown / 2**20}


def main() -> None:
    """Command line."""
    asked = json.loads(sys.argv[1])
    model, hollow = asked.pop("model"), asked.pop("hollow")
    print(json.dumps(_run(model, hollow, Policy(**asked))))


if __name__ == "__main__":
    main()
