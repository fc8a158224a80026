"""What a line spoken to a character is about: its intent and its topic.

A line of several sentences means what its most demanding one means: "Thanks! Where is Tom?" is a question. What must
never be missed is a pattern (`lines.yaml`), what is no English a count of words; the rest is a small linear
classifier fitted to the phrase bank of the training corpus (`classifier.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path

from npc_runtime.dialogue.understanding.classifier import Classifier
from npc_runtime.dialogue.understanding.lexicon import role
from npc_runtime.dialogue.understanding.normalize import plain
from npc_runtime.dialogue.understanding.question import asks_view, in_jest, wanted
from npc_runtime.language.english.data import Data
from npc_runtime.language.english.terms import STOP_WORDS, terms, words


class Intent(str, Enum):
    """What the speaker wants of the character."""

    GREET = "greet"
    FAREWELL = "farewell"
    THANKS = "thanks"
    COMPLIMENT = "compliment"
    APOLOGY = "apology"
    INSULT = "insult"
    THREAT = "threat"
    HOW_ARE_YOU = "how_are_you"
    ASK_NAME = "ask_name"
    ASK_WORK = "ask_work"
    ASK_PLACE = "ask_place"
    ASK_OPINION = "ask_opinion"  # of the speaker
    ASK_TOPIC = "ask_topic"  # any question that wants knowledge
    ASK_NEWS = "ask_news"
    ASK_WARES = "ask_wares"
    BUY = "buy"
    ASK_QUEST = "ask_quest"
    REQUEST = "request"  # asks the character to do something
    TELL = "tell"  # states something
    ASK_TOLD = "ask_told"  # asks who told the character
    ASK_RECALL = "ask_recall"  # asks what the speaker said before
    PROVOKE = "provoke"  # prompt injection, talk of models and instructions
    NONSENSE = "nonsense"
    FOREIGN = "foreign"
    SMALL_TALK = "small_talk"
    GIFT = "gift"
    AGREE = "agree"
    DISAGREE = "disagree"


OFFENCES = frozenset({Intent.INSULT, Intent.THREAT})
"""What must not be missed among other words."""
SERIOUS = {Intent.INSULT: 0.4, Intent.THREAT: 0.3, Intent.PROVOKE: 0.4}
"""How sure the classifier must be of what no one should be taken for by mistake."""


@dataclass(frozen=True)
class Reading:
    """A line, understood."""

    intent: Intent
    topic: tuple[str, ...] = ()  # stems that carry meaning, in order
    phrase: str = ""  # the topic as it was typed: "the bridge at Elmford"
    question: bool = False
    personal: bool = False  # about the character itself: "where did you grow up"
    view: bool = False  # asks what the character thinks of somebody or something: "do you trust tom"
    wanted: str = ""  # `who`, `where`, `when` or `why`
    jest: bool = False


FITTED = Path(__file__).parent / "intents.npz"
UNSURE = 0.15  # below this confidence the shape of the sentence decides alone
SURE = 0.7  # from here on the words outweigh the shape of a statement

_INTENTS = Data("lines.intents")
_pattern = _INTENTS.pattern
_FOREIGN, _ENGLISH_TOO = _INTENTS.words("foreign"), _INTENTS.words("english_too")
_NO_VOWELS = _INTENTS.words("no_vowels")
_LEADING = STOP_WORDS - _INTENTS.words("determiners")
_PROVOCATION = Data("lines").pattern("machine")
TAGS = re.compile(
    r"<\|[^>]*\|>|\[/?INST\]|<</?SYS>>|</?s>|^\s*#+\s*(?:system|instruction)|"
    r"\b(?:system|assistant|developer|user)\s*:",
    re.IGNORECASE,
)
"""Found in a line as typed, when it imitates the tags of a chat template."""
_VOWELS = re.compile(r"[aeiouy]")
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "1234567890")
_STATEMENT_WORDS = 3
_FEW_WORDS = 3


@lru_cache(maxsize=1024)  # a line is read once for the answer and once for each of those who overhear it
def classify(line: str) -> Reading:
    """The intent and the topic of a line. Never raises; the same line always reads the same."""
    text = plain(line)
    intent = _intent(line)
    return Reading(
        intent=intent,
        topic=terms(text),
        phrase=_phrase(line),
        question="?" in line or bool(_pattern("question").match(text)),
        personal=_is_personal(text),
        view=asks_view(text),
        wanted=wanted(text),
        jest=in_jest(text),
    )


def _is_personal(text: str) -> bool:
    rest = _pattern("asking_knowledge").sub("", text)
    return bool(_pattern("personal").search(rest)) and not _pattern("stock").search(text)


def _intent(line: str) -> Intent:
    whole = plain(line)
    if TAGS.search(line) or _PROVOCATION.search(whole):
        return Intent.PROVOKE
    if _is_foreign(line):
        return Intent.FOREIGN
    if 2 * sum(map(_is_word, whole.split())) < len(whole.split()) or not whole:
        return Intent.NONSENSE
    read = [_sentence_intent(sentence) for sentence in _SENTENCE_END.split(line) if plain(sentence)]
    hostile = [intent for intent in read if intent in OFFENCES]
    demanding = [intent for intent in read if intent not in _MANNERS]
    return (hostile or demanding[-1:] or read or [Intent.NONSENSE])[0]


def _sentence_intent(sentence: str) -> Intent:
    matter = plain(_pattern("address").sub("", sentence)) or plain(sentence)
    question = "?" in sentence
    likely = {Intent(label): share for label, share in _classifier().shares(matter, question=question).items()}
    ruled_out = _ruled_out(matter, question, likely)
    guess = max(likely, key=lambda intent: -1.0 if intent in ruled_out else likely[intent])
    if likely[guess] >= UNSURE:
        return guess
    if question or _asks(matter):
        return Intent.ASK_TOPIC
    return Intent.TELL if len(matter.split()) >= _STATEMENT_WORDS else Intent.SMALL_TALK


def _ruled_out(matter: str, question: bool, likely: Mapping[Intent, float]) -> set[Intent]:
    """What the sentence is not, whatever its words: they say what it is about, its shape says who does what."""
    out = {intent for intent, least in SERIOUS.items() if likely[intent] < least}
    asks = _asks(matter)
    if _pattern("about_others").search(matter):
        out |= {Intent.INSULT, Intent.THREAT}
    if _is_english(matter):
        out |= {Intent.FOREIGN, Intent.NONSENSE}
    if _pattern("bare_topic").search(matter) or (question and len(matter.split()) < _STATEMENT_WORDS) or asks:
        out.add(Intent.TELL)
    if not _pattern("here").search(matter) or _pattern("who_or_why").match(matter):
        out.add(Intent.ASK_PLACE)
    if _pattern("why_so").match(matter) and not _pattern("you").search(matter):
        out.add(Intent.HOW_ARE_YOU)
    if _pattern("with_its_own").match(matter):
        out |= {Intent.BUY, Intent.ASK_WARES}
    if _pattern("named_ware").match(matter):
        out.add(Intent.ASK_WARES)
    if _pattern("news_of").search(matter):
        out.add(Intent.ASK_NEWS)
    if _pattern("orders").search(matter):
        out.add(Intent.ASK_TOPIC)
    if not question and not asks and _pattern("states").search(matter):
        out |= {intent for intent in (Intent.ASK_TOPIC, Intent.FAREWELL) if likely[intent] < SURE}
    return out


def _asks(matter: str) -> bool:
    return bool(_pattern("question").match(matter)) and not _pattern("exclaims").match(matter)


def _is_english(matter: str) -> bool:
    """Whether half of the words or more are such that hold an English sentence together or stand for village things."""
    found = matter.split()
    return 2 * sum(role(word)[0] != "_" for word in found) >= len(found)


@lru_cache(maxsize=1)
def _classifier() -> Classifier:
    return Classifier(FITTED)


# What is said in passing when the same line wants something else too: "Thanks! Where is Tom?"
_MANNERS = frozenset({
    Intent.GREET, Intent.THANKS, Intent.SMALL_TALK, Intent.AGREE, Intent.DISAGREE, Intent.FAREWELL, Intent.COMPLIMENT,
    Intent.HOW_ARE_YOU, Intent.APOLOGY,
})  # fmt: skip
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|,\s+(?:but|and)\s+")


def _is_foreign(line: str) -> bool:
    letters = [char for char in line if char.isalpha()]
    if sum(ord(char) > 0x24F for char in letters) > len(letters) / 2:
        return True
    found = [word for word in words(line) if word in _FOREIGN]
    enough = 1 if len(words(line)) <= _FEW_WORDS else 2
    return (
        len(found) >= enough and len(found) * 3 >= len(words(line)) and any(word not in _ENGLISH_TOO for word in found)
    )


def _is_word(word: str) -> bool:
    if word in _NO_VOWELS:
        return True
    if not _VOWELS.search(word) or word.isdigit() or (len(word) > 1 and len(set(word)) == 1):
        return False
    if len(word) > 3 and any(word[:4] in row or word[-4:] in row for row in _KEYBOARD):
        return False
    return not re.search(r"[^aeiouy']{6}", word)


def _phrase(line: str) -> str:
    """The end of the line that names the topic, as typed."""
    text = line.strip().rstrip("?!. ")
    if found := _pattern("about").search(text) or _pattern("on").search(text):
        return found[1]
    tokens = text.split()
    while tokens and tokens[0].lower().strip(",.!?'\"") in _LEADING:
        tokens.pop(0)
    return " ".join(tokens)
