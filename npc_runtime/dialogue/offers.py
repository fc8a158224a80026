"""Which of the actions on offer, if any, a request asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from npc_runtime.dialogue.actions import Action, Offer, expand
from npc_runtime.dialogue.wording import plain
from npc_runtime.memory.terms import notion, stem, word_set, words
from npc_runtime.world.entity import bare

# What players call the things that games call otherwise.
_SAME = {
    "follow": ("come", "accompany", "join"),
    "give": ("hand", "lend", "pass", "bring", "gift", "have"),
    "trade": ("buy", "sell", "purchase"),
    "sell": ("buy", "purchase", "trade"),
    "wait": ("stay", "stop"),
    "stay": ("wait", "stop"),
    "attack": ("fight", "kill", "hit"),
    "go": ("walk", "move"),
    "walk": ("go", "move"),
    "repair": ("fix", "mend"),
    "heal": ("cure", "help"),
    "open": ("unlock",),
    "lead": ("take", "guide", "show", "bring"),
    "guide": ("take", "lead", "show", "bring"),
    "take": ("accept", "have"),
    "accept": ("take", "have"),
}
_GRAMMAR = word_set(
    "to the a an of for with and or in at on it is that someone somebody player asks ask wants when you me i"
)


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
    if any(stem(word) in asked for part in offer.name.split("_") for word in _SAME.get(part, ())):
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
