"""Small games, one in each client's language, that `benchmarks.clients` starts and talks to; it says how.

Each is a folder: its program, and an `__init__.py` with two functions, `missing()` (what is not there that it needs,
in a sentence, or an empty string) and `command(folder)` (builds it where it must be, into that folder, and gives the
command that starts it).
"""
