"""Statements: what somebody says in English, as a claim in which everybody stands by id."""

from __future__ import annotations

import re
from functools import partial

from npc_runtime.language.claim import Case, Marks, reference
from npc_runtime.language.english.terms import word_set

_LEAD = re.compile(
    r"^(?:(?:hey|hi|hello|oh|ah|well|so|but|and|look|listen|psst|you know|guess what|believe me|by the way|actually|"
    r"did you (?:know|hear)(?: that)?|have you heard(?: that)?|"
    r"i (?:have )?(?:heard|think|believe|know|guess|bet|swear)(?: that)?|"
    r"let me tell you(?: that)?|i must tell you(?: that)?|do not tell anyone but)\b[\s,!:]*)+",
    re.IGNORECASE,
)
# "I" becomes "they", which needs no verb changed.
_SPEAKER: tuple[tuple[str, Case, str], ...] = (
    (r"\bi'm\b|\bim\b|\bi am\b|\bwe are\b|\bwe're\b", "they", " are"),
    (r"\bi was\b|\bwe were\b", "they", " were"),
    (r"\bi've\b|\bwe've\b", "they", " have"),
    (r"\bi'll\b|\bwe'll\b", "they", " will"),
    (r"\bi'd\b|\bwe'd\b", "they", " would"),
    (r"\b(?:my|our)\b", "their", ""),
    (r"\b(?:mine|ours)\b(?= *[.,;!?]|$)", "theirs", ""),
    (r"\b(?:myself|ourselves)\b", "themselves", ""),
    (r"\b(?:me|us)\b", "them", ""),
    (r"\b(?:i|we)\b", "they", ""),
)
_ADDRESSEE: tuple[tuple[str, Case, str], ...] = (
    (r"\byou're\b|\byou are\b", "you", " is"),
    (r"\byou were\b", "you", " was"),
    (r"\byou have\b|\byou've\b", "you", " has"),
    (r"\byou'll\b", "you", " will"),
    (r"\byours\b", "yours", ""),
    (r"\byour\b", "your", ""),
    (r"\byou\b", "you", ""),
)
_SMALL = word_set(
    "a an the this that these those there here it he she they we his her its their our my your some someone "
    "somebody nobody everyone everybody something nothing all both many two three four five six seven ten last "
    "yesterday today tonight tomorrow now when if after before in on at under near behind no one another people "
    "wolves robbers"
)


def stated(sentence: str, speaker: str, to: str) -> str:
    """A statement as a claim; its names are references already. Speaker and addressee, who are ids, become some too."""
    marks = Marks()
    hidden = marks.hidden(_without_vocative(sentence, reference(to)))
    clause = _LEAD.sub("", hidden).strip().rstrip(".!?… ") or hidden.strip()
    for pattern, case, rest in _SPEAKER:
        clause = re.sub(pattern, partial(_word, marks, reference(speaker, case), rest), clause, flags=re.IGNORECASE)
    for pattern, case, rest in _ADDRESSEE:
        clause = re.sub(pattern, partial(_word, marks, reference(to, case), rest), clause, flags=re.IGNORECASE)
    return marks.restored(f"{clause[:1].upper()}{clause[1:]}.")


def subordinate(clause: str) -> str:
    """A clause as it stands behind "that"."""
    first = clause.split(" ", 1)[0]
    small = first.lower() in _SMALL or first in ("You", "Your")
    return clause[0].lower() + clause[1:] if small else clause


def _word(marks: Marks, reference: str, rest: str, found: re.Match[str]) -> str:
    return marks.of(reference) + rest


def _without_vocative(sentence: str, called: str) -> str:
    """A sentence without the addressee's name where it only calls: "Mira, the bridge fell." """
    name = re.escape(called)
    return re.sub(rf"^\s*{name}\s*[,!:]\s*|\s*,\s*{name}\s*(?=[.!]*$)", "", sentence)
