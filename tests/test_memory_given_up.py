"""What is given up is taken out: all of it and nothing else, at a cost that follows what it was, a little at a time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest
from memory_kit import entry, texts, write
from needed_rows import check_nothing_unneeded

from npc_runtime.dialogue.memories import Remembering
from npc_runtime.errors import NotFound
from npc_runtime.memory import given_up
from npc_runtime.memory.batch import Batch
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.history import History
from npc_runtime.memory.store import Connection


def tidied(history: History) -> int:
    rounds = 1
    while history.tidy().result():
        rounds += 1
    return rounds


def rows(history: History, table: str) -> int:
    def job(db: Connection) -> int:
        ((count,),) = db.execute(f"SELECT count(*) FROM {table}")
        return int(count)

    return history.store.run(job)


# ------------------------------------------------------------------------------------------------- all of it


@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_left_of_what_was_given_up(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given_up, "CHUNK", 3)
    monkeypatch.setattr(given_up, "VERSIONS", 1)
    chance = random.Random(seed)
    history = History(None)
    for step in range(120):
        names = [save.name for save in history.saves().result()]
        keys = chance.sample("abcdef", chance.randrange(4))
        write(history, *[entry(f"Step {step}.")] * chance.randrange(2), **dict.fromkeys(keys, step))
        match chance.randrange(8):
            case 0 | 1 | 2:
                history.save(f"slot {chance.randrange(6)}", step).result()
            case 3 if names:
                history.restore(chance.choice(names)).result()
            case 4 | 5 if names:
                history.delete_save(chance.choice(names)).result()
            case 6 if names:
                history.branch(chance.choice(names), f"copy {step}").result()
            case _:
                history.tidy().result()
        if step % 20 == 19:
            tidied(history)
            check_nothing_unneeded(history)
    history.close()


def test_the_next_daemon_goes_on_with_it(tmp_path: Path) -> None:
    path = tmp_path / "village.db"
    history = History(path)
    write(history, entry("It began."))
    history.save("one", 0).result()
    for number in range(3):
        write(history, *(entry(f"Lost {number}, {day}.") for day in range(given_up.CHUNK)), day=number)
    history.restore("one").result()
    assert history.tidy().result()
    history.close()
    again = History(path)
    assert 1 < rows(again, "memory") <= 2 * given_up.CHUNK + 1
    assert tidied(again) > 1
    assert rows(again, "memory") == 1
    check_nothing_unneeded(again)
    again.close()


@pytest.mark.parametrize("act", ["replace", "restore", "delete"])
def test_whatever_gives_a_point_up_says_so(act: str) -> None:
    history = History(None)
    write(history, clock=1)
    history.save("one", 1).result()
    write(history, clock=2)
    history.save("two", 2).result()
    write(history, clock=3)
    match act:
        case "replace":
            history.save("two", 3).result()
        case "restore":
            history.restore("two").result()
        case _:
            history.delete_save("two").result()
    assert rows(history, "record") == 3
    tidied(history)
    assert rows(history, "record") == 2
    check_nothing_unneeded(history)
    history.close()


def test_a_save_that_is_made_meanwhile_keeps_what_it_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given_up, "CHUNK", 2)
    history = History(None)
    for clock in range(10):
        write(history, **{f"fact {clock}": clock, "clock": clock})
        history.save(f"at {clock}", clock).result()
    for clock in range(8):
        history.delete_save(f"at {clock}").result()
        history.tidy().result()
        history.save(f"later {clock}", clock).result()
        write(history, clock=100 + clock)
    tidied(history)
    check_nothing_unneeded(history)
    for clock in range(8):
        history.restore(f"later {clock}").result()
        there = history.records().result()
        assert there == {f"fact {n}": n for n in range(10)} | {"clock": 99 + clock if clock else 9}
    history.close()


# ------------------------------------------------------------------------------------------------- its cost


def steps(history: History, work: Callable[[], object]) -> int:
    """Hundreds of operations that SQLite's machine does for `work`: the same each time, on any computer."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    history.store._connection.set_progress_handler(tick, 100)
    work()
    history.store._connection.set_progress_handler(None, 100)
    return count


def facts(count: int, history: History | None = None) -> History:
    history = history or History(None)
    for start in range(0, count, 100):
        write(history, **{f"fact/{number}": 1 for number in range(start, start + 100)})
    return history


def test_writing_many_facts_costs_each_the_same() -> None:
    few, many = (steps(history := History(None), lambda: facts(count, history)) for count in (1000, 4000))  # noqa: B023
    assert many < 5 * few


@pytest.mark.parametrize("later", [0.5, 1.5])
def test_deleting_a_save_of_many_facts_costs_each_the_same(later: float) -> None:
    def cost(count: int) -> int:
        history = facts(count)
        history.save("one", 0).result()
        facts(int(count * later), history)
        history.delete_save("one").result()
        spent = steps(history, lambda: tidied(history))
        assert rows(history, "record") == count * max(1, later)
        return spent

    assert cost(4000) < 5 * cost(1000)


@pytest.mark.parametrize("old", [True, False])
def test_deleting_a_save_costs_what_was_given_up_and_not_what_the_world_holds(old: bool) -> None:
    def cost(count: int) -> int:
        history = facts(count if old else 100)
        history.save("one", 0).result()
        facts(100 if old else count, history)
        return steps(history, lambda: (history.delete_save("one").result(), tidied(history)))

    assert cost(8000) < 2 * cost(1000)


