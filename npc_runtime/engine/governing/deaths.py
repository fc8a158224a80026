"""What became of the last daemon that had a model on a card: where a card fails in a step, llama.cpp ends the process.

Nothing in a process can survive that. Its clients start another daemon, which finds as much of the card free as the
last one did; so what it was doing is noted in a file, and each death in a row leaves the next model less of the card.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

log = logging.getLogger(__name__)

FILE = "on-the-card.json"
SHARE = 0.6
"""Of what the last model had on the card, after each death."""
MOST_DEATHS = 4
"""From here on nothing is put on the card."""
SURVIVED_SECONDS = 600.0
"""After so long whatever ends the process has nothing to do with how it began."""


@dataclass(frozen=True)
class Note:
    """A model is on the card, with `vram` bytes, after so many deaths in a row."""

    vram: int
    deaths: int = 0


class Deaths:
    """The note of a data folder. Where it cannot be written, deaths are not counted."""

    def __init__(self, data_dir: Path) -> None:
        self._file = data_dir / FILE
        self._deaths, self._vram = 0, 0
        self._held, self._noted = 0, False
        try:
            found = Note(**json.loads(self._file.read_text(encoding="utf-8")))
            self._deaths, self._vram = int(found.deaths) + 1, int(found.vram)
        except (OSError, ValueError, TypeError):
            return
        log.warning("the last daemon ended while it had a model on the card, for the %d. time in a row", self._deaths)

    @property
    def vram(self) -> int | None:
        """Bytes of the card that may be used at most; None: nobody died of it."""
        if not self._deaths:
            return None
        return 0 if self._deaths >= MOST_DEATHS else int(self._vram * SHARE)

    def note(self, vram: int) -> None:
        """A model has so many bytes of the card now; none after a death is worth a note, too."""
        if self._noted and vram == self._held:
            return
        self._held = vram
        if vram or self._deaths:
            self._noted = True
            self._write()

    def survived(self) -> None:
        """It has been there for long."""
        if self._deaths:
            self._deaths = 0
            self._write()

    def end(self) -> None:
        """It was taken off the card in order."""
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s is left behind: %s", self._file, error)

    def _write(self) -> None:
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file.write_text(json.dumps(asdict(Note(self._held or self._vram, self._deaths))), encoding="utf-8")
        except OSError as error:
            log.warning("%s cannot be written, so a card that fails is not noticed: %s", self._file, error)
