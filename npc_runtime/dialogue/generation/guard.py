"""The guard: what may enter a prompt, and what may leave a model.

What enters stays data: nothing is forbidden to a player, only flattened. What leaves is speech of this one character:
no role tags, no talk of models, no words in another's mouth, no card read aloud, no line said twice.

Text streams, so the guard keeps back what could still turn into a breach: the word that is being written, and the words
that begin something forbidden. In ordinary speech that is one word. In scripts without spaces every letter is a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from npc_runtime.dialogue.generation import tokens as wording
from npc_runtime.dialogue.generation.tokens import Token, enough, normal
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language
from npc_runtime.language.scripts import WIDE

REPLY_LIMIT = 700  # characters of one reply; more is a model that cannot stop

_UNSPOKEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # needed to write Persian, Hindi, and joined emoji

_ROLE_TAGS = ("im_start", "im_end", "endoftext", "eot_id", "start_header_id", "end_header_id")
_TAG = re.compile(r"<\||\|>|\[/?inst\]|</?s>|<<|\[/?(?:system|user|assistant)\]", re.IGNORECASE)
_TAG_LENGTH = 12
_CIRCLE_WORDS = 5  # a run of so many words does not come twice in one reply
_ECHO_WORDS = 4  # shorter sentences may come twice: "Ha! Ha!"
_CIRCLE_LETTERS, _ECHO_LETTERS = 15, 8  # the same in letters, for scripts without spaces


@dataclass(frozen=True)
class _Phrase:
    """Words, in lower case, that must not be spoken; `opening` where only the start of a sentence counts."""

    words: tuple[str, ...]
    reason: str
    opening: bool = False


@lru_cache(maxsize=64)
def _forbidden(language: Language, machines: bool) -> tuple[_Phrase, ...]:
    """What nobody may say: in English too, since models fall back to it. `machines` may speak of being one."""
    sources = dict.fromkeys((ENGLISH.phrases, language.phrases))

    def phrases(key: str, reason: str, *, opening: bool = False) -> list[_Phrase]:
        lines = dict.fromkeys(line for source in sources for line in source.lines(f"guard.{key}"))
        return [_Phrase(words, reason, opening) for line in lines if (words := wording.words(line))]

    return (
        *(() if machines else phrases("machine", "spoke of being a model")),
        *(_Phrase((tag,), "wrote a role tag") for tag in _ROLE_TAGS),
        *phrases("role", "wrote a role tag", opening=True),
        *phrases("narrator", "wrote a role tag", opening=True),
        *phrases("card", "read its card aloud", opening=True),
    )


def clean_line(text: str) -> str:
    """A player's line as one line of printable text; may come out empty."""
    kept = (
        " " if char.isspace() else char
        for char in unicodedata.normalize("NFC", text)
        if char.isspace() or char in _JOINERS or unicodedata.category(char) not in _UNSPOKEN
    )
    return " ".join("".join(kept).split())


class Breach(Exception):
    """A model wrote what must not be spoken; the message says what, and none of it was released."""


class Untold(Breach):
    """A model's text ended without what it was to tell, and none of it was released."""


