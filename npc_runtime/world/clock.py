"""Game time: whole seconds since the world's beginning, which is day 1 at midnight. Only the game moves it.

A day begins at midnight when it is counted ("day 3, evening") and at dawn when it is spoken of: at two in the morning,
the afternoon before is still today and the hour before midnight is still tonight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from npc_runtime.errors import Conflict, Invalid
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language
from npc_runtime.world.records import broken, field

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
OPENING = 8 * HOUR  # a world opens on the morning of its first day
LATEST = 10**12  # some thirty thousand years: a number that every language and every store can hold

JUST_NOW = 5 * MINUTE
A_LITTLE_WHILE = HOUR

_DAWN = 5 * HOUR
_PARTS = ((5, "night"), (7, "dawn"), (11, "morning"), (14, "noon"), (18, "afternoon"), (22, "evening"), (24, "night"))
_UNITS = {"d": DAY, "h": HOUR, "m": MINUTE, "s": 1}
_STEP = re.compile(r"([0-9]{1,12})\s*([dhms])\s*")
_DURATION_HINT = 'write "2d", "3h 30m", "90s" or a number of seconds'


def duration(written: str | int) -> int:
    """Seconds of "2d", "3h 30m", "90s" or a whole number of seconds. Raises Invalid for anything else."""
    if isinstance(written, bool) or not isinstance(written, str | int):
        raise Invalid(f"{written!r} is no duration", hint=_DURATION_HINT)
    if isinstance(written, int):
        total = written
    else:
        text = written.strip().lower()
        if text.startswith("-"):
            raise Invalid(f'the duration "{written}" is negative', hint="game time goes forward only")
        if not text or _STEP.sub("", text):
            raise Invalid(f'"{written}" is no duration', hint=_DURATION_HINT)
        total = sum(int(count) * _UNITS[unit] for count, unit in _STEP.findall(text))
    if total < 0:
        raise Invalid(f"the duration {written} is negative", hint="game time goes forward only")
    return total


def day(at: int) -> int:
    """The day of a game time; the first is 1."""
    return at // DAY + 1


def part_of_day(at: int) -> str:
    """`night`, `dawn`, `morning`, `noon`, `afternoon` or `evening`."""
    hour = at % DAY // HOUR
    return next(part for end, part in _PARTS if hour < end)


def moment(at: int, language: Language = ENGLISH) -> str:
    """A game time in words: "day 3, evening"."""
    part = language.phrases.text(f"clock.part.{part_of_day(at)}")
    return language.phrases.text("clock.moment", day=day(at), part=part)


def ago(then: int, now: int, language: Language = ENGLISH) -> str:
    """How somebody who lives at `now` speaks of `then`: "this morning", "last night", "two days ago", "long ago".

    `then` may lie before the world's beginning. Reads after a clause: "Tom stole the hammer this morning".
    """
    say = language.phrases.text
    if now - then < JUST_NOW:
        return say("clock.just_now")
    if now - then < A_LITTLE_WHILE:
        return say("clock.little_while")
    days = (now - _DAWN) // DAY - (then - _DAWN) // DAY
    if days == 0:
        return say(f"clock.today.{part_of_day(then)}")
    if days == 1:
        return say("clock.last_night" if part_of_day(then) == "night" else "clock.yesterday")
    numbers = language.phrases.lines("clock.numbers")
    if days < 7:
        return say("clock.days", count=numbers[days])
    if days < 14:
        return say("clock.week")
    if days < 28:
        return say("clock.weeks", count=numbers[days // 7])
    return say("clock.month" if days < 60 else "clock.long_ago")


def today(then: int, now: int) -> bool:
    """Whether `then` is of the day that `now` is spoken of as: from dawn to dawn."""
    return (now - _DAWN) // DAY == (then - _DAWN) // DAY


@dataclass
class Clock:
    """The time in a world. It goes forward only; what goes back is a save that is restored."""

    now: int = OPENING  # game seconds

    def advance(self, *, by: str | int | None = None, to: int | None = None) -> int:
        """Moves on by a duration or to a game time, and gives back the time it is then.

        Raises Invalid when not exactly one is given or one makes no sense, Conflict when `to` has passed.
        """
        if (by is None) == (to is None):
            raise Invalid("the clock goes by a duration or to a time", hint="give one of `by` and `to`")
        then = to if to is not None else self.now + duration(by or 0)
        if then < self.now:
            raise Conflict(
                f"it is {moment(self.now)} ({self.now} s) already, and {then} s has passed",
                hint="game time goes forward only; restore a save to go back",
            )
        if then > LATEST:
            raise Invalid(f"{then} s is too far ahead", hint=f"game time ends at {LATEST} s")
        self.now = then
        return then

    def as_record(self) -> dict[str, int]:
        """For the store; `from_record` reads it."""
        return {"now": self.now}

    @classmethod
    def from_record(cls, key: str, record: object) -> Clock:
        """Raises StorageError, naming the key."""
        now = field(key, record, "now", int)
        if not 0 <= now <= LATEST:
            raise broken(key, f"{now} is no game time")
        return cls(now)
