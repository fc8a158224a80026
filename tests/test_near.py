"""A player comes near a character: what it will read before the words is computed, and nothing else happens."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import RunningDaemon, until
from talking import ScriptedWriter, Talk
from test_engine import Listener, advance, request, running, write
from wire_peer import Peer

from npc_runtime.config import load
from npc_runtime.dialogue.cast import Cast, layout
from npc_runtime.dialogue.director import Director, Utterance
from npc_runtime.dialogue.generation import prewarming
from npc_runtime.dialogue.generation.prompt import Card, Message, Piece, sheet
from npc_runtime.dialogue.memories import Remembering
from npc_runtime.dialogue.policy.situation import beforehand
from npc_runtime.engine.backend import Backend
from npc_runtime.engine.bridge import Bridge
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.fake import END, FakeModel
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.profile import LARGE, SMALL, ModelProfile
from npc_runtime.engine.request import Ended, EngineEvent, Priority, Request, Sampling, Sink, Usage
from npc_runtime.engine.scheduling.parking import common
from npc_runtime.engine.tokens.chat import ChatTemplate
from npc_runtime.memory.history import History
from npc_runtime.persona.pack import load_pack
from npc_runtime.world.world import World

MIRA, ALEX = "npc:mira", "player:alex"
QUESTIONS = ("What happened to the bridge?", "Who took your hammer?")


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def village(*texts: str | None, profile: ModelProfile = LARGE) -> Talk:
    return Talk(ScriptedWriter(*(texts or ("",)), finish="length"), profile=profile, seed=None)


async def came_near(talk: Talk, player: str = ALEX, *, waits: bool = True) -> bool:
    """Waits until what there is to compute is computed, or is being computed by a writer that never ends."""
    warmed = talk.director.near(talk.world, MIRA, player, player.partition(":")[2].title())
    if waits:
        for _ in range(500):
            await asyncio.sleep(0.001)
            if talk.writer is None or talk.writer.stuck.is_set() or (talk.writer.requests and not talk.writer.running):
                break
    return warmed


def test_its_prompt_is_computed_behind_everybody_and_nothing_else_happens() -> None:
    talk = village()
    talk.mind.conversation(MIRA)  # which is read from what was kept, and so exists
    before = talk.mind.state()

    async def work() -> None:
        assert await came_near(talk)
        assert await talk.mind.memory.page(MIRA, 0, 10) == []

    run(work())
    assert talk.writer is not None
    [request] = talk.writer.requests
    assert request.max_tokens == 0
    assert request.priority is Priority.BACKGROUND
    assert request.owner == f"{talk.world.id}/{MIRA}"
    assert "Mira" in talk.writer.prompt()
    assert "Feelings toward Alex" in talk.writer.prompt()
    assert talk.mind.state() == before
    assert ALEX not in talk.world.entities
    assert not talk.mind.speaking.whys
    assert not talk.mind.conversation(MIRA).lines


def test_the_same_again_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prewarming, "APART", 0.0)
    talk = village()

    async def work() -> None:
        for _ in range(3):
            assert await came_near(talk)
            await asyncio.sleep(0.01)
        assert talk.writer is not None
        assert len(talk.writer.requests) == 1
        await came_near(talk, "player:bo")
        await asyncio.sleep(0.01)
        assert len(talk.writer.requests) == 2

    run(work())


@pytest.mark.parametrize("then", ["a line", "another player", "the world closes", "a player is forgotten"])
def test_what_is_under_way_is_taken_back(then: str) -> None:
    talk = village(None, "(happy) Good day.")

    async def work() -> None:
        await came_near(talk)
        writer = talk.writer
        assert writer is not None
        assert (writer.running, writer.closed) == (1, 0)
        if then == "a line":
            assert (await talk.say("Good day!"))[-1].text == "Good day."  # type: ignore[union-attr]
            assert writer.closed == 2
            return
        if then == "another player":
            await came_near(talk, "player:bo", waits=False)
        elif then == "the world closes":
            talk.director.close(talk.world.id)
        else:
            await talk.director.forget(talk.world.id)
        await asyncio.sleep(0.01)
        assert writer.closed == 1

    run(work())


def test_a_flood_is_computed_one_prompt_at_a_time() -> None:
    talk = village()

    async def work() -> None:
        for number in range(400):
            for npc in ("npc:mira", "npc:tom", "npc:ann"):
                talk.director.near(talk.world, npc, f"player:{number}", "Alex")
        await asyncio.sleep(0.05)

    run(work())
    assert talk.writer is not None
    assert talk.writer.most_running <= 1
    assert len(talk.writer.requests) <= 3


def test_where_nothing_is_kept_nothing_is_computed() -> None:
    repeatable = Talk(ScriptedWriter(""), profile=LARGE)
    nobody = Talk(None, seed=None)
    elsewhere = village()
    assert elsewhere.writer is not None
    elsewhere.writer.keeps = False
    elsewhere = Talk(elsewhere.writer, profile=LARGE, seed=None)

    async def work() -> None:
        for talk in (repeatable, nobody, elsewhere):
            assert not await came_near(talk, waits=False)
            await asyncio.sleep(0.01)
            assert talk.writer is None or not talk.writer.requests

    run(work())


# ------------------------------------------------------------------------------------------------ in the engine


def test_a_prompt_alone_is_computed_and_its_slot_goes_on_with_the_next_one_of_its_owner() -> None:
    model = FakeModel(lambda _slot, _held: END, slots=3, slot_context=256)
    card = "b" * 100

    def asked(text: str, **options: Any) -> Request:
        return request(text, owner="village/npc:mira", **options)

    with running(model) as engine:
        [(text, ended)] = write(engine, asked(card + "n" * 50, max_tokens=0))
        assert (text, ended.finish) == ("", "length")
        assert (ended.usage.prompt_tokens, ended.usage.cached_tokens, ended.usage.completion_tokens) == (151, 0, 0)
        [(_, ended)] = write(engine, asked(card + "line"))
        assert ended.usage.cached_tokens == 100
        assert [bool(held) for held in model.held].count(True) == 1, "it was not copied"
        assert engine.stats.balanced
        assert engine.stats.generated == 1


def test_a_player_does_not_wait_for_a_beginning_that_is_computed_for_nobody() -> None:
    model = FakeModel(lambda _slot, _held: END, slot_context=1024, batch_limit=128)

    def opening(priority: Priority, words: str, most: int) -> Request:
        pieces = (Piece("b" * 400, shared=True), Piece(words))
        return Request((Message("user", pieces),), most, Sampling(temperature=0, seed=1), priority=priority)

    engine = Engine(model)
    engine.submit(opening(Priority.BACKGROUND, "near", 0), Listener())
    advance(engine, 2)
    computed = len(model.held[0])
    engine.submit(opening(Priority.PLAYER, "line", 8), Listener())
    advance(engine, 2)
    chunks = [(chunk.slot, chunk.start) for chunks in model.decoded[2:] for chunk in chunks]
    assert chunks == [(1, computed), (1, computed + 128)], "from where it is computed already"
    engine.close()


# ----------------------------------------------------------------------------------------------------- in tokens


class Counted(Engine):
    """Keeps what each request used, in the order of their ends."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.used: list[Usage] = []

    def submit(self, request: Request, sink: Sink) -> None:
        def counted(events: list[EngineEvent]) -> None:
            self.used += [event.usage for event in events if isinstance(event, Ended)]
            sink(events)

        super().submit(request, counted)

    async def first(self) -> Usage:
        """What the first one used, once all have ended."""
        while not (self.used and self.stats.balanced):
            await asyncio.sleep(0.005)
        found, self.used = self.used[0], []
        return found


