"""What a game leaves to the model, against a real daemon: it is held back, says why, and is let go again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from conftest import RunningDaemon, StartDaemon, until
from hypothesis import given
from hypothesis import strategies as st
from test_wire_keys import OpenDaemon, friend, house, tenant
from test_wire_services import Nowhere
from test_wire_talk import idle, say
from wire_peer import Peer, done

from npc_runtime.client import connect
from npc_runtime.client.frames import EVERY_SECONDS, Frames
from npc_runtime.engine.governing.governor import Limits
from npc_runtime.wire import messages as m
from npc_runtime.wire.budget import FRESH_SECONDS, Budget
from npc_runtime.wire.session import Session

__all__ = ["friend", "house", "tenant"]  # fixtures


@pytest.fixture(scope="module")
def busy(start_daemon: StartDaemon) -> RunningDaemon:
    """A daemon of its own: what is set is about the whole machine."""
    return start_daemon("--barks", "never")


def state(peer: Peer) -> dict[str, Any]:
    found: dict[str, Any] = peer.ask("health")["budget"]
    return found


def test_nothing_is_held_back_until_somebody_asks(busy: RunningDaemon) -> None:
    with busy.peer() as peer:
        until(lambda: state(peer) == {"level": "full", "duty": 1.0, "why": ""})


def test_limits_are_in_force_as_long_as_their_session(busy: RunningDaemon, world: str) -> None:
    with busy.peer(hello=False) as observer:
        with busy.peer() as peer:
            request = peer.send("budget.set", duty=0.3)
            assert peer.receive() == done(request)
            until(lambda: state(observer) == {"level": "full", "duty": 0.3, "why": "a game has set limits"})
            peer.village(world, "mira")
            assert peer.reply(say(peer, world))[-1]["text"]
            peer.ask("budget.set")
            until(lambda: state(observer)["duty"] == 1.0)
            peer.ask("budget.set", duty=0.5)
            until(lambda: state(observer)["duty"] == 0.5)
            peer.hello()
        until(lambda: state(observer)["duty"] == 1.0)


def test_a_line_that_answers_no_player_is_authored_where_only_players_are_written_for(
    busy: RunningDaemon, world: str
) -> None:
    with busy.peer() as peer:
        peer.hello(capabilities=["why"])
        peer.village(world, "mira", "tom")
        peer.ask("budget.set", writes="players")
        until(lambda: state(peer)["why"] == "a game has set limits")
        tokens = peer.ask("health")["tokens"]
        spoken = {"from": "tom", "to": "mira", "priority": "background"}
        end = peer.reply(say(peer, world, "Cold today, is it not?", **spoken))[-1]
        assert (end["source"], end["finish"]) == ("fallback", "stop")
        assert end["text"]
        assert peer.ask("health")["tokens"] == tokens
        why = peer.ask("why", world=world, reply=end["reply"])
        assert "the model is spared: a game has set limits" in str(why)
        assert peer.reply(say(peer, world))[-1]["text"]
        idle(busy)
        assert peer.ask("health")["tokens"] > tokens


def test_late_frames_hold_the_model_back_and_the_log_says_so_once(start_daemon: StartDaemon, world: str) -> None:
    busy = start_daemon("--barks", "never", "--profile", "large")  # which writes at length
    with busy.peer() as peer, busy.peer() as player:
        player.village(world, "mira")

        def held_back() -> bool:
            player.reply(say(player, world))  # the model is busy, so the frames may be its doing
            assert peer.ask("budget.report", frame_ms=48.0, target_ms=16.0)["type"] == "done"
            return bool(state(peer)["level"] != "full")

        until(held_back)
        assert state(peer)["why"].startswith("frames of the game take 48 ms instead of 16")
        assert "the model goes to level " in busy.log


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("budget.report", {"frame_ms": 0}, "frame_ms"),
        ("budget.report", {"frame_ms": float("nan")}, "frame_ms"),
        ("budget.report", {"frame_ms": 16.0, "target_ms": -1.0}, "target_ms"),
        ("budget.set", {"duty": 0.0}, "duty"),
        ("budget.set", {"vram_mb": -1}, "vram_mb"),
        ("budget.set", {"writes": "nobody"}, "writes"),
    ],
)
def test_nonsense_is_refused_by_name(busy: RunningDaemon, kind: str, fields: dict[str, Any], field: str) -> None:
    with busy.peer() as peer:
        error = peer.ask(kind, **fields)
        assert error["code"] == "invalid"
        assert field in error["message"]


def test_a_key_for_one_world_has_no_say_in_what_all_share(house: OpenDaemon, tenant: Peer, friend: Peer) -> None:
    for kind, fields in (("budget.set", {"duty": 0.1}), ("budget.report", {"frame_ms": 99.0})):
        error = tenant.ask(kind, **fields)
        assert error["code"] == "forbidden"
        assert "the model serves all worlds" in error["message"]
        assert friend.ask(kind, **fields)["type"] == "done"


# ------------------------------------------------------------------------------------------- of several games


def session(number: int) -> Session:
    return Session(bytes([number]), Nowhere(), f"game {number}", 0.0)


def test_of_several_games_the_worst_frames_and_the_strictest_limits_count(monkeypatch: pytest.MonkeyPatch) -> None:
    budget, one, other = Budget(), session(1), session(2)
    budget.report(one, m.BudgetReport(id="1", frame_ms=20.0, target_ms=10.0))
    budget.report(other, m.BudgetReport(id="2", frame_ms=30.0, target_ms=33.0))
    budget.set(one, m.BudgetSet(id="3", duty=0.5))
    budget.set(other, m.BudgetSet(id="4", vram_mb=1024, writes="players"))
    assert budget.frame is not None
    assert budget.frame.ms == 20.0
    assert budget.limits == Limits(0.5, 1 << 30, None, players_only=True)
    one.ended = True
    assert budget.frame.ms == 30.0
    assert budget.limits == Limits(1.0, 1 << 30, None, players_only=True)
    later = time.monotonic() + FRESH_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert budget.frame is None, "a report does not count for ever"
    assert budget.limits.vram == 1 << 30, "limits do"


# ------------------------------------------------------------------------------------------- the Python client


@given(st.lists(st.floats(0.1, 200.0), min_size=1, max_size=400))
def test_a_client_reports_averages_and_about_once_a_second(frames: list[float]) -> None:
    times, now, reported = Frames(), 0.0, []
    for ms in frames:
        now += ms / 1000
        if (average := times.add(ms, now)) is not None:
            reported.append(average)
            assert min(frames) - 1e-6 <= average <= max(frames) + 1e-6
    assert len(reported) <= now / EVERY_SECONDS + 1


def test_the_python_client_reports_and_sets(busy: RunningDaemon, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(float(second) for second in range(10_000))

    async def play() -> None:
        async with connect(busy.endpoint, data_dir=busy.data_dir, start=False) as runtime:

            async def comes(wanted: Callable[[m.BudgetState], bool]) -> None:
                while not wanted((await runtime.health()).budget):
                    await asyncio.sleep(0.05)

            await runtime.budget(duty=0.4, writes="players")
            await asyncio.wait_for(comes(lambda state: state.duty == 0.4), 30)
            await runtime.budget()
            await asyncio.wait_for(comes(lambda state: state.duty == 1.0 or state.level != "full"), 30)
            monkeypatch.setattr("npc_runtime.client.runtime.time.monotonic", lambda: next(clock))
            for _ in range(3):
                runtime.report_frame(16.0)
            monkeypatch.undo()
            await runtime.ping()
            assert runtime.pending == 0, "nobody waits for a report"

    asyncio.run(play())
