"""The terminal village: a small game that shows what the runtime does, and how a game talks to it."""
