"""What makes the bundle: NPC Runtime as a folder that runs without Python. `python -m bundling --help`, or `make bundle`."""
