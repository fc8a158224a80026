"""The doctor's look at servers elsewhere: whether each answers, which model it has, and what it understands."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

from npc_runtime.config import Config
from npc_runtime.engine.serving import Elsewhere
from npc_runtime.errors import RuntimeFault

PATIENCE_SECONDS = 30.0
Seen = tuple[str, str, str]
"""What was looked at, what was found, and what is wrong; nothing is, where it is empty."""


def servers(config: Config) -> Iterator[Seen]:
    """Looks at each server. Asks it for a few words, which costs next to nothing."""
    logging.getLogger("npc_runtime.engine.remote").setLevel(logging.ERROR)  # what it would say is said here
    try:
        yield from asyncio.run(_look(config))
    except RuntimeFault as error:
        yield "engine", error.message, error.hint or "see --engine and --engine-key"


async def _look(config: Config) -> list[Seen]:
    elsewhere = Elsewhere(config)
    await elsewhere.open(PATIENCE_SECONDS)
    try:
        found: list[Seen] = []
        for replica in elsewhere.replicas:
            wrong = "" if replica.well else replica.trouble or f"no answer after {PATIENCE_SECONDS:g} s"
            about = f"{replica.model} at {replica}" if replica.well else f"{replica.url} cannot be asked"
            found.append(("engine", about, wrong))
        found.append(("profile", str(elsewhere.profile), ""))
        return found
    finally:
        await elsewhere.close()
