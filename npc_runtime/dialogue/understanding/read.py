"""Reading a line in the language of its world: English by rules and a classifier, any other by its marks.

Without rules for a language, a line is a question, a greeting, a farewell, thanks, or something told. What more is in
it is left to the model, which reads the line itself. Tags of a chat template are a provocation in every language.
"""

from __future__ import annotations

import re
from functools import lru_cache

from npc_runtime.dialogue.understanding import intents, normalize, question
from npc_runtime.dialogue.understanding.intents import TAGS, Intent, Reading
from npc_runtime.language import words
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language
from npc_runtime.language.scripts import UNSPACED_LETTER

STATEMENT_LIMIT = 200  # characters
STATEMENTS = 4  # of one line; a flood of news is not taken in
_ASKED = re.compile(r"[?？;؟՞]\W*$|[?？؟]\s")  # the Greek question mark is a semicolon
_COURTESIES = {"greet": Intent.GREET, "farewell": Intent.FAREWELL, "thanks": Intent.THANKS}
_WORDS = re.compile(r"[\W_]+")
_PAUSE = "[,:!?.、。،]"  # the wide ones are narrow by then
_NAME, _NAME_LETTERS = 2, 12  # words and letters of whoever is greeted


def read(line: str, language: Language) -> Reading:
    """The intent and the topic of a line. Never raises; the same line always reads the same."""
    return intents.classify(line) if language.reads else _read(line, language)


def plain(line: str, language: Language) -> str:
    """The words of a line as they are compared: in small letters, without marks."""
    return normalize.plain(line) if language.reads else " ".join(language.words(line))


def sought(line: str, language: Language) -> str:
    """What of a line says what it is about."""
    return question.sought(normalize.plain(line)) if language.reads else line


def asks(line: str, language: Language) -> bool:
    """Whether a line of another language is a question, by its marks, its first word or its last letters."""
    mark = _ASKED.search(line)
    if mark and (not mark[0].startswith(";") or language.code.startswith("el")):
        return True
    phrases, said = language.phrases, words.plain(line).strip()
    if said.startswith("¿"):
        return True
    bare = said.rstrip(".。!！…～~ ")
    if bare.endswith(phrases.lines("reading.asks_last")):
        return True
    first = next(iter(language.words(line)), "")
    openers = phrases.lines("reading.asks")
    return first in openers or bool(first and UNSPACED_LETTER.match(first) and first.startswith(openers))


def statements(line: str, language: Language) -> list[str]:
    """The first few sentences of a line that state something."""
    return [
        sentence
        for sentence in language.split(line[: STATEMENTS * STATEMENT_LIMIT])[: 2 * STATEMENTS]
        if len(sentence) <= STATEMENT_LIMIT and _tells(sentence, language)
    ][:STATEMENTS]


def calls(line: str, name: str, language: Language) -> bool:
    """Whether a line of another language calls somebody at its beginning or its end, by the whole name or its first."""
    said, whole = words.plain(line).strip(" 「『“\"'¿¡"), words.plain(name)
    polite = "|".join(map(re.escape, language.phrases.lines("reading.honorifics")))
    forms = "|".join(map(re.escape, {whole, re.split(r"[\s・]", whole)[0]}))
    called = rf"(?:{forms})(?:{polite})?"
    return bool(re.match(rf"{called}\s*(?:{_PAUSE}|$)", said) or re.search(rf"{_PAUSE}\s*{called}\W*$", said))


def _tells(sentence: str, language: Language) -> bool:
    if any(mark in sentence for mark in "？?") and (language is not ENGLISH or "?" in sentence[:-1]):
        return False
    if language is ENGLISH:
        return intents.classify(sentence).intent is Intent.TELL
    return len(language.terms(sentence)) > 1


@lru_cache(maxsize=1024)
def _read(line: str, language: Language) -> Reading:
    topic = language.terms(line)
    asking = asks(line, language)
    if TAGS.search(line):
        intent = Intent.PROVOKE
    elif courtesy := _courtesy(line, language):
        intent = courtesy
    elif not any(char.isalnum() for char in line):
        intent = Intent.NONSENSE
    else:
        intent = Intent.ASK_TOPIC if asking else Intent.TELL
    return Reading(intent=intent, topic=topic, phrase=line.strip().rstrip("?？。.!！ "), question=asking)


def _courtesy(line: str, language: Language) -> Intent | None:
    """Greeting, farewell or thanks, where a line is only that: with whom it is said to, in a word or two."""
    said = words.plain(line)
    squeezed = _WORDS.sub("", said)
    for key, intent in _COURTESIES.items():
        for phrase in language.phrases.lines(f"reading.{key}"):
            wanted = words.plain(phrase)
            rest = squeezed.removeprefix(_WORDS.sub("", wanted))
            if rest == squeezed:
                continue
            if not rest:
                return intent
            behind = said.strip().removeprefix(wanted)
            # A name follows, behind a space or a comma, and nothing else.
            if re.match(r"[\W_]", behind) and len(behind.split()) <= _NAME and len(rest) <= _NAME_LETTERS:
                return intent if not asks(line, language) else None
    return None
