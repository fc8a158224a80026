"""What the promises cost and how fast they are kept: each module has `run() -> dict`, printed by `npc-runtime bench`."""
