"""Stage directions, taken out of what larger models write: `*smiles*`, `[smirks]`, `(laughs)`, `### Response:`.

Text streams, so whatever may still turn out to be one is kept back until it is closed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from npc_runtime.language.scripts import FULL_STOPS, WIDE

_LONGEST = 120  # characters; a mark that is closed later than this closes nothing
_HEADING = 40
_STOPS = f".!?…{FULL_STOPS}"
_PAUSES = f".!?…,;:—–{FULL_STOPS}{WIDE}"
_ASIDE = 40
_MARK, _SPACES = re.compile(r"[*#\[［【(（]"), re.compile(" {2,}")
_CLOSES = {"[": "]", "［": "］", "【": "】"}
_ROUND = {"(": ")", "（": "）"}


@dataclass(frozen=True)
class _Marked:
    """A text between marks: where it ends with them, and what of it is spoken."""

    end: int
    spoken: str


class Directions:
    """Takes them out of one reply. `feed` gives back what is speech for sure, `end` the rest."""

    def __init__(self) -> None:
        self._held = ""
        self._last = ""  # character but spaces that was spoken
        self._spaced = True  # whether a space would be one too many

    def feed(self, text: str) -> str:
        """What can be spoken of all that came."""
        return self._read(text, final=False)

    def end(self) -> str:
        """What is left when the model has stopped."""
        return self._read("", final=True)

    def _read(self, text: str, *, final: bool) -> str:
        text, self._held = self._held + text, ""
        if not _MARK.search(text):
            return self._say(text)
        spoken: list[str] = []
        place = 0
        while place < len(text):
            char = text[place]
            opens = not self._last or self._last in _PAUSES
            if char == "*" or char in _CLOSES or (char == "#" and not self._last) or (char in _ROUND and opens):
                found = self._marked(text, place, final=final)
                if found is None:
                    self._held = text[place:]
                    break
                place = found.end
                spoken.append(self._say(found.spoken))
            else:
                place += 1
                spoken.append(self._say(char))
        return "".join(spoken)

    def _say(self, text: str) -> str:
        """A text that is spoken, without a space that a direction left behind."""
        text = _SPACES.sub(" ", text)
        if self._spaced:
            text = text.lstrip(" ")
        if text:
            self._spaced = text[-1] == " "
            self._last = text.rstrip(" ")[-1:] or self._last
        return text

    def _marked(self, text: str, start: int, *, final: bool) -> _Marked | None:
        """What a mark opens; None where the text to come decides."""
        mark = text[start]
        if mark == "#":
            return self._heading(text, start, final=final)
        if mark in _ROUND:
            return self._aside(text, start, final=final)
        run = len(text[start:]) - len(text[start:].lstrip(mark)) if mark == "*" else 1
        inside = start + run
        close = text.find(_CLOSES.get(mark, mark * run), inside)
        if not final and (inside == len(text) or (close < 0 and len(text) - start <= _LONGEST)):
            return None
        if close < 0 or close - start > _LONGEST:  # never closed: nobody speaks a star, but a bracket is only a mark
            return _Marked(inside, "" if mark == "*" else mark)
        end = close + run
        if mark != "*":
            return _Marked(end, "")
        behind = text[end:].lstrip(" ")
        if not behind and not final:
            return None
        words = text[inside:close].replace("*", "").strip()
        return _Marked(end, "" if self._is_direction(words, behind) else words)

    def _is_direction(self, words: str, behind: str) -> bool:
        """Whether what stands between stars is done, or is a name in front of a line; it may be a word with stress."""
        if not behind or words.endswith((":", "：")) or behind[0] in ":：":
            return True
        opens = not self._last or self._last in _PAUSES
        return opens and (len(words.split()) > 1 or not behind[0].islower()) and behind[0] not in _PAUSES

    def _aside(self, text: str, start: int, *, final: bool) -> _Marked | None:
        """What stands in round brackets between sentences: something done, unless it is a sentence itself."""
        close = text.find(_ROUND[text[start]], start)
        if close < 0 and len(text) - start <= _ASIDE and not final:
            return None
        words = text[start + 1 : close].strip()
        done = 0 < close - start <= _ASIDE and words and not words[0].isupper() and words[-1] not in _STOPS
        return _Marked(close + 1, "") if done else _Marked(start + 1, text[start])

    def _heading(self, text: str, start: int, *, final: bool) -> _Marked | None:
        """A heading in front of the line, up to its colon."""
        close = text.find(":", start)
        if 0 <= close - start <= _HEADING:
            return _Marked(close + 1, "")
        if close < 0 and len(text) - start <= _HEADING and not final:
            return None
        return _Marked(start + 1, "")
