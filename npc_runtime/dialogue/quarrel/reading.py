"""Reading a mediator's free text: what it is, and for or against whom."""

from __future__ import annotations

import re

from npc_runtime.dialogue.generation.prompt import LINE_LIMIT, flatten
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.quarrel.intervention import Intervention, InterventionKind
from npc_runtime.dialogue.quarrel.names import marked
from npc_runtime.dialogue.understanding.intents import Intent, classify
from npc_runtime.dialogue.understanding.read import asks
from npc_runtime.language.english.data import Data
from npc_runtime.language.english.terms import notion, terms

_cue = Data("quarrel.cues").pattern
_NAMED = re.compile(r"<(\d)>(?!'s)")
_ANY_NAME = re.compile(r"<(\d)>")
_CALLED = re.compile(r"(?:^ |, |\. )<(\d)>(?= ,| you\b| \.|$)|, <(\d)>(?= \.| ,)|<(\d)> \. $")
_MATCHING = 2  # terms that a line shares with a fact, so that it is the same fact


def read(argument: Argument, by: str, name: str, text: str) -> Intervention:
    """What `by`, called `name`, means by a line said into the argument."""
    text = flatten(text, LINE_LIMIT)
    if not argument.language.reads:
        return _read_by_names(argument, by, name, text)
    line = marked(text, argument.parties)
    kind, side, against, known = _Reading(argument, line, text).result()
    ids = [party.id for party in argument.parties]
    return Intervention(
        by, name, text, kind, ids[side] if side is not None else "", ids[against] if against is not None else "", known
    )


def _read_by_names(argument: Argument, by: str, name: str, text: str) -> Intervention:
    """Where no cue is known: a question asks, anything else calms, whoever is named alone first of all."""
    said = text.casefold()
    named = [party.id for party in argument.parties if party.name.casefold() in said]
    kind: InterventionKind = "other" if asks(text, argument.language) else "calm"
    return Intervention(by, name, text, kind, against=named[0] if len(named) == 1 else "")


_STATED = re.compile(r"(?:^|[.?]) (?:[^ .?]+ ){2,}\.")  # a sentence of two words or more that is no question
_TOGETHER = re.compile(r"<\d> and <\d>")
Result = tuple[InterventionKind, "int | None", "int | None", bool]


