"""From the bytes of tokens to text that can be shown: whole characters only, and nothing of a stop string."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class TextStream:
    """Decodes UTF-8 as it arrives and watches for stop strings, also across token borders."""

    def __init__(self, stop: Sequence[str] = ()) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stop = tuple(text for text in stop if text)
        self._held = ""
        self.stopped = False

    def push(self, data: bytes) -> str:
        """What can be shown now. After a stop string, `stopped` is set and nothing more comes."""
        if self.stopped:
            return ""
        self._held += self._decoder.decode(data)
        found = min((at for text in self._stop if (at := self._held.find(text)) >= 0), default=-1)
        if found >= 0:
            self.stopped = True
            shown, self._held = self._held[:found], ""
            return shown
        keep = self._possible_stop()
        shown = self._held[: len(self._held) - keep]
        self._held = self._held[len(shown) :]
        return shown

    def flush(self) -> str:
        """What was held back, when no more tokens come. An unfinished character is dropped."""
        shown, self._held = self._held, ""
        self._decoder.reset()
        return "" if self.stopped else shown

    def _possible_stop(self) -> int:
        """Length of the longest end of the held text that could begin a stop string."""
        longest = 0
        for text in self._stop:
            for length in range(min(len(text) - 1, len(self._held)), longest, -1):
                if self._held.endswith(text[:length]):
                    longest = length
                    break
        return longest
