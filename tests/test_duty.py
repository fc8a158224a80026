"""The engine within limits: how much of the time it computes, how large its batches are, what it keeps in RAM."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from test_engine import Listener, request, running, says, write

from npc_runtime.engine import engine as engine_module
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.fake import FakeModel
from npc_runtime.engine.request import Priority
from npc_runtime.engine.scheduling.parking import Parking

KIB = 1024


def resting(seconds: float = 3600.0) -> Engine:
    """An engine without a thread, at rest for an hour, with somebody who speaks."""
    engine = Engine(FakeModel(says("alpha", "beta")))
    engine.submit(request("a", priority=Priority.BACKGROUND), Listener())
    engine._receive()
    engine.step()
    engine._rests_until = time.monotonic() + seconds
    return engine


def test_after_a_step_it_rests_as_long_as_its_duty_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = resting(0.0)
    engine.limit(duty=0.25)
    engine._receive()
    monkeypatch.setattr(engine._work, "timed_step", lambda: 0.2)
    before = time.monotonic()
    engine.step()
    assert 0.6 <= engine._rests_until - before < 30.0
    monkeypatch.setattr(engine._work, "timed_step", lambda: 100.0)
    engine.step()
    assert engine._rests_until < time.monotonic() + engine_module.LONGEST_REST_SECONDS, "nobody waits for ever"
    engine.close()


def test_a_players_line_ends_the_rest_and_others_do_not() -> None:
    engine = resting()
    engine.submit(request("b", priority=Priority.BACKGROUND), Listener())
    engine.cancel(0)
    engine._rests_until = time.monotonic() + 0.2
    engine._receive()
    assert engine._rests_until <= time.monotonic(), "it rested to the end"
    engine._rests_until = time.monotonic() + 3600.0
    engine.submit(request("b", priority=Priority.PLAYER), Listener())
    assert engine._receive(), "which it would not have, for an hour"
    assert engine._wait() == 0.0
    engine.close()


def test_while_it_rests_it_can_be_closed() -> None:
    engine = resting()
    engine.start()
    engine.close()
    assert engine.stats.balanced


@pytest.mark.parametrize(("limit", "most"), [(7, 7), (2, 4), (None, 64), (9999, 64)])
def test_batches_are_no_larger_than_is_wanted_and_leave_room_for_all_who_speak(limit: int | None, most: int) -> None:
    model = FakeModel(says("alpha"), slots=4, batch_limit=64)
    with running(model) as engine:
        engine.limit(batch=limit)
        [(text, _)] = write(engine, request("a" * 100, priority=Priority.PLAYER))
        assert text == "alpha"
        assert max(sum(len(chunk.tokens) for chunk in chunks) for chunks in model.decoded) == most
        assert engine.stats.balanced


def test_what_is_parked_can_be_sent_to_the_disk_and_kept_in_ram_again(tmp_path: Path) -> None:
    parking = Parking(ram=4 * KIB, disk=8 * KIB, folder=tmp_path / "parked")
    parking.park("a", [1], b"x" * KIB)
    parking.limit(0)
    assert (parking.stats.ram.bytes, parking.stats.disk.bytes) == (0, KIB)
    parking.limit(None)
    parking.park("b", [2], b"y" * KIB)
    assert (parking.stats.ram.bytes, parking.stats.disk.bytes) == (KIB, KIB)
    parking.limit(1 << 40)
    assert parking.stats.ram.bytes == KIB, "never more than the settings say"
    parking.close()
