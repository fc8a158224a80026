"""A disk that fails and a clock that jumps, for the processes that are told so: the machine itself is left alone."""

from __future__ import annotations

import contextlib
import mmap
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).with_name("faults.c")
NUMBERS = struct.Struct("4q")
CLOCK, ROOM, READ_ONLY, DENIED = range(0, NUMBERS.size, 8)
ENDLESS = -1


class Faults:
    """What goes wrong below `folder` in processes that are started within `preloaded`. Close it when done.

    `missing` says why there can be no such faults here, or is empty; then everything below does nothing.
    """

    def __init__(self, folder: Path, workshop: Path) -> None:
        """`workshop` is a folder outside of `folder`, for the library and what steers it."""
        self.missing = _why_not()
        if self.missing:
            return
        self._library, self._control = workshop / "faults.so", workshop / "faults.control"
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", SOURCE, "-o", self._library, "-ldl"], check=True)
        self._control.write_bytes(NUMBERS.pack(0, ENDLESS, 0, 0))
        self._folder = folder
        with self._control.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), NUMBERS.size)

    def close(self) -> None:
        """What was started goes on with a disk and a clock as they are now."""
        if not self.missing:
            self._shared.close()

    @contextlib.contextmanager
    def preloaded(self) -> Iterator[None]:
        """Processes that are started in here are subject to the faults."""
        if self.missing:
            yield
            return
        ours = {"LD_PRELOAD": self._library, "FAULTS_CONTROL": self._control, "FAULTS_FOLDER": self._folder}
        before = {name: os.environ.get(name) for name in ours}
        os.environ.update({name: str(value) for name, value in ours.items()})
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

    @property
    def denied(self) -> int:
        """How many writes and openings failed because of the disk so far."""
        return 0 if self.missing else int(struct.unpack_from("q", self._shared, DENIED)[0])

    def fill(self, room: int = 0) -> None:
        """From now on the disk takes `room` bytes more; the write that crosses the end is cut short."""
        self._put(ROOM, room)

    def protect(self) -> None:
        """From now on nothing can be written, created, renamed or taken away."""
        self._put(READ_ONLY, 1)

    def mend(self) -> None:
        """The disk works again."""
        self._put(ROOM, ENDLESS)
        self._put(READ_ONLY, 0)

    def step_clock(self, seconds: int) -> None:
        """The wall clock is so far ahead from now on; below 0: behind."""
        self._put(CLOCK, seconds)

    def _put(self, where: int, value: int) -> None:
        if not self.missing:
            struct.pack_into("q", self._shared, where, value)


def _why_not() -> str:
    if sys.platform != "linux":
        return "a library is preloaded for it, which works on Linux"
    return "" if shutil.which("cc") else "no C compiler `cc` was found"
