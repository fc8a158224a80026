"""News: turning what somebody states into something that a listener knows, with who said it.

"The bridge fell last night." from Alex becomes "Alex told you that the bridge fell last night."; for those who only
overheard it, "Alex told Mira that ...". Speakers become "they", which needs no verb changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from npc_runtime.dialogue.understanding.intents import Intent, classify
from npc_runtime.language.english.terms import word_set
from npc_runtime.language.sentences import split

STATEMENT_LIMIT = 200  # characters
STATEMENTS = 4  # of one line; a flood of news is not taken in

_LEAD = re.compile(
    r"^(?:(?:hey|hi|hello|oh|ah|well|so|but|and|look|listen|psst|you know|guess what|believe me|by the way|actually|"
    r"did you (?:know|hear)(?: that)?|have you heard(?: that)?|"
    r"i (?:have )?(?:heard|think|believe|know|guess|bet|swear)(?: that)?|"
    r"let me tell you(?: that)?|i must tell you(?: that)?|do not tell anyone but)\b[\s,!:]*)+",
    re.IGNORECASE,
)
_SPEAKER = (
    (r"\bi'm\b|\bim\b|\bi am\b|\bwe are\b|\bwe're\b", "they are"),
    (r"\bi was\b|\bwe were\b", "they were"),
    (r"\bi've\b|\bwe've\b", "they have"),
    (r"\bi'll\b|\bwe'll\b", "they will"),
    (r"\bi'd\b|\bwe'd\b", "they would"),
    (r"\b(?:my|our)\b", "their"),
    (r"\b(?:mine|ours)\b(?= *[.,;!?]|$)", "theirs"),
    (r"\b(?:myself|ourselves)\b", "themselves"),
    (r"\b(?:me|us)\b", "them"),
    (r"\b(?:i|we)\b", "they"),
)
_ADDRESSEE = (
    (r"\byou're\b|\byou are\b", "{name} is"),
    (r"\byou were\b", "{name} was"),
    (r"\byou have\b|\byou've\b", "{name} has"),
    (r"\byou'll\b", "{name} will"),
    (r"\byours?\b", "{name}'s"),
    (r"\byou\b", "{name}"),
)
_SMALL = word_set(
    "a an the this that these those there here it he she they we his her its their our my your some someone "
    "somebody nobody everyone everybody something nothing all both many two three four five six seven ten last "
    "yesterday today tonight tomorrow now when if after before in on at under near behind no one another people "
    "wolves robbers"
)


def statements(line: str) -> list[str]:
    """The first few sentences of a line that state something."""
    return [
        sentence
        for sentence in split(line[: STATEMENTS * STATEMENT_LIMIT])[: 2 * STATEMENTS]
        if classify(sentence).intent is Intent.TELL and len(sentence) <= STATEMENT_LIMIT and "?" not in sentence[:-1]
    ][:STATEMENTS]


def told(statement: str, *, speaker: str, addressee: str, overheard: bool, names: Iterable[str]) -> str:
    """What a listener knows once `speaker` has stated something to `addressee`, which are display names.

    `overheard`: the listener is somebody else than the addressee. `names` are spelled as given wherever the statement
    has them in other letters.
    """
    clause = _clause(statement, addressee, overheard=overheard)
    return f"{speaker} told {addressee if overheard else 'you'} that {_spelled(subordinate(clause), names)}."


def claimed(statement: str, *, addressee: str, names: Iterable[str]) -> str:
    """What is stated to `addressee`, as a sentence in the third person; "they" is the speaker."""
    clause = _spelled(_clause(statement, addressee, overheard=True), names)
    return f"{clause[0].upper()}{clause[1:]}."


def subordinate(clause: str) -> str:
    """A clause as it stands behind "that"."""
    first = clause.split(" ", 1)[0]
    small = first.lower() in _SMALL or first in ("You", "Your")
    return clause[0].lower() + clause[1:] if small else clause


def _clause(statement: str, addressee: str, *, overheard: bool) -> str:
    clause = _LEAD.sub("", _without_vocative(statement, addressee)).strip().rstrip(".!?… ") or statement.strip()
    for pattern, meant in _SPEAKER:
        clause = re.sub(pattern, meant, clause, flags=re.IGNORECASE)
    if overheard:
        for pattern, meant in _ADDRESSEE:
            clause = _replaced(pattern, meant.format(name=addressee), clause)
    return clause


def _without_vocative(statement: str, addressee: str) -> str:
    name = re.escape(addressee)
    return re.sub(rf"^\s*{name}\s*[,!:]\s*|\s*,\s*{name}\s*(?=[.!]*$)", "", statement, flags=re.IGNORECASE)


def _spelled(clause: str, names: Iterable[str]) -> str:
    for name in names:
        clause = _replaced(rf"(?<!\w){re.escape(name)}(?!\w)", name, clause)
    return clause


def _replaced(pattern: str, meant: str, text: str) -> str:
    return re.sub(pattern, lambda _: meant, text, flags=re.IGNORECASE)
