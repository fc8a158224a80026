"""A temperature that follows how sure the model is, after Entropix.

Entropix (https://github.com/xjdr-alt/entropix, `entropix/sampler.py`) looks at the entropy of the next token, which is
how unsure the model is, and at the varentropy, the variance of that surprise, which is high where a few ways part:

    low entropy, low varentropy    it knows: the likeliest token is taken
    high entropy, low varentropy   it may say anything: warmer by 1.3 (Entropix has it ask a question first)
    low entropy, high varentropy   a fork: warmer by 1.2
    high entropy, high varentropy  it is lost: warmer by 2

Between these the temperature stays. Left out are its terms of attention, which llama.cpp does not show, and its
branching: what is said cannot be taken back. The thresholds, in bits, are those of
https://github.com/SinatrasC/entropix-smollm (`entr_model_torch/config.py`), for the family of our default model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LOW, HIGH = 0.6, 2.17  # bits
STEADY, FORKED = 3.28, 6.18  # bits, squared
ASKING, EXPLORING, LOST = 1.3, 1.2, 2.0
WARMEST = 1.5  # that asking and exploring go; a temperature that is set above it stays


def measured(logits: NDArray[Any]) -> tuple[float, float]:
    """Entropy in bits, and varentropy in bits squared."""
    weights = np.exp(logits - logits.max(), dtype=np.float64)
    chances = weights / weights.sum()
    surprise = -np.log2(np.maximum(chances, np.finfo(np.float64).tiny))
    entropy = float(chances @ surprise)
    return entropy, float(chances @ (surprise - entropy) ** 2)


def gated(temperature: float, logits: NDArray[Any]) -> float:
    """The temperature for these logits; 0 where the likeliest is to be taken."""
    entropy, varentropy = measured(logits)
    if entropy < LOW and varentropy < STEADY:
        return 0.0
    if entropy > HIGH and varentropy < STEADY:
        return max(temperature, min(WARMEST, temperature * ASKING))
    if varentropy > FORKED:
        return max(temperature, min(WARMEST, temperature * EXPLORING)) if entropy < HIGH else temperature * LOST
    return temperature
