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

from training.exchanges import parted

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

    def vary(self, exchange: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Another exchange that teaches the same, one for each of its lines."""
        lines = parted(exchange)
        if "kind" in exchange:
            return self._rng.sample(lines, len(lines))
        return self._varied(lines)

    def alone(self, exchange: Mapping[str, Any]) -> list[dict[str, Any]]:
        """One of its lines, with the facts as recall has them for it."""
        lines = parted(exchange)
        one = self._rng.choice(lines)
        return [one] if "kind" in exchange else self._varied([one])

    def _varied(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        lines = self._reordered(lines)
        if self._rng.random() < 0.5:
            lines = self._renamed(lines)
        return self._recounted(lines) if self._rng.random() < 0.3 else lines

    def _reordered(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        rng, used = self._rng, {number for line in lines for number in line["uses"]}
        kept = [
            (number, fact) for number, fact in enumerate(lines[0]["facts"], 1) if number in used or rng.random() < 0.9
        ]
        # A fact of somebody else's may answer what nothing else answers.
        alone = len(lines) == 1 and lines[0]["move"] != "admit" and "quarrel" not in lines[0]
        if alone and len(kept) < MOST and rng.random() < 0.3:
            kept.append((-1, rng.choice(self._facts[lines[0]["setting"]])))
        rng.shuffle(kept)
        if len(lines) == 1 and rng.random() < RECALLED:
            kept.sort(key=lambda one: one[0] not in used)  # recall has found what is asked for
        places = {number: place for place, (number, _) in enumerate(kept, 1)}
        facts = [fact for _, fact in kept]
        lines = [line | {"facts": facts, "uses": [places.get(number, 0) for number in line["uses"]]} for line in lines]
        return rng.sample(lines, len(lines))

    def _renamed(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """With other names for some of those who are there."""
        rng, card = self._rng, lines[0]
        there = [card["name"].split()[0], card["listener"], *re.findall(r"[^\W\d_]+", str(card["here"]))]
        swapped = {
            name: rng.choice(self._names)
            for name in dict.fromkeys(there)
            if name in self._names and name not in _TITLES and rng.random() < 0.7
        }
        if len(set(swapped.values())) < len(swapped) or set(swapped.values()) & set(there):
            return lines
        for old, new in swapped.items():
            # Two passes, so that no name is taken for another that was just put in.
            named, typed = re.compile(rf"\b{re.escape(old)}\b"), re.compile(rf"\b{re.escape(old.lower())}\b")
            lines = [_replaced(line, named, f"\0{new}\0") for line in lines]
            lines = [line | {"line": typed.sub(f"\0{new.lower()}\0", line["line"])} for line in lines]
        return [_replaced(line, re.compile("\0"), "") for line in lines]

    def _recounted(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """With other numbers, where the replies have none but the card's."""
        told = [{key: line[key] for key in ("facts", "heard", "line", "reply")} for line in lines]
        for line in told:
            known = _NUMBER.findall(json.dumps([line["facts"], line["heard"], line["line"]]))
            if not known or not set(_NUMBER.findall(line["reply"])) <= set(known):
                return lines
        shuffled = dict(zip(_NUMBERS, self._rng.sample(_NUMBERS, len(_NUMBERS)), strict=True))
        text = json.dumps(told, ensure_ascii=False)
        recounted = json.loads(_NUMBER.sub(lambda found: shuffled[found[1]], text))
        return [line | other for line, other in zip(lines, recounted, strict=True)]


def _replaced(exchange: dict[str, Any], found: re.Pattern[str], by: str) -> dict[str, Any]:
    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return found.sub(by, value)
        if isinstance(value, list):
            return [walk(one) for one in value]
        return {key: walk(one) for key, one in value.items()} if isinstance(value, dict) else value

    return {key: walk(value) for key, value in exchange.items()}
