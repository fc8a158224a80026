"""Random lives of a village against a model: nobody knows what did not reach it, and nothing heard is lost."""

from __future__ import annotations

import asyncio
import copy
import itertools
import tempfile
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from memory_kit import LONG
from save_rules import SAVE, SaveRules
from talking import ScriptedWriter, tiny_pack

from npc_runtime.dialogue import forgetting
from npc_runtime.dialogue.cast import Cast, layout
from npc_runtime.dialogue.director import Director, Utterance
from npc_runtime.dialogue.gossip.exchange import exchange
from npc_runtime.dialogue.memories import Remembering
from npc_runtime.dialogue.state import TALK
from npc_runtime.dialogue.turn.events import Ended, ReplyEvent, Sentence
from npc_runtime.engine.profile import LARGE
from npc_runtime.errors import NotFound
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.history import History
from npc_runtime.memory.recollect import NEAREST
from npc_runtime.memory.relations import REASONS_KEPT
from npc_runtime.persona.model import Pack
from npc_runtime.world.world import World

T = TypeVar("T")

NPCS = ("npc:mira", "npc:tom", "npc:ann")
PLAYERS = {"player:alex": "Alex", "player:bo": "Bogdan"}
PLACES = ("place:smithy", "place:inn")
MOVED_BY = {
    "You are a filthy liar.": "{who} insulted you.",
    "I will kill you.": "{who} threatened you.",
    "Here is a gift for you, take this silver ring.": "{who} gave you something.",
}

NPC = st.sampled_from(NPCS)
PLAYER = st.sampled_from(sorted(PLAYERS))
ANYBODY = st.sampled_from((*NPCS, *sorted(PLAYERS)))
PLACE = st.sampled_from(PLACES)
UPTO = st.none() | st.integers(0, 2)


def words() -> Iterable[str]:
    """Words that no text has but the one that they are put into, nor any of them in another."""
    consonants = "bdfgklmnprtvz"
    return (f"{a}{e}{b}{i}{c}ok" for a, e, b, i, c in itertools.product(consonants, "aiu", consonants, "ai", "dkt"))


