"""The file of what players and writers thought of replies: appended to as they say it, one `RatedLine` a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from npc_runtime.dialogue.rated import RatedLine, read
from npc_runtime.dialogue.why import Why
from npc_runtime.errors import Conflict, NotFound, StorageError, not_found
from npc_runtime.memory.erase import whole


class FeedbackFile:
    """`feedback.jsonl` of a data folder. A line is never changed: of several about one reply the last one counts."""

    def __init__(self, path: Path, model: str = "") -> None:
        """`model` is the name of the one that writes the replies from now on."""
        self._path = path
        self._model = model

    def add(self, world: str, why: Why, rating: int | None, better: str | None) -> None:
        """Keeps a judgement of a reply, with what was behind it.

        Raises Conflict for a reply that has not ended or has no words of its own, Invalid, or StorageError.
        """
        ended = why.ended
        if ended is None:
            raise Conflict(f'reply "{why.reply}" has not ended yet', hint="send feedback after its reply.end")
        if why.card is None or not ended.text:
            raise Conflict(
                f'reply "{why.reply}" ended before {ended.npc} had thought of anything to say',
                hint="there is nothing to judge; the `reason` in its reply.end says why",
            )
        line = RatedLine.of(
            why.card,
            f"({ended.emotion}) {ended.text}",
            rating=rating,
            better=better,
            world=world,
            npc=ended.npc,
            speaker=why.speaker,
            reply=ended.reply,
            model=self._model,
            source=ended.source,
        )
        self._append(f"{line.model_dump_json()}\n".encode())

    def take_over(self, other: Path) -> None:
        """Appends what another file holds, if there is one. Raises StorageError."""
        try:
            lines = other.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise _cannot_read(other, error) from None
        self._append(lines)

    def lines(self, world: str | None = None, min_rating: int | None = None) -> list[RatedLine]:
        """The last judgement of each reply, in the order of the first.

        `min_rating` leaves out what is rated lower, or not at all, and has no better line. Raises NotFound where there
        is nothing at all, Invalid for a line that somebody has broken, or StorageError.
        """
        if not self._path.exists():
            raise NotFound(
                f"there is no feedback in {self._path.parent} yet",
                hint="games send it as `feedback`; in the demo, type /rate or /better",
            )
        last = {(line.world, line.reply): line for line in read(self._path)}
        worlds = {line.world for line in last.values()}
        if world is not None and world not in worlds:
            raise not_found("world", world, worlds, where=str(self._path))
        return [
            line
            for line in last.values()
            if world in (None, line.world)
            and (min_rating is None or line.better is not None or (line.rating or 0) >= min_rating)
        ]

    def forget(self, speaker: str, names: Iterable[str] = ()) -> None:
        """Takes out every line about a reply to this player or with one of its names in it, in one step.

        Raises StorageError.
        """
        naming = whole([speaker, *names])
        try:
            lines = self._path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        except OSError as error:
            raise _cannot_read(self._path, error) from None
        draft = self._path.with_name(self._path.name + ".new")
        try:
            draft.write_bytes(b"".join(line + b"\n" for line in lines if _keeps(line, naming)))
            draft.replace(self._path)
        except OSError as error:
            raise self._cannot_write(error) from None

    def _append(self, lines: bytes) -> None:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(lines)
        except OSError as error:
            raise self._cannot_write(error) from None

    def _cannot_write(self, error: OSError) -> StorageError:
        return StorageError(
            f"feedback cannot be written to {self._path}: {error.strerror}",
            hint="look at permissions and free space, or choose another folder with --data-dir",
        )


def _cannot_read(path: Path, error: OSError) -> StorageError:
    return StorageError(f"cannot read {path}: {error.strerror}")


def _keeps(line: bytes, naming: re.Pattern[str]) -> bool:
    """Whether a line is about somebody else. One that cannot be read may be about anybody, so it goes."""
    try:
        return not naming.search(json.dumps(json.loads(line), ensure_ascii=False))
    except ValueError:
        return False
