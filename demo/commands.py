"""What the player types: `/go smithy` is a command, `Mira, good day` is said to Mira, anything else is just said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from npc_runtime.errors import Invalid, not_found
from npc_runtime.world.world import bare


@dataclass(frozen=True)
class Command:
    """A command of the demo. `wants` names its argument: nothing, a place, a person, a rating, or a line."""

    name: str
    wants: str
    help: str


COMMANDS = (
    Command("go", "place", "walk there"),
    Command("talk", "person", "turn to somebody"),
    Command("look", "", "look around"),
    Command("who", "", "where everyone is"),
    Command("why", "", "what was behind the last reply"),
    Command("rate", "rating", "say how good the last reply was, from 1 to 5"),
    Command("better", "line", "say what should have been said instead"),
    Command("events", "", "show or hide what happens"),
    Command("help", "", "this list"),
    Command("quit", "", "leave the village"),
)
BY_NAME = {command.name: command for command in COMMANDS}


@dataclass(frozen=True)
class Order:
    """What a typed line asks for: a command with its argument, or `say` with the words."""

    verb: str
    argument: str = ""


def parse(line: str) -> Order:
    """The order in a typed line. Raises NotFound with a guess for an unknown command, Invalid for one cut short."""
    line = line.strip()
    if not line.startswith("/"):
        return Order("say", line)
    verb, _, argument = line[1:].partition(" ")
    command = BY_NAME.get(verb.lower())
    if command is None:
        raise not_found("command", f"/{verb}", (f"/{name}" for name in BY_NAME))
    argument = argument.strip()
    if command.wants and not argument:
        raise Invalid(f"/{command.name} needs a {command.wants}", hint=f"such as /{command.name} {_example(command)}")
    return Order(command.name, argument)


def _example(command: Command) -> str:
    return {"place": "square", "person": "mira", "rating": "4", "line": "(happy) Good day!"}[command.wants]


def rating(text: str) -> int:
    """A number from 1 to 5. Raises Invalid."""
    if text not in tuple("12345"):
        raise Invalid(f'"{text}" is no rating', hint="rate from 1, bad, to 5, good")
    return int(text)


def find(kind: str, wanted: str, names: Mapping[str, str]) -> str:
    """The id that a player means: an id, a name, or how one of its words begins, in any case.

    `names` maps ids to display names. Raises Invalid where several fit, NotFound with a guess where none does.
    """
    asked = wanted.casefold().removeprefix("the ").strip()
    forms = {entity: (bare(entity).casefold(), name.casefold()) for entity, name in names.items()}
    exact = [entity for entity, known in forms.items() if asked in (entity, *known, *(_plain(name) for name in known))]
    begun = [
        entity for entity, known in forms.items() if asked and any(word.startswith(asked) for word in _words(known))
    ]
    fitting = exact or begun
    if not fitting:
        raise not_found(kind, wanted, map(bare, names))
    if len(fitting) > 1:
        raise Invalid(f'"{wanted}" fits more than one {kind}', hint=f"say {' or '.join(map(bare, fitting))}")
    return fitting[0]


def _plain(name: str) -> str:
    return name.removeprefix("the ")


def _words(forms: Iterable[str]) -> list[str]:
    return [word for form in forms for word in (form, *re.split(r"[\s_-]+", form)) if word != "the"]


def addressee(line: str, names: Mapping[str, str]) -> tuple[str | None, str]:
    """Who a line names first, and what is said to them: `Mira, good day` -> (`npc:mira`, `good day`).

    A line that names nobody comes back whole, with None.
    """
    for entity, name in names.items():
        for form in dict.fromkeys((name, name.split()[0], bare(entity))):
            called = re.match(rf"\s*{re.escape(form)}\s*[,:]\s*(?=\S)", line, re.IGNORECASE)
            if called:
                return entity, line[called.end() :]
    return None, line


def complete(line: str, places: Mapping[str, str], people: Mapping[str, str]) -> str | None:
    """The typed line, completed as far as a command, a place or a person is clear; None where nothing fits."""
    if not line.startswith("/"):
        names = [f"{name.split()[0]}, " for name in people.values()] if line else []
        return _first(line, names)
    verb, space, argument = line[1:].partition(" ")
    if not space:
        return _first(line, [f"/{command.name}{' ' * bool(command.wants)}" for command in COMMANDS])
    command = BY_NAME.get(verb.lower())
    known = {"place": places, "person": people}.get(command.wants, {}) if command else {}
    rest = _first(argument, [bare(entity) for entity in known])
    return None if rest is None else f"/{verb} {rest}"


def _first(begun: str, whole: Iterable[str]) -> str | None:
    for candidate in whole:
        if candidate.casefold().startswith(begun.casefold()) and len(candidate) > len(begun):
            return begun + candidate[len(begun) :]
    return None
