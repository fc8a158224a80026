"""The world: its clock, its facts, what happens in it and whom that reaches, and its records."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npc_runtime.errors import Conflict, Invalid, NotFound, StorageError
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.english.person import second_person
from npc_runtime.world.clock import DAY, HOUR, LATEST, MINUTE, OPENING, Clock, ago, duration, moment, part_of_day
from npc_runtime.world.entity import Entity
from npc_runtime.world.facts import Fact, Facts, FactValue, fact
from npc_runtime.world.now import now_sentence
from npc_runtime.world.perception import Event, Perceived, adjacency, perceive
from npc_runtime.world.sentence import LIMIT, sentence
from npc_runtime.world.world import World

# smithy - green - inn - cellar; the hut lies apart
PATHS = {
    "place:smithy": ["place:green"],
    "place:green": ["place:inn"],
    "place:inn": ["place:cellar"],
    "place:cellar": [],
    "place:hut": [],
}
PLACES = {place: f"the {place.partition(':')[2]}" for place in PATHS}
NPCS = ("mira", "tom", "bren", "pim")


def village(**where: str) -> World:
    """A world with these NPCs at these places, who are called like their ids."""
    world = World("save", "pack", dict(PLACES), adjacency(PATHS))
    for npc, place in where.items():
        world.enter(f"npc:{npc}", npc.title(), f"place:{place}")
    return world


def texts(world: World, perceived: list[Perceived]) -> dict[str, str]:
    return {one.owner: world.wording.text(one.claim, one.owner) for one in perceived}


def through_json(records: Any) -> Any:
    return json.loads(json.dumps(records, allow_nan=False))


# ------------------------------------------------------------------------------------------------- clock


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("2d", 2 * DAY),
        ("3h 30m", 3 * HOUR + 30 * MINUTE),
        ("3h30m", 3 * HOUR + 30 * MINUTE),
        ("90s", 90),
        (" 1 D ", DAY),
        (90, 90),
        (0, 0),
    ],
)
def test_durations(written: str | int, seconds: int) -> None:
    assert duration(written) == seconds


@pytest.mark.parametrize("written", ["", "2", "soon", "2d soon", "1.5h", "2w", True, 2.5, None])
def test_what_is_no_duration(written: Any) -> None:
    with pytest.raises(Invalid, match="is no duration; write"):
        duration(written)


@pytest.mark.parametrize("written", [-1, "-2d"])
def test_time_does_not_go_back_by_a_duration(written: str | int) -> None:
    with pytest.raises(Invalid, match="negative; game time goes forward only"):
        duration(written)


def test_a_world_opens_in_the_morning_of_day_one() -> None:
    assert moment(Clock().now) == "day 1, morning"


@pytest.mark.parametrize(
    ("hour", "part"),
    [(0, "night"), (5, "dawn"), (7, "morning"), (12, "noon"), (15, "afternoon"), (19, "evening"), (23, "night")],
)
def test_parts_of_the_day(hour: int, part: str) -> None:
    assert part_of_day(2 * DAY + hour * HOUR) == part
    assert moment(2 * DAY + hour * HOUR) == f"day 3, {part}"


def test_the_clock_goes_to_a_time() -> None:
    clock = Clock()
    assert clock.advance(to=2 * DAY) == clock.now == 2 * DAY
    with pytest.raises(
        Conflict, match=r"it is day 3, night \(172800 s\) already, and 5 s has passed; .*restore a save"
    ):
        clock.advance(to=5)
    assert clock.now == 2 * DAY


@pytest.mark.parametrize("how", [{}, {"by": 1, "to": OPENING + 1}])
def test_the_clock_wants_one_of_two(how: dict[str, int]) -> None:
    with pytest.raises(Invalid, match="give one of `by` and `to`"):
        Clock().advance(**how)


def test_the_clock_ends() -> None:
    with pytest.raises(Invalid, match="too far ahead"):
        Clock().advance(to=LATEST + 1)


@given(st.lists(st.integers(0, 10 * DAY) | st.tuples(st.integers(0, 20 * DAY))))
def test_the_clock_never_goes_back(steps: list[int | tuple[int]]) -> None:
    clock = Clock()
    for step in steps:
        before = clock.now
        if isinstance(step, int):
            assert clock.advance(by=step) == before + step
        elif step[0] < before:
            with pytest.raises(Conflict):
                clock.advance(to=step[0])
        else:
            clock.advance(to=step[0])
        assert clock.now >= before


@pytest.mark.parametrize(
    ("then", "now", "phrase"),
    [
        ((3, 12), (3, 12), "just now"),
        ((3, 11.5), (3, 12), "a little while ago"),
        ((3, 6), (3, 12), "at dawn"),
        ((3, 8), (3, 12), "this morning"),
        ((3, 12), (3, 18), "at noon"),
        ((3, 15), (4, 2), "this afternoon"),
        ((3, 19), (3, 21), "this evening"),
        ((3, 23), (4, 2), "tonight"),
        ((3, 23), (4, 9), "last night"),
        ((4, 2), (4, 9), "last night"),
        ((3, 9), (4, 9), "yesterday"),
        ((3, 9), (5, 9), "two days ago"),
        ((3, 9), (9, 9), "six days ago"),
        ((3, 9), (10, 9), "a week ago"),
        ((3, 9), (17, 9), "two weeks ago"),
        ((3, 9), (30, 9), "three weeks ago"),
        ((3, 9), (31, 9), "a month ago"),
        ((3, 9), (63, 9), "long ago"),
        ((-300, 9), (1, 8), "long ago"),
    ],
)
def test_how_the_past_is_spoken_of(then: tuple[int, float], now: tuple[int, float], phrase: str) -> None:
    def at(time: tuple[int, float]) -> int:
        return (time[0] - 1) * DAY + int(time[1] * HOUR)

    assert ago(at(then), at(now)) == phrase


# ------------------------------------------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("tom  stole\nthe hammer", "Tom stole the hammer."),
        ("Tom stole the hammer!", "Tom stole the hammer!"),
        ('Tom said "no."', 'Tom said "no."'),
        ("Tom left,", "Tom left."),
    ],
)
def test_sentences(written: str, kept: str) -> None:
    assert sentence(written, "what") == kept


def test_sentences_have_an_end() -> None:
    with pytest.raises(Invalid, match="`what` is empty"):
        sentence(" \n", "what")
    with pytest.raises(Invalid, match="`what` has 301 characters; at most 240"):
        sentence("a" * 300, "what")


@given(st.text(max_size=LIMIT))
def test_a_sentence_is_kept_as_it_is(written: str) -> None:
    try:
        once = sentence(written, "what")
    except Invalid:
        return
    assert sentence(once, "what") == once


# ------------------------------------------------------------------------------------------------- facts


def test_facts_have_a_scope() -> None:
    facts = Facts()
    facts.set("world", "weather", "rain")
    facts.set("place:mill", "weather", "fog")
    facts.set("place:mill", "closed", True, "the mill is closed")
    assert facts.get("world", "weather") == Fact("world", "weather", "rain")
    assert facts.of("place:mill") == [
        Fact("place:mill", "closed", True, "The mill is closed."),
        Fact("place:mill", "weather", "fog"),
    ]
    assert facts.get("npc:mira", "weather") is None
    facts.set("world", "weather", "clear")
    assert [one.value for one in facts.of("world")] == ["clear"]
    facts.delete("world", "weather")
    assert facts.of("world") == []


@pytest.mark.parametrize("name", ["", "Weather", "1st", "bridge closed", "a/b", "a" * 65, "a\n"])
def test_names_of_facts(name: str) -> None:
    with pytest.raises(Invalid, match="is no name for a fact; small letters"):
        fact("world", name, 1)


@pytest.mark.parametrize("value", ["x" * 241, float("nan"), float("inf"), 2**63, None, [1], b"x"])
def test_values_of_facts(value: Any) -> None:
    with pytest.raises(Invalid, match="the fact toll "):
        fact("world", "toll", value)


def test_facts_that_are_not_there() -> None:
    world = village()
    world.set_fact("place:inn", "closed", True)
    for act in (world.fact, world.delete_fact):
        with pytest.raises(NotFound, match=r'no fact "close" in the scope "place:inn"; there are closed .did you mean'):
            act("place:inn", "close")


@pytest.mark.parametrize("scope", ["inn", "", "town:inn", "npc:"])
def test_what_is_no_scope(scope: str) -> None:
    with pytest.raises(Invalid, match="is no scope; `world`, or an id with its kind"):
        village().set_fact(scope, "closed", True)


def test_facts_of_places_that_are_not_there() -> None:
    with pytest.raises(NotFound, match=r'no place "in".*did you mean inn'):
        village().set_fact("place:in", "closed", True)


# ------------------------------------------------------------------------------------------------- perspective


@pytest.mark.parametrize(
    ("text", "remembered"),
    [
        ("Tom stole the hammer.", "You stole the hammer."),
        ("Tom was caught.", "You were caught."),
        ("Tom hasn’t paid.", "You haven't paid."),
        ("Tom never was at the mill.", "You never were at the mill."),
        ("Tom and Mira are fighting.", "You and Mira are fighting."),
        ("Mira and Tom fought.", "Mira and you fought."),
        ("Mira insulted Tom.", "Mira insulted you."),
        ("Mira gave the rope to Tom, and left.", "Mira gave the rope to you, and left."),
        ("Mira says that Tom is a thief.", "Mira says that you are a thief."),
        ("Mira sold Tom's hammer.", "Mira sold your hammer."),
        ("The roof fell in. Tom ran.", "The roof fell in. You ran."),
        ("Tom's hammer was stolen.", "Your hammer was stolen."),
    ],
)
def test_second_person(text: str, remembered: str) -> None:
    assert second_person(text, "Tom") == remembered


@pytest.mark.parametrize(
    "text",
    [
        "Tom steals the hammer.",
        "Tom always steals.",
        "Tom stole the hammer and was seen.",
        "Tom stole the hammer and hid it under his bed.",
        "Tom, the smith, steals.",
        "Tom hurt Tom.",
        "Tom's gone mad.",
        "Tom's stealing the hammer.",
        "Mira says the smith Tom left.",
        "Mira saw Captain Tom.",
        "Tom Ashby left.",
        "The man who robbed Tom was caught.",
        "The bread Tom bakes is gone.",
        'Mira shouted "Tom stole it!"',
        "Tommy left.",
        "Tom-Tom left.",
        "Mira left.",
    ],
)
def test_what_cannot_be_turned_stays(text: str) -> None:
    assert second_person(text, "Tom") == text


def test_a_name_that_ends_in_s() -> None:
    assert second_person("Mira took Silas' hat.", "Silas") == "Mira took your hat."


# ------------------------------------------------------------------------------------------------- perception


def test_those_at_the_place_see_it() -> None:
    world = village(mira="smithy", tom="smithy", bren="green")
    event, perceived = world.event("Tom stole the hammer", by="npc:tom")
    stole = "{npc:tom} stole the hammer."
    assert event == Event(stole, "place:smithy", OPENING, by="npc:tom")
    assert perceived == [
        Perceived("npc:mira", "witnessed", stole, 0.5, 1.0),
        Perceived("npc:tom", "witnessed", stole, 0.5, 1.0),
    ]
    assert texts(world, perceived) == {"npc:mira": "Tom stole the hammer.", "npc:tom": "You stole the hammer."}


def test_the_one_it_was_done_to() -> None:
    world = village(mira="smithy", tom="smithy", bren="smithy")
    assert texts(world, world.event("tom insulted Mira", by="tom", to="mira")[1]) == {
        "npc:mira": "Tom insulted you.",
        "npc:tom": "You insulted Mira.",
        "npc:bren": "Tom insulted Mira.",
    }


def test_two_who_share_a_name_are_not_confused() -> None:
    world = village(tom="inn")
    world.enter("npc:other", "Tom", "place:inn")
    assert texts(world, world.event("Tom hit the wall", by="npc:tom")[1]) == {
        "npc:tom": "You hit the wall.",
        "npc:other": "Tom hit the wall.",
    }
    assert texts(world, world.event("Tom fell", by="npc:tom", to="npc:other")[1]) == {
        "npc:tom": "You fell.",
        "npc:other": "Tom fell.",
    }
    assert texts(world, world.event("Tom hit Tom", by="npc:tom", to="npc:other")[1]) == {
        "npc:tom": "You hit Tom.",
        "npc:other": "Tom hit you.",
    }


def test_named_witnesses_are_all_there_are() -> None:
    world = village(mira="smithy", tom="smithy", bren="smithy", pim="green")
    _, perceived = world.event("Tom stole the hammer", by="tom", witnesses=["mira", "player:alex"], noise="a crash")
    assert {one.owner for one in perceived} == {"npc:mira", "npc:tom"}


def test_a_noise_reaches_the_neighbours() -> None:
    world = village(mira="smithy", bren="green", pim="inn", tom="hut")
    _, perceived = world.event("The anvil fell", at="smithy", noise="A loud  crash.", earshot=2, importance=0.8)
    assert perceived == [
        Perceived("npc:mira", "witnessed", "The anvil fell.", 0.8, 1.0),
        Perceived("npc:bren", "heard-from-afar", "{npc:bren|they} heard a loud crash from the smithy.", 0.4, 0.5),
        Perceived("npc:pim", "heard-from-afar", "{npc:pim|they} heard a loud crash from the smithy.", 0.2, 0.25),
    ]
    assert texts(world, perceived)["npc:pim"] == "You heard a loud crash from the smithy."


def test_players_remember_for_themselves() -> None:
    world = village(mira="inn")
    world.move("player:alex", "inn")
    assert texts(world, world.event("Alex sang", by="player:alex")[1]) == {"npc:mira": "Alex sang."}


def test_events_that_make_no_sense() -> None:
    world = village(mira="smithy")
    with pytest.raises(NotFound, match=r'no NPC "mria".*did you mean mira'):
        world.event("Tom left", at="smithy", witnesses=["mria"])
    with pytest.raises(NotFound, match='no place "smithie"'):
        world.event("Tom left", at="smithie")
    with pytest.raises(Invalid, match="the event is nowhere; give `at`"):
        world.event("Tom left", by="tom")
    with pytest.raises(Invalid, match="`what` is empty"):
        world.event(" ", at="smithy")
    with pytest.raises(Invalid, match="an importance of 2 is none"):
        world.event("Tom left", at="smithy", importance=2)
    with pytest.raises(Invalid, match="an earshot of -1 is none"):
        world.event("Tom left", at="smithy", earshot=-1)
    with pytest.raises(Invalid, match="`noise` has 121 characters"):
        world.event("Tom left", at="smithy", noise="x" * 121)
    with pytest.raises(Invalid, match='"wolf:grey" is no id'):
        world.event("The wolf left", at="smithy", by="wolf:grey")
    assert world.take_changes().keys() == {"entity/npc:mira"}


def hops(start: str, end: str | None) -> int | None:
    """Along the one path there is."""
    line = list(PATHS)[:4]
    if start == end:
        return 0
    return abs(line.index(start) - line.index(end)) if start in line and end in line else None


@given(
    whereabouts=st.dictionaries(
        st.sampled_from([f"npc:{npc}" for npc in NPCS] + ["player:alex"]), st.none() | st.sampled_from(list(PATHS))
    ),
    at=st.sampled_from(list(PATHS)),
    by=st.none() | st.sampled_from(["npc:tom", "player:alex"]),
    witnesses=st.none() | st.lists(st.sampled_from([f"npc:{npc}" for npc in NPCS]), unique=True).map(tuple),
    earshot=st.integers(0, 9),
    noise=st.sampled_from(["", "a crash"]),
)
def test_an_event_reaches_exactly_those_it_should(
    whereabouts: dict[str, str | None],
    at: str,
    by: str | None,
    witnesses: tuple[str, ...] | None,
    earshot: int,
    noise: str,
) -> None:
    event = Event("Tom left.", at, OPENING, by, None, witnesses, earshot, noise)
    found = perceive(event, whereabouts=whereabouts, language=ENGLISH, places=PLACES, adjacent=adjacency(PATHS))
    expected = {}
    for owner, place in whereabouts.items():
        away = hops(at, place)
        if owner == "player:alex":
            continue
        if owner == by or (away == 0 if witnesses is None else owner in witnesses):
            expected[owner] = "witnessed"
        elif noise and witnesses is None and away is not None and 0 < away <= earshot:
            expected[owner] = "heard-from-afar"
    assert {one.owner: one.how for one in found} == expected
    assert len(found) == len(expected)


def test_adjacency_goes_both_ways() -> None:
    assert adjacency(PATHS) == {
        "place:smithy": {"place:green"},
        "place:green": {"place:smithy", "place:inn"},
        "place:inn": {"place:green", "place:cellar"},
        "place:cellar": {"place:inn"},
        "place:hut": frozenset(),
    }


# ------------------------------------------------------------------------------------------------- now


def test_now() -> None:
    world = village(mira="smithy", tom="smithy")
    world.move("player:alex", "smithy")
    assert world.now("mira") == "It is morning at the smithy. Tom and Alex are here."
    world.advance(to=19 * HOUR)
    world.set_fact("world", "weather", "rain")
    world.event("Tom stole the hammer", by="npc:tom")
    assert world.now("mira") == (
        "It is a rainy evening at the smithy. Tom and Alex are here. Tom stole the hammer just now."
    )
    assert world.now("tom").endswith("Mira and Alex are here. You stole the hammer just now.")
    world.advance(by="20m")
    assert world.now("mira").endswith("Tom stole the hammer a little while ago.")
    world.set_fact("place:smithy", "weather", "overcast")
    world.advance(by="1h")
    assert world.now("mira") == "It is an overcast evening at the smithy. Tom and Alex are here."


def test_now_holds_only_what_was_seen() -> None:
    world = village(mira="smithy", tom="smithy", bren="green")
    world.event("Tom stole the hammer", by="npc:tom", witnesses=[])
    assert world.now("mira") == "It is morning at the smithy. Tom is here."
    assert "You stole" in world.now("tom")
    world.event("The roof fell in", at="smithy")
    world.move("npc:bren", "smithy")
    assert "roof" in world.now("mira")
    assert "roof" not in world.now("bren")


@pytest.mark.parametrize(
    ("weather", "said"),
    [
        (Fact("world", "weather", "clear"), "It is a clear morning."),
        (Fact("world", "weather", "Light drizzle."), "It is morning, with light drizzle."),
        (Fact("world", "weather", "x" * 41), "It is morning."),
        (Fact("world", "weather", 3), "It is morning."),
        (Fact("world", "weather", "rain", "Rain falls in sheets."), "It is morning. Rain falls in sheets."),
    ],
)
def test_weather(weather: Fact, said: str) -> None:
    assert now_sentence(OPENING, weather=weather) == said


def test_a_crowd() -> None:
    names = ["Tom", "Guard", "Guard", "Alex", "Bren", "Pim"]
    assert now_sentence(OPENING, present=names).endswith("Tom, Guard, Alex, Bren and others are here.")
    assert now_sentence(OPENING, present=names[:4]).endswith("Tom, Guard and Alex are here.")


@given(
    place=st.text(max_size=64),
    present=st.lists(st.text(max_size=64), max_size=6),
    happened=st.text(max_size=LIMIT),
    weather=st.none()
    | st.builds(Fact, st.just("world"), st.just("weather"), st.text(max_size=240), st.text(max_size=240)),
    at=st.integers(0, DAY),
)
def test_now_is_short(place: str, present: list[str], happened: str, weather: Fact | None, at: int) -> None:
    text = now_sentence(at, place=place, present=present, happened=happened, when=at, weather=weather)
    assert text.startswith("It is ")
    assert len(text) <= LIMIT


# ------------------------------------------------------------------------------------------------- records


def test_changes_are_drained() -> None:
    world = village(mira="smithy")
    stay = {"since": OPENING, "gone": False}
    assert world.take_changes() == {"entity/npc:mira": {"name": "Mira", "at": "place:smithy", "entered": 1, **stay}}
    assert world.take_changes() == {}
    world.advance(by="1h")
    world.move("player:alex", "inn")
    world.player("player:alex", "Alex")
    world.set_fact("place:inn", "closed", True)
    world.delete_fact("place:inn", "closed")
    world.leave("npc:mira")
    world.leave("npc:mira")
    world.event("The roof fell in", at="inn")
    changes = world.take_changes()
    assert changes.keys() == {
        "clock",
        "entity/npc:mira",
        "entity/player:alex",
        "fact/place:inn/closed",
        "recent/place:inn",
    }
    assert changes["entity/npc:mira"] is None
    assert changes["fact/place:inn/closed"] is None
    assert changes["clock"] == {"now": OPENING + HOUR}
    assert changes["entity/player:alex"] == {
        "name": "Alex",
        "at": "place:inn",
        "entered": 2,
        "since": OPENING + HOUR,
        "gone": False,
    }


def test_only_the_last_events_are_kept() -> None:
    world = village()
    for number in range(9):
        world.event(f"Wall {number} fell", at="inn")
    assert [event.what for event in world.recent["place:inn"]] == [f"Wall {number} fell." for number in (5, 6, 7, 8)]


values: st.SearchStrategy[FactValue] = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=240)
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("enter"), st.sampled_from(NPCS), st.sampled_from(list(PATHS))),
        st.tuples(st.just("move"), st.sampled_from(["player:alex", "player:a/b"]), st.sampled_from(list(PATHS))),
        st.tuples(st.just("leave"), st.sampled_from([f"npc:{npc}" for npc in NPCS])),
        st.tuples(st.just("advance"), st.integers(0, 3 * DAY)),
        st.tuples(
            st.just("fact"),
            st.sampled_from(["world", "place:inn", "npc:mira", "player:a/b"]),
            st.sampled_from(["weather", "a.b-c_1"]),
            values,
        ),
        st.tuples(st.just("event"), st.sampled_from(list(PATHS)), st.none() | st.sampled_from(["npc:tom"])),
        st.tuples(st.just("take")),
    ),
    max_size=30,
)


def take(world: World, step: tuple[Any, ...]) -> None:
    match step:
        case ("enter", npc, place) if f"npc:{npc}" not in world.entities:
            world.enter(f"npc:{npc}", npc.title(), place)
        case ("move", player, place):
            world.move(player, place)
        case ("leave", entity):
            world.leave(entity)
        case ("advance", seconds):
            world.advance(by=seconds)
        case ("fact", scope, name, value):
            world.set_fact(scope, name, value)
        case ("event", place, by):
            world.event("Tom left", at=place, by=by, noise="a crash")


@given(steps, st.randoms())
def test_what_is_restored_is_what_was_saved(steps: list[tuple[Any, ...]], order: Any) -> None:
    world = village()
    kept: dict[str, Any] = world.state()
    for step in steps:
        take(world, step)
        if step[0] == "take":
            kept |= world.take_changes()
    kept |= world.take_changes()
    state = world.state()
    # A store that only ever saw the changes has the same.
    assert {key: record for key, record in kept.items() if record is not None} == state
    records = list(through_json(state).items())
    order.shuffle(records)
    other = village(pim="hut")
    other.set_fact("world", "flood", True)
    other.restore({"relation/npc:mira/npc:tom": "another's", **dict(records)})
    assert other.state() == state
    assert list(other.entities.values()) == list(world.entities.values())
    assert (other.clock, other.recent) == (world.clock, world.recent)
    assert {fact.key: type(fact.value) for fact in other.facts} == {fact.key: type(fact.value) for fact in world.facts}
    assert other.take_changes() == {}


GOOD_EVENT = Event("Tom left.", "place:inn", OPENING).as_record()


@pytest.mark.parametrize(
    ("key", "record"),
    [
        ("clock", 5),
        ("clock", {}),
        ("clock", {"now": True}),
        ("clock", {"now": 1.0}),
        ("clock", {"now": -1}),
        ("entity/npc:mira", {"name": "Mira", "at": "place:inn"}),
        ("entity/npc:mira", {"name": None, "at": None, "entered": 1}),
        ("entity/npc:mira", {"name": "Mira", "at": "place:mine", "entered": 1}),
        ("entity/place:inn", {"name": "Mira", "at": None, "entered": 1}),
        ("fact/world/weather", {"value": None, "text": ""}),
        ("fact/world/weather", {"value": "x" * 241, "text": ""}),
        ("fact/world/Weather", {"value": "rain", "text": ""}),
        ("fact/town/weather", {"value": "rain", "text": ""}),
        ("fact/weather", {"value": "rain", "text": ""}),
        ("recent/place:mine", {"events": []}),
        ("recent/place:inn", {"events": {}}),
        ("recent/place:inn", {"events": [{**GOOD_EVENT, "what": ""}]}),
        ("recent/place:inn", {"events": [{**GOOD_EVENT, "witnesses": [1]}]}),
        ("recent/place:inn", {"events": [{**GOOD_EVENT, "importance": float("nan")}]}),
        ("recent/place:inn", {"events": [5]}),
    ],
)
def test_a_broken_record_changes_nothing(key: str, record: Any) -> None:
    world = village(tom="inn")
    before = world.state()
    with pytest.raises(StorageError) as caught:
        world.restore({"entity/npc:pim": {"name": "Pim", "at": None, "entered": 1}, key: record})
    assert f'"{key}"' in caught.value.message
    assert world.state() == before


def test_a_world_without_records_is_new() -> None:
    world = village(tom="inn")
    world.advance(by="2d")
    world.restore({})
    assert world.state() == village().state() == {"clock": {"now": OPENING}}
    assert world.enter("npc:tom", "Tom", None) == Entity("npc:tom", "Tom", None, 1)
