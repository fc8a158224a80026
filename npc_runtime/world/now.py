"""The prompt's "now": when and where it is, who is there, and what just happened, in a few short sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language
from npc_runtime.world.clock import A_LITTLE_WHILE, ago, part_of_day
from npc_runtime.world.facts import Fact
from npc_runtime.world.sentence import LIMIT

NAMED = 4  # who is present, by name
WEATHER_LIMIT = 40  # characters of a weather that has no adjective

_MORE_THAN_ONE = re.compile(r"[.!?…]\s")


def now_sentence(
    at: int,
    *,
    place: str = "",
    weather: Fact | None = None,
    present: Sequence[str] = (),
    happened: str = "",
    when: int = 0,
    language: Language = ENGLISH,
) -> str:
    """At most 240 characters. What does not fit is left out: the weather's own sentence first, then what happened.

    `at`: the game time. `place`: its name, as it reads after "at". `present`: display names of the others there.
    `happened` at game time `when`: an event as the reader of the prompt remembers it; left out when long past.
    """
    opening = _opening(at, place, weather, language)
    gap = language.gap
    people = next((text for text in _present(present, language) if len(opening) + 1 + len(text) <= LIMIT), "")
    text = f"{opening}{gap}{people}" if people else opening
    if happened and at - when < A_LITTLE_WHILE:
        news = f"{text}{gap}{_dated(happened, ago(when, at, language), language)}"
        text = news if len(news) <= LIMIT else text
    if weather is not None and weather.text and len(text) + 1 + len(weather.text) <= LIMIT:
        text = f"{opening}{gap}{weather.text}{text.removeprefix(opening)}"
    return text


def _opening(at: int, place: str, weather: Fact | None, language: Language) -> str:
    """When and where it is, and how the weather is, where that is no sentence of its own."""
    say, said = language.phrases.text, _said(weather)
    time = say(f"clock.part.{part_of_day(at)}")
    word = language.phrases.word(f"now.words.{said.lower()}")
    if word:
        time = say("now.weather", weather=word, part=time)
    if word or not said or len(said) > WEATHER_LIMIT:
        return say("now.at", time=time, place=place) if place else say("now.bare", time=time)
    if language.reads:  # within a sentence
        said = f"{said[0].lower()}{said[1:]}"
    if place:
        return say("now.at_with", time=time, place=place, weather=said)
    return say("now.with", time=time, weather=said)


def _said(weather: Fact | None) -> str:
    """The value, unless the author has put it in a sentence."""
    if weather is None or weather.text or not isinstance(weather.value, str):
        return ""
    return " ".join(weather.value.split()).rstrip(".,;:!?。！？")


def _present(names: Sequence[str], language: Language) -> list[str]:
    """Ways to say who is there, from the most names to none."""
    unique = list(dict.fromkeys(name for name in names if name))
    ways = []
    for count in range(min(NAMED, len(unique)), 0, -1):
        others = [language.phrases.text("list.others")] if count < len(unique) else []
        named = unique[:count] + others
        listed = language.listed(named)
        ways.append(language.phrases.text("now.several" if len(named) > 1 else "now.one", names=listed))
    return ways


def _dated(happened: str, when: str, language: Language) -> str:
    """An event with its time, where it is one plain sentence to which that can be added."""
    plain = happened.endswith((".", "。", "．")) and not happened.endswith("..")
    plain = plain and not _MORE_THAN_ONE.search(happened) and len(language.split(happened)) == 1
    return language.phrases.text("now.dated", what=happened[:-1], when=when) if plain else happened
