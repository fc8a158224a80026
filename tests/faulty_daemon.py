"""A daemon whose model fails where a line says so: `python tests/faulty_daemon.py serve ...`.

`burn the mill` in a line: whatever it is in cannot be computed. `stop the world`: from then on nothing can, until the
model is loaded again, and this happens once. `cut the thread`: the engine's thread ends. `NO_ROOM=3` in the
environment: memory for the model is refused three times; `MEMORY=900` in it: this process gets no more than 900 MiB of
address space beyond its start.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil

from npc_runtime.config import Config
from npc_runtime.engine import serving
from npc_runtime.engine.backend import Chunk, DecodeFailed, NoRoom
from npc_runtime.engine.llama import model as llama
from npc_runtime.engine.llama.loading import Loaded

GUILTY, BROKEN, DEADLY = "burn the mill", "stop the world", "cut the thread"
refusals = int(os.environ.get("NO_ROOM", "0"))


class FaultyModel(llama.LlamaModel):
    """Fails where the text that is to be computed says so."""

    broken = stopped = False

    def decode(self, chunks: Sequence[Chunk]) -> list[int]:
        texts = ["".join(self.piece(token).decode("utf-8", "replace") for token in chunk.tokens) for chunk in chunks]
        if any(DEADLY in text for text in texts):
            raise SystemExit
        if not self.stopped and any(BROKEN in text for text in texts):
            self.broken = self.stopped = True
        if self.broken or any(GUILTY in text for text in texts):
            raise DecodeFailed(-3)
        return super().decode(chunks)

    def shrink(self) -> None:
        super().shrink()
        self.broken = False


class PickyLoaded(Loaded):
    """Finds no room for some time."""

    def __init__(self, path: Path, config: Config) -> None:
        global refusals
        if refusals:
            refusals -= 1
            raise NoRoom("the test has no room for it")
        super().__init__(path, config)


def main() -> int:
    vars(serving)["LlamaModel"], vars(llama)["Loaded"] = FaultyModel, PickyLoaded
    if mib := os.environ.get("MEMORY"):
        import resource

        room = psutil.Process().memory_info().vms + (int(mib) << 20)
        resource.setrlimit(resource.RLIMIT_AS, (room, room))
    from npc_runtime.cli.main import main as command

    return command()


if __name__ == "__main__":
    sys.exit(main())
