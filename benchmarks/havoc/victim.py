"""A client that is killed: says a line, has two argue, and tells on stdout that the answers have begun to come.

python -m benchmarks.havoc.victim DATA_DIR WORLD
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from benchmarks.havoc.lane import BYSTANDER, PARTIES
from npc_runtime.client import connect
from npc_runtime.wire import messages as m


async def main(data_dir: Path, world: str) -> None:
    """Never ends by itself."""
    runtime = await connect(data_dir=data_dir, start=False, name="victim")
    await runtime.call(m.WorldOpened, "world.open", world=world)
    await runtime.post(runtime.message("argue.start", world=world, between=list(PARTIES), about="the stolen hammer"))
    said = {"from": "player:victim", "to": BYSTANDER, "text": "What do you do all day?"}
    await runtime.call(m.ReplyStart, "say", world=world, **said)
    print("begun", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
