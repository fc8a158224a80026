"""Several characters of one name: what happens to one of them, is told of it or fought out with it is no other's."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st
from talking import Talk

from npc_runtime.dialogue.gossip.exchange import exchange
from npc_runtime.dialogue.quarrel.argument import Limits
from npc_runtime.dialogue.stage.casting import Role
from npc_runtime.dialogue.stage.quarrel import Settled
from npc_runtime.dialogue.stage.stage import Stage
from npc_runtime.dialogue.turn.events import Ended
from npc_runtime.language.claim import ids
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.news import news

Result = TypeVar("Result")
GUARDS = ("npc:mira", "npc:tom", "npc:ann")
NAME = "Guard"
ALEX = "player:alex"

who = st.permutations(GUARDS)
"""Who does it, to whom it is done, and who is there besides."""
players = st.sampled_from(["Alex", NAME])


def run(work: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(work)


class Watch(Talk):
    """A village of three guards called Guard, all at one place, and a player who may be called so too."""

    def __init__(self, player: str) -> None:
        super().__init__(None)
        for npc in GUARDS:
            id = npc.removeprefix("npc:")
            named = {"name": NAME, "traits": ["gossipy"], "mood": "calm", "feeling": "warm", "relations": {}}
            self.pack.personas[id] = self.pack.personas[id].model_copy(update={**named, "secrets": []})
            self.world.entities[npc].name = NAME
            self.world.move(npc, "smithy")
        self.world.player(ALEX, player)

    async def see(self, what: str, by: str, to: str) -> None:
        event, perceived = self.world.event(what, by=by, to=to, importance=0.9, wording=self.mind.wording)
        language = self.world.language
        await self.mind.keep(
            Entry(one.owner, "witnessed", one.claim, event.when, by, to, by, news=news(one.claim, language, doer=by))
            for one in perceived
        )

    async def entries(self, npc: str, *hows: str) -> list[Entry]:
        found = await asyncio.wrap_future(self.mind.memory.history.memories(npc, hows=hows, limit=100))
        return [stored.entry for stored in found]

    async def texts(self, npc: str, *hows: str) -> list[str]:
        return [entry.text(self.mind.wording) for entry in await self.entries(npc, *hows)]


@settings(max_examples=12, deadline=None)
@given(who, players)
def test_an_event_is_each_ones_own(guards: Sequence[str], player: str) -> None:
    by, to, other = guards

    async def work() -> None:
        watch = Watch(player)
        await watch.see("Guard hit Guard", by, to)
        for npc, text in ((by, "You hit Guard."), (to, "Guard hit you."), (other, "Guard hit Guard.")):
            assert await watch.texts(npc, "witnessed") == [text]
            assert [ids(entry.claim) for entry in await watch.entries(npc, "witnessed")] == [(by, to)]
            now = watch.world.now(npc, watch.mind.wording)
            assert text.rstrip(".") in now

    run(work())


@settings(max_examples=12, deadline=None)
@given(who, players)
def test_news_that_is_overheard_is_of_whoever_was_meant(guards: Sequence[str], player: str) -> None:
    to, other, third = guards

    async def work() -> None:
        watch = Watch(player)
        await watch.talk("I saw you at the mill last night.", to=to)
        assert await watch.texts(to, "told") == [f"{player} told you that they saw you at the mill last night."]
        for npc in (other, third):
            assert await watch.texts(npc, "told") == [
                f"{player} told Guard that they saw Guard at the mill last night."
            ]
        for npc in guards:
            (entry,) = await watch.entries(npc, "told")
            assert (ids(entry.claim), entry.who, entry.toward) == ((ALEX, to), ALEX, to)

    run(work())


@settings(max_examples=12, deadline=None)
@given(who, players, st.integers(0, 20))
def test_gossip_keeps_them_apart(guards: Sequence[str], player: str, seed: int) -> None:
    by, to, other = guards

    async def work() -> None:
        watch = Watch(player)
        watch.world.move(other, "inn")
        await watch.see("Guard robbed Guard of a silver ring", by, to)
        watch.world.move(by, "inn")
        watch.world.move(to, "inn")
        passed = [*await exchange(watch.mind, to, other, seed=seed), *await exchange(watch.mind, by, other, seed=seed)]
        assert all(one.origin == to for one in passed), "whoever did it does not speak of it"
        for entry in await watch.entries(other, "told"):
            assert (ids(entry.claim), entry.who, entry.news.doer) == ((by, to), to, by)
            assert entry.text(watch.mind.wording) == "Guard told you that Guard robbed Guard of a silver ring."

    run(work())


@settings(max_examples=8, deadline=None)
@given(who, players, st.integers(0, 20))
def test_a_quarrel_is_between_those_two(guards: Sequence[str], player: str, seed: int) -> None:
    one, two, other = guards

    async def work() -> None:
        watch = Watch(player)
        stage = Stage(watch.director)
        roles = [
            Role(one, "claims", "Guard stole your ring", "give it back"),
            Role(two, "disputes", "Guard blames you for nothing", "take it back"),
        ]
        quarrel = await stage.argue("save", roles, "", seed=seed, limits=Limits(turns=4))
        settled: Settled | None = None
        async for happening in quarrel.perform():
            if isinstance(happening, Ended):
                asyncio.get_running_loop().call_soon(watch.director.heard, "save", happening.reply, None)
            elif isinstance(happening, Settled):
                settled = happening
        assert settled is not None
        assert {change.npc for change in settled.outcome.relations} == {one, two}
        for npc in guards:
            seen = [entry for entry in await watch.entries(npc, "witnessed") if entry.who or npc in (one, two)]
            assert all(set(ids(entry.claim)) <= {one, two} for entry in seen)
            assert npc == other or any(entry.kind == "relation" for entry in seen)
        for npc, opponent in ((one, two), (two, one)):
            (memory,) = [entry for entry in await watch.entries(npc, "witnessed") if entry.kind == "relation"]
            assert set(ids(memory.claim)) == {npc, opponent}
            assert memory.text(watch.mind.wording).count("ou") > 0, "it remembers its own part as its own"
        third = watch.mind.feelings.relation(watch.mind.persona(other), one)
        assert third.reasons == ()

    run(work())