@pytest.mark.parametrize("order", ["as they were made", "latest first", "any"])
def test_deleting_all_of_many_saves_costs_each_the_same(order: str) -> None:
    def cost(count: int) -> int:
        history = History(None)
        for number in range(count):
            write(history, **{"clock": number, f"fact/{number % 50}": number})
            history.save(f"slot {number}", number).result()
        numbers = list(range(count))
        if order == "any":
            random.Random(1).shuffle(numbers)

        def delete() -> None:
            for number in reversed(numbers) if order == "latest first" else numbers:
                history.delete_save(f"slot {number}").result()
                history.tidy().result()

        spent = steps(history, delete)
        tidied(history)
        assert rows(history, "record") == 51
        return spent

    assert cost(1200) < 6 * cost(300)


def test_a_branch_for_every_save_does_not_slow_anything_down() -> None:
    def cost(count: int) -> int:
        history = facts(100)
        history.save("root", 0).result()
        for number in range(count):
            history.restore("root").result()
            write(history, clock=number)
            history.save(f"slot {number}", number).result()
        tidied(history)
        gone = [f"slot {number}" for number in range(20, 120)]
        return steps(history, lambda: [(history.delete_save(name).result(), tidied(history)) for name in gone])

    assert 0 < cost(1000) < 2 * cost(200)


# ------------------------------------------------------------------------------------------------- in between


def test_others_get_in_between_two_steps_and_a_second_call_makes_it_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given_up, "CHUNK", 5)

    async def play() -> None:
        memory = Remembering(History(None))
        history = memory.history
        write(history, entry("It began."))
        history.save("one", 0).result()
        for _ in range(2):
            write(history, *(entry(f"Lost {day}.") for day in range(500)))
            history.restore("one").result()
        first = asyncio.create_task(memory.tidy())
        await asyncio.sleep(0)
        left = [await asyncio.to_thread(rows, history, "memory") for _ in range(5)]
        assert not first.done()
        assert left == sorted(left, reverse=True)
        assert left[-1] > 1
        write(history, *(entry(f"Lost again {day}.") for day in range(50)))
        history.restore("one").result()
        await asyncio.gather(memory.tidy(), memory.tidy())
        assert first.done()
        assert rows(history, "memory") == 1
        await memory.close()

    asyncio.run(play())


def test_what_is_given_up_while_the_last_step_ends_is_taken_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Future[bool]] = []

    def tidy(self: History) -> Future[bool]:
        taken.append(Future())
        return taken[-1]

    monkeypatch.setattr(History, "tidy", tidy)

    async def play() -> None:
        memory = Remembering(History(None))
        first = asyncio.create_task(memory.tidy())
        await asyncio.sleep(0.01)
        second = asyncio.create_task(memory.tidy())
        await asyncio.sleep(0.01)
        assert len(taken) == 1, "one at a time"
        taken[0].set_result(False)
        await asyncio.sleep(0.01)
        assert len(taken) == 2
        assert not second.done()
        taken[1].set_result(False)
        await asyncio.gather(first, second)
        assert len(taken) == 2
        await memory.close()

    asyncio.run(play())


def test_tidying_goes_on_when_who_asked_for_it_is_gone() -> None:
    async def play() -> None:
        memory = Remembering(History(None))
        write(memory.history, entry("It began."))
        memory.history.save("one", 0).result()
        write(memory.history, *(entry(f"Lost {day}.") for day in range(3 * given_up.CHUNK)))
        memory.history.restore("one").result()
        asked = asyncio.create_task(memory.tidy())
        await asyncio.sleep(0)
        asked.cancel()
        await asyncio.wait([asked])
        for _ in range(1000):
            if await asyncio.to_thread(rows, memory.history, "memory") == 1:
                break
            await asyncio.sleep(0.005)
        assert rows(memory.history, "memory") == 1
        await memory.close()

    asyncio.run(play())


# ------------------------------------------------------------------------------------------------- many saves


def test_saves_are_listed_page_by_page() -> None:
    history = History(None)
    for number in range(10):
        history.save(f"slot {number}", number).result()
    history.delete_save("slot 3").result()
    history.save("slot 1", 99).result()
    found = [save.name for save in history.saves().result()]
    assert found == ["slot 0", "slot 2", *(f"slot {n}" for n in range(4, 10)), "slot 1"]
    pages, after = [], 0
    while page := history.saves(after, limit=4).result():
        assert len(page) <= 4
        pages += [save.name for save in page]
        after = page[-1].number
    assert pages == found
    history.close()


def test_a_save_that_is_not_there_is_not_answered_with_all_that_are() -> None:
    history = History(None)
    for number in range(1500):
        history.save(f"slot {number}", number).result()
    with pytest.raises(NotFound) as caught:
        history.restore("slot 10001").result()
    assert "and 1488 more" in str(caught.value)
    assert len(str(caught.value)) < 300
    history.close()


@pytest.mark.parametrize("seed", range(10))
def test_the_lines_that_stay_are_the_last_that_each_save_sees(seed: int) -> None:
    chance = random.Random(seed)
    history = History(None)
    saw: dict[str, list[str]] = {}
    for step in range(150):
        match chance.randrange(6):
            case 0:
                history.save(name := f"slot {chance.randrange(8)}", step).result()
                saw[name] = texts(history)
            case 1 if saw:
                history.restore(chance.choice(sorted(saw))).result()
            case _:
                history.write(Batch([Entry("npc:mira", "heard", f"Line {step}.", step)])).result()
    saw["now"] = texts(history)
    history.save("now", 0).result()
    everything = rows(history, "memory")
    gone = history.prune_lines("npc:mira", 4).result()
    assert rows(history, "memory") == everything - gone == len({line for lines in saw.values() for line in lines[-4:]})
    for name, lines in saw.items():
        history.restore(name).result()
        assert texts(history)[-4:] == lines[-4:]
    history.close()
