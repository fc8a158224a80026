"""What of a text counts when two texts are compared: stems of the words that carry meaning."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")


def word_set(text: str) -> frozenset[str]:
    """A set of words, written as one text."""
    return frozenset(text.split())


STOP_WORDS = word_set(
    "a near about above after again ago all also am an and any anybody anyone anything are around as at away back be "
    "because been before being between but by can come could d did do does doing don done down each else even "
    "ever every exactly far for from get go gone good got had has have having he hear heard her here hers him his "
    "how i if in into is it its just kind know known knows last later let like ll lot m many matter may maybe me "
    "mean might mine more most much must my need never no nobody none nor not nothing now of off oh ok on once "
    "one only or other our out over please put quite re really right s said say says see seen shall she should "
    "show so some somebody someone something sort still story such sure t talk tell than that the their them then "
    "there these they thing things think this those though time to told too u under until up us ve very was way "
    "we well went were what when where which while who whom whose why will with would y yes yet you your yours "
    "hey hi hello happen happened happens happening actually perhaps thanks thank sorry news rumour rumours "
    "gossip wrong came remember recall remind tells telling forget forgot forgotten mentioned ask asked"
)
"""Words that say how a question is asked rather than what about."""

# Stop words that are things behind an article: "the old mine", "the well".
_NOUNS_TOO = frozenset({"well", "mine"})
_ARTICLES = frozenset({"the", "a", "an", "this", "that", "old", "my", "your", "our"})

# Each row is one notion: what a player asks with any of these words may be written with another.
_SYNONYMS = (
    "price cost charge pay expensive cheap",
    "sell buy purchase sale trade wares",
    "steal stole stolen thief theft rob robbed robber robbery",
    "fall fell fallen collapse collapsed",
    "break broke broken",
    "burn burnt burned fire",
    "die dead died death dies",
    "kill killed murder murdered slay slew slain",
    "child children kid son daughter",
    "wife husband spouse married marry wedding",
    "father mother parent dad mum",
    "brother sister sibling",
    "live dwell",
    "own belong",
    "deep depth bottom",
    "smith blacksmith",
    "forge smithy",
    "inn tavern alehouse",
    "lose lost vanished disappeared",
    "find found",
    "hide hid hidden",
    "sick ill sickness illness",
    "owe owes debt",
    "beer ale drink",
    "bed room lodging",
    "food meal dinner supper stew eat hungry",
    "teach taught learn learned learnt",
    "angry quarrel feud fight argue argument",
    "buried bury grave",
)

_IRREGULAR = {
    "wolves": "wolf", "loaves": "loaf", "knives": "knife", "mice": "mouse", "geese": "goose", "men": "man",
    "women": "woman", "thieves": "thief", "sold": "sell", "bought": "buy", "took": "take", "taken": "take",
    "gave": "give", "given": "give",
    "built": "build", "kept": "keep", "made": "make", "saw": "see", "drowned": "drown",
    "leaves": "leave", "left": "leave",
    "feet": "foot", "lies": "lie", "paid": "pay", "slept": "sleep", "ran": "run", "wrote": "write", "written": "write",
    "wore": "wear",
    "stuck": "stick", "swore": "swear", "older": "old", "oldest": "old", "bigger": "big",
}  # fmt: skip


def words(text: str, *, lower: bool = True) -> list[str]:
    """The words in order, without possessive endings; in lower case unless asked otherwise."""
    return [_POSSESSIVE.sub("", word.lower() if lower else word) for word in _WORD.findall(text)]


def stem(word: str) -> str:
    """A crude stem: enough to join `horseshoes` with `horseshoe` and `stealing` with `steals`."""
    word = _IRREGULAR.get(word, word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "i"
    for ending in ("ing", "ed", "es", "s"):
        short = word[: -len(ending)]
        if word.endswith(ending) and len(short) >= 3 and not word.endswith("ss"):
            if len(short) > 3 and short[-1] == short[-2] and short[-1] not in "lsz":
                short = short[:-1]
            word = short
            break
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return word[:-1] + "i" if len(word) > 3 and word.endswith("y") else word


_NOTION = {stem(word): f"={row.split()[0]}" for row in _SYNONYMS for word in row.split()}

_NOTION_STEMS = {meant: tuple(stem for stem in _NOTION if _NOTION[stem] == meant) for meant in set(_NOTION.values())}


@lru_cache(maxsize=8192)
def terms(text: str) -> tuple[str, ...]:
    """The stems that carry meaning, in order; may be empty."""
    found = words(text)
    return tuple(
        stem(word)
        for place, word in enumerate(found)
        if (word not in STOP_WORDS or (word in _NOUNS_TOO and _ARTICLES & set(found[max(0, place - 2) : place])))
        and (len(word) > 1 or word.isdigit())
    )


def notion(term: str) -> str:
    """The notion that a stem stands for: `price` and `cost` share one; most stems are their own."""
    return _NOTION.get(term, term)


def alike(term: str) -> tuple[str, ...]:
    """All stems of the notion that a stem stands for, itself first."""
    return (term, *(other for other in _NOTION_STEMS.get(notion(term), ()) if other != term))
