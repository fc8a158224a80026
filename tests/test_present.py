"""What is so now: nobody knows what it did not see, and what it saw outranks what was written."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from conftest import RunningDaemon, StartDaemon
from hypothesis import given
from hypothesis import strategies as st
from talking import Talk
from wire_peer import Peer

from npc_runtime.client.launch import launch
from npc_runtime.dialogue import forgetting
from npc_runtime.dialogue.edited import fitted
from npc_runtime.dialogue.gossip.passing import passed
from npc_runtime.dialogue.policy import present
from npc_runtime.dialogue.policy.knowledge import known
from npc_runtime.errors import Invalid, StorageError
from npc_runtime.language import languages
from npc_runtime.language.claim import ids
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.history import History
from npc_runtime.memory.news import news
from npc_runtime.memory.recall import Memory
from npc_runtime.persona.model import Place
from npc_runtime.persona.pack import load_pack
from npc_runtime.world.clock import DAY, HOUR, OPENING
from npc_runtime.world.entity import Entity
from npc_runtime.world.sightings import CROWD, KEPT, FateKind, Sight, Sightings
from npc_runtime.world.world import World

Result = TypeVar("Result")
ALEX = "player:alex"
MIRA, TOM, ANN = "npc:mira", "npc:tom", "npc:ann"
PLACES = {"place:smithy": "the smithy", "place:inn": "the inn", "place:mill": "the mill"}
ADJACENT = {
    "place:smithy": frozenset({"place:inn"}),
    "place:inn": frozenset({"place:smithy", "place:mill"}),
    "place:mill": frozenset({"place:inn"}),
}


def run(work: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(work)


class Scene(Talk):
    """Mira and Tom at the smithy, Ann at the inn next to it, and the mill behind the inn."""

    def __init__(self) -> None:
        super().__init__(None)
        self.pack.village.places.append(Place(id="mill", name="the mill"))
        self.world.places.update(PLACES)
        self.world.adjacent.update(ADJACENT)
        self.world.player(ALEX, "Alex")

    def live(self, npc: str = MIRA, speaker: str = ALEX) -> list[str]:
        return [known.text for known in present.live(self.mind, npc, speaker)]

    def known(self, npc: str = MIRA) -> list[str]:
        written = known(self.mind.pack, self.mind.persona(npc), ())
        return [claim.text for claim in self.superseded(npc, *written)]

    def superseded(self, npc: str, *claims: Memory) -> list[Memory]:
        return present.superseded(claims, present.live(self.mind, npc, ALEX), self.mind, npc)

    def happens(self, what: str, kind: FateKind | None, *, to: str, at: str = "smithy", **more: Any) -> None:
        event, perceived = self.world.event(what, to=to, at=f"place:{at}", kind=kind, wording=self.mind.wording, **more)
        language = self.world.language
        self.keep(
            Entry(
                *(one.owner, "witnessed", one.claim, event.when),
                confidence=one.confidence,
                news=news(one.claim, language, kind=kind or "", whom=to),
            )
            for one in perceived
            if one.how == "witnessed"
        )

    def keep(self, entries: Any) -> None:
        async def work() -> None:
            await self.mind.keep(entries)

        run(work())


@pytest.fixture
def scene() -> Scene:
    return Scene()


# --------------------------------------------------------------------------------------------- who is where


def test_who_is_here(scene: Scene) -> None:
    assert present.here(scene.mind, MIRA) == ("Tom (carter)",)
    scene.world.move(ALEX, "smithy")
    assert present.here(scene.mind, MIRA) == ("Tom (carter)", "Alex")
    assert present.here(scene.mind, TOM) == ("Mira (smith)", "Alex")
    assert present.here(scene.mind, ANN) == ()
    scene.world.leave(TOM)
    assert present.here(scene.mind, MIRA) == ("Alex",)
    assert present.here(scene.mind, TOM) == ()


def test_now_says_when_and_where(scene: Scene) -> None:
    assert present.now(scene.mind, MIRA) == "Day 1, about 8 o'clock. It is morning at the smithy."
    scene.world.set_fact("world", "weather", "rain")
    scene.world.advance(to=2 * DAY + 21 * HOUR + 1800)
    scene.happens("A horse ran past Tom", None, to=TOM)
    assert present.now(scene.mind, MIRA) == (
        "Day 3, about 9 o'clock. It is a rainy evening at the smithy. A horse ran past Tom just now."
    )
    assert "Tom is here." in scene.world.now(MIRA)
    scene.world.leave(MIRA)
    assert present.now(scene.mind, MIRA) == ""


@pytest.mark.parametrize(("at", "hour"), [(0, 12), (HOUR, 1), (12 * HOUR, 12), (13 * HOUR, 1), (23 * HOUR, 11)])
def test_hours_are_those_of_a_clock(scene: Scene, at: int, hour: int) -> None:
    scene.world.clock.now = DAY + at
    assert present.now(scene.mind, MIRA).startswith(f"Day 2, about {hour} o'clock.")


def test_who_went_where(scene: Scene) -> None:
    assert scene.live() == []
    scene.world.move(TOM, "inn")
    assert "You saw Tom leave the smithy for the inn just now." in scene.live()
    assert "You last saw Mira at the smithy just now." in scene.live(TOM)
    assert not any("Tom" in text for text in scene.live(ANN))  # he is with her
    scene.world.advance(by="30m")
    scene.world.move(TOM, "smithy")
    assert scene.live() == []
    assert "You saw Tom leave the inn for the smithy just now." in scene.live(ANN)
    scene.world.move(MIRA, "mill")
    scene.world.advance(by="5h")
    assert "You last saw Tom at the smithy this morning." in scene.live()
    assert "You saw Mira leave the smithy this morning." in scene.live(TOM)  # the mill is not next to it


def test_who_is_taken_out_was_seen_there(scene: Scene) -> None:
    scene.world.leave(TOM)
    assert "You last saw Tom at the smithy just now." in scene.live()
    scene.world.advance(by="1d")
    assert scene.live() == []  # not today


def test_a_witness_from_elsewhere_knows_where_the_doer_is(scene: Scene) -> None:
    scene.world.event("Ann sang", by=ANN, witnesses=[MIRA])
    assert "You last saw Ann at the inn just now." in scene.live()
    assert not any("Ann" in text for text in scene.live(TOM))


def test_whoever_speaks_is_not_looked_for(scene: Scene) -> None:
    scene.world.move(ALEX, "smithy")
    scene.world.move(ALEX, "inn")
    assert "You saw Alex leave the smithy for the inn just now." in scene.live(speaker=TOM)
    assert not any("leave" in text for text in scene.live(speaker=ALEX))


def test_since_when_a_player_is_known(scene: Scene) -> None:
    assert scene.live() == []
    scene.world.move(ALEX, "smithy")
    scene.world.advance(by="2h")
    assert scene.live() == ["You met Alex for the first time this morning."]
    scene.world.move(ALEX, "inn")
    scene.world.advance(by="3d")
    scene.world.move(ALEX, "smithy")
    assert scene.live() == ["You have known Alex since day 1."]


# --------------------------------------------------------------------------------------------- who died


def test_a_death_is_known_to_those_who_saw_it(scene: Scene) -> None:
    scene.world.advance(by="2d")
    scene.happens("A beam fell on Tom", "died", to=TOM)
    assert "Tom died on day 3, just now. You were there." in scene.live()
    assert present.here(scene.mind, MIRA) == ()
    scene.world.leave(TOM)
    scene.world.advance(by="3d")
    assert scene.live() == ["Tom died on day 3, three days ago. You were there."]
    assert not any("Tom" in text for text in scene.live(ANN))


def test_a_death_follows_what_is_said_of_the_dead(scene: Scene) -> None:
    claims = [
        Memory("Tom owes you for a wheel.", "persona", "relation"),
        Memory("The bridge has three arches.", "lore:village"),
        Memory("Tomcat is what they call the inn's cat.", "lore:village"),
    ]
    assert scene.superseded(MIRA, *claims) == claims
    scene.happens("A beam fell on Tom", "died", to=TOM)
    death = next(known for known in present.live(scene.mind, MIRA, ALEX) if "died" in known.text)
    assert scene.superseded(MIRA, *claims) == [claims[0], death, *claims[1:]]
    assert scene.superseded(MIRA, *claims[1:]) == claims[1:]
    assert (death.kind, death.source, ids(death.claim)[0]) == (present.LIVE, "self", TOM)
    assert list(dict.fromkeys([*scene.superseded(MIRA, *claims), death])).count(death) == 1


def test_who_lives_again_is_not_dead(scene: Scene) -> None:
    scene.happens("Tom fell into the well", "died", to=TOM)
    scene.world.leave(TOM)
    scene.world.enter(TOM, "Tom", "place:inn")
    assert any("died" in text for text in scene.live())  # she has not seen him since
    scene.world.move(TOM, "smithy")
    assert scene.live() == []
    assert present.here(scene.mind, MIRA) == ("Tom (carter)",)


def test_a_body_is_nobody_who_was_seen(scene: Scene) -> None:
    scene.happens("Tom fell into the well", "died", to=TOM)
    scene.world.move(MIRA, "inn")
    scene.world.move(MIRA, "smithy")
    assert present.here(scene.mind, MIRA) == ()
    assert not any("last saw Tom" in text for text in scene.live())
    assert any("died" in text for text in scene.live())


def test_of_a_stranger_nobody_knows_the_name(scene: Scene) -> None:
    scene.happens("A wolf died", "died", to="npc:wolf")
    assert scene.live() == []  # it remembers what happened, and that is all


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("born", "Ann was born on day 1, just now. You were there."),
        ("arrived", "Ann arrived on day 1, just now. You were there."),
        ("left", "Ann went away on day 1, just now. You were there."),
    ],
)
def test_births_and_the_like(scene: Scene, kind: FateKind, text: str) -> None:
    scene.happens("Ann is spoken of", kind, to=ANN)
    assert text in scene.live()


def test_an_event_without_anybody_becomes_of_nobody(scene: Scene) -> None:
    with pytest.raises(Invalid):
        scene.world.event("Somebody died", at="smithy", kind="died")


def test_who_is_told_knows_it_from_the_teller(scene: Scene) -> None:
    scene.world.move(TOM, "mill")
    scene.happens("Tom drowned", "died", to=TOM, at="mill", witnesses=[MIRA])
    mine = Entry(MIRA, "witnessed", "{npc:tom} drowned.", 0, news=news("", scene.mind.language, kind="died", whom=TOM))

    def hears(trust: float) -> None:
        heard = passed(mine, mine.passed_on, speaker=MIRA, to=ANN, listener=ANN, trust=trust, at=scene.world.clock.now)
        assert heard is not None
        scene.keep([heard])

    hears(0.2)
    assert not any("died" in text for text in scene.live(ANN))
    hears(0.8)
    told = next(known for known in present.live(scene.mind, ANN, ALEX) if "died" in known.text)
    assert (told.text, told.source) == ("Tom died. Mira told you just now.", f"said:{MIRA}")


def test_what_is_seen_is_believed_rather_than_what_is_told(scene: Scene) -> None:
    told = Entry(MIRA, "told", "x", 0, who=ANN, news=news("", scene.mind.language, kind="died", whom=TOM))
    scene.keep([told])
    assert scene.live() == []
    scene.keep([replace(told, owner=TOM)])
    assert scene.live(TOM) == []  # of oneself one knows better


# --------------------------------------------------------------------------------------------- what gives way


def test_nobody_is_found_where_it_is_not(scene: Scene) -> None:
    at, nowhere = "Tom is the carter of Dell and is found at the smithy.", "Tom is the carter of Dell."
    assert at in scene.known()
    scene.world.move(TOM, "inn")
    assert nowhere in scene.known()
    assert at not in scene.known()
    scene.world.move(TOM, "smithy")
    assert at in scene.known()
    scene.world.move(MIRA, "inn")
    scene.world.move(TOM, "inn")
    assert nowhere in scene.known()  # he is here
    scene.world.move(TOM, "mill")
    scene.world.advance(by="1d")
    assert at in scene.known()  # that was yesterday


def test_two_of_one_name_are_two() -> None:
    scene = Scene()
    scene.pack.personas["ann"] = scene.pack.personas["ann"].model_copy(update={"name": "Tom"})
    scene.world.entities[ANN].name = "Tom"
    scene.world.move(ANN, "smithy")
    assert present.here(scene.mind, MIRA) == ("Tom (carter)", "Tom (baker)")
    scene.world.move(TOM, "inn")
    assert "Tom is the carter of Dell." in scene.known()
    assert "Tom is the baker of Dell and is found at the inn." not in scene.known()
    (seen,) = (known for known in present.live(scene.mind, MIRA, ALEX) if "leave" in known.text)
    assert ids(seen.claim) == (MIRA, TOM)
    scene.happens("One died", "died", to=TOM, at="inn", witnesses=[MIRA])
    named = Memory("Tom owes you for a wheel.", "persona", "relation")
    meant = Memory("Tom owes you.", "persona", claim="{npc:tom} owes {npc:mira}.")
    other = Memory("Tom owes you.", "persona", claim="{npc:ann} owes {npc:mira}.")
    assert len(scene.superseded(MIRA, named, other)) == 2  # who is meant is not known
    assert len(scene.superseded(MIRA, meant)) == 2


# --------------------------------------------------------------------------------------------- languages


@pytest.mark.parametrize("code", ["en", "de", "ja", "zh"])
def test_every_language_says_all_of_it(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    monkeypatch.setattr(scene.world, "language", languages.of(code))
    monkeypatch.setattr(type(scene.mind), "language", languages.of(code))
    scene.world.move(ALEX, "smithy")
    scene.world.move(ANN, "smithy")
    scene.world.move(ANN, "mill")
    scene.world.move(TOM, "inn")
    scene.world.player("player:bo", "Bo")
    died = news("", scene.mind.language, kind="died", whom="player:bo")
    scene.keep([Entry(MIRA, "witnessed", "x", OPENING, news=died), Entry(ANN, "told", "x", 1, who=MIRA, news=died)])
    texts = scene.live() + scene.live(ANN)
    assert len(texts) == 4 + 4  # since when the listener is known, a death, and two who were seen
    assert not any("{" in text or "npc:" in text for text in texts)
    assert any("Tom" in text and "the inn" in text for text in scene.live())
    assert "Tom" not in present.now(scene.mind, ANN)
    if code != "en":
        assert not any("You " in text for text in texts)


names = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12) | st.sampled_from(
    ["You", "Your Grace", "Tom's", "was", "O'Neil", "the mill", "Mira", "They"]
)


@given(names)
def test_a_name_is_only_a_name(name: str) -> None:
    scene = Scene()
    scene.world.entities[TOM].name = name
    scene.pack.personas["tom"] = scene.pack.personas["tom"].model_copy(update={"name": name})
    scene.world.move(TOM, "inn")
    assert f"You saw {name} leave the smithy for the inn just now." in scene.live()
    assert present.here(scene.mind, ANN) == (f"{name} (carter)",)


# --------------------------------------------------------------------------------------------- properties


class Village:
    """A world beside which is kept, step by step, what each character can have seen."""

    def __init__(self) -> None:
        self.world = World("w", "p", dict(PLACES), dict(ADJACENT))
        self.seen: dict[tuple[str, str], tuple[str, int]] = {}  # last place and time that two were together

    def note(self) -> None:
        for one in self.world.entities.values():
            for other in self.world.entities.values():
                if one is not other and one.at and one.at == other.at and one.id.startswith("npc:"):
                    self.seen[one.id, other.id] = (one.at, self.world.clock.now)

    def step(self, who: str, to: str | None, seconds: int) -> None:
        self.note()
        self.world.advance(by=seconds)
        self.note()
        if to is None:
            self.world.leave(who)
        elif who in self.world.entities:
            self.world.move(who, to)
        else:
            self.world.enter(who, who, to)
        self.note()

    def check(self) -> None:
        for npc in ("npc:a", "npc:b", "npc:c"):
            for other, sight in self.world.sightings.sights(npc).items():
                together = self.world.together(npc, other)
                assert together or (sight.at, sight.when) == self.seen[npc, other]
        for npc, other in self.seen:
            assert self.world.together(npc, other) or other in self.world.sightings.sights(npc)


steps = st.lists(
    st.tuples(
        st.sampled_from(["npc:a", "npc:b", "npc:c", "player:x"]),
        st.sampled_from([*PLACES, None]),
        st.sampled_from([0, 60, DAY]),
    ),
    max_size=25,
)


@given(steps)
def test_nobody_knows_what_it_did_not_see(walked: list[tuple[str, str | None, int]]) -> None:
    village = Village()
    for who, to, seconds in walked:
        if who.startswith("player:") and to is None:
            continue
        village.step(who, to, seconds)
        village.check()


@given(steps, steps)
def test_a_restored_world_has_seen_what_it_had(
    before: list[tuple[str, str | None, int]], after: list[tuple[str, str | None, int]]
) -> None:
    village = Village()
    for step in before:
        village.step(*step)
    saved = village.world.state()
    for step in after:
        village.step(*step)
    village.world.restore(saved)
    assert village.world.state() == saved


@given(steps)
def test_changes_are_all_that_is_needed(walked: list[tuple[str, str | None, int]]) -> None:
    village, kept = Village(), dict[str, Any]()
    for step in walked:
        village.step(*step)
        kept.update(village.world.take_changes())
    written = {key: record for key, record in kept.items() if record is not None}
    restored = World("w", "p", dict(PLACES), dict(ADJACENT))
    restored.restore(written)
    assert {**restored.state(), "clock": 0} == {**village.world.state(), "clock": 0}


def test_only_so_many_are_kept() -> None:
    sightings = Sightings()
    for number in range(KEPT + 5):
        sightings.see(MIRA, f"player:p{number}", Sight("place:inn", number))
    assert len(sightings.sights(MIRA)) == KEPT
    assert "player:p4" not in sightings.sights(MIRA)
    assert len([key for key, record in sightings.state().items() if record]) == KEPT
    assert sightings.record(f"sight/{MIRA}/player:p4") is None


def test_in_a_crowd_the_latest_notice() -> None:
    world = World("w", "p", dict(PLACES), dict(ADJACENT))
    for number in range(CROWD + 20):
        world.enter(f"npc:n{number}", "N", "place:inn")
    world.take_changes()
    world.move("npc:n0", "mill")
    assert len(world.take_changes()) == 1 + 2 * CROWD


@pytest.mark.parametrize(
    ("key", "record"),
    [
        ("sight/npc:mira/npc:tom", {"at": "place:gone", "when": 1, "left": False, "to": None, "since": 0}),
        ("sight/npc:mira/npc:tom", {"at": "place:inn", "when": 1, "left": False, "to": "place:gone", "since": 0}),
        ("sight/npc:mira/npc:tom", {"at": "place:inn", "when": True, "left": False, "to": None, "since": 0}),
        ("sight/npc:mira/npc:tom", {"at": "place:inn"}),
        ("sight/npc:mira", {"at": "place:inn", "when": 1, "left": False, "to": None, "since": 0}),
        ("sight/player:x/npc:tom", {"at": "place:inn", "when": 1, "left": False, "to": None, "since": 0}),
        ("fate/npc:mira/npc:tom", {"what": "flew", "when": 1, "who": ""}),
        ("fate/npc:mira/npc:tom", []),
        ("entity/npc:mira", {"name": "Mira", "at": None, "entered": 1, "since": "x"}),
        ("entity/npc:mira", []),
    ],
)
def test_a_broken_record_is_named(key: str, record: Any) -> None:
    world = World("w", "p", dict(PLACES), dict(ADJACENT))
    with pytest.raises(StorageError, match=key):
        world.restore({key: record})


def test_an_old_world_has_no_arrivals() -> None:
    found = Entity.from_record("entity/npc:mira", {"name": "Mira", "at": "place:inn", "entered": 3})
    assert (found.since, found.gone) == (0, False)


# --------------------------------------------------------------------------------------------- forgotten, edited


def test_a_forgotten_player_is_seen_by_nobody(scene: Scene) -> None:
    scene.world.player("player:alexa", "Alexa")
    for player in (ALEX, "player:alexa"):
        scene.world.move(player, "smithy")
        scene.world.move(player, "inn")
    scene.keep([Entry(ANN, "told", "x", 1, who=ALEX, news=news("", scene.mind.language, kind="died", whom=TOM))])
    assert any("died" in text for text in scene.live(ANN))

    run(forgetting.forget(scene.mind, ALEX))
    kept = run(_records(scene))
    assert not any(key.rpartition("/")[2] == ALEX or ALEX in str(record) for key, record in kept.items())
    assert "player:alexa" in scene.world.sightings.sights(MIRA)
    assert "sight/npc:mira/player:alexa" in kept
    assert not any("died" in text for text in scene.live(ANN))


async def _records(scene: Scene) -> dict[str, Any]:
    history: History = scene.mind.memory.history
    return await asyncio.wrap_future(history.records())


def test_what_an_edited_pack_lacks_was_not_seen() -> None:
    pack = load_pack("hollowmere")
    places = {f"place:{place.id}": place.name for place in pack.village.places}
    seen = {"when": 1, "left": False, "to": None, "since": 0}
    kept = {
        "sight/npc:mira/npc:tom": {"at": "place:smithy", **seen},
        "sight/npc:mira/player:alex": {"at": "place:smithy", **seen},
        "fate/npc:mira/npc:tom": {"what": "left", "when": 1, "who": ""},
    }
    lost = {
        "sight/npc:mira/npc:bren": {"at": "place:gone", **seen},
        "sight/npc:tom/npc:bren": {"at": "place:smithy", **seen, "to": "place:gone"},
        "sight/npc:ghost/npc:tom": {"at": "place:smithy", **seen},
        "sight/npc:mira/npc:ghost": {"at": "place:smithy", **seen},
        "fate/npc:mira/npc:bren": {"what": "left", "when": 1, "who": "npc:ghost"},
    }
    edits = fitted({**kept, **lost}, pack, "hollowmere", places)
    assert edits.records == dict.fromkeys(lost)


# --------------------------------------------------------------------------------------------- a real daemon


@pytest.fixture(scope="module")
def quick(start_daemon: StartDaemon) -> RunningDaemon:
    return start_daemon("--model", "none.gguf", "--embedding", "off")


def seen(data_dir: Path, world: str) -> dict[str, Any]:
    """What was kept of who saw whom, as the file has it."""
    history = History(_file(data_dir, world))
    try:
        kept = {**history.records("sight/").result(), **history.records("fate/").result()}
        return {key: (record.get("at"), record.get("to") or record.get("what")) for key, record in kept.items()}
    finally:
        history.close()


def _file(data_dir: Path, world: str) -> Path:
    (found,) = (file for file in data_dir.rglob("*") if file.is_file() and file.match(f"{world}-*.db"))
    return found


def test_sightings_follow_saves_and_forgetting(quick: RunningDaemon, world: str) -> None:
    with quick.peer() as peer:
        ask = _asking(peer, world)
        peer.village(world, "mira", "tom", "bren")
        ask("entity.move", entity="player:alex", to="smithy", name="Alex")
        ask("entity.move", entity="player:alex", to="green")
        ask("save.create", save="one")
        ask("entity.move", entity="npc:tom", to="green")
        ask("world.event", what="Bren died.", at="smithy", to="npc:bren", kind="died")
        ask("npc.despawn", npc="bren")
        ask("world.close")
        later = seen(quick.data_dir, world)
        assert later["sight/npc:mira/npc:tom"] == ("place:smithy", "place:green")
        assert later["fate/npc:mira/npc:bren"] == (None, "died")
        assert not {"sight/npc:mira/npc:bren", "fate/npc:tom/npc:bren", "fate/npc:bren/npc:bren"} & later.keys()

        peer.village(world)
        ask("save.restore", save="one")
        ask("world.close")
        before = seen(quick.data_dir, world)
        assert {key for key in before if key.startswith("sight/npc:mira/")} == {"sight/npc:mira/player:alex"}
        assert not any(key.startswith("fate/") for key in before)

        peer.village(world)
        ask("memory.forget", player="player:alex")
        ask("world.close")
        assert not any("alex" in key for key in seen(quick.data_dir, world))


def test_an_event_of_nobody_is_refused(quick: RunningDaemon, world: str) -> None:
    with quick.peer() as peer:
        peer.village(world, "mira")
        refused = peer.ask("world.event", world=world, what="Somebody died.", at="smithy", kind="died")
        assert (refused["type"], refused["code"]) == ("error", "invalid")


def test_what_was_answered_is_seen_after_a_kill(tmp_path: Path, world: str) -> None:
    launched = asyncio.run(launch(tmp_path, arguments=("--model", "none.gguf", "--embedding", "off")))
    with RunningDaemon(launched, tmp_path).peer() as peer:
        peer.village(world, "mira", "tom")
        assert peer.ask("entity.move", world=world, entity="npc:tom", to="green")["type"] == "done"
        launched.process.kill()
        launched.process.wait()
    kept = seen(tmp_path, world)
    assert kept["sight/npc:mira/npc:tom"] == ("place:smithy", "place:green")
    assert kept["sight/npc:tom/npc:mira"] == ("place:smithy", None)


def _asking(peer: Peer, world: str) -> Any:
    def ask(kind: str, /, **fields: Any) -> None:
        answer = peer.ask(kind, world=world, **fields)
        assert answer["type"] != "error", answer

    return ask
