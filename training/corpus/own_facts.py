# ruff: noqa: E501
"""Facts about the character itself, in the second person on the card and in the first when it speaks."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from training.corpus import frames
from training.corpus.expand import fill
from training.corpus.fact import MARK, Ask, Fact, an, first_person, make, noun_phrase
from training.corpus.facts import Facts

_NOUN_PHRASE = re.compile(r"[A-Z][\w'’-]{2,}(?: [A-Z]\w+)*|the \w+ \w+|the \w+")
_OWN_THING = re.compile(r"(?<=my )[a-z-]+(?: [a-z-]+)?(?= (?:is|was|near|behind|under|to)\b)")
_PRONOUN = re.compile(r"^(?:I|my|My) ")
_SLOT = re.compile(r"\{(\w+)\}")
_UNITS = ("", "", "", "", " each", " a pair", " a sack", " apiece", " the dozen")
_MARKET_DAYS = ("market day", "feast days", "Mondays")
_TO_TELLER = {"they": "you", "their": "your", "them": "you", "you": "me", "your": "my"}
_TO_OTHERS = {"you": "me", "your": "my"}


class OwnFacts:
    """Draws what a character knows of itself, sells, needs, or was told about somebody's own affairs."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.names = facts, facts.names
        self.rng: random.Random = facts.rng

    def own(self) -> Fact:
        """ "You were born in Elmford." """
        rng, phrase = self.rng, self.facts.phrase
        kind = rng.choice(list(frames.OWN))
        frame = phrase(frames.OWN[kind])
        if kind == "seen" and rng.random() < 0.4:
            frame += rng.choice((", but <I> told nobody", ", and <I> ran", ", and it scared <you>"))
        if rng.random() < 0.15:
            more = phrase(frames.OWN[rng.choice(list(frames.OWN))])
            more = more.replace("<You>", "<I>").replace("<Your>", "<your>")
            frame += rng.choice((", and ", ", but ", ", because ", " since ", ", so ", "; ")) + more
        found = _NOUN_PHRASE.findall(MARK.sub("", frame))
        return self._own(frame, kind, noun_phrase(found[0]) if found else kind)

    def open(self) -> Fact:
        """A sentence with "you" and "your" anywhere in it, such as an author writes about a character."""
        rng, facts = self.rng, self.facts
        frame = rng.choice(frames.OWN_HEADS)
        for odds in (0.6, 0.12):
            if rng.random() < odds:
                tail = rng.choice(frames.OWN_TAILS)
                frame += tail if tail.startswith(",") else f" {tail}"
        once = facts.values() | {"clause": facts.plain().clause}
        anew: dict[str, Callable[[], str]] = {
            "done": lambda: rng.choice(frames.DONE_TO),
            "do": lambda: rng.choice(frames.DO),
            "thing": facts.something,
            "thing_bare": self.names.item,
            "who": facts.someone,
            "often": lambda: facts.phrase(frames.OFTEN),
            "when_next": lambda: rng.choice(frames.UNTIL),
            "adjective": lambda: rng.choice(frames.ADJECTIVES),
            "noun": lambda: rng.choice(frames.NOUNS),
            "is": lambda: facts.phrase(frames.IS),
            "went": lambda: facts.phrase(frames.WENT),
            "errand": lambda: facts.phrase(frames.ERRANDS),
        }
        frame = _SLOT.sub(lambda found: anew[found[1]]() if found[1] in anew else once[found[1]], frame)
        said = first_person(frame)[2:]
        found = _OWN_THING.findall(said) + _NOUN_PHRASE.findall(said)
        return self._own(frame, "thing", noun_phrase(rng.choice(found)) if found else "thing")

    def _own(self, frame: str, kind: str, topic: str) -> Fact:
        fact = make(frame, (Ask(f"own_{kind}", topic),), (), topic)
        return Fact(fact.card, fact.clause, fact.asks, (_PRONOUN.sub("", fact.clause),), topic)

    def told(self) -> tuple[str, str, str, str]:
        """What somebody said of itself: on the card, told back to the teller, told to others; and the topic."""
        phrase = self.facts.phrase
        values = self.facts.values() | {"is": phrase(frames.IS), "went": phrase(frames.WENT)}
        frame = fill(self.rng.choice(frames.TOLD), values | {"until": f"before {self.rng.choice(frames.UNTIL)}"})

        def spoken(words: dict[str, str]) -> str:
            return MARK.sub(lambda found: words.get(found[1], found[1]), frame)

        found = _NOUN_PHRASE.findall(frame) or [values["goods"] if values["goods"] in frame else "you"]
        return spoken({}), spoken(_TO_TELLER), spoken(_TO_OTHERS), noun_phrase(self.rng.choice(found))

    def price(self) -> Fact:
        """ "You sell nails for 2 pennies." """
        rng, names = self.rng, self.names
        thing, cost, unit = names.goods(), f"{self.facts.number()} {names.currency()}", rng.choice(_UNITS)
        frame = f"<You> sell {thing} for {cost}{unit}"
        if rng.random() < 0.35:
            frame = rng.choice((
                f"<You> charge {cost} for {thing}", f"<You> have {thing} for {cost}", f"<You> sell {thing} at {cost}{unit}",
                f"<Your> {thing} cost {cost}", f"<You> mend {thing} for {cost}", f"<You> take {cost} for {thing}",
                f"<You> bake {thing} for {cost} on {rng.choice(_MARKET_DAYS)}", f"<You> sell {thing} from {names.place()} for {cost}",
                f"<You> sell {thing} for {cost}, and <I> {rng.choice(frames.DO)} them free for a year",
                f"<You> sell {thing} for {cost} and {names.goods()} for {self.facts.number()}",
                f"<You> carry {thing} over the river for {cost}",
            ))  # fmt: skip
        return make(frame, (Ask("price", thing),), (thing, cost), thing)

    def task(self) -> Fact:
        """ "You need someone to fetch coal from the hill." """
        rng, names, phrase = self.rng, self.names, self.facts.phrase
        errand, goods, cost = phrase(frames.ERRANDS), names.goods(), f"{self.facts.number()} {names.currency()}"
        place = names.place() if rng.random() < 0.5 else names.building()
        frame = f"<You> need someone to {errand}"
        if rng.random() < 0.6:
            frame = rng.choice((
                f"<You> need {goods} from {place}", f"<You> need {goods}", f"<You> need help to {errand}",
                f"<You> will pay {cost} to anyone who will {errand}", f"<You> want someone to {errand}",
                f"<You> need {goods} by tomorrow", f"<You> need a hand to {errand}", f"<You> look for somebody to {errand}",
                f"<You> will give {cost} for {goods} from {place}", f"<You> pay {cost} for help to {errand}",
                f"<You> need {goods} from {place} before {rng.choice(frames.UNTIL)}", f"<You> need {goods} before <I> can work again",
                f"<You> want <your> {names.item()} back before {rng.choice(frames.UNTIL)}", f"<You> want {an(names.item())} for <your> {rng.choice(frames.KIN)}",
                f"<You> want {names.person()} to stop {rng.choice(('counting', 'stealing', 'selling', 'touching'))} <your> {goods}",
                f"<You> need somebody to {errand} and to {phrase(frames.ERRANDS)}", f"<You> seek {an(names.role())} who can {errand}",
                f"<You> need two good {goods} and {an(names.role())} for {names.building()}",
            ))  # fmt: skip
        return make(frame, (Ask("task", goods),), (first_person(frame.removeprefix("<You> ")),), goods)