class Guard:
    """Watches one reply. `feed` gives back what may be spoken now; a Breach ends the reply there."""

    def __init__(
        self,
        name: str,
        others: Iterable[str],
        said_before: Sequence[str] = (),
        *,
        language: Language = ENGLISH,
        machines: bool = False,
    ) -> None:
        """`others` are the names that must not speak here; `said_before` the character's last lines.

        `machines`: in this pack a character may say that it is a machine.
        """
        self.language = language
        own = wording.words(name)
        speakers = {wording.words(other) for other in others} | {own}
        tags = [tag for source in (ENGLISH, language) for tag in source.phrases.lines("guard.narrator")]
        # In front of the line they only say whose it is.
        self._tags = frozenset({own, *(wording.words(tag.rstrip(":：")) for tag in tags)})
        phrases = (
            *_forbidden(language, machines),
            *(
                _Phrase((*speaker[:-1], f"{speaker[-1]}:"), "spoke for somebody else", opening=True)
                for speaker in speakers
                if speaker
            ),
        )
        self._by_first: dict[str, list[_Phrase]] = {}
        for phrase in phrases:
            self._by_first.setdefault(phrase.words[0], []).append(phrase)
        self._lines = {normal(line) for line in said_before}  # those that this reply may still turn out to be
        self._text = ""
        self._released = 0
        self._cutter = language.sentences()
        self._said: set[str] = set()

    def feed(self, text: str) -> str:
        """What may be spoken now. Raises Breach."""
        self._text += text
        if not self._released:
            self._text = wording.without_speaker(self._text.lstrip(), self._tags)
            self._cutter, self._said, text = self.language.sentences(), set(), self._text
        self._note(self._cutter.feed(text))
        self._check(wording.whole(self._text, self._released))
        return self._release(self._safe())

    def end(self) -> str:
        """What is left when the model has stopped. Raises Breach."""
        self._text = self._text.rstrip()
        if not any(char.isalnum() for char in self._text):
            raise Breach("said nothing")
        if normal(self._text) in self._lines:
            raise Breach("repeated one of its last lines")
        self._note(self._cutter.end())
        self._check(len(self._text))
        return self._release(len(self._text))

    def whole(self, text: str) -> str:
        """A text that is all there as it may be spoken. Raises Breach."""
        return self.feed(text) + self.end()

    def _release(self, upto: int) -> str:
        text = self._text[self._released : upto]
        self._released = max(upto, self._released)
        return text

    def _note(self, sentences: Sequence[str]) -> None:
        for sentence in map(normal, sentences):
            if sentence in self._said and len(sentence.split()) >= enough(sentence, _ECHO_WORDS, _ECHO_LETTERS):
                raise Breach("repeated itself")
            self._said.add(sentence)

    def _check(self, upto: int) -> None:
        """Raises Breach for what stands before `upto`, where a word ends; what was released has been checked."""
        if upto > REPLY_LIMIT:
            raise Breach("did not stop")
        if _TAG.search(self._text, max(0, self._released - _TAG_LENGTH)):
            raise Breach("wrote a role tag")
        tokens = self._unreleased(upto)
        for place, token in enumerate(tokens):
            for phrase in self._by_first.get(token.word, ()):
                words = tuple(following.word for following in tokens[place : place + len(phrase.words)])
                if words == phrase.words and (token.opening or not phrase.opening):
                    raise Breach(phrase.reason)
        spoken = normal(self._text[:upto])
        said = spoken.split()
        length = enough(spoken, _CIRCLE_WORDS, _CIRCLE_LETTERS)
        runs = [tuple(said[start : start + length]) for start in range(len(said) - length + 1)]
        if len(set(runs)) < len(runs):
            raise Breach("went round in circles")

    def _safe(self) -> int:
        """How much can no longer become a breach: whole words only, none that begin something forbidden."""
        if self._lines:
            written = normal(self._text)
            self._lines = {line for line in self._lines if line.startswith(written)}
            if self._lines:
                return self._released
        upto = wording.whole(self._text, self._released)
        tokens = self._unreleased(len(self._text))
        unfinished = not self._text.endswith(" ")
        for place, token in enumerate(tokens):
            # A wide mark stays what it is; any other may yet turn into a word.
            if self._text[token.start] not in WIDE and self._may_breach(tokens[place:], unfinished):
                upto = min(upto, token.start)
                break
        echo = normal(self._cutter.rest)
        if echo and any(sentence.startswith(echo) for sentence in self._said):
            upto = min(upto, len(self._text) - len(self._cutter.rest))
        return max(upto, self._released)

    def _unreleased(self, upto: int) -> list[Token]:
        """The words that are still held back; nothing forbidden reaches from the others into them."""
        opening = not self._released or wording.ends_sentence(self._text[: self._released].rstrip()[-3:])
        return wording.tokens(self._text[:upto], self._released, opening)

    def _may_breach(self, tokens: Sequence[Token], unfinished: bool) -> bool:
        """Whether these last tokens begin something forbidden; the last of them may be an unfinished word."""
        if len(tokens) > 1 or not unfinished:
            phrases = self._by_first.get(tokens[0].word, [])
        else:
            firsts = (first for first in self._by_first if first.startswith(tokens[0].word))
            phrases = [phrase for first in firsts for phrase in self._by_first[first]]
        return any(_may_become(tokens, phrase, unfinished) for phrase in phrases)


def _may_become(tokens: Sequence[Token], phrase: _Phrase, unfinished: bool) -> bool:
    """Whether these last tokens are the beginning of a phrase; the last of them may be unfinished."""
    if len(tokens) > len(phrase.words) or (phrase.opening and not tokens[0].opening):
        return False
    words = [token.word for token in tokens]
    wanted = phrase.words[len(words) - 1]
    if words[:-1] != list(phrase.words[: len(words) - 1]):
        return False
    return wanted.startswith(words[-1]) if unfinished else wanted == words[-1]
