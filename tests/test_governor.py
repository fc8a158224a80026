"""The governor by itself: what it makes of readings, with a clock that a test moves."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from npc_runtime.engine.governing.governor import (
    EASE_SECONDS,
    GROW_SECONDS,
    LEVELS,
    LONGEST_EASE_SECONDS,
    LOW_RAM,
    LOW_VRAM,
    MIB,
    MOVE_SECONDS,
    WANTED_VRAM,
    Frame,
    Governor,
    Limits,
    Measures,
    Reading,
)
from npc_runtime.engine.request import Priority

GIB = 1 << 30
NAMES = [level.name for level in LEVELS]


class Game:
    """One second after the other, of a game that wants frames of 16 ms."""

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008
        self.now, self.limits, self.governor = 0.0, limits, Governor()
        self.reading = Reading(0.0, busy=0.5, ram_free=8 * GIB)

    def second(self, ms: float | None = None, **changes: object) -> Measures:
        self.now += 1.0
        frame = None if ms is None else Frame(ms, 16.0, self.now)
        self.reading = replace(self.reading, now=self.now, frame=frame, **changes)  # type: ignore[arg-type]
        return self.governor.judge(self.reading, self.limits)

    def seconds(self, count: float, ms: float | None = None) -> Measures:
        for _ in range(int(count)):
            found = self.second(ms)
        return found


def test_late_frames_are_given_way_to_at_once_and_taken_back_slowly() -> None:
    game = Game()
    assert game.second(16.0).level == "full"
    down = [game.second(20.0) for _ in range(5)]
    assert [found.level for found in down] == ["eased", "slowed", "spared", "players", "players"]
    assert [found.duty for found in down] == sorted((found.duty for found in down), reverse=True)
    assert down[0].why == "frames of the game take 20 ms instead of 16"
    assert game.seconds(EASE_SECONDS, 16.0).level == "players"
    up = [game.second(16.0).level for _ in range(int(4 * EASE_SECONDS) + 4)]
    assert list(dict.fromkeys(up)) == ["spared", "slowed", "eased", "full"]
    assert game.second(16.0) == Measures()


def test_very_late_frames_take_two_steps() -> None:
    assert Game().second(40.0).level == "slowed"


def test_a_report_is_judged_once() -> None:
    game = Game()
    frame = Frame(20.0, 16.0, 1.0)
    found = [game.governor.judge(replace(game.reading, now=now, frame=frame), Limits()) for now in (1.0, 2.0, 3.0)]
    assert {each.level for each in found} == {"eased"}


def test_between_too_much_and_well_nothing_changes() -> None:
    game = Game()
    game.second(20.0)
    assert game.seconds(100, 17.5).level == "eased"


def test_a_step_up_that_was_too_early_is_taken_later_the_next_time() -> None:
    game, waits = Game(), []
    for _ in range(3):
        game.second(20.0)
        began = game.now
        while game.second(16.0).level != "full":
            assert game.now < began + LONGEST_EASE_SECONDS + 2
        waits.append(game.now - began)
    assert waits[0] < waits[1] < waits[2]


def test_a_game_that_is_slow_by_itself_silences_nobody() -> None:
    game = Game()
    for _ in range(10):
        game.second(33.0, busy=0.0)
    assert game.second(33.0, busy=0.6).level == "full", "as slow as while the model rested"
    assert game.second(45.0).level == "eased", "and slower"


def test_late_frames_while_the_model_rests_are_not_its_doing() -> None:
    game = Game()
    assert game.second(50.0, busy=0.0).level == "full"


def test_where_nothing_is_reported_any_more_it_goes_back_to_full() -> None:
    game = Game()
    game.second(20.0)
    assert game.seconds(EASE_SECONDS + 1).level == "full"


def test_players_are_written_for_to_the_last() -> None:
    game = Game()
    found = game.seconds(10, 60.0)
    assert found.refuses(Priority.PLAYER) == ""
    assert found.refuses(Priority.BACKGROUND) == "the model is spared: frames of the game take 60 ms instead of 16"
    assert Measures().refuses(Priority.BACKGROUND) == ""


def test_limits_hold_whatever_the_frames_are() -> None:
    game = Game(Limits(duty=0.3, players_only=True))
    found = game.second(16.0)
    assert (found.level, found.duty, found.writes) == ("full", 0.3, Priority.PLAYER)
    assert found.why == "a game has set limits"


def test_of_two_games_the_stricter_limits_count() -> None:
    one, other = Limits(duty=0.5, vram=4 * GIB), Limits(duty=0.8, vram=2 * GIB, ram=GIB, players_only=True)
    assert one & other == Limits(0.5, 2 * GIB, GIB, players_only=True)
    assert one & Limits() == one


def test_idle_characters_wait_on_the_disk_while_memory_is_short() -> None:
    game = Game()
    found = game.second(ram_free=LOW_RAM - 1)
    assert found.parked == 0
    assert found.why == "this machine is short of memory, so idle characters wait on the disk"
    game.second(ram_free=8 * GIB)
    assert game.seconds(EASE_SECONDS + 1).parked is None


def test_idle_characters_wait_on_the_disk_where_a_game_allows_no_more_memory() -> None:
    game = Game(Limits(ram=GIB))
    assert game.second(ram_taken=2 * GIB).parked == 0


# ------------------------------------------------------------------------------------------------------- the card


def test_layers_are_moved_back_where_the_card_is_nearly_full() -> None:
    game = Game()
    assert not game.second(vram_free=2 * GIB, vram_taken=4 * GIB).move
    found = game.second(vram_free=100 * MIB)
    assert found.move
    assert found.vram == 4 * GIB - (WANTED_VRAM - 100 * MIB)
    assert "only 100 MiB of the card are free" in found.why
    later = [game.second() for _ in range(int(MOVE_SECONDS) + 1)]
    assert [each.move for each in later[:-2]] == [False] * (len(later) - 2), "loading takes its time"
    assert any(each.move for each in later), "it was not enough"


def test_layers_are_moved_back_where_a_game_allows_less_and_none_are_where_there_are_none() -> None:
    game = Game(Limits(vram=GIB))
    assert game.second(vram_free=8 * GIB, vram_taken=4 * GIB).vram == GIB
    assert not Game(Limits(vram=0)).second(vram_free=0, vram_taken=0).move


def growing(game: Game) -> float:
    """Seconds until it is loaded again with more."""
    began = game.now
    while not game.second().move:
        assert game.now < began + 10_000
    return game.now - began


def test_layers_return_once_there_is_room_and_nobody_speaks() -> None:
    game = Game()
    game.second(vram_free=8 * GIB, vram_taken=2 * GIB, partial=True)
    assert not any(game.second().move for _ in range(200)), "somebody speaks"
    game.second(busy=0.0)
    assert GROW_SECONDS <= growing(game) < GROW_SECONDS + 3


def test_where_more_room_brings_nothing_it_is_tried_more_and_more_rarely() -> None:
    game = Game()
    game.second(vram_free=8 * GIB, vram_taken=2 * GIB, partial=True, busy=0.0)
    waits = [growing(game) for _ in range(4)]
    assert waits[1] < waits[2] < waits[3]


def test_a_little_more_room_is_not_worth_a_reload() -> None:
    game = Game()
    game.second(vram_free=WANTED_VRAM + 300 * MIB, vram_taken=4 * GIB, partial=True, busy=0.0)
    assert not any(game.second().move for _ in range(300))


def test_what_the_game_keeps_is_not_room() -> None:
    game = Game()
    game.second(vram_free=2 * GIB, vram_taken=GIB, partial=True, busy=0.0, reserve=2 * GIB)
    assert not any(game.second().move for _ in range(300))


def test_a_model_that_was_made_smaller_in_need_is_loaded_as_planned_again_where_no_card_tells() -> None:
    game = Game()
    game.second(partial=True, busy=0.0)
    growing(game)
    assert game.governor.judge(replace(game.reading, now=game.now + 1), Limits()).vram is None


READINGS = st.builds(
    Reading,
    now=st.just(0.0),
    busy=st.floats(0, 1),
    vram_free=st.none() | st.integers(0, 16 * GIB),
    vram_taken=st.integers(0, 16 * GIB),
    partial=st.booleans(),
    reserve=st.integers(0, 4 * GIB),
    ram_free=st.none() | st.integers(0, 16 * GIB),
    ram_taken=st.integers(0, 16 * GIB),
)
LIMITS = st.builds(
    Limits,
    duty=st.floats(0.05, 1),
    vram=st.none() | st.integers(0, 16 * GIB),
    ram=st.none() | st.integers(0, 16 * GIB),
    players_only=st.booleans(),
)


@given(st.lists(st.tuples(READINGS, st.none() | st.floats(1, 500), LIMITS), max_size=60))
def test_whatever_happens_limits_hold_and_moves_keep_their_distance(
    seconds: list[tuple[Reading, float | None, Limits]],
) -> None:
    governor, moved = Governor(), -MOVE_SECONDS
    for now, (reading, ms, limits) in enumerate(seconds):
        frame = None if ms is None else Frame(ms, 16.0, now)
        found = governor.judge(replace(reading, now=float(now), frame=frame), limits)
        assert 0 < found.duty <= limits.duty
        assert found.level in NAMES
        assert found.writes is Priority.PLAYER or not limits.players_only
        assert bool(found.why) or found == Measures(), "what is held back has a reason"
        if found.move:
            assert now - moved >= MOVE_SECONDS
            assert found.vram is None or limits.vram is None or found.vram <= max(limits.vram, reading.vram_taken)
            moved = now


def test_the_card_is_low_before_it_is_full() -> None:
    assert LOW_VRAM < WANTED_VRAM
