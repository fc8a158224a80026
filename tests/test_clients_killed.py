"""Clients whose daemon is killed with -9 in the middle of a conversation, and started again.

Each resumes, tells its game so once, and leaves nothing behind. `benchmarks/clients.py` does the same a hundred times.
"""

from __future__ import annotations

import pytest

from benchmarks import clients
from benchmarks.players import game

TIMES = 3
SPARE_THREADS = 2
"""Of the language's own, which come and go as it likes (mono's pool)."""
SPARE_DESCRIPTORS = 4
"""What a language opens late and keeps (an archive of classes, say); a hundred kills show that it does not grow."""


@pytest.mark.parametrize("client", game.clients())
def test_a_killed_daemon_is_taken_up(client: str) -> None:
    if why := game.missing(client):
        pytest.skip(why)
    told = clients.kills(client, TIMES)
    assert told["complaints"] == []
    assert told["killed"] == told["resumed"] == told["events"] == TIMES
    assert told["resume_max_ms"] is not None
    assert told["threads_left"] <= SPARE_THREADS
    assert told["descriptors_left"] <= SPARE_DESCRIPTORS
