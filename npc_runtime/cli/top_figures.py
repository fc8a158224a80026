"""What `npc-runtime top` makes of readings of the daemon's health: rates, and what people waited lately."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from operator import sub
from typing import Any

from npc_runtime.dialogue.turn.first_words import quantile
from npc_runtime.wire import messages as m

RATE_SECONDS = 2.0
"""A rate is that of so long; over half a second, a single reply more or less would make it jump."""
LATELY_SECONDS = 60.0
RATES_KEPT = 40


@dataclass(frozen=True)
class Waits:
    """The first words of one class. Half of them came within `half` seconds, 95 of 100 within `most`."""

    replies: int
    half: float | None
    most: float | None


@dataclass(frozen=True)
class Figures:
    """A report, and what has changed. Rates are a second's."""

    report: m.HealthReport
    books: m.Books
    tokens: float
    prompt_tokens: float
    steps: float
    decode_share: float | None  # of the engine's time, inside the model; None: it did nothing
    first_words: dict[str, Waits]  # by class
    lately: bool  # whether those are of the last minute; else of all that was said since the start
    written: tuple[float, ...]  # rates of tokens, the latest last
    read: tuple[float, ...]  # the same of prompts

    def as_json(self) -> dict[str, Any]:
        """All of it, with the whole report."""
        waits = {
            name: {"replies": one.replies, "p50": _rounded(one.half), "p95": _rounded(one.most)}
            for name, one in self.first_words.items()
        }
        return {
            "tokens_per_second": _rounded(self.tokens),
            "prompt_tokens_per_second": _rounded(self.prompt_tokens),
            "steps_per_second": _rounded(self.steps),
            "decode_share": _rounded(self.decode_share),
            "first_words": waits,
            "first_words_lately": self.lately,
            "health": self.report.model_dump(mode="json", exclude={"type", "re", "last", "warnings"}),
        }


class Readings:
    """The readings of the last minute. Time is the daemon's own: its uptime."""

    def __init__(self) -> None:
        self._kept: deque[m.HealthReport] = deque()
        self._written: deque[float] = deque(maxlen=RATES_KEPT)
        self._read: deque[float] = deque(maxlen=RATES_KEPT)

    def add(self, now: m.HealthReport) -> Figures:
        """Takes a reading in, and says what it shows beside those before. Another run of the daemon begins anew."""
        if self._kept and now.uptime < self._kept[-1].uptime:
            self._kept.clear()
        self._kept.append(now)
        while now.uptime - self._kept[0].uptime > LATELY_SECONDS:
            self._kept.popleft()
        before = next(one for one in self._kept if now.uptime - one.uptime <= RATE_SECONDS)
        seconds, stepping = now.uptime - before.uptime, now.step_seconds - before.step_seconds
        tokens, prompt_tokens, steps = (
            (count(now) - count(before)) / seconds if seconds else 0.0 for count in (_tokens, _prompt_tokens, _steps)
        )
        self._written.append(tokens)
        self._read.append(prompt_tokens)
        first_words = _waits(now, self._kept[0])
        lately = any(one.replies for one in first_words.values())
        return Figures(
            now,
            _books(now),
            tokens,
            prompt_tokens,
            steps,
            min(1.0, (_books(now).decode_seconds - _books(before).decode_seconds) / stepping) if stepping > 0 else None,
            first_words if lately else _waits(now),
            lately,
            tuple(self._written),
            tuple(self._read),
        )


def _books(report: m.HealthReport) -> m.Books:
    """Those of an older daemon are empty."""
    return report.books or m.Books()


def _tokens(report: m.HealthReport) -> int:
    return report.tokens


def _prompt_tokens(report: m.HealthReport) -> int:
    return _books(report).prompt_tokens


def _steps(report: m.HealthReport) -> int:
    return report.steps


def _waits(now: m.HealthReport, since: m.HealthReport | None = None) -> dict[str, Waits]:
    """The first words by class; `since`: without those that had been counted there."""
    counted = {queue.priority: queue.first_words for queue in _books(since).queues} if since is not None else {}
    found = {}
    for queue in _books(now).queues:
        counts = list(map(sub, queue.first_words, counted.get(queue.priority, [0] * len(queue.first_words))))
        half, most = (quantile(counts, share, _books(now).first_word_bounds) for share in (0.5, 0.95))
        found[queue.priority] = Waits(sum(counts), half, most)
    return found


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)
