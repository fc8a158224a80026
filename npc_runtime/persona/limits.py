"""How much a pack may hold. Packs are made by strangers: reading one ends, whatever is in it.

Hand-written packs stay far below all of these; what passes one is generated, broken, or meant to hurt. The table in
`personas/README.md` has the same numbers.
"""

from __future__ import annotations

FILE_BYTES = 256 * 1024
"""Of one file: forty times the longest persona of the bundled village, and parsed in half a second at worst."""

PACK_BYTES = 16 * 1024 * 1024
"""Of all files together, and what YAML aliases repeat counts again: it bounds what a loaded pack takes of memory."""

ENTRIES = 10_000
"""Names in all folders that are looked through, whatever they name: a folder of a million is not listed."""

NODES = 50_000
"""Keys, values and lists in one YAML file, with what aliases repeat: a few lines can stand for billions."""

PACK_NODES = 500_000
"""The same in all files together: a value takes up to half a kilobyte of memory once it is checked."""

DEPTH = 32
"""Lists and keys inside one another. The schema has six; what walks through data may call itself that often."""

SCALAR_CHARACTERS = 4_096
"""Of one text in YAML: more than anything that a pack or a scene can use, and little enough to be looked at."""

ADAPTER_BYTES = 512 * 1024 * 1024
"""Of one adapter: rank 64 on all layers of a model of 8B is less, and it stays in memory."""

ADAPTERS = 64
"""Different ones in a pack: each that was used once stays in memory."""

DESCRIPTION_CHARACTERS = 2_000
"""Of what an author says of a character: about 500 tokens of a larger model's prompt."""

SECONDS = 10.0
"""Of the processor, until loading gives up: the village of 3,008 takes a fifth of that; somebody waits for it."""

PARAGRAPHS = 20_000
"""Of lore in all files: a novel's worth, each of which is compared with every secret."""

PLACES = 1_000
ITEMS = 2_000
SCOPES = 500
LEADS_TO = 100  # and the items of one place
FACTS = 200
WANTS = 50
SECRETS = 50
RELATIONS = 500
ALIASES = 8
KNOWS = 100
BARK_LINES = 100  # for one move and mood
"""Entries of the lists in the schema: some are walked through for every line that is spoken."""
