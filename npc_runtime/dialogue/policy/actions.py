"""Actions are proposals from live vocabulary: what the game offers now, and which of it a request asks for."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from npc_runtime.dialogue.understanding.normalize import plain
from npc_runtime.errors import Invalid
from npc_runtime.language.english.data import Data
from npc_runtime.language.english.terms import notion, stem, words
from npc_runtime.world.entity import bare

ACTION_LIMIT = 512
_SAME, _GRAMMAR = Data("lines.actions").table("same"), Data("lines.actions").words("grammar")


@dataclass(frozen=True)
class Action:
    """One action, ready to perform."""

    name: str
    args: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """As the reply grammar writes it: `give bread player:alex`."""
        return " ".join((self.name, *self.args))


@dataclass(frozen=True)
class Offer:
    """An action with the choices for each argument. `when` says in a few words what asks for it."""

    name: str
    args: tuple[tuple[str, ...], ...] = ()
    when: str = ""

    def expand(self) -> list[Action]:
        """Every action of this offer."""
        return [Action(self.name, choice) for choice in itertools.product(*self.args)]


def expand(offers: tuple[Offer, ...]) -> list[Action]:
    """Every action on offer. Raises Invalid where there are more than a grammar should hold."""
    total = sum(math.prod(len(choices) for choices in offer.args) for offer in offers)
    if total > ACTION_LIMIT:
        raise Invalid(
            f"the offered actions make {total} combinations",
            hint=f"offer at most {ACTION_LIMIT}: list only the items and people that are near",
        )
    return [action for offer in offers for action in offer.expand()]


def match_offer(line: str, offers: Sequence[Offer], *, speaker: str, names: Mapping[str, str]) -> Action | None:
    """The action that a line asks for, or None. `names` are the display names of entities, by id.

    The verb must be asked for, by its name, a synonym or a word of `when`; among its arguments, those that the line
    names win, then the speaker, then the first choice - but an argument that only the player can choose, out of
    several that the line does not name, is no match.
    """
    asked = {stem(word) for word in words(plain(line))} | {stem(word) for word in words(line)}
    best: tuple[float, Action] | None = None
    for offer in offers:
        verb = _verb_score(offer, asked)
        if not verb:
            continue
        for action in expand((offer,)):
            fit = _arguments_score(action, offer, asked, speaker, names)
            if fit is not None and (best is None or verb + fit > best[0]):
                best = (verb + fit, action)
    return best[1] if best else None


def _verb_score(offer: Offer, asked: set[str]) -> float:
    parts = [stem(part) for part in offer.name.split("_") if part not in _GRAMMAR]
    if parts and all(part in asked for part in parts):
        return 2.0
    if any(stem(word) in asked for part in offer.name.split("_") for word in _SAME.get(part, "").split()):
        return 1.5
    hinted = {stem(word) for word in words(offer.when) if word not in _GRAMMAR}
    shared = hinted & asked
    return 1.0 * len(shared) / len(hinted) if hinted and 2 * len(shared) >= len(hinted) else 0.0


def _arguments_score(
    action: Action, offer: Offer, asked: set[str], speaker: str, names: Mapping[str, str]
) -> float | None:
    score = 0.0
    for argument, choices in zip(action.args, offer.args, strict=True):
        if _named(argument, asked, names):
            score += 1.0
        elif argument == speaker:
            score += 0.5
        elif len(choices) > 1 or argument.startswith("item:"):
            return None
    return score


def _named(argument: str, asked: set[str], names: Mapping[str, str]) -> bool:
    called = words(f"{bare(argument).replace('_', ' ').replace('-', ' ')} {names.get(argument, '')}")
    meanings = {notion(term) for term in asked}
    return any(stem(word) in asked or notion(stem(word)) in meanings for word in called if word not in _GRAMMAR)
