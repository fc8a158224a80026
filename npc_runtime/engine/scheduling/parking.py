"""Where the keys and values of a character go when its slot is needed: into RAM, from there to the disk, or nowhere.

Text is the truth, and this a cache of it: whatever is not here, or does not fit any more, is computed again. Every
owner has one state at most, its last, and where a model cannot take back a part of what it knows, one that is marked
as where its prompts part; those that were used least lately give way.
"""

from __future__ import annotations

import logging
import shutil
from collections import OrderedDict
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from npc_runtime.engine.books import ParkingStats, Tier

log = logging.getLogger(__name__)

FOLDER = "parked"


@dataclass
class Parked:
    """The state of a sequence: its tokens, and what the model knows of them, in RAM or in a file."""

    owner: str
    tokens: list[int]
    size: int  # bytes
    state: bytes | None
    file: Path | None = None
    adapter: str = ""  # that it was computed with
    mark: str = ""  # what it is, among those of its owner

    @property
    def key(self) -> tuple[str, str]:
        """What there is one of."""
        return self.owner, self.mark


class Parking:
    """States of sequences, within `ram` and `disk` bytes. `folder` is emptied; None: nothing goes to the disk."""

    def __init__(self, ram: int, disk: int = 0, folder: Path | None = None) -> None:
        self.stats = ParkingStats(Tier(limit=ram), Tier(limit=disk if folder is not None else 0))
        self._allowed = ram
        self._folder = folder
        self._entries: OrderedDict[tuple[str, str], Parked] = OrderedDict()  # by key, the least lately used first
        self._numbers = count()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)  # of a daemon that was killed

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, owner: str) -> bool:
        return any(entry.owner == owner for entry in self._entries.values())

    def park(self, owner: str, tokens: list[int], state: bytes, adapter: str = "", mark: str = "") -> None:
        """Keeps a state, in the place of an earlier one of the same owner and mark; others may have to give way."""
        entry = Parked(owner, tokens, len(state), state, adapter=adapter, mark=mark)
        self._forget(entry.key)
        self._entries[entry.key] = entry
        self.stats.ram.put(len(state))
        self.stats.parked += 1
        self._make_room()

    def best(
        self, tokens: list[int], limit: int, adapter: str = "", *, whole: bool = False
    ) -> tuple[Parked | None, int]:
        """The state that holds most of these tokens, computed with an adapter, and how many of the first `limit`.

        `whole`: none that holds anything else.
        """
        found, length = None, 0
        for entry in self._entries.values():
            if entry.adapter != adapter:
                continue
            held = common(entry.tokens, tokens, limit)
            if held > length and not (whole and held < len(entry.tokens)):
                found, length = entry, held
        return found, length

    def state(self, entry: Parked) -> bytes | None:
        """What the model knows of it, which stays here; None where the file cannot be read any more."""
        self._entries.move_to_end(entry.key)
        if entry.state is not None:
            self.stats.ram.resumed += 1
            return entry.state
        assert entry.file is not None, "it is in one place or the other"
        try:
            state = entry.file.read_bytes()
        except OSError as error:
            log.warning("a parked character has to be computed again: %s", error)
            state = b""
        if len(state) != entry.size:
            self._forget(entry.key)
            return None
        self.stats.disk.resumed += 1
        return state

    def forget(self, owner: str) -> None:
        """Gives up what is kept for an owner, if anything."""
        for key in [key for key in self._entries if key[0] == owner]:
            self._forget(key)

    def _forget(self, key: tuple[str, str]) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        if entry.state is not None:
            self.stats.ram.take(entry.size)
        if entry.file is not None:
            self.stats.disk.take(entry.size)
            _delete(entry.file)

    def forget_all(self, opening: str = "") -> None:
        """Gives up what is kept for all owners whose names begin so."""
        for key in [key for key in self._entries if key[0].startswith(opening)]:
            self._forget(key)

    def limit(self, ram: int | None) -> None:
        """From now on keeps so many bytes in RAM at most; None: as many as it may."""
        self.stats.ram.limit = self._allowed if ram is None else min(ram, self._allowed)
        self._make_room()

    def close(self) -> None:
        """Leaves nothing behind."""
        self.forget_all()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _make_room(self) -> None:
        for entry in list(self._entries.values()):
            if self.stats.ram.bytes <= self.stats.ram.limit:
                break
            if entry.state is not None and not self._to_disk(entry):
                self._give_up(entry)
        for entry in list(self._entries.values()):
            if self.stats.disk.bytes <= self.stats.disk.limit:
                break
            if entry.file is not None:
                self._give_up(entry)

    def _to_disk(self, entry: Parked) -> bool:
        """Moves a state into a file. False where there is no room for files, or it cannot be written."""
        if self._folder is None or entry.size > self.stats.disk.limit or entry.state is None:
            return False
        file = self._folder / f"{next(self._numbers)}.kv"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.write_bytes(entry.state)
        except OSError as error:
            log.warning("what was computed of idle characters is kept in RAM only: %s", error)
            _delete(file)
            self.stats.disk.limit = 0
            return False
        entry.state, entry.file = None, file
        self.stats.ram.take(entry.size)
        self.stats.disk.put(entry.size)
        return True

    def _give_up(self, entry: Parked) -> None:
        self._forget(entry.key)
        self.stats.given_up += 1


def _delete(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s is left behind: %s", file, error)


def common(held: list[int], wanted: list[int], limit: int) -> int:
    """How many of the first `limit` tokens two lists have in common."""
    low, high = 0, min(limit, len(held), len(wanted))
    while low < high:  # comparing slices is so much quicker than comparing tokens that halving pays
        middle = (low + high + 1) // 2
        if held[low:middle] == wanted[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
