"""The same exchange in other clothes: other names and numbers, the facts in another order, fewer or more of them.

What is asked and what is answered stays as it was written.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

MOST = 7  # facts on a card
RECALLED = 0.5  # how often what answers stands first, as it mostly does where recall has put it there
_NUMBERS = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen", "twenty",
    "thirty", "forty", "fifty",
)  # fmt: skip
_NUMBER = re.compile(r"\b(" + "|".join(_NUMBERS) + r")\b")
_TITLES = frozenset({
    "Ms", "Mr", "Mrs", "Dr", "Old", "Lady", "Lord", "Sir", "Dame", "Captain", "Capt", "Father", "Mother", "Brother",
    "Sister", "Sergeant",
})  # fmt: skip


class Variety:
    """Draws variants from one random source."""

    def __init__(self, exchanges: Iterable[Mapping[str, Any]], rng: random.Random) -> None:
        self._rng = rng
        self._facts: dict[str, list[str]] = defaultdict(list)
        names: set[str] = set()
        for exchange in exchanges:
            if "facts" in exchange:
                self._facts[exchange["setting"]] += [fact for fact in exchange["facts"] if not fact.startswith("You ")]
                names |= {name for name in (exchange["listener"], exchange["name"]) if name.isalpha()}
        self._names = sorted(names)

    def vary(self, exchange: Mapping[str, Any]) -> Mapping[str, Any]:
        """Another exchange that teaches the same."""
        if "kind" in exchange:
            return exchange
        varied = self._reordered(dict(exchange))
        if self._rng.random() < 0.5:
            varied = self._renamed(varied)
        return self._recounted(varied) if self._rng.random() < 0.3 else varied

    def _reordered(self, exchange: dict[str, Any]) -> dict[str, Any]:
        rng, used = self._rng, set(exchange["uses"])
        kept = [
            (number, fact) for number, fact in enumerate(exchange["facts"], 1) if number in used or rng.random() < 0.9
        ]
        others = self._facts[exchange["setting"]]
        # A fact of somebody else's may answer what nothing else answers.
        if exchange["move"] != "admit" and "quarrel" not in exchange and len(kept) < MOST and rng.random() < 0.3:
            kept.append((-1, rng.choice(others)))
        rng.shuffle(kept)
        if rng.random() < RECALLED:
            kept.sort(key=lambda one: one[0] not in used)  # recall has found what is asked for
        places = {number: place for place, (number, _) in enumerate(kept, 1)}
        exchange["facts"] = [fact for _, fact in kept]
        exchange["uses"] = [places.get(number, 0) for number in exchange["uses"]]
        return exchange

    def _renamed(self, exchange: dict[str, Any]) -> dict[str, Any]:
        """With other names for some of those who are there."""
        rng = self._rng
        there = [exchange["name"].split()[0], exchange["listener"], *re.findall(r"[^\W\d_]+", str(exchange["here"]))]
        swapped = {
            name: rng.choice(self._names)
            for name in dict.fromkeys(there)
            if name in self._names and name not in _TITLES and rng.random() < 0.7
        }
        if len(set(swapped.values())) < len(swapped) or set(swapped.values()) & set(there):
            return exchange
        for old, new in swapped.items():
            # Two passes, so that no name is taken for another that was just put in.
            exchange = _replaced(exchange, rf"\b{re.escape(old)}\b", f"\0{new}\0")
            exchange = _replaced(exchange, rf"\b{re.escape(old.lower())}\b", f"\0{new.lower()}\0", keys=("line",))
        return _replaced(exchange, "\0", "")

    def _recounted(self, exchange: dict[str, Any]) -> dict[str, Any]:
        """With other numbers, where the reply has none but the card's."""
        known = _NUMBER.findall(json.dumps([exchange["facts"], exchange["heard"], exchange["line"]]))
        if not known or not set(_NUMBER.findall(exchange["reply"])) <= set(known):
            return exchange
        shuffled = dict(zip(_NUMBERS, self._rng.sample(_NUMBERS, len(_NUMBERS)), strict=True))
        text = json.dumps({key: exchange[key] for key in ("facts", "heard", "line", "reply")}, ensure_ascii=False)
        recounted: dict[str, Any] = json.loads(_NUMBER.sub(lambda found: shuffled[found[1]], text))
        return exchange | recounted


def _replaced(exchange: dict[str, Any], pattern: str, by: str, keys: Iterable[str] | None = None) -> dict[str, Any]:
    found = re.compile(pattern)

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return found.sub(by, value)
        if isinstance(value, list):
            return [walk(one) for one in value]
        return {key: walk(one) for key, one in value.items()} if isinstance(value, dict) else value

    chosen = set(exchange) if keys is None else set(keys)
    return {key: walk(value) if key in chosen else value for key, value in exchange.items()}
