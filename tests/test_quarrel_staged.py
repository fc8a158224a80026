"""Random arguments through director, stage, engine and memory; `npc-runtime bench arguments` plays a thousand."""

from __future__ import annotations

from benchmarks import staged
from benchmarks.staged import Played


def faults(played: list[Played]) -> list[tuple[str, list[str]]]:
    return [(one.topic, one.faults) for one in played if one.faults]


def test_random_arguments_end_with_their_effects_and_lock_nobody_out() -> None:
    played = staged.stage(staged.fake, 40, 7)
    assert not faults(played)
    assert len({one.outcome.ending.kind for one in played if one.outcome}) >= 3
    assert any(one.broke_off for one in played)
    assert any(one.mediations for one in played)
    assert {line.source for one in played for line in one.lines} == {"model", "fallback"}


def test_random_arguments_of_the_default_model() -> None:
    played = staged.stage(staged.real, 3, 7)
    assert not faults(played)
    lines = [line for one in played for line in one.lines]
    assert {line.source for line in lines} <= {"model", "bark", "fallback"}


def test_a_line_by_the_wrong_speaker_would_be_found() -> None:
    summary = staged.summary([Played("the stolen hammer", faults=["somebody else speaks"])])
    assert (summary["faults"], summary["fault: somebody else speaks"]) == (1, 1)