class Hollowmere:
    """Hollowmere over a real engine, with a model that knows nothing."""

    def __init__(self, model: Path, profile: ModelProfile) -> None:
        self.profile = profile
        backend = LlamaModel(load({"model": str(model), "slots": 4, "slot_context": 2048}, environ={}))
        self.engine = Counted(backend)
        self.chat = ChatTemplate.of(backend)
        self.engine.start()

    def open(self) -> None:
        """In the event loop of the test."""
        pack = load_pack("hollowmere")
        world = self.world = World("save", pack.id, *layout(pack.village))
        for persona in pack.personas.values():
            world.enter(f"npc:{persona.id}", persona.name, "place:smithy")
        world.move(world.player(ALEX, "Alex").id, "place:smithy")
        bridge = Bridge(self.engine, asyncio.get_running_loop())
        self.director = Director(writer=bridge, profile=self.profile, temperature=0.7, deadline=60, seed=None)
        self.mind = self.director.open(world, Cast(pack), Remembering(History(None)))

    async def near(self, npc: str) -> list[int]:
        """The prompt that was computed."""
        messages = sheet(beforehand(self.mind, Utterance(ALEX, "Alex", npc, ""), self.profile))
        assert self.director.near(self.world, npc, ALEX, "Alex")
        assert (await self.engine.first()).completion_tokens == 0
        return self.chat.encode(messages).tokens

    async def say(self, text: str, npc: str) -> tuple[Card, Usage]:
        """What the model read, and what of it was there already."""
        line = Utterance(ALEX, "Alex", npc, text, barks="never")
        events = [event async for event in self.director.say(self.world, line)]
        card = self.director.why(self.world.id, events[-1].reply).card  # type: ignore[union-attr]
        assert card is not None
        return card, await self.engine.first()

    def tokens(self, card: Card) -> list[int]:
        return self.chat.encode(sheet(card)).tokens


