"""The history of a world: what is written is seen on the timeline that is lived, and on no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from memory_kit import NO_END, batch, by_ids, bytes_of, direction, entry, texts, write

from npc_runtime.errors import Conflict, Invalid, NotFound
from npc_runtime.memory.batch import Batch
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.given_up import CHUNK
from npc_runtime.memory.history import History
from npc_runtime.memory.naming import Naming
from npc_runtime.memory.recollect import Recollection
from npc_runtime.memory.store import Connection

MARKER = "Xanthippo"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "worlds" / "village.db"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    opened = History(path)
    yield opened
    opened.close()


def found(history: History, query: str, owner: str = "npc:mira") -> list[str]:
    hits = Recollection(history).find(owner, query, now=0, limit=NO_END).result()
    return [hit.stored.entry.claim for hit in hits]


def rows(history: History, table: str) -> int:
    def job(db: Connection) -> int:
        ((count,),) = db.execute(f"SELECT count(*) FROM {table}")
        return int(count)

    return history.store.run(job)


# ------------------------------------------------------------------------------------------------- writing


def test_what_is_written_is_read_again_by_its_owner_only(path: Path) -> None:
    told = entry(
        "The ferry sank.", at=30, how="told", who="player:alex", origin="npc:tom", toward="npc:mira", kind="told",
        importance=0.7, confidence=0.6, depth=2,
    )  # fmt: skip
    first = History(path)
    (number,) = write(first, told)
    first.close()
    second = History(path)
    (stored,) = second.memories("npc:mira").result()
    assert (stored.id, stored.entry, stored.count, stored.last) == (number, told, 1, 30)
    assert texts(second, "npc:tom") == []
    second.close()


def test_memories_come_oldest_first_and_the_latest_where_there_are_too_many(history: History) -> None:
    write(history, *(entry(f"Thing {n}.", how="said" if n % 2 else "self") for n in range(10)))
    latest = history.memories("npc:mira", limit=3).result()
    assert [stored.entry.claim for stored in latest] == ["Thing 7.", "Thing 8.", "Thing 9."]
    own = history.memories("npc:mira", hows=("self", "lore"), limit=2).result()
    assert [stored.entry.claim for stored in own] == ["Thing 6.", "Thing 8."]


def test_the_same_again_is_counted_under_its_id_but_lines_are_not(history: History) -> None:
    (number,) = write(history, entry("Alex waved.", at=10))
    assert write(history, entry("alex  waved.", at=90)) == [number]
    assert write(history, entry("Alex waved.", at=50)) == [number]
    assert write(history, entry("Alex waved.", owner="npc:tom")) != [number]
    (stored,) = history.memories("npc:mira").result()
    assert (stored.count, stored.last, stored.entry.at) == (3, 90, 10)
    write(history, entry("Good day.", how="heard"), entry("Good day.", how="heard"))
    assert texts(history) == ["Alex waved.", "Good day.", "Good day."]


def test_repeats_between_two_saves_take_one_row(history: History) -> None:
    for at in range(50):
        write(history, entry("Alex waved.", at=at))
    history.save("one", 0).result()
    for at in range(50, 100):
        write(history, entry("Alex waved.", at=at))
    assert rows(history, "repeat") == 2
    assert history.memories("npc:mira").result()[0].count == 100
    history.restore("one").result()
    (stored,) = history.memories("npc:mira").result()
    assert (stored.count, stored.last) == (50, 49)


def test_the_latest_version_of_a_record_counts_and_none_takes_it_out(history: History) -> None:
    write(history, **{"clock": 1, "entity/npc:mira": {"place": "mill"}, "entity/npc:tom": {}, "entity": 0})
    write(history, **{"clock": 2, "entity/npc:tom": None})
    assert history.records().result() == {"clock": 2, "entity/npc:mira": {"place": "mill"}, "entity": 0}
    assert history.records("entity/").result() == {"entity/npc:mira": {"place": "mill"}}
    assert history.records("fact/").result() == {}


def test_versions_that_no_save_holds_are_not_kept(history: History) -> None:
    for hour in range(50):
        write(history, clock=hour)
    history.save("one", 0).result()
    for hour in range(50, 100):
        write(history, clock=hour)
    assert rows(history, "record") == 2
    history.restore("one").result()
    assert history.records().result() == {"clock": 49}


def test_a_batch_that_cannot_be_written_leaves_nothing_and_does_not_stop_the_next(history: History) -> None:
    with pytest.raises(Invalid, match=r"^at of a memory of npc:mira is out of range: 1180591620717411303424; "):
        history.write(batch(entry("First."), entry("Too late.", at=2**70), clock=1)).result()
    assert write(history, entry("Second."), clock=2) == [2]
    assert texts(history) == ["Second."]
    assert history.records().result() == {"clock": 2}


# ------------------------------------------------------------------------------------------------- saves


def test_restoring_brings_back_what_was_and_nothing_of_the_future_given_up(history: History) -> None:
    write(history, entry("The bridge stands."), clock=1, mood="calm")
    assert history.save("one", 1).result().at == 1
    write(history, entry("The bridge fell."), entry("The bridge stands."), clock=2, mood=None)
    assert history.restore("one").result() == 1
    assert texts(history) == ["The bridge stands."]
    assert history.memories("npc:mira").result()[0].count == 1
    assert found(history, "the bridge") == ["The bridge stands."]
    assert history.records().result() == {"clock": 1, "mood": "calm"}
    assert write(history, entry("The bridge fell.")) != [2], "a memory of its own, though the other future has one too"


def test_restoring_is_known_when_its_future_is_done(history: History) -> None:
    history.save("one", 0).result()
    for epoch in range(1, 200):
        history.restore("one").result()
        assert history.epoch == epoch


def test_what_is_late_from_an_abandoned_future_is_dropped(history: History) -> None:
    history.save("one", 0).result()
    before = history.epoch
    restored = history.restore("one")
    late = history.write(batch(entry("Too late."), clock=9), epoch=before)
    assert late.result() is None
    restored.result()
    assert history.write(batch(entry("In time.")), epoch=history.epoch).result() is not None
    assert texts(history) == ["In time."]
    assert history.records().result() == {}


def test_many_memories_of_another_future_do_not_hide_those_of_this_one(history: History) -> None:
    write(history, entry("The bell rang once."))
    history.save("one", 0).result()
    write(history, *(entry(f"The bell rang on day {n}.") for n in range(300)))
    history.restore("one").result()
    assert found(history, "the bell") == ["The bell rang once."]


def test_vectors_of_another_future_are_not_found(history: History) -> None:
    recollection = Recollection(history)
    (first,) = write(history, entry("The bell rang."))
    recollection.add_vectors("npc:mira", {first: direction(1)}).result()
    history.save("one", 0).result()
    later = write(history, *(entry(f"Alex came on day {n}.") for n in range(60)))
    recollection.add_vectors("npc:mira", dict.fromkeys(later, direction(2))).result()

    def meant() -> list[int]:
        return [
            hit.stored.id for hit in recollection.find("npc:mira", "", now=0, limit=9, vector=direction(2)).result()
        ]

    assert set(meant()) <= set(later)
    history.restore("one").result()
    recollection.add_vectors("npc:mira", {later[0]: direction(2)}).result()
    assert meant() == [first]


def test_memories_wait_for_their_meaning_newest_first(history: History) -> None:
    recollection = Recollection(history)
    first, line, second = write(history, entry("One."), entry("Hello.", how="said"), entry("Two."))
    assert recollection.without_vector(1).result() == [(second, entry("Two."))]
    recollection.add_vectors("npc:mira", {second: direction(1), line: direction(2)}).result()
    assert recollection.without_vector(9).result() == [(first, entry("One."))]


def test_a_text_without_meaning_is_like_nothing(history: History) -> None:
    recollection = Recollection(history)
    (number,) = write(history, entry("..."))
    recollection.add_vectors("npc:mira", {number: direction(1) * 0}).result()
    (hit,) = recollection.find("npc:mira", "", now=0, limit=1, vector=direction(1)).result()
    assert hit.cosine == 0


def test_a_save_of_the_same_name_is_replaced_and_listed_last(history: History) -> None:
    for name, clock in (("one", 1), ("two", 2), ("one", 3)):
        write(history, clock=clock)
        history.save(name, clock).result()
    assert [(save.name, save.at) for save in history.saves().result()] == [("two", 2), ("one", 3)]
    history.restore("one").result()
    assert history.records().result() == {"clock": 3}


def test_two_branches_of_a_save_go_separate_ways(history: History) -> None:
    write(history, entry("It began."))
    history.save("one", 1).result()
    history.branch("one", "two").result()
    history.restore("one").result()
    write(history, entry("Alex stayed."))
    history.save("one", 2).result()
    history.restore("two").result()
    write(history, entry("Alex left."))
    assert texts(history) == ["It began.", "Alex left."]
    history.restore("one").result()
    assert texts(history) == ["It began.", "Alex stayed."]


def test_the_timeline_survives_the_daemon(path: Path) -> None:
    history = History(path)
    write(history, entry("It began."), clock=1)
    history.save("one", 1).result()
    write(history, entry("Alex left."), clock=2)
    history.restore("one").result()
    write(history, entry("Alex stayed."))
    history.close()
    again = History(path)
    assert texts(again) == ["It began.", "Alex stayed."]
    assert again.records().result() == {"clock": 1}
    write(again, clock=5)
    again.restore("one").result()
    assert again.records().result() == {"clock": 1}
    again.close()


def test_names_of_saves(history: History) -> None:
    with pytest.raises(NotFound, match="there is no save yet"):
        history.restore("slot 1").result()
    history.save("slot 1", 0).result()
    history.save("slot 2", 0).result()
    with pytest.raises(NotFound, match=r'no save "slot 3"; there are slot 1, slot 2'):
        history.restore("slot 3").result()
    with pytest.raises(NotFound, match="slot 1, slot 2"):
        history.branch("slot 9", "slot 3").result()
    with pytest.raises(Conflict, match='"slot 2" already'):
        history.branch("slot 1", "slot 2").result()
    with pytest.raises(NotFound, match="slot 1, slot 2"):
        history.delete_save("slot 3").result()
    history.delete_save("slot 1").result()
    assert [save.name for save in history.saves().result()] == ["slot 2"]
    assert history.epoch == 0


# ------------------------------------------------------------------------------------------------- reflections


def test_a_reflection_takes_the_place_of_its_sources_which_stay_traceable(history: History) -> None:
    sources = write(history, entry("The bell rang on Monday."), entry("The bell rang on Friday."))
    write(history, entry("The mill burned."))
    history.save("before", 0).result()
    over = entry("The bell rings often.", how="reflection", sources=tuple(sources))
    (number,) = write(history, over)
    assert texts(history) == ["The mill burned.", "The bell rings often."]
    assert found(history, "the bell") == ["The bell rings often."]
    (reflection,) = by_ids(history, [number])
    assert [stored.id for stored in by_ids(history, reflection.entry.sources)] == sources
    history.restore("before").result()
    assert len(texts(history)) == 3
    assert by_ids(history, [number]) == []


# ------------------------------------------------------------------------------------------------- taking out


def tidied(history: History) -> int:
    rounds = 1
    while history.tidy().result():
        rounds += 1
    return rounds


def test_tidying_deletes_what_nothing_sees_and_only_that(history: History) -> None:
    write(history, entry("It began."), clock=1)
    history.save("one", 1).result()
    lost = write(history, *(entry(f"Lost {n}.") for n in range(CHUNK + 1)), clock=2)
    write(history, entry("It began."), entry("Lost?", how="reflection", sources=(1,)))
    history.save("two", 2).result()
    write(history, entry("Never saved."))
    history.restore("one").result()
    assert tidied(history) == 1
    assert rows(history, "memory") == len(lost) + 2, "only what came after the second save"
    history.delete_save("two").result()
    assert tidied(history) == 2
    counts = {table: rows(history, table) for table in ("memory", "record", "repeat", "faded", "unembedded")}
    assert counts == {"memory": 1, "record": 1, "repeat": 0, "faded": 0, "unembedded": 1}
    assert texts(history) == found(history, "it began") == ["It began."]
    history.restore("one").result()
    history.restore("one").result()
    tidied(history)
    assert rows(history, "branch") == 2


def test_tidying_keeps_the_versions_that_saves_hold(history: History) -> None:
    for clock in range(6):
        write(history, clock=clock)
        history.save(f"at {clock}", clock).result()
    for clock in (0, 2, 3):
        history.delete_save(f"at {clock}").result()
    tidied(history)
    assert rows(history, "record") == 3
    for clock in (1, 4, 5):
        history.restore(f"at {clock}").result()
        assert history.records().result() == {"clock": clock}


def test_forgetting_takes_what_an_entity_had_to_do_with_and_nothing_else(history: History) -> None:
    kept = [
        entry("The bell rang."),
        entry("Al came.", who="player:al", origin="player:al-2"),
        entry("Rosemary grows by the mill."),
    ]
    gone = [
        entry("Rain fell.", who="player:rose"),
        entry("Good day.", how="said", toward="player:rose"),
        entry("The ferry sank.", how="told", who="npc:tom", origin="player:rose"),
        entry("Somebody called ROSE sang."),
        entry("I was here.", owner="player:rose"),
    ]
    write(history, *kept, *gone, **{"relation/npc:mira/player:rose": {"trust": 1}, "clock": 1})
    write(history, **{"talk/npc:mira": ["player:al", "player:rose"], "talk/npc:tom": ["player:rose-marie"]})
    assert history.forget(Naming("player:rose", ("Rose", ""))).result().memories == len(gone)
    assert texts(history) == [memory.claim for memory in kept]
    assert texts(history, "player:rose") == []
    assert history.records().result() == {"clock": 1, "talk/npc:tom": ["player:rose-marie"]}


def test_forgetting_takes_reflections_along_and_gives_back_what_else_they_stood_for(history: History) -> None:
    sources = write(history, entry("Alex sang.", who="player:alex"), entry("The bell rang."))
    (first,) = write(history, entry("There was music.", how="reflection", sources=tuple(sources)))
    write(history, entry("Life is music.", how="reflection", sources=(first,)))
    assert history.forget(Naming("player:alex")).result().memories == 3
    assert texts(history) == found(history, "the bell") == ["The bell rang."]


@pytest.mark.parametrize("name", ['Jo "Red" Fox', r"back\slash", "Ünal", "C++ (the bard)"])
def test_names_are_found_however_they_are_written(history: History, name: str) -> None:
    write(history, entry(f"Then {name.upper()} came."), entry("Nobody came."), talk=[f"{name}!"])
    assert history.forget(Naming("player:x", (name,))).result().memories == 1
    assert texts(history) == ["Nobody came."]
    assert history.records().result() == {}


def test_no_byte_of_the_forgotten_is_left_in_any_file(path: Path) -> None:
    history = History(path)
    recollection = Recollection(history)
    for day in range(60):
        mine = entry(f"{MARKER}-{day} sang of {MARKER}s and {MARKER}{day}.", how="told", who="player:x", at=day)
        others = [entry(f"The {word} of day {day} was fine.", owner="npc:tom") for word in ("bread", "rain", "market")]
        numbers = write(history, mine, entry(f"{MARKER} bought bread on day {day}."), *others, clock=day)
        write(history, entry(f"Day {day} with {MARKER}.", how="reflection", sources=tuple(numbers[:2])))
        write(history, **{"relation/npc:mira/player:x": {"why": f"{MARKER} sang"}, "talk/npc:tom": [MARKER, day]})
        recollection.add_vectors("npc:mira", {number: direction(number) for number in numbers[:2]}).result()
        if day % 10 == 0:
            history.save(f"day {day}", day).result()
        if day % 20 == 15:
            history.restore(f"day {day - 5}").result()
    for marker in (MARKER, MARKER.lower()):
        assert marker.encode() in bytes_of(path.parent), "the test must see it while it is there"
    assert history.forget(Naming("player:x", (MARKER,))).result().memories == 180
    history.store.squeeze().result()
    check_nothing_left(path)
    assert len(texts(history, "npc:tom")) > 60
    assert len(found(history, "the bread of day 44", "npc:tom")) > 40
    history.close()
    check_nothing_left(path)


def check_nothing_left(path: Path) -> None:
    left = bytes_of(path.parent).lower()
    assert b"market" in left
    for start in range(len(MARKER) - 4):  # an index may keep words in pieces
        assert MARKER.lower()[start : start + 5].encode() not in left


def test_a_history_in_ram_works_alike() -> None:
    history = History(None)
    write(history, entry("It began."))
    history.save("one", 0).result()
    write(history, entry("It went on."))
    history.restore("one").result()
    history.store.squeeze().result()
    assert texts(history) == ["It began."]
    assert history.write(Batch()).result() == []
    history.close()


def test_only_the_last_lines_of_each_view_are_kept(tmp_path: Path) -> None:
    history = History(tmp_path / "w.db")

    def line(number: int) -> Entry:
        return Entry("npc:mira", "heard", f"Line {number}.", number, who="player:ann")

    history.write(Batch([line(number) for number in range(10)])).result()
    history.save("early", 0).result()
    history.write(Batch([line(number) for number in range(10, 30)])).result()
    assert history.prune_lines("npc:mira", 4).result() == 22
    texts = [stored.entry.claim for stored in history.memories("npc:mira").result()]
    assert texts[-4:] == [f"Line {number}." for number in range(26, 30)]
    history.restore("early").result()
    assert [stored.entry.claim for stored in history.memories("npc:mira").result()] == [
        f"Line {number}." for number in range(6, 10)
    ]
    history.close()


def test_vectors_of_another_model_are_made_anew(tmp_path: Path) -> None:
    history = History(tmp_path / "w.db")
    recollection = Recollection(history)
    (number,) = history.write(Batch([Entry("npc:mira", "witnessed", "The mill burned.", 0)])).result() or []
    recollection.compare_by("one").result()
    recollection.add_vectors("npc:mira", {number: np.full(4, 0.5, np.float32)}).result()
    assert recollection.without_vector(9).result() == []
    recollection.compare_by("one").result()
    assert recollection.without_vector(9).result() == []
    recollection.compare_by("two").result()
    assert recollection.without_vector(9).result() == [(number, entry("The mill burned."))]
    history.close()
