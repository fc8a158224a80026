"""Denials: what a statement says is not so, and whether it says what is so instead. Patterns only; pure."""

from __future__ import annotations

from collections.abc import Sequence

from npc_runtime.language.claim import Denial
from npc_runtime.language.english.data import Data
from npc_runtime.language.english.terms import terms

_pattern = Data("grammar.denial").pattern


def denied(statement: str) -> Denial | None:
    """What a statement in the third person denies, or None where it denies nothing."""
    text = statement.strip().rstrip(".!… ")
    if found := _pattern("instead").match(text):
        return Denial(_sentence(f"{found['who']} {found['did']}"), corrects=True)
    head, rest = _parted(text)
    if found := _pattern("untrue").match(head):
        claim = found["claim"]
    elif found := _pattern("did").match(head):
        claim = f"{found['who']} {found['did']}"
    elif found := _pattern("is").match(head):
        claim = f"{found['who'] or found['who2']} {found['is'] or found['is2']} {found['did'] or found['did2']}"
    elif found := _pattern("nobody").match(head):
        claim = f"somebody {found['did']}"
    else:
        return None
    if len(terms(claim)) < 2:
        return None  # "they did not know" is nobody's denial
    return Denial(_sentence(claim), corrects=bool(rest))


def joined(statements: Sequence[str]) -> list[str]:
    """The same statements, a denial in one with what follows it: "He did not do it. It was found in the mill." """
    whole: list[str] = []
    for statement in statements:
        before = denied(whole[-1]) if whole else None
        follows = _pattern("goes_on").match(statement) or (before and set(terms(before.claim)) & set(terms(statement)))
        if before and not before.corrects and follows and denied(statement) is None:
            whole[-1] = f"{whole[-1].rstrip('.!… ')}; {statement[0].lower()}{statement[1:]}"
        else:
            whole.append(statement)
    return whole


def _parted(text: str) -> tuple[str, str]:
    """The denial itself, and what is so instead, or nothing."""
    cut = _pattern("rest").search(text)
    if cut is None:
        return text, ""
    head, rest = text[: cut.start()], text[cut.end() :]
    says = terms(rest) and not _pattern("vouching").match(rest) and not _pattern("denies").search(rest)
    return head, rest if says else ""


def _sentence(claim: str) -> str:
    claim = claim.strip()
    return f"{claim[:1].upper()}{claim[1:]}."
