"""What the player types: `/go smithy` is a command, anything without a slash is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from npc_runtime.errors import Invalid, not_found

WEATHERS = ("clear", "rain", "fog", "snow", "storm")


@dataclass(frozen=True)
class Argument:
    """What a command wants after its name: as a noun, as the help shows it, and an example."""

    noun: str
    shown: str
    example: str = ""


PLACE = Argument("a place", "PLACE", "smithy")
PERSON = Argument("a person", "PERSON", "mira")
RATING = Argument("a rating", "N", "4")
LINE = Argument("a line", "LINE", "(happy) Good day!")
RECALL = Argument("a person", "[PERSON] [about TOPIC]")
ANYBODY = Argument("a person", "[PERSON]")
LESSON = Argument("a person and a memory", "PERSON TEXT", "mira You once swam across the mere.")
TOPIC = Argument("a topic", "[about TOPIC]")
QUESTION = Argument("a question", "QUESTION", "Why did the oak split?")
QUARREL = Argument("two people", "WHO WHO [about WHAT]", "mira tom about the stolen hammer")
PEACE = Argument("a line", "LINE", "Calm down, both of you.")
CREATURE = Argument("a biome or a species", "[BIOME] [SPECIES]")
MATTER = Argument("a matter", "WORDS", "the stolen hammer")
MEETING = Argument("two people", "WHO WHO [about WHAT]", "mira bren")
EVENT = Argument("an event", "WHAT at PLACE", "Tom drops a lantern at the barn")
TIME = Argument("a time", "2d", "2d")
WEATHER = Argument("a weather", "rain", "rain")
SAVE = Argument("a name", "NAME", "before the quarrel")


@dataclass(frozen=True)
class Command:
    """A command of the demo. One without `help` stands on one line with the next."""

    name: str
    help: str = ""
    wants: Argument | None = None

    @property
    def usage(self) -> str:
        """The command with its argument."""
        return f"/{self.name} {self.wants.shown}" if self.wants else f"/{self.name}"


COMMANDS = (
    Command("go", "walk there", PLACE),
    Command("talk", "turn to somebody", PERSON),
    Command("look"),
    Command("who", "the place; the people"),
    Command("why", "why they said that F3"),
    Command("rate", wants=RATING),
    Command("better", "judge that reply", LINE),
    Command("memories", "where it is from   F4", RECALL),
    Command("relations", "feelings, and why  F5", ANYBODY),
    Command("gossip", "who told whom", MATTER),
    Command("teach", "give a memory", LESSON),
    Command("journal", "what you have learned", TOPIC),
    Command("lore", "who may know answers", QUESTION),
    Command("argue", "they quarrel", QUARREL),
    Command("mediate", "step in", PEACE),
    Command("creature", "somebody turns up", CREATURE),
    Command("meet", "they talk", MEETING),
    Command("event", "something happens", EVENT),
    Command("wait", wants=TIME),
    Command("weather", "change the day", WEATHER),
    Command("save", wants=SAVE),
    Command("saves", "keep the village"),
    Command("restore", "go back to a save", SAVE),
    Command("forget", "be forgotten by all"),
    Command("events"),
    Command("help"),
    Command("quit", "F2, F1, Ctrl+Q"),
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
    if command.wants and command.wants.example and not argument:
        raise Invalid(
            f"/{command.name} needs {command.wants.noun}", hint=f"such as /{command.name} {command.wants.example}"
        )
    return Order(command.name, argument)


def complete(line: str, names: Iterable[str], known: Mapping[Argument, Iterable[str]]) -> str | None:
    """The typed line, completed as far as it is clear; None where nothing fits.

    `names` are the people's, for a line that begins with one; `known` is what each argument may be.
    """
    if not line.startswith("/"):
        return _first(line, [f"{name.split()[0]}, " for name in names] if line else [])
    verb, space, argument = line[1:].partition(" ")
    if not space:
        return _first(line, [f"/{command.name}{' ' * bool(command.wants)}" for command in COMMANDS])
    command = BY_NAME.get(verb.lower())
    if command is None or command.wants is None:
        return None
    before, at, begun = argument.rpartition(" at ") if command.wants is EVENT else ("", "", argument)
    rest = _first(begun, known.get(command.wants, ())) if at or command.wants is not EVENT else None
    return None if rest is None else f"/{verb} {before}{at}{rest}"


def _first(begun: str, whole: Iterable[str]) -> str | None:
    for candidate in whole:
        if candidate.casefold().startswith(begun.casefold()) and len(candidate) > len(begun):
            return begun + candidate[len(begun) :]
    return None
