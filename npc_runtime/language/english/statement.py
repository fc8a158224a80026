"""Statements: what somebody says in English, as a claim in which everybody stands by id."""

from __future__ import annotations

import re

from npc_runtime.language.claim import Marks, reference
from npc_runtime.language.english.data import Data
from npc_runtime.language.english.person import referring

_STATEMENT = Data("grammar.statement")
_SPEAKER, _ADDRESSEE = _STATEMENT.table("speaker"), _STATEMENT.table("addressee")
_SMALL = _STATEMENT.words("small")


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
