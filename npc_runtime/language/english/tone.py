"""Tone: whether an English sentence is good news or bad, as far as its words tell."""

from __future__ import annotations

from typing import Literal

from npc_runtime.language.english.terms import stem, terms, word_set

_BAD = frozenset(
    map(
        stem,
        word_set(
            "dead die died death kill killed murder murdered drown drowned bury buried sick ill fever plague "
            "hurt wounded blood steal stole stolen thief rob robbed robbers lose lost missing gone fell fall "
            "fallen break broke broken burn burnt burned fire flood ruin ruined spoil spoiled rot hunger starve "
            "wolf wolves lie lied liar cheat cheats quarrel quarrelled fight fought curse cursed weep wept fear "
            "debt owe owes poison war ghost attack attacked blame blames insult insulted"
        ),
    )
)
_GOOD = frozenset(
    map(
        stem,
        word_set(
            "born birth wed wedding marry married betrothed found find mend mended heal healed recover "
            "recovered feast harvest gift win won return returned rescue rescued save saved peace friend "
            "friends laugh dance sing rich treasure bloom safe better agreed forgave forgiven thank thanked "
            "reconcile reconciled"
        ),
    )
)


def tone(text: str) -> Literal["good", "bad", ""]:
    """Whether a hearer is glad or sorry to hear it, or neither."""
    words = frozenset(terms(text))
    bad, good = len(words & _BAD), len(words & _GOOD)
    return "bad" if bad > good else "good" if good > bad else ""
