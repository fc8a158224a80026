"""Denials: what a statement says is not so, and whether it says what is so instead. Patterns only; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from npc_runtime.language.claim import Denial
from npc_runtime.language.english.terms import terms

_NOT = r"(?:not|never)"
_UNTRUE = re.compile(
    r"^(?:it is|it's|it was|that is) (?:not true|untrue|not so|false|wrong|a lie|nonsense) that (?P<claim>.+)$", re.I
)
_INSTEAD = re.compile(
    r"^it was (?P<other>[^,;]+?) (?:who|that) (?P<did>[^,;]+?),? (?:and )?not (?P<who>[\w'’ -]+?)\.?$", re.I
)
_DID = re.compile(rf"^(?P<who>[^,;:]+?) (?:did {_NOT}|didn['’]?t|never) (?P<did>\S.*)$", re.I)
_IS = re.compile(
    rf"^(?P<who>[^,;:]+?) (?P<is>is|are|was|were|has|have|had|will|would|could) {_NOT} (?P<did>\S.*)$|"
    r"^(?P<who2>[^,;:]+?) (?P<is2>is|are|was|were|has|have|had|would|could)n['’]?t (?P<did2>\S.*)$",
    re.I,
)
_NOBODY = re.compile(r"^(?:nobody|no one|none of (?:us|them|you)) (?P<did>\S.*)$", re.I)
_REST = re.compile(
    r"\s*(?:[;,:–—]|\. )\s*(?:(?:but|instead|and|in fact|because|no)\b,?\s*)*|\s+(?:but|because)\s+", re.I
)
# What only vouches for what was said says nothing else.
_VOUCHING = re.compile(
    r"^(?:i|they|we|you) (?:swear|swore|promise|know|think|believe|say|said|am sure|are sure|was there|were there)\b|"
    r"^(?:believe|trust) (?:me|them)\b|^(?:i|they) am? (?:sure|certain)\b",
    re.I,
)
_GOES_ON = re.compile(r"^(?:it|he|she|they|instead|in fact|actually)\b", re.I)


def denied(statement: str) -> Denial | None:
    """What a statement in the third person denies, or None where it denies nothing."""
    text = statement.strip().rstrip(".!… ")
    if found := _INSTEAD.match(text):
        return Denial(_sentence(f"{found['who']} {found['did']}"), corrects=True)
    head, rest = _parted(text)
    if found := _UNTRUE.match(head):
        claim = found["claim"]
    elif found := _DID.match(head):
        claim = f"{found['who']} {found['did']}"
    elif found := _IS.match(head):
        claim = f"{found['who'] or found['who2']} {found['is'] or found['is2']} {found['did'] or found['did2']}"
    elif found := _NOBODY.match(head):
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
        follows = _GOES_ON.match(statement) or (before and set(terms(before.claim)) & set(terms(statement)))
        if before and not before.corrects and follows and denied(statement) is None:
            whole[-1] = f"{whole[-1].rstrip('.!… ')}; {statement[0].lower()}{statement[1:]}"
        else:
            whole.append(statement)
    return whole


def _parted(text: str) -> tuple[str, str]:
    """The denial itself, and what is so instead, or nothing."""
    cut = _REST.search(text)
    if cut is None:
        return text, ""
    head, rest = text[: cut.start()], text[cut.end() :]
    says = len(terms(rest)) >= 1 and not _VOUCHING.match(rest) and not re.search(rf"\b{_NOT}\b|n['’]t\b", rest)
    return head, rest if says else ""


def _sentence(claim: str) -> str:
    claim = claim.strip()
    return f"{claim[:1].upper()}{claim[1:]}."
