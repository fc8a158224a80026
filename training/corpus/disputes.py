# ruff: noqa: E501
"""Quarrels as cards: who is wronged, how hot it is, what the other one just said, and the answer of the move."""

from __future__ import annotations

import random

from npc_runtime.dialogue.generation.prompt import Card, Quarrel, Turn
from npc_runtime.dialogue.policy.moves import Move
from training.corpus import quarrels
from training.corpus.asking import Asking
from training.corpus.example import Example
from training.corpus.expand import choose, expand, slots
from training.corpus.names import Names
from training.corpus.people import Person
from training.corpus.slips import typed
from training.corpus.voice import voiced

_PROVOKED_BY: dict[Move, tuple[str, ...]] = {
    Move.ACCUSE: ("deny", "accuse", "insult", "player", "player", "deny"),
    Move.DENY: ("accuse", "accuse", "accuse", "cite"),
    Move.CITE: ("deny", "deny", "accuse", "insult"),
    Move.INSULT: ("insult", "threat", "accuse", "deny"),
    Move.APPEAL: ("deny", "threat", "insult", "walk_away", "appeal"),
    Move.BARGAIN: ("bargain", "appeal", "deny", "concede"),
    Move.CONCEDE: ("cite", "appeal", "bargain", "sorry", "reconcile", "accuse"),
    Move.RECONCILE: ("sorry", "concede", "reconcile", "appeal", "bargain"),
    Move.WALK_AWAY: ("insult", "deny", "threat", "walk_away", "bargain"),
}
_OPENINGS = ("Good day, {npc}.", "What is it, {npc}?", "You look cross, {npc}.", "What do you want?", "Yes?", "Well, {npc}?", "You wanted to see me?", "...")  # fmt: skip
_MEDIATE_LINES = (
    "{a} and {b} are at each other's throats!", "{a} and {b} are quarrelling again.", "Please stop {a} and {b}, they will come to blows.", "{a} shouts at {b}, do something!",
    "{a} says that {b} {third}.", "{a} and {b} will not stop fighting. What should they do?", "Can you make peace between {a} and {b}?", "hey, {a} and {b} are fighting",
    "Who is right, {a} or {b}?", "{b} {third}, and {a} is furious.", "{a} wants {b} to pay for it. What do you say?", "Say something to them, {a} and {b} listen to you.",
    "It is all {b}'s fault!", "They are fighting in the square again.", "We will never agree!", "Tell them to stop!", "You decide, who is right?",
)  # fmt: skip


