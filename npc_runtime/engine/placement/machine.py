"""What this machine has free, and what of it may be used."""

from __future__ import annotations

import psutil

from npc_runtime.engine import gpu
from npc_runtime.engine.placement.policy import Machine

RAM_SHARE = 0.9  # of what is available; the rest is for what others begin to use meanwhile


def machine(
    *, reserve: int, threads: int, vram: int | None = None, ram: int | None = None, offload: bool = True
) -> Machine:
    """What may be used when `reserve` bytes of the card stay for the game; `offload`: this llama.cpp can use a card.

    `vram` and `ram` stand in for what is found here. Of several cards it is the one with the most room.
    """
    card = max(gpu.cards() if vram is None and offload else (), key=lambda card: card.free, default=None)
    free = vram if vram is not None else card.free if card else 0
    here = int(psutil.virtual_memory().available * RAM_SHARE)
    return Machine(max(0, free - reserve), here if ram is None else ram, threads, card.name if card else "")
