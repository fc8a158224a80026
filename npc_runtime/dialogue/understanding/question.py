"""What a question is after: a view of somebody or a fact, and which of its words say what it is about."""

from __future__ import annotations

import re

from npc_runtime.language.english.terms import terms, word_set

_CHARACTER = (
    "good|bad|honest|decent|fair|nice|kind|mean|lazy|clever|stupid|dangerous|reliable|trustworthy|crooked|cruel|brave|"
    "friendly|useful|any good|any use"
)
_VIEW = re.compile(
    r"\b(?:what (?:do|would|did) you (?:make|think|reckon|say|hold)(?: of| about| to)|(?:what|how) do you feel about|"
    r"(?:what is|your|any) (?:honest )?(?:opinions?|views?|thoughts?|take|impression) (?:is )?(?:of|on|about)|"
    r"(?:do|would|can|could|should|did) (?:you|i|we|one) (?:ever )?(?:really |even )?"
    r"(?:trust|like|hate|dislike|believe|respect|get (?:along|on) with)|"
    r"how do you (?:and|get (?:along|on) with)|what have you (?:got )?against)\b"
)
_JUDGED = re.compile(
    rf"^(?:(?:so|and|but|well) )*(?:is|was) (?:\w+ ){{1,3}}?(?:an? |really |to be )*(?:{_CHARACTER}|trusted)\b|"
    r"^(?:(?:so|and|but|well) )*(?:does|can|could) (?:\w+ ){1,3}?(?:cheat|lie|be trusted|steal)\b|"
    r"\bwhat (?:is|sort of|kind of) .+ (?:like|is \w+)$"
)
_OF_THE_LISTENER = re.compile(r"\b(?:of|about|to|trust|like|hate|believe|dislike|respect|with) (?:me|us)\b")
# Words that say when, how or in which manner it is asked; what is left of the line says what is asked about.
_ASIDES = re.compile(
    r"\b(?:today|tonight|nowadays|currently|right now|these days|this (?:morning|evening|week|year)|lately|recently|"
    r"all (?:day|night)(?: long)?|at night|honestly|by the way|by any chance|if you do not mind|i was wondering|"
    r"i wonder|(?:lying|hanging) (?:around|about)|(?:round|around) here|in these parts|any idea|any clue|excuse me|"
    r"(?:is|was) it true(?: that)?|good (?:man|woman|sir|lady)|haha\w*|hehe|lol|lmao|just kidding)\b"
)
_JEST = re.compile(
    r"\b(?:(?:ha){2,}h?|(?:he){2,}h?|lol|lmao|rofl|jk|(?:just|only) (?:kidding|joking|teasing|messing))\b"
)
_WANTED = re.compile(r"\b(who|whose|whom|where|when|why)\b")
_JUDGING = word_set(
    "trust like hate dislike believe respect opinion view views thoughts take impression make reckon think feel along "
    "honest decent fair nice kind mean lazy clever stupid dangerous reliable trustworthy crooked cruel brave friendly "
    "useful good bad use cheat lie steal trusted against sort really truly even miss"
)


def asks_view(words: str) -> bool:
    """Whether a plain line asks what the character holds of somebody or something that is not the speaker."""
    return bool(_VIEW.search(words) or _JUDGED.search(words)) and not _OF_THE_LISTENER.search(words)


def in_jest(words: str) -> bool:
    """Whether whoever typed a plain line laughed at it."""
    return bool(_JEST.search(words))


def wanted(words: str) -> str:
    """`who`, `where`, `when` or `why`, whichever a plain line asks first, or nothing."""
    found = _WANTED.search(words)
    return "who" if found and found[1] in {"whose", "whom"} else found[1] if found else ""


def sought(words: str) -> str:
    """A plain line without what does not say what it is about, as long as anything is left."""
    rest = " ".join(_ASIDES.sub(" ", words).split())
    if asks_view(rest):
        # "Think" is no word to look for, and tells recall that an opinion is wanted.
        rest = "think of " + " ".join(word for word in rest.split() if word not in _JUDGING)
    return rest if terms(rest) else words
