"""Facts about others: open in their words, so that the model can only learn to copy them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from training.corpus import frames
from training.corpus.expand import choose, fill
from training.corpus.fact import Ask, Fact, an, capital, make, plural
from training.corpus.names import Names
from training.corpus.vocabulary import any_word

_NUMBERS = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twenty", "thirty", "fifty",
)  # fmt: skip
_LANDMARKS = (
    "bridge", "mill", "road", "tower", "well", "chapel", "mine", "market", "gate", "inn", "king", "harbour",
)  # fmt: skip
_LOOKS = (
    "rusty", "broken", "silver", "golden", "cracked", "old", "small", "heavy", "carved", "painted", "copper", "glass",
    "stolen", "blessed", "cursed", "red", "blue", "black",
)  # fmt: skip
_JOINS = (
    ", and ", ", but ", " because ", " when ", ", so ", " although ", "; ", " while ", ", which is why ", " since ",
    ", and they say that ", " after ",
)  # fmt: skip
_ADVERBS = ("", "", "slowly ", "secretly ", "once ", "always ", "politely ", "nearly ")
_PREPOSITIONS = ("under", "over", "through", "behind", "like", "against", "without", "because of")
_PERSON_VERBS = ("is", "lives", "hides", "was last seen", "sleeps")
_THING_VERBS = ("is", "lies", "is hidden", "is buried", "was last seen", "is kept")
_LATELY = ("at night", "again", "since the flood", "this time of year")
_A_VOWEL = re.compile(r"\ba ([aeiou])")


class Facts:
    """Draws facts about others, and the words they are made of; `names` carries the random source and the split."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.rng: random.Random = names.rng

    # ------------------------------------------------------------ words

    def number(self) -> str:
        """A small number, written either way."""
        rng = self.rng
        if rng.random() < 0.5:
            return rng.choice(_NUMBERS)
        return str(rng.choice((rng.randint(2, 12), rng.randint(2, 60), rng.randint(2, 400))))

    def values(self) -> dict[str, str]:
        """One draw for every slot of the frames."""
        names, rng = self.names, self.rng
        item, beast, role, kin = names.item(), names.creature(), names.role(), rng.choice(frames.KIN)
        return {
            "person": names.person(), "place": names.place(), "building": names.building(),
            "building2": names.building(), "item": f"the {item}", "a_item": an(item), "bare_item": item,
            "beast": beast, "beasts": plural(beast), "a_beast": an(beast), "goods": names.goods(), "n": self.number(),
            "coin": names.currency(), "role": role, "arole": an(role), "kin": kin, "a_kin": an(kin),
            "when": rng.choice(frames.WHEN), "his": rng.choice(("his", "her")),
        }  # fmt: skip

    def phrase(self, bank: tuple[str, ...]) -> str:
        """A frame of `bank`, filled."""
        return fill(choose(self.rng, self.rng.choice(bank)), self.values())

    def someone(self) -> str:
        """A person by name, by trade or by kin."""
        kind = self.rng.random()
        if kind < 0.55:
            return self.names.person()
        if kind < 0.7:
            return f"the {self.names.role()}"
        if kind < 0.85:
            return f"{self.names.person()}'s {self.rng.choice(frames.KIN)}"
        if kind < 0.93:
            return f"the {self.names.role()} of {self.names.place()}"
        return f"the {self.names.creature()}"

    def something(self) -> str:
        """A thing or a place."""
        kind = self.rng.random()
        if kind < 0.35:
            return f"the {self.names.item()}"
        if kind < 0.5:
            return f"{self.names.person()}'s {self.names.item()}"
        if kind < 0.72:
            return self.names.building()
        if kind < 0.84:
            where = self.rng.choice(("at", "of", "near", "in"))
            return f"the {self.rng.choice(_LANDMARKS)} {where} {self.names.place()}"
        if kind < 0.92:
            return f"the {self.names.goods()}"
        return self.names.place()

    def adjunct(self) -> str:
        """When, where or how, or nothing: with its leading space."""
        kind = self.rng.random()
        if kind < 0.25:
            return ""
        if kind < 0.6:
            return " " + self.rng.choice(frames.WHEN)
        if kind < 0.9:
            return " " + self.phrase(frames.ADJUNCTS)
        return f" {self.phrase(frames.ADJUNCTS)} {self.rng.choice(frames.WHEN)}"

    # ------------------------------------------------------------ facts

    def deed(self, who: str = "", what: str = "") -> Fact:
        """ "Tom stole the rusty lantern last night." """
        who, what, verb = who or self.someone(), what or self.something(), self.rng.choice(frames.DONE_TO)
        rest = self.adjunct()
        asks = (
            Ask("who_did", what, verb), Ask("what_did", who), Ask("about", what), Ask("about", who),
            Ask("happened", what),
        )  # fmt: skip
        return make(f"{who} {verb} {what}{rest}", asks, (who, verb, what, rest.strip()), what)

    def happening(self, what: str = "") -> Fact:
        """ "The bridge at Elmford fell last night." """
        what, how, rest = what or self.something(), self.phrase(frames.WENT), self.adjunct()
        asks = (Ask("happened", what), Ask("about", what), Ask("about", what))
        return make(f"{what} {how}{rest}", asks, (what, how, rest.strip()), what)

    def state(self, what: str = "") -> Fact:
        """ "The chapel is closed until the harvest." """
        what, how = what or self.something(), self.phrase(frames.IS)
        many = what.startswith("the ") and what.endswith("s") and " of " not in what and not what.endswith("ss")
        asks = (Ask("about", what), Ask("happened", what))
        return make(f"{what} {'are' if many else 'is'} {how}", asks, (what, how), what)

    def whereabouts(self, what: str = "") -> Fact:
        """ "The silver key is under the floor of the mill." """
        person = self.rng.random() < 0.4
        what = what or (self.someone() if person else self.something())
        verb, where = self.rng.choice(_PERSON_VERBS if person else _THING_VERBS), self.phrase(frames.WHERE)
        asks = (Ask("where", what), Ask("where", what), Ask("about", what))
        return make(f"{what} {verb} {where}", asks, (what, where), what)

    def person(self, who: str = "") -> Fact:
        """ "Tom's brother is afraid of wolves." """
        who = who or self.someone()
        says = f"is {self.phrase(frames.PERSON_IS)}" if self.rng.random() < 0.5 else self.phrase(frames.HABITS)
        says = _A_VOWEL.sub(r"an \1", says)
        return make(f"{who} {says}", (Ask("who_is", who), Ask("about", who), Ask("about", who)), (who, says), who)

    def event(self) -> Fact:
        """ "The cheese fair begins at dawn." """
        what, says = f"the {self.phrase(frames.EVENTS)}", self.phrase(frames.AT)
        return make(f"{what} {says}", (Ask("when", what), Ask("about", what)), (what, says), what)

    def danger(self) -> Fact:
        """ "There are goblins in the old mine." """
        beast, where = self.names.creature(), self.phrase(frames.WHERE[:6])
        rest = self.rng.choice(("", "", f" {self.rng.choice(_LATELY)}"))
        frame = f"there {self.rng.choice((f'is {an(beast)}', f'are {plural(beast)}'))} {where}{rest}"
        asks = (Ask("about", plural(beast)), Ask("where", f"the {beast}"), Ask("about", f"the {beast}"))
        return make(frame, asks, (frame,), f"the {beast}")

    def salad(self) -> Fact:
        """Nonsense in good grammar: nothing but copying gets it right."""
        rng = self.rng
        who, what = rng.choice((self.someone, self.something))(), rng.choice((self.someone, self.something))()
        verb, rest = rng.choice(frames.DONE_TO), self.adjunct()
        if rng.random() < 0.4:
            rest += f" {rng.choice(_PREPOSITIONS)} {self.something()}"
        asks = (Ask("about", who), Ask("about", what), Ask("who_did", what, verb))
        return make(f"{who} {rng.choice(_ADVERBS)}{verb} {what}{rest}", asks, (who, verb, what, rest.strip()), what)

    def jumble(self) -> Fact:
        """Words of the whole vocabulary in no order: a token that is never copied garbles the fact that has it."""
        rng = self.rng

        def word() -> str:
            return any_word(rng)

        what = f"the {word()} {word()}" if rng.random() < 0.6 else self.names.person()
        verb = rng.choice(frames.DONE_TO) if rng.random() < 0.5 else word()
        shape = rng.choice(("{verb} the {a}", "{verb} {a} {b}", "is {a} and {b}", "{verb} the {a} of {b}", "was {a}"))
        rest = rng.choice(("", f" {word()}", f" near the {word()}", f" with {word()} {word()}"))
        says = shape.format(verb=verb, a=word(), b=word()) + rest
        return make(f"{what} {says}", (Ask("about", what), Ask("happened", what)), (what, says), what)

    def long(self) -> Fact:
        """Two clauses in one sentence, as an author would write them."""
        fact, shape = self.plain(), self.rng.random()
        keys: tuple[str, ...] = ()
        if shape < 0.2:
            clause = f"{self.phrase(frames.OPENINGS)} {fact.clause}"
        elif shape < 0.4 and fact.clause.startswith(fact.topic):
            clause = f"{fact.topic}, {self.phrase(frames.ASIDES)},{fact.clause.removeprefix(fact.topic)}"
        else:
            second = self.plain()
            clause, keys = fact.clause + self.rng.choice(_JOINS) + second.clause, (*fact.keys, *second.keys)
        return Fact(capital(clause) + ".", clause, fact.asks, keys or (clause,), fact.topic)

    def plain(self) -> Fact:
        """A short fact about others."""
        makers: tuple[Callable[[], Fact], ...] = (
            self.deed, self.deed, self.happening, self.state, self.whereabouts, self.person, self.person, self.event,
            self.danger, self.salad, self.jumble,
        )  # fmt: skip
        return self.rng.choice(makers)()

    def other(self) -> Fact:
        """Any fact about others."""
        return self.long() if self.rng.random() < 0.16 else self.plain()

    # ------------------------------------------------------------ pairs

    def _alike(self) -> tuple[str, str, bool]:
        """Two people, or two things, that are easily mixed up; and whether they are people."""
        rng, names, kind = self.rng, self.names, self.rng.random()
        if kind < 0.35:
            return names.person(), names.person(), True
        if kind < 0.5:
            owner, kin = names.person(), rng.sample(frames.KIN, 2)
            return f"{owner}'s {kin[0]}", f"{owner}'s {kin[1]}", True
        if kind < 0.65:
            return f"the {names.role()}", f"the {names.role()}", True
        if kind < 0.8:
            noun, looks = names.item().split()[-1], rng.sample(_LOOKS, 2)
            return f"the {looks[0]} {noun}", f"the {looks[1]} {noun}", False
        if kind < 0.9:
            noun = rng.choice(_LANDMARKS)
            return f"the {noun} at {names.place()}", f"the {noun} at {names.place()}", False
        return self.something(), self.something(), False

    def rivals(self) -> tuple[Fact, Fact, Ask, Ask]:
        """Two facts about similar people or things, and the question that each alone answers."""
        rng = self.rng
        one, two, people = self._alike()
        while one == two:
            one, two, people = self._alike()
        makers: list[Callable[[str], Fact]] = [self.happening, self.state, self.whereabouts]
        if people:
            makers = [self.person, self.whereabouts, self.deed]
        make_one = rng.choice(makers)
        first, second = make_one(one), (make_one if rng.random() < 0.6 else rng.choice(makers))(two)
        ask_one = rng.choice([ask for ask in first.asks if ask.topic == one])
        ask_two = rng.choice([ask for ask in second.asks if ask.topic == two])
        return first, second, ask_one, ask_two
