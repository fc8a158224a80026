"""Whether a character may tell a secret to somebody now. Decided before a prompt is built, never by a model."""

from __future__ import annotations

from collections.abc import Callable

from npc_runtime.memory.relations import NAMES, Numbers
from npc_runtime.persona.model import FEELINGS, Secret

WORLD = "world"
"""The scope of a fact that names none."""


def reveals(
    secret: Secret,
    feeling: str,
    numbers: Numbers,
    fact: Callable[[str, str], object],
    listener: str,
    told: Callable[[str], bool],
) -> bool:
    """Whether `listener`, an entity id, may hear the secret: `reveal_to` holds, or all of `reveal` does.

    `feeling` is one of FEELINGS and `numbers` what is behind it, both toward the listener. `fact` gives the value of a
    fact by scope and name, or None; `told` says whether anybody told the character something with all these words.
    """
    if secret.reveal_to != "nobody" and _at_least(feeling, secret.reveal_to):
        return True
    reveal = secret.reveal
    if reveal is None:
        return False
    wanted = ((getattr(numbers, name), getattr(reveal, name)) for name in NAMES)
    return (
        (reveal.feeling is None or _at_least(feeling, reveal.feeling))
        and all(least is None or number >= least for number, least in wanted)
        and (reveal.flag is None or bool(fact(WORLD, reveal.flag)))
        and (reveal.item is None or bool(fact(listener, f"item.{reveal.item}")))
        and (reveal.fact is None or _true(reveal.fact, fact))
        and (reveal.told is None or told(reveal.told))
    )


def _at_least(feeling: str, wanted: str) -> bool:
    return FEELINGS.index(feeling) >= FEELINGS.index(wanted)


def _true(condition: str, fact: Callable[[str, str], object]) -> bool:
    """Whether `name`, `name=value`, or either after a scope and a slash, is so."""
    named, _, wanted = condition.partition("=")
    scope, _, name = named.strip().rpartition("/")
    found = fact(scope or WORLD, name)
    return _equal(found, wanted.strip()) if wanted else bool(found)


def _equal(found: object, wanted: str) -> bool:
    """Whether a fact has the value that an author wrote: `yes` and `Yes`, 3 and 3.0, true and True are the same."""
    if isinstance(found, int | float) and not isinstance(found, bool):
        try:
            return found == float(wanted)
        except ValueError:
            return False
    return found is not None and str(found).casefold() == wanted.casefold()
