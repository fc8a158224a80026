"""Situations in which the fact came by word of mouth: passed on with its source, or told back to its teller."""

from __future__ import annotations

import random
from collections.abc import Sequence

from npc_runtime.dialogue.policy.moves import Move
from training.corpus import absent
from training.corpus.answering import FACT_PLAIN, Answering, card
from training.corpus.asking import Asking
from training.corpus.example import Example
from training.corpus.fact import Fact
from training.corpus.knowing import Knowing
from training.corpus.people import Person
from training.corpus.replies import REPLIES

_TOLD = ("told you that",) * 8 + ("says that", "said that", "swears that", "whispered to you that")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class Hearsay:
    """Draws examples of gossip and recall."""

    def __init__(self, knowing: Knowing, asking: Asking, answering: Answering) -> None:
        self.knowing, self.facts, self.own = knowing, knowing.facts, knowing.own
        self.asking, self.answering = asking, answering
        self.rng: random.Random = knowing.rng

    def gossip(self, who: Person) -> Example:
        """The character knows it from somebody, and says from whom."""
        source = self._source()
        asked_for_source = self.rng.random() < 0.25
        if self.rng.random() < 0.2:
            text, _, said, topic = self.own.told()
            line = self.asking.line(who, "ask_told" if asked_for_source else "ask_topic", topic=topic)
            reply = self._said(who, Move.GOSSIP, line, REPLIES[Move.GOSSIP], source=source, said=said)
            cards: tuple[str, ...] = (f"{_capital(source)} told you that {text}.",)
            return Example(card(who, Move.GOSSIP, line, cards), reply, keys=(said,), source=source)
        fact = self.facts.other()
        ask = self.rng.choice(fact.asks)
        direct = not asked_for_source and self.rng.random() < 0.8
        if direct:
            line = self.asking.ask(who, ask)
        else:
            line = self.asking.line(who, "ask_told" if asked_for_source else "ask_news", topic=ask.topic)
        text, reply = self._told(who, Move.GOSSIP, line, source, fact)
        cards = self.knowing.with_distractor(text, 0.15) if direct else (text,)
        return Example(card(who, Move.GOSSIP, line, cards), reply, keys=fact.keys, source=source)

    def recall(self, who: Person) -> Example:
        """The listener told it, and asks for it now."""
        if self.rng.random() < 0.4:
            text, said, _, topic = self.own.told()
            line = self.asking.line(who, "ask_recall" if self.rng.random() < 0.7 else "ask_topic", topic=topic)
            if self.rng.random() < 0.2:
                line = self.asking.written(who, self.asking.pick(absent.LISTENER_LINES))
            reply = self._said(who, Move.RECALL, line, REPLIES[Move.RECALL], said=said)
            cards: tuple[str, ...] = (f"{who.listener} told you that {text}.",)
            return Example(card(who, Move.RECALL, line, cards), reply, keys=(said,), source="you")
        fact = self.facts.other()
        topic = self.rng.choice(fact.asks).topic
        line = self.asking.line(who, "ask_recall" if self.rng.random() < 0.8 else "ask_topic", topic=topic)
        text, reply = self._told(who, Move.RECALL, line, who.listener, fact)
        cards = self.knowing.with_distractor(text, 0.15)
        return Example(card(who, Move.RECALL, line, cards), reply, keys=fact.keys, source="you")

    def _source(self) -> str:
        source = self.facts.someone()
        if source.startswith("the ") and self.rng.random() < 0.5:
            source = f"{'an' if source[4] in 'aeiou' else 'a'}{source[3:]}"
        return source

    def _told(self, who: Person, move: Move, line: str, source: str, fact: Fact) -> tuple[str, str]:
        """The card's fact and the reply."""
        teller, said = _capital(source), fact.clause
        if self.rng.random() < 0.06:
            quote = f'"{fact.sentence}"'
            reply = self._said(who, move, line, absent.QUOTED[move.value], source=source, quote=quote)
            return f"{teller} told you: {quote}", reply
        if move is Move.GOSSIP and self.rng.random() < 0.08:
            other = self.facts.names.person()
            reply = self._said(who, move, line, absent.OVERHEARD, source=source, said=said, other=other)
            return f"{teller} told {other} that {said}.", reply
        reply = self._said(who, move, line, REPLIES[move], source=source, said=said)
        return f"{teller} {self.rng.choice(_TOLD)} {said}.", reply

    def _said(self, who: Person, move: Move, line: str, bank: Sequence[str], **values: str) -> str:
        return self.answering.reply(who, move, line, bank, FACT_PLAIN, **values)