@pytest.fixture(params=[SMALL, LARGE], ids=["small", "large"])
def hollowmere(request: pytest.FixtureRequest, random_model: Path) -> Iterator[Hollowmere]:
    found = Hollowmere(random_model, request.param)
    yield found
    found.engine.close()


def of_another_line(card: Card) -> Card:
    """The card for a line that nothing comes to mind for; a small model always has some facts before it."""
    facts = card.facts[: card.standing] or ("Xylophones are of wood.",)
    return replace(card, line="Xylophones?", facts=facts, moves=())


def test_all_that_comes_before_what_a_line_brings_is_there_when_it_comes(hollowmere: Hollowmere) -> None:
    async def work() -> None:
        hollowmere.open()
        await hollowmere.say("Good day.", "npc:tom")  # whatever many have in common is computed
        for question in QUESTIONS:
            npc = "npc:mira" if question is QUESTIONS[0] else "npc:bren"
            ahead = await hollowmere.near(npc)
            card, used = await hollowmere.say(question, npc)
            read = hollowmere.tokens(card)
            whatever = common(read, hollowmere.tokens(of_another_line(card)), len(read))
            assert used.cached_tokens >= whatever
            assert used.cached_tokens == common(ahead, read, len(read))
        # The same for somebody whom nobody came near:
        card, used = await hollowmere.say(QUESTIONS[0], "npc:odile")
        read = hollowmere.tokens(card)
        assert used.cached_tokens < common(read, hollowmere.tokens(of_another_line(card)), len(read)) - 50

    run(work())


def test_of_what_a_large_model_reads_the_least_comes_with_the_line(random_model: Path) -> None:
    hollowmere = Hollowmere(random_model, LARGE)

    async def work() -> None:
        hollowmere.open()
        await hollowmere.near(MIRA)
        card, used = await hollowmere.say(QUESTIONS[0], MIRA)
        assert used.cached_tokens > 0.75 * len(hollowmere.tokens(card))
        # And the next line finds what was said before the first one computed, too.
        card, used = await hollowmere.say(QUESTIONS[1], MIRA)
        assert used.cached_tokens > 0.6 * len(hollowmere.tokens(card))

    try:
        run(work())
    finally:
        hollowmere.engine.close()


# --------------------------------------------------------------------------------------------------- on the wire


def test_a_game_says_so_and_is_answered_at_once(daemon: RunningDaemon, peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    nearby = peer.ask("npc.near", world=world, npc="mira", player=ALEX, name="Alex")
    assert (nearby["type"], nearby["warmed"]) == ("npc.nearby", True)
    with daemon.peer(hello=False) as observer:
        until(lambda: [observer.ask("health")[what] for what in ("speaking", "waiting")] == [0, 0])
    end = peer.reply(peer.send("say", world=world, **{"from": ALEX}, to="mira", text="Good day!", barks="never"))[-1]
    assert end["type"] == "reply.end"


def test_what_is_wrong_is_said(peer: Peer, world: str) -> None:
    peer.village(world, "mira")

    def code(**fields: Any) -> str:
        return str(peer.ask("npc.near", **{"world": world, "npc": "mira", "player": ALEX, **fields})["code"])

    assert code(world="nowhere") == "not_found"
    assert code(npc="nobody") == "not_found"
    assert code(player="place:inn") == "invalid"
    peer.ask("entity.move", world=world, entity=ALEX, to="inn")
    assert code() == "conflict"
