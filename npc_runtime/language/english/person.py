"""Grammatical person: a sentence about somebody as that one remembers it (you), says it (I), or as others do (they)."""

from __future__ import annotations

import re
from collections.abc import Callable

from npc_runtime.language.claim import Case
from npc_runtime.language.english.terms import word_set

_AGREES = {
    "is": "are", "was": "were", "has": "have", "does": "do",
    "isn't": "aren't", "wasn't": "weren't", "hasn't": "haven't", "doesn't": "don't",
}  # fmt: skip
_ADVERB = r"(?:\w+ly|never|always|often|also|just|then|once|soon|now|still|almost|ever|sometimes)"
_VERB = r"(?:is|was|has|does)(?:n['’]t)?"

# Words that may be, or be about, the one who is to become "you".
_ENTANGLED = re.compile(
    r"[\"“”«»]|(?:^|\s)['‘]|\b(?:i|me|my|we|us|our|you|your|yours|he|him|his|himself|she|her|hers|herself|"
    r"they|them|their|theirs|themselves)\b",
    re.IGNORECASE,
)
# Old Tom, the smith Tom, Captain Tom
_DESCRIBED = re.compile(r"(?:\b(?:the|a|an|old|young|poor|little|big|good|dear)\s+(?:\w+\s+)?|\b[A-Z][\w'’]*\s+)$")
_CLAUSE = re.compile(r"\b(?:that|because|when|while|if|since|until|but)\s+$", re.IGNORECASE)
_SENTENCE = re.compile(r"(?:^|[.!?…]\s+)$")
_NEXT = re.compile(rf"(?P<adverbs>\s+(?:{_ADVERB}\s+)*)(?P<word>[\w'’]+)")
_LATER_VERB = re.compile(rf"\b(?:and|but|or|then)\s+(?:{_ADVERB}\s+)*{_VERB}\b")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])(?=\s+(?P<word>\w+))")
# Tom's stealing, Tom's gone, Tom's a thief: verbs, not belongings
_CONTRACTED = re.compile(r"\w+(?:ing|ed|ly)|a|an|the|not|gone|been|here|there|in|at|on|out|away|back|no|so|too|very")
_NO_VERB = frozenset(("as", "perhaps", "besides", "afterwards", "towards", "upwards", "downwards", "backwards", "this"))


def second_person(text: str, name: str) -> str:
    """The text with `name` as "you", where that is plainly right; else the text as it is."""
    found = list(re.finditer(rf"(?<![\w'’-]){re.escape(name)}(?![\w-])", text)) if name else []
    if len(found) != 1 or _ENTANGLED.search(text.replace(name, "_")):
        return text
    before, after = text[: found[0].start()], text[found[0].end() :]
    if _DESCRIBED.search(before):
        return text
    opens = _SENTENCE.search(before) is not None
    if after.startswith(("'", "’")):
        owned = _POSSESSIVE.match(text, found[0].end())
        if owned is None or _CONTRACTED.fullmatch(owned["word"]):
            return text
        return before + ("Your" if opens else "your") + text[owned.end() :]
    rest = _agreeing(after, opens=opens, subject=opens or _CLAUSE.search(before) is not None)
    return text if rest is None else before + ("You" if opens else "you") + rest


def addressed(text: str, name: str) -> str:
    """The text with `name` as "you" wherever it stands; of the verbs only those agree that were put for a name."""
    text = re.sub(rf"{name} (is|was|has)\b", lambda found: f"{name} {_AGREES[found[1]]}", text)
    return re.sub(rf"(^|[.!?…]\s+){name}", r"\1You", text).replace(name, "you")


def _agreeing(after: str, *, opens: bool, subject: bool) -> str | None:
    """What follows the name, with its verb made to agree with "you"; None where that cannot be told."""
    if opens and (after.startswith(",") or _LATER_VERB.search(after)):
        return None
    following = _NEXT.match(after)
    if following is None:
        return after
    word = following["word"].replace("’", "'")
    if word in _AGREES:
        return following["adverbs"] + _AGREES[word] + after[following.end() :] if subject else None
    might_agree = word.endswith("s") and not word.endswith("ss") and word not in _NO_VERB
    return None if might_agree or word[0].isupper() else after


ADDRESSED = re.compile(r"\b(?:you|your|yours|yourself)\b", re.IGNORECASE)
_THEY: tuple[tuple[str, Case, str], ...] = (
    (r"\byou['’]re\b", "they", " are"),
    (r"\byou['’]ve\b", "they", " have"),
    (r"\byou['’]ll\b", "they", " will"),
    (r"\byour\b", "their", ""),
    (r"\byours\b", "theirs", ""),
    (r"\byourself\b", "themselves", ""),
)
_OBJECT = re.compile(
    r"\b(?:to|from|with|for|of|at|by|behind|near|against|about|told|owes|owed|gave|saw|hit|called|asked) you\b"
    r"|\byou(?=[.,;!?]|$| (?:a|an|the|for|to|with|from|in|at|on|about|that|and|some|two|three|money|your)\b)",
    re.IGNORECASE,
)
_PLAIN = (
    (r"\byou(?:'re| are)\b", "I am"),
    (r"\byou(?:'ve)\b", "I have"),
    (r"\byou were\b", "I was"),
    (r"\byourself\b", "myself"),
    (r"\byours\b", "mine"),
    (r"\byour\b", "my"),
)
_YOU = re.compile(r"(?P<before>[\w'’]+)?(?P<gap>[^\w'’]*)\byou\b(?=(?: (?P<after>[\w'’]+))?)", re.IGNORECASE)
# Behind these begins a clause, and "you" is who does something in it.
_OPENING = word_set(
    "that and but because when where while so if what as although though since until unless which who whom whose how "
    "why or than then whether whatever wherever whoever once"
)
_AUXILIARY = word_set(
    "have had do did will would can could must may might shall should never always still often once know think say"
)
_PREPOSITIONS = word_set("to of for from with by at about on against behind beside near over under")


def first_person(fact: str) -> str:
    """The fact with its owner as "I"."""
    text = fact
    for pattern, own in _PLAIN:
        text = re.sub(pattern, lambda found, own=own: _as(found[0], own), text, flags=re.IGNORECASE)  # type: ignore[misc]
    return _YOU.sub(_case, text)


def _case(found: re.Match[str]) -> str:
    before, gap, after = (found["before"] or "").lower(), found["gap"], (found["after"] or "").lower()
    opens = not before or before in _OPENING or any(stop in gap for stop in ",.;:!?")
    subject = opens or (after in _AUXILIARY and before not in _PREPOSITIONS)
    return f"{found['before'] or ''}{gap}{'I' if subject else 'me'}"


def _as(found: str, own: str) -> str:
    return own[0].upper() + own[1:] if found[0].isupper() else own


def third_person(text: str, pronoun: Callable[[Case], str]) -> str:
    """A character's own memory as others say it: "you" becomes "they", which needs no verb changed.

    `pronoun` gives what is written for it in each case.
    """
    for pattern, case, rest in _THEY:
        text = re.sub(pattern, lambda _, case=case, rest=rest: pronoun(case) + rest, text, flags=re.IGNORECASE)  # type: ignore[misc]
    text = _OBJECT.sub(lambda found: re.sub(r"\byou\b", lambda _: pronoun("them"), found[0], flags=re.IGNORECASE), text)
    text = re.sub(r"\byou\b", lambda _: pronoun("they"), text, flags=re.IGNORECASE)
    sentences = re.split(r"(?<=[.!?…]) ", text)
    return " ".join(sentence[:1].upper() + sentence[1:] for sentence in sentences)
