"""The parts of `npc-runtime bench chaos`: what is done to a daemon, and what it must have made of it."""
