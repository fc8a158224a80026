"""Whether a reply is what a scene expects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from npc_runtime.scenes.steps import Expect, Journal, Knowledge
from npc_runtime.world.entity import bare


@dataclass(frozen=True)
class Spoken:
    """What is known of a reply once it has ended. `action` is as in `give bread player:alex`, or empty."""

    text: str
    emotion: str
    source: str
    finish: str
    action: str = ""
    move: str = ""
    answered_by: str = ""  # an id without its kind, or "nobody"


@dataclass(frozen=True)
class Check:
    """One expectation and how it turned out."""

    key: str
    passed: bool
    wanted: str
    found: str


def mentions(text: str, pattern: str) -> bool:
    """Whether a text has a word or phrase in it, in any case: `ale` is not in "a tale", and "2 pence" is a phrase."""
    words = r"\s+".join(map(re.escape, pattern.split()))
    before = r"(?<!\w)" if re.match(r"\w", pattern) else ""
    after = r"(?!\w)" if re.search(r"\w$", pattern) else ""
    return re.search(before + words + after, text, re.IGNORECASE) is not None


def check(expect: Expect, spoken: Spoken) -> list[Check]:
    """Every key of an `expect`, checked against a reply."""
    done = [
        _one_of(key, getattr(expect, key), getattr(spoken, key))
        for key in ("source", "emotion", "finish", "move")
        if key in expect.model_fields_set
    ]
    if expect.answered_by:
        done.append(_one_of("answered_by", map(bare, expect.answered_by), spoken.answered_by))
    if expect.action:
        done.append(_action(expect.action, spoken.action))
    text = spoken.text
    if expect.mentions_any:
        found = any(mentions(text, pattern) for pattern in expect.mentions_any)
        done.append(Check("mentions_any", found, _listed(expect.mentions_any), text))
    if expect.mentions_all:
        missing = [pattern for pattern in expect.mentions_all if not mentions(text, pattern)]
        done.append(Check("mentions_all", not missing, _listed(missing or expect.mentions_all), text))
    if expect.mentions_none:
        slipped = [pattern for pattern in expect.mentions_none if mentions(text, pattern)]
        done.append(Check("mentions_none", not slipped, f"without {_listed(slipped or expect.mentions_none)}", text))
    return done


def check_argument(expect: Expect, outcome: str, turns: int) -> list[Check]:
    """The keys of an `expect` that are about an argument, checked against how it ended."""
    done = [_one_of("outcome", expect.outcome, outcome)] if expect.outcome else []
    return done + check_turns(expect, turns)


def check_encounter(expect: Expect, reason: str, turns: int, news: Sequence[str]) -> list[Check]:
    """The keys of an `expect` that are about an encounter, checked against how it ended."""
    done = [_one_of("reason", expect.reason, reason)] if expect.reason else []
    if expect.news:
        told = any(all(mentions(text, word) for word in wanted.split()) for text in news for wanted in expect.news)
        passed = not news if "none" in expect.news else told
        done.append(Check("news", passed, _listed(expect.news), "; ".join(news) or "none"))
    return done + check_turns(expect, turns)


def check_turns(expect: Expect, turns: int) -> list[Check]:
    """`turns_max`, where it is expected."""
    done = []
    if expect.turns_max is not None:
        done.append(Check("turns_max", turns <= expect.turns_max, f"at most {expect.turns_max}", str(turns)))
    return done


def check_knowledge(key: str, wanted: Knowledge, memories: Iterable[str]) -> Check:
    """`knows` or `knows_not`, checked against what a character remembers of it: all words, in one memory."""
    found = next((text for text in memories if all(mentions(text, word) for word in wanted.about.split())), "")
    verb = "knows" if key == "knows" else "does not know"
    return Check(key, bool(found) is (key == "knows"), f"{wanted.npc} {verb} of {wanted.about}", found or "nothing")


def check_journal(wanted: Journal, notes: Sequence[str]) -> Check:
    """`journal`, checked against the notes of a player."""
    missing = wanted.mentions_any and not any(mentions(note, word) for word in wanted.mentions_any for note in notes)
    slipped = [note for word in wanted.mentions_none for note in notes if mentions(note, word)]
    named = [_listed(wanted.mentions_any)] if wanted.mentions_any else []
    named += [f"without {_listed(wanted.mentions_none)}"] if wanted.mentions_none else []
    return Check("journal", not missing and not slipped, "; ".join(named), " / ".join(slipped or notes) or "nothing")


def check_answers(wanted: tuple[str, ...], npc: str) -> Check:
    """`answers`, checked against who answered a question over the lore."""
    return _one_of("answers", [name.removeprefix("npc:") for name in wanted], npc.removeprefix("npc:") or "nobody")


def _one_of(key: str, wanted: Iterable[str], found: str) -> Check:
    words = [str(getattr(value, "value", value)) for value in wanted]
    return Check(key, found in words, _listed(words), found)


def _action(wanted: tuple[str, ...], found: str) -> Check:
    name = found.partition(" ")[0] or "none"
    return Check("action", any(want in (name, found) for want in wanted), _listed(wanted), found or "none")


def _listed(words: Iterable[str]) -> str:
    return " | ".join(words)
