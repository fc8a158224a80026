"""The two notations of the phrase banks: `[a|b|]` is a choice, `{slot}` is filled in.

Choices nest. Slots are filled after the choices are made, so a slot may stand inside a choice; unknown slots are
errors, because a brace in a reply would be learned by heart.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Mapping
from functools import lru_cache

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_ARTICLE_SLOT = re.compile(r"\b([Aa]) \{(role|topic)\}")
_SPACES = re.compile(r" {2,}")
_BEFORE_MARK = re.compile(r" +([,.!?])")


def choose(rng: random.Random, template: str) -> str:
    """`template` with every `[a|b|]` decided, innermost first."""
    while (found := _CHOICE.search(template)) is not None:
        before, chosen = template[: found.start()], rng.choice(found[1].split("|"))
        if len(chosen) > 2 and chosen[0].isalnum() and before[-1:].isalnum() | before.endswith("}"):
            before += " "  # `trust me[.|honestly.]` means two words; only an ending such as `[s|]` is glued on
        template = before + chosen + template[found.end() :]
    return _BEFORE_MARK.sub(r"\1", _SPACES.sub(" ", template)).strip()


def slots(template: str) -> frozenset[str]:
    """The slot names in `template`, those inside choices included."""
    return frozenset(_slot_names(template))


@lru_cache(maxsize=100_000)
def _slot_names(template: str) -> tuple[str, ...]:
    return tuple(_SLOT.findall(template))


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its slots replaced; sentences begin with a capital, and "a" becomes "an" where it must."""

    def value(found: re.Match[str]) -> str:
        word = values[found[1]]
        before = text[: found.start()].rstrip()
        return word[:1].upper() + word[1:] if not before or before[-1] in ".!?" else word

    def article(found: re.Match[str]) -> str:
        return f"{found[1]}{'n' if values[found[2]][:1].lower() in 'aeiou' else ''} {{{found[2]}}}"

    text = _ARTICLE_SLOT.sub(article, text)
    return _SLOT.sub(value, text)


def expand(rng: random.Random, template: str, values: Mapping[str, str]) -> str:
    """`choose`, then `fill`."""
    return fill(choose(rng, template), values)


def held_out(text: str, share: int = 10) -> bool:
    """Whether `text` belongs to the evaluation alone: one in `share`, by its hash, the same on every machine."""
    return int(hashlib.md5(text.encode()).hexdigest()[:8], 16) % share == 0
