"""What the village says in its own words: help, surroundings, and the status bar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from demo.commands import COMMANDS
from demo.panes import Styled
from demo.village import Village
from npc_runtime.wire.messages import ReplyEnd, SaveInfo
from npc_runtime.world.entity import bare

HELP_COLUMN = 24


def look(village: Village) -> Iterable[Styled]:
    """The place, and who is there."""
    place = village.places[village.here]
    people = [f"{person.name} the {person.role}" for person in village.around()]
    company = f"{listed(people)} {'are' if len(people) > 1 else 'is'} here." if people else "Nobody else is here."
    yield (f"{sentence(place.name)}. ", "bold $primary")
    yield " ".join(filter(None, (place.looks, company, f"It is {now(village)}.")))


def welcome(village: Village) -> Iterable[Styled]:
    """What to do first, and who writes the lines."""
    yield "Type to talk; "
    yield ("/help", "$primary")
    yield " lists what else you can do."
    if village.health is not None and village.health.model:
        yield f"\nThe lines are written by {village.health.model}, on {village.health.gpu}."
    elif village.health is not None:
        yield f"\nThere is no model, so everyone speaks fallback lines: {village.health.reason}"

    if village.health is not None and village.health.memory:
        yield f"\nNothing is kept: {village.health.memory}"


def now(village: Village) -> str:
    """The time of the game, and the weather where it has any."""
    return ", ".join(filter(None, (village.moment, village.weather)))


def invitation(village: Village) -> str:
    """What the empty input line proposes."""
    around = village.around()
    if village.quarrelling:
        return "say something to both of them, or to one by name"
    if village.partner:
        return f"say something to {village.names[village.partner]}, or /help"
    if around:
        return f'name whom you mean: "{around[0].name}, good day"'
    exits = village.places[village.here].leads_to
    return f"nobody is here; walk on with /go {bare(exits[0])}" if exits else "nobody is here; /help"


def remark(end: ReplyEnd) -> str:
    """What is to be said about a reply that is not simply the model's."""
    if end.finish == "cancelled":
        return "interrupted"
    if end.source == "bark":
        return f"not in the model's words: {end.reason}"
    if end.source == "fallback":
        return f"a fallback line: {end.reason}" if end.reason else "a fallback line"
    return ""


def standing(village: Village) -> Iterable[str]:
    """Model, device, and how quick the last reply was."""
    if village.health is not None:
        yield village.health.model
        yield re.split("[;:]", village.health.gpu)[0]  # the rest is why, which the welcome has told
    if village.told is not None:
        if village.told.end.first_word is not None:
            yield f"first word {village.told.end.first_word:.2f} s"
        if village.told.tokens_per_second:
            yield f"{village.told.tokens_per_second:.0f} tokens/s"
    if village.health is not None and village.health.without_model:
        yield f"{village.health.without_model:.0%} without the model"


def trouble(village: Village) -> str:
    """Whether characters speak fallback lines, or will not remember."""
    if village.health is not None and village.health.status == "degraded":
        return "fallback lines only"
    if village.told is not None and village.told.end.source == "fallback":
        return "fallback line"
    if village.health is not None and village.health.memory:
        return "nothing is kept"
    return ""


def who(village: Village) -> Iterable[Styled]:
    """Where everyone is."""
    yield ("Who is where", "bold $primary")
    for person in village.people.values():
        yield (f"\n{person.name}", "$foreground")
        yield f", {person.role}: at {village.place_names.get(person.at, person.at)}"


def saves(found: Sequence[SaveInfo]) -> Iterable[Styled]:
    """What can be restored."""
    yield ("Saves", "bold $primary")
    if not found:
        yield "\nnone yet; /save NAME makes one"
    for save in found:
        yield (f"\n{save.save}", "$foreground")
        yield f", {save.moment}"


def help() -> Iterable[Styled]:
    """The commands and the keys."""
    yield 'Type to talk. "Mira, good day" speaks to Mira.'
    row: list[str] = []
    for command in COMMANDS:
        row.append(command.usage)
        if command.help:
            usage = ", ".join(row)
            yield (f"\n{usage:<{HELP_COLUMN}}", "$primary")
            yield f"\n{'':<{HELP_COLUMN}}{command.help}" if len(usage) >= HELP_COLUMN else command.help
            row.clear()
    yield "\nTab completes, Esc interrupts, PgUp scrolls."


def listed(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def sentence(text: str) -> str:
    """With a capital letter."""
    return text[:1].upper() + text[1:]