def _lower(sentence: str) -> str:
    first = sentence.split(" ", 1)[0]
    common = {"The", "A", "An", "Everyone", "Three", "There", "You", "Your", "Nobody"}
    return sentence[:1].lower() + sentence[1:] if first in common else sentence


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class Disputes:
    """Draws quarrel examples."""

    def __init__(self, names: Names, asking: Asking) -> None:
        self.names, self.pick = names, asking.pick
        self.rng: random.Random = names.rng

    def _offer(self) -> str:
        values = {"amount": str(self.rng.randint(2, 40)), "currency": self.names.currency()}
        return expand(self.rng, self.rng.choice(quarrels.OFFERS), values)

    def _line(self, kind: str, npc: str, opponent: str) -> str:
        counter = quarrels.pick_grievance(self.rng)
        _, to_face = quarrels.random_evidence(self.rng, npc)
        said, demand = f"you {counter.first}", counter.demand_first
        values = {
            "npc": npc, "counter": said, "Counter": _capital(said), "counter_demand": demand, "Counter_demand": _capital(demand),
            "excuse": quarrels.pick_grievance(self.rng).excuse, "fact": to_face, "amount": str(self.rng.randint(2, 40)),
            "currency": self.names.currency(), "offer": self._offer(),
        }  # fmt: skip
        bank = _OPENINGS if kind == "opening" else quarrels.OPPONENT_LINES[kind]
        return expand(self.rng, self.pick(bank), values)

    def _core(self, move: Move, heat: int, values: dict[str, str], *, aside: bool) -> str:
        bank = quarrels.QUARREL_REPLIES[move][heat]
        about = [line for line in bank if aside or not slots(line) & {"third", "Third"}]
        return expand(self.rng, self.rng.choice(about), values)

    def quarrel(self, person: Person, move: Move | None = None) -> Example:
        """One turn of a quarrel between the character and its listener."""
        rng, opponent = self.rng, person.listener
        move = move or rng.choice(list(quarrels.QUARREL_REPLIES))
        heat = (
            rng.choice((0, 1, 2, 3)) if move not in (Move.CONCEDE, Move.RECONCILE) else rng.choice((0, 0, 1, 1, 2, 3))
        )
        grievance = quarrels.pick_grievance(rng)
        evidence, spoken = quarrels.random_evidence(rng, opponent)
        offer, said, third = self._offer(), f"you {grievance.first}", f"{opponent} {grievance.third}"
        values = {
            "opponent": opponent, "grievance": said, "Grievance": _capital(said), "third": third, "Third": third,
            "demand": grievance.demand_first, "Demand": _capital(grievance.demand_first), "fact": spoken,
            "fact_lower": _lower(spoken), "offer": offer, "Offer": _capital(offer),
        }  # fmt: skip
        mediator = ruling = ""
        kind = rng.choice(_PROVOKED_BY[move]) if rng.random() < 0.85 else rng.choice(list(quarrels.OPPONENT_LINES))
        if move is Move.ACCUSE and rng.random() < 0.25:
            kind = "opening"
        line = self._line(kind, person.name, opponent)
        before = ""
        if rng.random() < 0.25:
            mediator = self.names.person()
            tone = rng.choice(list(quarrels.MEDIATOR_RULINGS))
            wish = {"npc": person.name, "opponent": opponent, "demand": values["demand"], "Demand": values["Demand"]}
            wish |= {"amount": str(rng.randint(2, 40)), "currency": self.names.currency()}
            ruling = expand(rng, self.pick(quarrels.MEDIATOR_RULINGS[tone]), wish)
            if rng.random() < 0.75:
                line = ruling
                answers = quarrels.MEDIATOR_ANSWERS[heat][tone]
                before = fill_names(choose(rng, rng.choice(answers)), mediator, opponent) if rng.random() < 0.85 else ""
        else:
            line = typed(rng, line)
        core = self._core(move, heat, values, aside=bool(before) or kind == "player")
        history: tuple[Turn, ...] = ()
        if rng.random() < 0.2:
            earlier = rng.choice(
                [m for m in quarrels.QUARREL_REPLIES if m not in (move, Move.WALK_AWAY, Move.RECONCILE)]
            )
            mine = f"({quarrels.QUARREL_EMOTION[earlier][heat]}) {self._core(earlier, heat, values, aside=False)}"
            history = (
                Turn(False, self._line(rng.choice(_PROVOKED_BY[earlier]), person.name, opponent)),
                Turn(True, mine),
            )
        text = f"{before} {core}".strip() if before else voiced(rng, person, move, core)
        card = Card(
            person.name, person.role, person.home, person.traits, person.mood, opponent, person.feeling, move, line,
            facts=(evidence,) if move is Move.CITE else (), history=history,
            quarrel=Quarrel(opponent, f"{opponent} {grievance.second}", grievance.demand, heat, mediator, ruling),
        )  # fmt: skip
        emotion = quarrels.QUARREL_EMOTION[move][heat]
        return Example(card, f"({emotion}) {text}", keys=(spoken,) if move is Move.CITE else (), said=said)

    def mediate(self, person: Person) -> Example:
        """Somebody asks the character to settle a quarrel of others."""
        one, two = self.names.person(), self.names.person()
        values = {
            "a": one,
            "b": two,
            "third": f"{quarrels.pick_grievance(self.rng).second}".replace("your", "a neighbour's"),
        }
        line = expand(self.rng, self.pick(_MEDIATE_LINES), values)
        bank = [reply for reply in quarrels.MEDIATE_REPLIES if all(values[slot] in line for slot in slots(reply))]
        core = expand(self.rng, self.rng.choice(bank), values)
        text = voiced(self.rng, person, Move.MEDIATE, core, plain=0.4)
        card = Card(
            person.name, person.role, person.home, person.traits, person.mood, person.listener, person.feeling,
            Move.MEDIATE, line,
        )  # fmt: skip
        return Example(card, f"({self.rng.choice(('neutral', 'neutral', 'wary', 'tired'))}) {text}")


def fill_names(text: str, mediator: str, opponent: str) -> str:
    """The two names of a mediator's answer."""
    return text.replace("{mediator}", mediator).replace("{opponent}", opponent)
