"""The parts of a creature that a larger model may write anew, and taking over of them what is fit to be used.

The composed persona is complete without it: whatever is missing or unfit keeps its composed words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

from npc_runtime.persona.model import FEELINGS, Persona

LOOKS = (20, 220)  # characters, at least and at most
WANT = (12, 160)
VOICE = (6, 160)
WANTS_MAX = 3
VOICE_MIN, VOICE_MAX = 3, 8

_MARKUP = re.compile(r"[<>{}\[\]|*_#`~\\^=@]|https?:|\w:$|^\w+:|^\(")
_SLIPS = re.compile(r"\s[.!?,;:]|(?<!\.)\.\.(?!\.)|[.!?]{4,}|[!?]\.|\.[!?]|[,;:][.!?]")  # stops where none belong
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:]['\"”’)]* +|^['\"“‘(]+)$")
_END = re.compile(r"[.!?…]['\"”’)]*$")


def merge(
    persona: Persona, written: Mapping[str, object], names: Iterable[str] = (), must_want: Sequence[str] = ()
) -> Persona:
    """`persona` with what is fit of `written`, which may hold anything; all the rest stays as composed.

    Taken are `looks`, `wants`, `voice`, and `feeling`, which is one of FEELINGS. Fit is one plain sentence or a few: of
    the right length, ended, without markup, and naming nobody whom the composed persona does not name. `names` are
    those of other people, which must not stand even at the start of a sentence.
    Looks, and each of the wants and lines, are taken or left by themselves; fewer than VOICE_MIN lines are followed by
    composed ones. The wants in `must_want`, which the game asked for, stand before all that is written.
    """
    judge = _Judge(persona, names)
    looks = judge.fit(written.get("looks"), LOOKS)
    wants = [want for want in judge.all_fit(written.get("wants"), WANT) if want.startswith("You ")][:WANTS_MAX]
    voice = judge.all_fit(written.get("voice"), VOICE)[:VOICE_MAX]
    if voice and len(voice) < VOICE_MIN:
        voice = list(dict.fromkeys([*voice, *persona.voice]))[: max(VOICE_MIN, len(persona.voice))]
    feeling = written.get("feeling")
    return persona.model_copy(
        update={
            "feeling": feeling if feeling in FEELINGS else persona.feeling,
            "looks": looks or persona.looks,
            "wants": [*must_want, *wants] if wants else persona.wants,
            "voice": voice or persona.voice,
        }
    )


class _Judge:
    """What may stand in the words of one persona."""

    def __init__(self, persona: Persona, names: Iterable[str]) -> None:
        own = [persona.name, persona.home or "", persona.looks or "", *persona.wants, *persona.statements]
        own += persona.voice
        self._known = {word for text in own for word in _words(text)} | {"i", "i'm", "i'll", "i've", "i'd"}
        self._others = {word for name in names for word in _words(name)} - set(_words(persona.name))

    def all_fit(self, texts: object, length: tuple[int, int]) -> list[str]:
        """The fit ones of a list, each once."""
        found = [self.fit(text, length) for text in texts] if isinstance(texts, list) else []
        return list(dict.fromkeys(text for text in found if text))

    def fit(self, text: object, length: tuple[int, int]) -> str:
        """The text in one line, or nothing."""
        if not isinstance(text, str) or not length[0] <= len(line := " ".join(text.split())) <= length[1]:
            return ""
        shown = not any(unicodedata.category(char) in _INVISIBLE for char in line)
        clean = not _MARKUP.search(line) and not _SLIPS.search(line) and line.count('"') % 2 == 0
        begun = line.lstrip("\"'“‘")[:1].isupper()
        return line if shown and clean and begun and _END.search(line) and not self._stranger(line) else ""

    def _stranger(self, line: str) -> bool:
        """Whether somebody is named: one of the others, or a word with a capital that is new in mid-sentence."""
        for found in _WORD.finditer(line):
            word = _plain(found[0])
            begins = _SENTENCE_START.search(line[: found.start()])
            if found[0][0].isupper() and (word in self._others or (not begins and word not in self._known)):
                return True
        return False


def _words(text: str) -> Collection[str]:
    return [_plain(found[0]) for found in _WORD.finditer(text)]


def _plain(word: str) -> str:
    """A word in lower case, without the `'s` of an owner."""
    return word.casefold().replace("’", "'").removesuffix("'s")
