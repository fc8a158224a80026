"""What the promises cost: each module has `run() -> dict`, which `npc-runtime bench NAME` prints."""
