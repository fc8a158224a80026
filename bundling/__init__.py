"""What makes the bundle: NPC Runtime as a folder that runs without Python. `make bundle` is `python -m bundling`."""
