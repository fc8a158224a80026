"""Grammatical person: a sentence about somebody as that one remembers it (you), says it (I), or as others do (they)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import cast

from npc_runtime.language.claim import Case, Marks, reference
from npc_runtime.language.english.data import Data

_PERSON = Data("grammar.person")
_AGREES, _THEY, _OWN = _PERSON.table("agrees"), _PERSON.table("they"), _PERSON.table("own")
_NO_VERB, _OPENING = _PERSON.words("no_verb"), _PERSON.words("opening")
_AUXILIARY, _PREPOSITIONS = _PERSON.words("auxiliary"), _PERSON.words("prepositions")
_STATEMENT = Data("grammar.statement")
_SPEAKER, _ADDRESSEE = _STATEMENT.table("speaker"), _STATEMENT.table("addressee")
_SMALL = _STATEMENT.words("small")
ADDRESSED = _PERSON.pattern("addressed")
_SENTENCE = re.compile(r"(?:^|[.!?…]\s+)$")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])(?=\s+(?P<word>\w+))")
_YOU = re.compile(r"(?P<before>[\w'’]+)?(?P<gap>[^\w'’]*)\byou\b(?=(?: (?P<after>[\w'’]+))?)", re.IGNORECASE)


def second_person(text: str, name: str) -> str:
    """The text with `name` as "you", where that is plainly right; else the text as it is."""
    found = list(re.finditer(rf"(?<![\w'’-]){re.escape(name)}(?![\w-])", text)) if name else []
    if len(found) != 1 or _PERSON.pattern("entangled").search(text.replace(name, "_")):
        return text
    before, after = text[: found[0].start()], text[found[0].end() :]
    if _PERSON.pattern("described").search(before):
        return text
    opens = _SENTENCE.search(before) is not None
    if after.startswith(("'", "’")):
        owned = _POSSESSIVE.match(text, found[0].end())
        if owned is None or _PERSON.pattern("contracted").fullmatch(owned["word"]):
            return text
        return before + ("Your" if opens else "your") + text[owned.end() :]
    rest = _agreeing(after, opens=opens, subject=opens or _PERSON.pattern("clause").search(before) is not None)
    return text if rest is None else before + ("You" if opens else "you") + rest


def addressed(text: str, name: str) -> str:
    """The text with `name` as "you" wherever it stands; of the verbs only those agree that were put for a name."""
    text = re.sub(rf"{name} (is|was|has)\b", lambda found: f"{name} {_AGREES[found[1]]}", text)
    return re.sub(rf"(^|[.!?…]\s+){name}", r"\1You", text).replace(name, "you")


def _agreeing(after: str, *, opens: bool, subject: bool) -> str | None:
    """What follows the name, with its verb made to agree with "you"; None where that cannot be told."""
    if opens and (after.startswith(",") or _PERSON.pattern("later_verb").search(after)):
        return None
    following = _PERSON.pattern("next").match(after)
    if following is None:
        return after
    word = following["word"].replace("’", "'")
    if word in _AGREES:
        return following["adverbs"] + _AGREES[word] + after[following.end() :] if subject else None
    might_agree = word.endswith("s") and not word.endswith("ss") and word not in _NO_VERB
    return None if might_agree or word[0].isupper() else after


def first_person(text: str) -> str:
    """A fact with its owner as "I"."""
    for pattern, own in _OWN.items():
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
    sentences = re.split(r"(?<=[.!?…]) ", referring(text, _THEY, pronoun))
    return " ".join(sentence[:1].upper() + sentence[1:] for sentence in sentences)


def referring(text: str, table: Mapping[str, str], pronoun: Callable[[Case], str]) -> str:
    """The text with pronouns for what a table of patterns matches; it says in which case, and what follows them."""
    for pattern, meant in table.items():
        case, gap, rest = meant.partition(" ")
        text = re.sub(pattern, pronoun(cast(Case, case)) + gap + rest, text, flags=re.IGNORECASE)
    return text


def stated(sentence: str, speaker: str, to: str) -> str:
    """A statement as a claim; its names are references already. Speaker and addressee, who are ids, become some too."""
    marks = Marks()
    hidden = marks.hidden(_without_vocative(sentence, reference(to)))
    clause = _STATEMENT.pattern("lead").sub("", hidden).strip().rstrip(".!?… ") or hidden.strip()
    clause = referring(clause, _SPEAKER, lambda case: marks.of(reference(speaker, case)))
    clause = referring(clause, _ADDRESSEE, lambda case: marks.of(reference(to, case)))
    return marks.restored(f"{clause[:1].upper()}{clause[1:]}.")


def subordinate(clause: str) -> str:
    """A clause as it stands behind "that"."""
    first = clause.split(" ", 1)[0]
    small = first.lower() in _SMALL or first in ("You", "Your")
    return clause[0].lower() + clause[1:] if small else clause


def _without_vocative(sentence: str, called: str) -> str:
    """A sentence without the addressee's name where it only calls: "Mira, the bridge fell." """
    name = re.escape(called)
    return re.sub(rf"^\s*{name}\s*[,!:]\s*|\s*,\s*{name}\s*(?=[.!]*$)", "", sentence)
