"""How fast a policy is: a cost model with few constants, measured on this machine or taken from published figures.

A step on a device costs what it takes to read the weights once and the caches of those who write, plus the arithmetic
of every token, plus a start. GPU and CPU take turns, layer after layer, so their times add up.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from npc_runtime.engine.placement.memory import token_bytes
from npc_runtime.engine.placement.policy import Policy, Wish
from npc_runtime.engine.placement.shape import Part, Shape

OPERATIONS = 2  # a weight: multiply and add
_MANY = 32  # tokens from which on llama.cpp multiplies matrices, and takes weights over to the card for it
_SLOWER = {"f16": 1.0, "q8_0": 1.05, "q4_0": 1.1}
"""Reading a quantized cache costs no less than reading one of f16, since it has to be widened."""


@dataclass(frozen=True)
class Device:
    """What a processor does: bytes read a second, operations a second in large batches and in small, seconds a step."""

    bandwidth: float
    large: float
    small: float
    start: float

    def seconds(self, read: float, weights: float, tokens: int) -> float:
        """One step."""
        rate = self.large if tokens >= _MANY else self.small
        return self.start + read / self.bandwidth + OPERATIONS * weights * tokens / rate


@dataclass(frozen=True)
class Constants:
    """All that the cost model knows of a machine."""

    # One thread of an older desktop, and memory of two channels that a game reads as well. Ours, in RESULTS.md: 109e9
    # operations a second with Q4_0 on one core, and 6e9 bytes.
    cpu: Device = field(default_factory=lambda: Device(bandwidth=20e9, large=40e9, small=15e9, start=0.0005))
    cpu_is_per_thread: bool = True  # the operations above; and no thread reads more than `thread_bandwidth`
    thread_bandwidth: float = 5e9
    # A GeForce 3060 writes 279 tokens/s with a 1B model of four bits (0.8 GB), so it reads 223e9 bytes a second; a 3090
    # writes 157, 280, 470, 584 tokens/s with 8B to 1, 2, 4, 8 at once: a millisecond more for each, 16e12 operations.
    gpu: Device = field(default_factory=lambda: Device(bandwidth=200e9, large=15e12, small=8e12, start=0.001))
    bus: float = 10e9  # bytes a second from RAM to the card
    # With the cache in RAM a 3090 Ti wrote 60 tokens/s instead of 127, and read 238 instead of 4035 (7B, 32 layers).
    host_cache_step: float = 0.000275  # seconds a layer and step
    host_cache_token: float = 0.000123  # seconds a layer and token read
    source: str = "published figures, not this machine's; `npc-runtime bench calibrate` measures it"

    def cpu_with(self, threads: int) -> Device:
        """The CPU with that many threads."""
        if not self.cpu_is_per_thread:
            return self.cpu
        threads = max(1, threads)
        return Device(
            bandwidth=min(self.cpu.bandwidth, self.thread_bandwidth * threads),
            large=self.cpu.large * threads,
            small=self.cpu.small * threads,
            start=self.cpu.start,
        )


@dataclass(frozen=True)
class Speed:
    """What a player notices. Rates are tokens a second, times seconds; a typical prompt and reply are the wish's."""

    prefill: float
    decode: float  # of one who speaks alone
    decode_all: float  # of all who speak at once, together
    first_word: float  # of one alone
    reply: float  # until its end
    reply_all: float  # when all are spoken to at once


def speed(shape: Shape, policy: Policy, wish: Wish, constants: Constants, threads: int) -> Speed:
    """What a policy does."""
    model = _Model(shape, policy, constants, threads)
    prompt, written = wish.prompt, wish.written
    prefill = model.prefill(prompt)
    alone = model.step(1, prompt)
    together = model.step(policy.slots, prompt)
    first = prefill + alone
    return Speed(
        prefill=prompt / prefill,
        decode=1 / alone,
        decode_all=policy.slots / together,
        first_word=first,
        reply=first + (written - 1) * alone,
        reply_all=policy.slots * prefill + written * together,
    )


class _Model:
    def __init__(self, shape: Shape, policy: Policy, constants: Constants, threads: int) -> None:
        self._policy, self._constants = policy, constants
        self._cpu, self._gpu = constants.cpu_with(threads), constants.gpu
        self._on_gpu, self._on_cpu = shape.on_gpu(policy.n_gpu_layers), shape.on_cpu(policy.n_gpu_layers)
        first = shape.first_on_gpu(policy.n_gpu_layers)
        slower = max(_SLOWER[policy.kv_type_k], _SLOWER[policy.kv_type_v])
        on_gpu = policy.kv_place == "gpu"
        held = slower * token_bytes(shape, "f16", "f16")  # bytes of one token
        self._cache_gpu = slower * token_bytes(shape, "f16", "f16", first) if on_gpu else 0.0
        self._cache_cpu = held - self._cache_gpu
        self._away = 0 if on_gpu else len(shape.blocks) - first  # layers whose cache is not with them

    def step(self, speaking: int, length: int) -> float:
        """Seconds in which each of those who speak gets a token."""
        read = speaking * length * (speaking if self._policy.unified else 1)  # one buffer is read whole for each
        seconds = self._on(self._cpu, self._on_cpu, read * self._cache_cpu, speaking)
        seconds += self._on(self._gpu, self._on_gpu, read * self._cache_gpu, speaking)
        return seconds + self._away * self._constants.host_cache_step

    def prefill(self, tokens: int) -> float:
        """Seconds to read a prompt, batch by batch, with nobody else in the way."""
        return sum(
            self._batch(min(self._policy.batch, tokens - start), start)
            for start in range(0, tokens, self._policy.batch)
        )

    def _batch(self, tokens: int, before: int) -> float:
        seconds = self._on(self._gpu, self._on_gpu, before * self._cache_gpu, tokens)
        here = self._on(self._cpu, self._on_cpu, before * self._cache_cpu, tokens)
        if self._on_gpu and self._on_cpu and tokens >= _MANY:
            carried = self._on_cpu.active / self._constants.bus
            here = min(here, carried + self._on(self._gpu, self._on_cpu, before * self._cache_cpu, tokens))
        return seconds + here + self._away * tokens * self._constants.host_cache_token

    def _on(self, device: Device, part: Part, read: float, tokens: int) -> float:
        return device.seconds(part.active + read, part.weights, tokens) if part or read else 0.0