class _Reading:
    """One line, with its parties as places in `argument.parties`."""

    def __init__(self, argument: Argument, line: str, text: str) -> None:
        self._argument, self._line, self._text = argument, line, text
        self._named = list(dict.fromkeys(int(place) for place in _ANY_NAME.findall(line)))
        called = _CALLED.search(line)
        self._called = int(next(filter(None, called.groups()))) if called else None
        if self._called is None and len(self._named) == 1 and not re.search(r"\b(?:he|she|his|her)\b", line):
            self._called = self._named[0]

    def result(self) -> Result:
        """The kind, the party it is for, the one it is against, and whether it is evidence that a party has too."""
        line, asks = self._line, not _STATED.search(self._line)
        only = self._named[0] if len(self._named) == 1 else self._called
        if _cue("threat").search(line):
            return "threaten", None, only, False
        if _cue("egging").search(line):
            return "insult", None, None, False
        if _cue("insult").search(line) and not _cue("not_insult").search(line):
            return "insult", None, only, False
        if _cue("joke").search(line):
            return "joke", None, None, False
        if asks and _cue("question").search(line):
            return "other", None, None, False
        if not asks and (found := self._side_or_evidence()):
            return found
        if (bound := self._bound()) is not None:
            return "rule", None, bound if bound >= 0 else None, False
        if _cue("calm").search(line):
            return "calm", None, None, False
        return self._by_intent()

    def _by_intent(self) -> Result:
        """What the classifier of player lines makes of a line that says none of this in usual words."""
        intent = classify(self._text).intent
        if intent is Intent.INSULT:
            return "insult", None, self._called, False
        if intent is Intent.THREAT:
            return "threaten", None, self._called, False
        if intent is Intent.REQUEST:
            return "calm", None, None, False
        if intent is Intent.APOLOGY:
            return "rule", None, self._called, False
        return "other", None, None, False

    def _side_or_evidence(self) -> Result | None:
        matching = self._matching()
        perceived = _cue("perceived").search(self._line)
        told = len(set(terms(_ANY_NAME.sub(" ", _blameless(self._line)))))
        if perceived and (told >= 2 or matching is not None):
            return self._evidence(matching, perceived.end())
        resolved = self._addressed()
        favoured, blamed = _first(_cue("favours"), resolved), _first(_cue("blames"), resolved)
        if favoured is not None or blamed is not None:
            if favoured is None and blamed is not None:
                favoured = self._other(blamed)
            if blamed is None and favoured is not None:
                blamed = self._other(favoured)
            if self._bound() is None or favoured is not None:
                return "side", favoured, blamed, False
        if matching is not None and self._bound() is None:
            return self._evidence(matching, 0)
        return None

    def _evidence(self, matching: int | None, after: int) -> Result:
        cleared = _cue("clears").search(self._line)
        before = [int(place) for place in _NAMED.findall(self._line[: cleared.start()])] if cleared else []
        if before:
            return "evidence", before[-1], self._other(before[-1]), False
        if matching is not None:
            return "evidence", matching, self._other(matching), True
        later = [int(place) for place in _NAMED.findall(self._line[after:])]
        meant = later[0] if later else (self._named[0] if self._named else self._disputing())
        return "evidence", self._other(meant), meant, False

    def _matching(self) -> int | None:
        """The party that has this as evidence too."""
        said = {notion(term) for term in terms(self._text)}
        names = {notion(term) for party in self._argument.parties for term in terms(party.name)}
        best, found = _MATCHING - 1, None
        for place, party in enumerate(self._argument.parties):
            for fact in party.evidence:
                shared = len(said & {notion(term) for term in terms(fact.text)} - names)
                if shared > best:
                    best, found = shared, place
        return found

    def _bound(self) -> int | None:
        """The party that a ruling binds, -1 for all of them, or nothing when there is no ruling."""
        line = self._line
        strong = {int(mark[1]) for pattern in (_cue("must"), _cue("vocative_duty")) for mark in pattern.findall(line)}
        if _cue("both_duty").search(line) and not strong:
            weak = {int(mark[1]) for mark in _cue("will").findall(line)}
            return weak.pop() if len(weak) == 1 else -1
        if strong and _TOGETHER.search(line):
            return -1
        if strong:
            return strong.pop() if len(strong) == 1 else -1
        if _cue("make").search(line):
            found = self._disputing()
            return -1 if found is None else found
        bare = _cue("bare_duty").search(line)
        if bare:
            return self._bound_by(bare)
        weak = {int(mark[1]) for mark in _cue("will").findall(line)}
        return (weak.pop() if len(weak) == 1 else -1) if weak else None

    def _bound_by(self, bare: re.Match[str]) -> int:
        """Whom "give mira her hammer back" or "just apologise, tom" is said to."""
        objects = [int(place) for place in _ANY_NAME.findall(bare["rest"])]
        intransitive = bare["duty"].startswith(("apolog", "say", "admit", "confess", "let it", "take it"))
        vocative = re.match(r" (?:her|him|them|it|that|this)\b", bare["rest"])
        if objects and not vocative and (not intransitive or re.match(r" (?:to|with|at) ", bare["rest"])):
            other = self._other(objects[0])
            return -1 if other is None else other
        found = objects[0] if objects else self._called
        if found is None:
            found = self._claiming() if _cue("forgiving").match(bare["duty"]) else self._disputing()
        return -1 if found is None else found

    def _addressed(self) -> str:
        """The line with `you` as the party it is said to."""
        place = self._called
        if place is None and not self._named and self._argument.spoken:
            ids = [party.id for party in self._argument.parties]
            place = ids.index(self._argument.spoken[-1].speaker)
        if place is None:
            return self._line
        line = re.sub(r"\byou are\b", f"<{place}> is", self._line)
        line = re.sub(r"\byour\b", f"<{place}>'s", line)
        return re.sub(r"\byou\b(?! (?:know|see)\b)", f"<{place}>", line)

    def _other(self, place: int | None) -> int | None:
        """The only other party, if there is only one, or only one that stands against it."""
        if place is None:
            return None
        parties = self._argument.parties
        others = [n for n in range(len(parties)) if n != place]
        against = [n for n in others if (parties[n].position == "claims") != (parties[place].position == "claims")]
        return next((found[0] for found in (others, against) if len(found) == 1), None)

    def _claiming(self) -> int | None:
        places = [n for n, party in enumerate(self._argument.parties) if party.position == "claims"]
        return places[0] if len(places) == 1 else None

    def _disputing(self) -> int | None:
        places = [n for n, party in enumerate(self._argument.parties) if party.position != "claims"]
        return places[0] if len(places) == 1 else None


def _blameless(line: str) -> str:
    """The line without the words that only say who is right."""
    return _cue("verdict").sub(" ", line)


def _first(pattern: re.Pattern[str], line: str) -> int | None:
    """The party in the first match of a pattern."""
    found = pattern.search(line)
    return int(next(mark for mark in found.groups() if mark)[1]) if found else None
