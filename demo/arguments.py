"""What the words after a command mean: a person, a place, a rating, what happens where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from npc_runtime.errors import Invalid, not_found
from npc_runtime.world.entity import bare


def rating(text: str) -> int:
    """A number from 1 to 5. Raises Invalid."""
    if text not in tuple("12345"):
        raise Invalid(f'"{text}" is no rating', hint="rate from 1, bad, to 5, good")
    return int(text)


def find(kind: str, wanted: str, names: Mapping[str, str]) -> str:
    """The id that a player means: an id, a name, or how one of its words begins, in any case.

    `names` maps ids to display names. Raises Invalid where several fit, NotFound with a guess where none does.
    """
    asked = _asked(wanted)
    begun = [entity for entity, name in names.items() if asked and _begins(asked, _forms(entity, name))]
    fitting = _named(asked, names) or begun
    if not fitting:
        raise not_found(kind, wanted, map(bare, names))
    if len(fitting) > 1:
        raise Invalid(f'"{wanted}" fits more than one {kind}', hint=f"say {' or '.join(map(bare, fitting))}")
    return fitting[0]


def _asked(wanted: str) -> str:
    return wanted.casefold().removeprefix("the ").strip()


def _forms(entity: str, name: str) -> tuple[str, str]:
    return bare(entity).casefold(), name.casefold()


def _named(asked: str, names: Mapping[str, str]) -> list[str]:
    """Those whose whole id or name it is."""
    return [
        entity
        for entity, name in names.items()
        if asked in (entity, *(form.removeprefix("the ") for form in _forms(entity, name)))
    ]


def _begins(asked: str, forms: Iterable[str]) -> bool:
    words = (word for form in forms for word in (form, *re.split(r"[\s_-]+", form)) if word != "the")
    return any(word.startswith(asked) for word in words)


def addressee(line: str, names: Mapping[str, str]) -> tuple[str | None, str]:
    """Who a line names first, and what is said to them: `Mira, good day` -> (`npc:mira`, `good day`).

    A line that names nobody comes back whole, with None.
    """
    for entity, form in _called(names):
        called = re.match(rf"\s*{re.escape(form)}\s*[,:]\s*(?=\S)", line, re.IGNORECASE)
        if called:
            return entity, line[called.end() :]
    return None, line


def _called(names: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """The ways to call people, with whom each means."""
    for entity, name in names.items():
        for form in dict.fromkeys((name, name.split()[0], bare(entity))):
            yield entity, form


def recall(argument: str) -> tuple[str, str]:
    """Who is asked and about what; either may be empty: `mira about the hammer` -> (`mira`, `the hammer`)."""
    who, _, about = f" {argument} ".partition(" about ")
    return who.strip(), about.strip()


def quarrel(argument: str, names: Mapping[str, str]) -> tuple[list[str], str]:
    """Who quarrels about what: `mira and tom about the hammer` -> ([`npc:mira`, `npc:tom`], `the hammer`).

    Raises NotFound, and Invalid for fewer than two.
    """
    return _together(argument, names, "a quarrel", "/argue mira tom about the stolen hammer")


def meeting(argument: str, names: Mapping[str, str]) -> tuple[list[str], str]:
    """Who talks with whom, and about what if about anything. Raises NotFound, and Invalid for fewer than two."""
    return _together(argument, names, "a talk", "/meet mira bren")


def _together(argument: str, names: Mapping[str, str], what: str, example: str) -> tuple[list[str], str]:
    who, about = recall(argument)
    named = [find("person", word, names) for word in re.split(r"[\s,]+(?:and\s+)?", who) if word]
    if len(set(named)) < 2:
        raise Invalid(f"{what} needs two", hint=f"such as {example}")
    return list(dict.fromkeys(named)), about


def happening(argument: str, places: Mapping[str, str], names: Mapping[str, str]) -> tuple[str, str | None, str | None]:
    """What happens, where, and who did it, where the words say so.

    `Tom drops a lantern at the barn` -> (`Tom drops a lantern`, `place:barn`, `npc:tom`).
    """
    what, _, where = argument.rpartition(" at ")
    at = next(iter(_named(_asked(where.rstrip(".!")), places)), None) if what else None
    what = what if at else argument
    doers = (entity for entity, form in _called(names) if re.match(rf"{re.escape(form)}\s", what, re.IGNORECASE))
    return what, at, next(doers, None)


def lesson(argument: str, names: Mapping[str, str]) -> tuple[str, str]:
    """Who is taught what: `mira You swam.` -> (`npc:mira`, `You swam.`). Raises NotFound, Invalid."""
    who, _, text = argument.partition(" ")
    npc = find("person", who, names)
    if not text.strip():
        raise Invalid(f"{names[npc]} is taught nothing", hint=f"such as /teach {who} You once swam across the mere.")
    return npc, text.strip()
