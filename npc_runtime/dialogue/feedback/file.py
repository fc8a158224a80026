"""The file of what players and writers thought of replies: appended to as they say it, one `RatedLine` a line."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from npc_runtime.dialogue.feedback.line import Judged, RatedLine, readable
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.replies import Why
from npc_runtime.errors import Conflict, NotFound, StorageError, not_found
from npc_runtime.memory.naming import Naming


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
        known = why.card.facts
        line = RatedLine.of(
            replace(why.card, move=Move(why.move) if why.move else why.card.move),  # a model may have chosen another
            f"({ended.emotion}) {ended.text}",
            [known.index(fact) + 1 for fact in why.facts if fact in known],
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

    def judged(self, world: str | None = None, min_rating: int | None = None) -> Judged:
        """The last judgement of each reply, in the order of the first, and which lines of the file cannot be read.

        `min_rating` leaves out what is rated lower, or not at all, and has no better line. Raises NotFound where there
        is nothing at all, or StorageError.
        """
        if not self._path.exists():
            raise NotFound(
                f"there is no feedback in {self._path.parent} yet",
                hint="games send it as `feedback`; in the demo, type /rate or /better",
            )
        lines, skipped = readable(self._path)
        last = {(line.world, line.reply): line for line in lines}
        worlds = {line.world for line in last.values()}
        if world is not None and world not in worlds:
            raise not_found("world", world, worlds, where=str(self._path))
        wanted = [
            line
            for line in last.values()
            if world in (None, line.world)
            and (min_rating is None or line.better is not None or (line.rating or 0) >= min_rating)
        ]
        return Judged(wanted, skipped)

    @contextlib.contextmanager
    def without(self, naming: Naming, world: str) -> Iterator[None]:
        """Takes out every line about a reply to somebody or that names it, once the block has ended well.

        A name is somebody's in this world only; an id is in all of them. What the block or others append meanwhile
        stays. Raises StorageError before the block where the file cannot be written anew.
        """
        try:
            found = self._path.read_bytes()
        except FileNotFoundError:
            yield
            return
        except OSError as error:
            raise _cannot_read(self._path, error) from None
        draft = self._path.with_name(self._path.name + ".new")
        try:
            with self._explained():
                draft.write_bytes(b"\n".join(line for line in found.split(b"\n") if _keeps(line, naming, world)))
            yield
            with self._explained():
                with draft.open("ab") as file:
                    file.write(self._path.read_bytes()[len(found) :])
                draft.replace(self._path)
        finally:
            draft.unlink(missing_ok=True)

    def _append(self, lines: bytes) -> None:
        """All of it, on lines of its own, or nothing: a disk that was full may have left half a line behind."""
        with self._explained():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._path.open("a+b", buffering=0) as file:
                end = file.seek(0, os.SEEK_END)
                file.seek(max(0, end - 1))
                rest = memoryview(b"\n" + lines if file.read(1) not in (b"", b"\n") else lines)
                try:
                    while rest:
                        rest = rest[file.write(rest) :]
                except OSError:
                    file.truncate(end)
                    raise

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StorageError(
                f"feedback cannot be written to {self._path}: {error.strerror}",
                hint="look at permissions and free space, or choose another folder with --data-dir",
            ) from None


def _cannot_read(path: Path, error: OSError) -> StorageError:
    return StorageError(f"cannot read {path}: {error.strerror}")


def _keeps(line: bytes, naming: Naming, world: str) -> bool:
    """Whether a line is about somebody else; of one that cannot be read, whether its bytes name nobody."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return not naming.in_bytes(line)
    here = not isinstance(found, dict) or found.get("world", world) == world
    return not (naming if here else replace(naming, names=())).in_value(found)
