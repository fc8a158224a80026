"""How fast the model reads prompts, learned from the steps in which it does."""

from __future__ import annotations

FEWEST = 64  # tokens at once: with 16 a processor reads 215 tokens a second, with 64 350
ENOUGH = 96  # tokens at once, where they take no longer than this: 390 a second, and hardly more with 256
ENOUGH_SECONDS = 0.25
UNLEARNED = 64  # tokens at once, as long as nothing is known
FADING = 0.8  # of what was learned before, with each step


class Pace:
    """Tokens of prompts a second, and so how many a step of so many seconds may have."""

    def __init__(self) -> None:
        self._tokens = self._seconds = 0.0

    def learn(self, tokens: int, seconds: float) -> None:
        """A step read so many tokens in so many seconds."""
        self._tokens = self._tokens * FADING + tokens
        self._seconds = self._seconds * FADING + seconds

    def tokens(self, seconds: float) -> int:
        """How many tokens a step of that length reads."""
        if not self._seconds:
            return UNLEARNED
        rate = self._tokens / self._seconds
        return max(FEWEST, min(ENOUGH, int(rate * ENOUGH_SECONDS)), int(rate * seconds))