@dataclass
class Life:
    """What one timeline holds.

    A marker that was heard stands with every way that it came by, each as those whose doing it was: a way is gone when
    one of them is forgotten, and the marker when none is left. What was learned has come by one way.
    """

    place: dict[str, str] = field(default_factory=dict)
    clock: int = 0
    known: defaultdict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(dict))  # learned
    heard: defaultdict[str, defaultdict[str, list[set[str]]]] = field(  # within hearing
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    reasons: defaultdict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def near(self, npc: str, *, but: str = "") -> list[str]:
        return [other for other, place in self.place.items() if place == self.place[npc] and other != but]

    def reached(self, npc: str) -> set[str]:
        return {*self.known[npc], *self.heard[npc]}

    def forget(self, player: str) -> None:
        for npc in NPCS:
            learned, heard = self.known[npc], self.heard[npc]
            for marker in [marker for marker, players in learned.items() if player in players]:
                del learned[marker]
            for marker, ways in list(heard.items()):
                heard[marker] = [players for players in ways if player not in players]
                if not heard[marker]:
                    del heard[marker]
            self.reasons.pop((npc, player), None)
        self.place.pop(player, None)


@dataclass
class Reply:
    """A reply that waits to be heard, or may never be: what stands in each of its sentences."""

    npc: str
    to: str
    audience: list[str]
    sentences: list[str]


def side_by_side(pack: Pack) -> Pack:
    """The same with every place beside every other."""
    ids = [place.id for place in pack.village.places]
    places = [
        place.model_copy(update={"leads_to": [id for id in ids if id != place.id]}) for place in pack.village.places
    ]
    return pack.model_copy(update={"village": pack.village.model_copy(update={"places": places})})


class Village(SaveRules):
    """A director, its mind and its history, and what they should hold."""

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.words = iter(words())
        self.markers: list[str] = []
        self.life = Life(place=dict.fromkeys(NPCS, "place:smithy"))
        self.life.place["npc:ann"] = "place:inn"
        self.saves: dict[str, Life] = {}
        self.waiting: dict[str, Reply] = {}
        self.done: set[str] = set()  # replies that were heard
        self.void: set[str] = set()  # replies of a future that was given up
        self.open()
        self.life.clock = self.world.clock.now

    def open(self) -> None:
        pack = side_by_side(tiny_pack())
        self.writer = ScriptedWriter(size=40)
        self.history = History(Path(self.folder.name) / "village.db")
        self.world = World("save", pack.id, *layout(pack.village))
        director = Director(writer=self.writer, profile=replace(LARGE, reply=64), temperature=0, deadline=600, seed=1)
        self.director = director
        self.mind = director.open(self.world, Cast(pack), Remembering(self.history))
        records = self.history.records().result()
        if records:
            self.mind.load(records)
            return
        for npc in NPCS:
            self.world.enter(npc, self.mind.persona(npc).name, self.life.place[npc])
        self.keep(records=self.mind.state())

    def close(self) -> None:
        self.run(self.mind.memory.close())

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.close()
            self.run(self.loop.shutdown_asyncgens())
            self.run(self.loop.shutdown_default_executor())
            self.loop.close()
            self.folder.cleanup()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def keep(self, entries: Iterable[Entry] = (), records: dict[str, Any] | None = None) -> None:
        async def keep() -> None:
            await self.mind.keep(entries, records)

        self.run(keep())

    def marker(self) -> str:
        self.markers.append(next(self.words))
        return self.markers[-1]

    def markers_in(self, text: str) -> set[str]:
        return {marker for marker in self.markers if marker in text.lower()}

    # ------------------------------------------------------------------------------------------- talk

    def name(self, entity: str) -> str:
        return PLAYERS.get(entity) or self.world.entities[entity].name

    def go(self, entity: str, place: str) -> None:
        if entity in PLAYERS:
            self.world.player(entity, PLAYERS[entity])
        self.world.move(entity, place)
        self.keep()
        self.life.place[entity] = place

    def there(self, player: str) -> str:
        """The name of a player, who is in the world."""
        if player not in self.life.place:
            self.go(player, PLACES[0])
        return PLAYERS[player]

    def say(
        self,
        speaker: str,
        npc: str,
        line: str,
        *,
        about: Iterable[str] = (),
        learned: bool = False,
        meanwhile: Callable[[], None] | None = None,
    ) -> Ended | None:
        """Says a line at the NPC's place. The answer is whole, or stops for ever before `meanwhile` is done."""
        if self.life.place.get(speaker) != self.life.place[npc]:
            self.go(speaker, self.life.place[npc])
        near = self.life.near(npc, but=speaker)
        for listener in near:
            if listener in NPCS:
                for marker in self.markers_in(line):
                    self.life.heard[listener][marker].append({speaker, *about})
                    if learned:
                        self.life.known[listener][marker] = {speaker, *about}
        if line in MOVED_BY:
            self.life.reasons[npc, speaker].append(MOVED_BY[line].format(who=self.name(speaker)))
        first, second = self.marker(), self.marker()
        stop = "|wait|" if meanwhile else ""
        self.writer.texts = [f"(neutral) One {first} is enough. {stop}Another {second} would be too much."]
        self.writer.stuck.clear()
        asked = len(self.writer.requests)
        utterance = Utterance(speaker, self.name(speaker), npc, line, hearers=tuple(near))
        reached = self.life.reached(npc)

        async def reply() -> list[ReplyEvent]:
            return [event async for event in self.director.say(self.world, utterance)]

        async def interrupted() -> None:
            task = self.loop.create_task(reply())
            await self.writer.stuck.wait()
            self.saying = task

        if meanwhile is None:
            events = self.run(reply())
        else:
            self.run(interrupted())
            self.cancel = utterance.cancelled.set
            meanwhile()
            events = self.run(asyncio.wait_for(self.saying, 60))
        ended = events[-1]
        assert isinstance(ended, Ended)
        for number in range(asked, len(self.writer.requests)):
            assert self.markers_in(self.writer.prompt(number)) <= reached
        sentences = [event.text for event in events if isinstance(event, Sentence)]
        self.waiting[ended.reply] = Reply(npc, speaker, list(dict.fromkeys((npc, speaker, *near))), sentences)
        return ended

    @rule(speaker=ANYBODY, npc=NPC, named=st.none() | PLAYER, upto=UPTO)
    def tell(self, speaker: str, npc: str, named: str | None, upto: int | None) -> None:
        if speaker == npc:
            return
        where = f"on {self.there(named)}" if named else "into the river"
        ended = self.say(
            speaker,
            npc,
            f"The copper {self.marker()} fell {where}.",
            about=[named] if named else [],
            learned=True,
        )
        assert ended is not None
        assert ended.source == "model", self.director.why("save", ended.reply).notes
        if upto != 0:
            self.hear(ended.reply, upto)

    @rule(player=PLAYER, npc=NPC, upto=UPTO)
    def ask(self, player: str, npc: str, upto: int | None) -> None:
        ended = self.say(player, npc, "What do you know about copper?")
        assert ended is not None
        self.hear(ended.reply, upto)

    @precondition(lambda self: self.markers)
    @rule(player=PLAYER, npc=NPC, data=st.data())
    def ask_for_a_marker(self, player: str, npc: str, data: st.DataObject) -> None:
        self.say(player, npc, f"What do you know about the {data.draw(st.sampled_from(self.markers))}?")

    @rule(player=PLAYER, npc=NPC, line=st.sampled_from(sorted(MOVED_BY)))
    def move_somebody(self, player: str, npc: str, line: str) -> None:
        self.say(player, npc, line)

    @rule(player=PLAYER, npc=NPC, hear=st.booleans())
    def interrupt(self, player: str, npc: str, hear: bool) -> None:
        ended = self.say(
            player,
            npc,
            f"The copper {self.marker()} fell into the river.",
            learned=True,
            meanwhile=lambda: self.cancel(),
        )
        assert ended is not None
        assert (ended.finish, ended.reason) == ("cancelled", "")
        if hear and ended.text:
            self.hear(ended.reply, None)

    @rule(one=NPC, other=NPC)
    def meet(self, one: str, other: str) -> None:
        known = copy.deepcopy(self.life.known)
        passed = self.run(exchange(self.mind, one, other, seed=len(self.markers)))
        assert not passed or self.life.place[one] == self.life.place[other]
        for news in passed:
            for marker in self.markers_in(news.text):
                self.life.known[news.listener].setdefault(marker, known[news.teller][marker])

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), upto=UPTO)
    def hear_later(self, data: st.DataObject, upto: int | None) -> None:
        self.hear(data.draw(st.sampled_from(sorted(self.waiting))), upto)

    def hear(self, reply: str, upto: int | None) -> None:
        heard = self.waiting.pop(reply)
        self.done.add(reply)

        async def commit() -> str:
            line, writing = self.director.heard("save", reply, upto)
            await writing
            return line.text

        text = self.run(commit())
        assert text == " ".join(heard.sentences[:upto])
        for listener in heard.audience:
            if listener in NPCS and text:
                for marker in self.markers_in(text):
                    self.life.heard[listener][marker].append({heard.to})
                assert self.run(self.mind.memory.lines(listener))[-1].text == text

    @precondition(lambda self: self.void)
    @rule(data=st.data())
    def hear_too_late(self, data: st.DataObject) -> None:
        with pytest.raises(NotFound):
            self.director.heard("save", data.draw(st.sampled_from(sorted(self.void))), None)

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def hear_less_than_before(self, data: st.DataObject) -> None:
        async def again(reply: str) -> None:
            _, kept = self.director.heard("save", reply, 0)
            await kept

        self.run(again(data.draw(st.sampled_from(sorted(self.done)))))

    # ------------------------------------------------------------------------------------------- the world

    @rule(entity=ANYBODY, place=PLACE)
    def walk(self, entity: str, place: str) -> None:
        self.go(entity, place)

    @rule(place=PLACE, by=st.none() | PLAYER, witnesses=st.none() | st.sets(NPC, max_size=2))
    def event(self, place: str, by: str | None, witnesses: set[str] | None) -> None:
        what, noise = self.marker(), self.marker()
        happened, perceived = self.world.event(
            f"The copper {what} broke.", at=place, by=by, witnesses=witnesses, noise=f"a copper {noise}"
        )
        self.keep(
            Entry(one.owner, "witnessed", one.claim, happened.when, who=by or "", origin=by or "") for one in perceived
        )
        saw = witnesses if witnesses is not None else {npc for npc in NPCS if self.life.place[npc] == place}
        for npc in saw:
            self.life.known[npc][what] = {by} if by else set()
        for npc in set(NPCS) - saw if witnesses is None else ():
            self.life.known[npc][noise] = {by} if by else set()

    @rule(seconds=st.integers(0, 100_000))
    def advance(self, seconds: int) -> None:
        self.life.clock += seconds
        assert self.world.advance(by=seconds) == self.life.clock
        self.keep()

    # ------------------------------------------------------------------------------------------- saves

    @rule(name=SAVE)
    def save(self, name: str) -> None:
        assert self.history.save(name, self.world.clock.now).result().at == self.life.clock
        self.saves.pop(name, None)
        self.saves[name] = copy.deepcopy(self.life)

    def go_back(self, name: str) -> None:
        self.history.restore(name).result()
        self.mind.load(self.history.records().result())
        self.life = copy.deepcopy(self.saves[name])
        self.give_up()

    def give_up(self) -> None:
        self.void |= {*self.waiting, *self.done}
        self.waiting.clear()
        self.done.clear()

    @precondition(lambda self: self.saves)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        self.go_back(data.draw(st.sampled_from(sorted(self.saves))))

    @precondition(lambda self: self.saves)
    @rule(data=st.data(), player=PLAYER, npc=NPC)
    def restore_while_somebody_speaks(self, data: st.DataObject, player: str, npc: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.saves)))
        line = f"The copper {self.marker()} fell into the river."
        ended = self.say(player, npc, line, learned=True, meanwhile=lambda: self.go_back(name))
        assert ended is not None
        assert (ended.finish, ended.reason) == ("cancelled", "a save was restored")
        self.give_up()

    @rule()
    def tidy(self) -> None:
        self.run(self.mind.memory.tidy())

    # ------------------------------------------------------------------------------------------- forgetting

    def let_go(self, player: str) -> None:
        self.run(forgetting.forget(self.mind, player))
        for life in (self.life, *self.saves.values()):
            life.forget(player)
        self.give_up()

    @rule(player=PLAYER)
    def forget(self, player: str) -> None:
        self.let_go(player)

    @rule(gone=PLAYER, player=PLAYER, npc=NPC)
    def forget_while_somebody_speaks(self, gone: str, player: str, npc: str) -> None:
        line = f"The copper {self.marker()} fell on {self.there(gone)}."
        ended = self.say(player, npc, line, about=[gone], learned=True, meanwhile=lambda: self.let_go(gone))
        assert ended is not None
        assert (ended.finish, ended.reason) == ("cancelled", "a player was forgotten")
        self.give_up()

    @rule()
    def reopen(self) -> None:
        state = self.kept_state()
        self.close()
        self.open()
        assert self.kept_state() == state
        self.give_up()

    def kept_state(self) -> dict[str, Any]:
        return {key: record for key, record in self.mind.state().items() if not key.startswith(TALK)}

    # ------------------------------------------------------------------------------------------- what must hold

    @invariant()
    def everybody_knows_what_reached_it_and_nothing_else(self) -> None:
        for npc in NPCS:
            found = self.run(self.mind.knows(npc, "copper", 100))
            reached = self.markers_in(" ".join(stored.entry.claim for stored, _ in found))
            expected = set(self.life.known[npc])
            assert reached == expected if len(expected) < NEAREST // 2 else reached <= expected

    @invariant()
    def what_is_in_mind_is_what_is_kept(self) -> None:
        records = self.history.records().result()
        assert {key: record for key, record in records.items() if not key.startswith(TALK)} == self.kept_state()
        assert self.world.clock.now == self.life.clock
        assert [save.name for save in self.history.saves().result()] == list(self.saves)
        assert {entity.id: entity.at for entity in self.world.entities.values()} == self.life.place

    @invariant()
    def relations_were_moved_by_what_happened(self) -> None:
        for npc in NPCS:
            for other in (*NPCS, *PLAYERS):
                relation = self.mind.feelings.relation(self.mind.persona(npc), other)
                moved = self.life.reasons.get((npc, other), [])[-REASONS_KEPT:]
                text = self.mind.wording.text
                assert [text(reason.text, npc) for reason in relation.reasons] == moved


Village.TestCase.settings = settings(max_examples=250 if LONG else 8, stateful_step_count=50 if LONG else 30)
TestVillage = pytest.mark.timeout(7200 if LONG else 400)(Village.TestCase)
