"""The prompt's "now": when and where it is, who is there, and what just happened, in a few short sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from npc_runtime.world.clock import A_LITTLE_WHILE, ago, part_of_day
from npc_runtime.world.facts import Fact
from npc_runtime.world.sentence import LIMIT

NAMED = 4  # who is present, by name
WEATHER_LIMIT = 40  # characters of a weather that has no adjective

_ADJECTIVES = {
    "rain": "rainy", "raining": "rainy", "snow": "snowy", "snowing": "snowy", "fog": "foggy", "mist": "misty",
    "storm": "stormy", "thunder": "stormy", "thunderstorm": "stormy", "sun": "sunny", "sunshine": "sunny",
    "cloud": "cloudy", "clouds": "cloudy", "wind": "windy", "ice": "icy", "frost": "frosty",
}  # fmt: skip
_AS_IT_IS = frozenset(
    ("clear", "overcast", "cold", "cool", "hot", "warm", "mild", "fine", "fair", "grey", "gray", "dry", "wet", "humid")
)
_MORE_THAN_ONE = re.compile(r"[.!?…]\s")


def now_sentence(
    at: int,
    *,
    place: str = "",
    weather: Fact | None = None,
    present: Sequence[str] = (),
    happened: str = "",
    when: int = 0,
) -> str:
    """At most 240 characters. What does not fit is left out: the weather's own sentence first, then what happened.

    `at`: the game time. `place`: its name, as it reads after "at". `present`: display names of the others there.
    `happened` at game time `when`: an event as the reader of the prompt remembers it; left out when long past.
    """
    opening = f"It is {_time(part_of_day(at), weather)}{f' at {place}' if place else ''}{_with(weather)}."
    people = next((text for text in _present(present) if len(opening) + 1 + len(text) <= LIMIT), "")
    text = f"{opening} {people}".strip()
    if happened and at - when < A_LITTLE_WHILE and len(news := f"{text} {_dated(happened, ago(when, at))}") <= LIMIT:
        text = news
    if weather is not None and weather.text and len(text) + 1 + len(weather.text) <= LIMIT:
        text = f"{opening} {weather.text}{text.removeprefix(opening)}"
    return text


def _time(part: str, weather: Fact | None) -> str:
    adjective = _adjective(weather)
    if not adjective:
        return part
    return f"{'an' if adjective[0] in 'aeiou' else 'a'} {adjective} {part}"


def _adjective(weather: Fact | None) -> str:
    word = _said(weather).lower()
    if word in _ADJECTIVES:
        return _ADJECTIVES[word]
    return word if word in _AS_IT_IS or word in _ADJECTIVES.values() else ""


def _with(weather: Fact | None) -> str:
    """Weather that is no adjective: "with light drizzle"."""
    said = _said(weather)
    if not said or len(said) > WEATHER_LIMIT or _adjective(weather):
        return ""
    return f", with {said[0].lower()}{said[1:]}"


def _said(weather: Fact | None) -> str:
    """The value, unless the author has put it in a sentence."""
    if weather is None or weather.text or not isinstance(weather.value, str):
        return ""
    return " ".join(weather.value.split()).rstrip(".,;:!?")


def _present(names: Sequence[str]) -> list[str]:
    """Ways to say who is there, from the most names to none."""
    unique = list(dict.fromkeys(name for name in names if name))
    ways = []
    for count in range(min(NAMED, len(unique)), 0, -1):
        named = unique[:count] + (["others"] if count < len(unique) else [])
        listed = ", ".join(named[:-1]) + f" and {named[-1]}" if len(named) > 1 else named[0]
        ways.append(f"{listed} {'are' if len(named) > 1 else 'is'} here.")
    return ways


def _dated(happened: str, when: str) -> str:
    """An event with its time, where it is one plain sentence to which that can be added."""
    if not happened.endswith(".") or happened.endswith("..") or _MORE_THAN_ONE.search(happened):
        return happened
    return f"{happened[:-1]} {when}."
