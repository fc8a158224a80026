"""Gossip in a tiny village: what is taught by speech, told at meetings, denied, set right and forgotten."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from talking import NEVER, SECRET, ScriptedWriter, Talk

from npc_runtime.dialogue.forgetting import forget
from npc_runtime.dialogue.gossip.exchange import Passed, exchange
from npc_runtime.dialogue.gossip.telling import tellable
from npc_runtime.dialogue.gossip.trace import trace
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.news import news
from npc_runtime.memory.relations import Numbers

THEFT = "Tom stole the silver goblet."
BELL = "The old bell cracked last night."
RIGHT = "Tom did not steal the silver goblet; it was found under the altar."
MIRA, TOM, ANN, ALEX = "npc:mira", "npc:tom", "npc:ann", "player:alex"


def lived(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that is a coroutine, as one that pytest runs."""

    @functools.wraps(test)
    def run(*args: Any, **more: Any) -> None:
        asyncio.run(test(*args, **more))

    return run


class Dell(Talk):
    """The tiny village with everybody at the smithy, on good terms."""

    def __init__(self, *lines: str) -> None:
        super().__init__(ScriptedWriter(*lines, size=40) if lines else None)
        self.world.player(ALEX, "Alex")
        self.world.player("player:bo", "Bo")
        self.world.move(ANN, "smithy")
        for npc in (MIRA, TOM, ANN):
            for other in (MIRA, TOM, ANN, ALEX, "player:bo"):
                self.move_relation(npc, other, Numbers(affinity=0.4 if npc == MIRA else 0.8, trust=0.4))

    def move_relation(self, npc: str, other: str, by: Numbers) -> None:
        self.mind.feelings.move(self.mind.persona(npc), other, by, "so it is", self.world.clock.now)

    async def saw(self, npc: str, text: str, *, by: str = "", importance: float = 1.0, how: str = "witnessed") -> None:
        wording, seen = self.mind.wording, how == "witnessed"
        claim = wording.linked(text, [by]) if seen else wording.own(text, npc)
        entry = Entry(
            *(npc, "witnessed" if seen else "taught", claim, self.world.clock.now, by, "", by),
            importance=importance,
            news=news(claim, wording.language, doer=by),
        )
        await self.mind.keep([entry])

    async def told(self, npc: str, about: str) -> list[Entry]:
        """What somebody was told of a matter."""
        found = await trace(self.mind, about, npc)
        return [traced.known.entry for traced in found if traced.known.entry.how == "told"]

    async def knows(self, npc: str, about: str) -> list[str]:
        return [self.text(stored.entry) for stored, _ in await self.mind.knows(npc, about, 20)]

    def text(self, entry: Entry) -> str:
        return entry.text(self.mind.wording)

    async def meet(self, a: str, b: str, seed: int = 1) -> list[Passed]:
        return await exchange(self.mind, a, b, seed=seed)


# ------------------------------------------------------------------------------------------- taught by speech


@lived
async def test_a_reply_that_was_heard_teaches_those_in_earshot() -> None:
    dell = Dell("(sad) The old bell cracked last night, they say.")
    await dell.saw(MIRA, BELL, importance=0.8)
    dell.world.move(ANN, "inn")
    ended = (await dell.say("What happened to the old bell?"))[-1]
    assert await dell.told(TOM, "bell") == []
    await dell.heard(ended.reply)  # type: ignore[union-attr]
    (entry,) = await dell.told(TOM, "bell")
    assert dell.text(entry) == "Mira told Alex that the old bell cracked last night."
    assert (entry.who, entry.origin, entry.depth, entry.importance) == (MIRA, MIRA, 1, 0.8)
    assert entry.confidence == pytest.approx(dell.mind.believes(TOM, MIRA), abs=0.01)
    assert await dell.told(ANN, "bell") == []


@pytest.mark.parametrize(("line", "upto"), [("(sad) Hm. So it goes.", None), ("(sad) Well. The old bell cracked.", 1)])
@lived
async def test_what_was_not_said_or_not_heard_teaches_nobody(line: str, upto: int | None) -> None:
    dell = Dell(line)
    await dell.saw(MIRA, BELL)
    ended = (await dell.say("What happened to the old bell?"))[-1]
    assert dell.director.why("save", ended.reply).facts == [BELL]  # type: ignore[union-attr]
    await dell.heard(ended.reply, upto)  # type: ignore[union-attr]
    assert await dell.told(TOM, "bell") == []


@lived
async def test_hearsay_goes_on_with_its_first_source_for_three_mouths() -> None:
    dell = Dell("(sad) The goblet fell into the river.")
    dell.world.move(TOM, "inn")
    dell.world.move(ANN, "inn")
    await dell.talk("The goblet fell into the river.")
    for hearer, speaker, depth in ((TOM, MIRA, 2), (ANN, TOM, 3)):
        dell.world.move(hearer, "smithy")
        await dell.talk("What happened to the goblet?", to=speaker, speaker="player:bo")
        (entry,) = await dell.told(hearer, "goblet")
        assert (entry.who, entry.origin, entry.depth) == (speaker, ALEX, depth)
        assert "told Bo that Alex said that the goblet fell" in dell.text(entry)
        dell.world.move(speaker, "inn")
    dell.world.move(MIRA, "smithy")
    before = await dell.told(MIRA, "goblet")
    await dell.talk("What happened to the goblet?", to=ANN, speaker="player:bo")
    assert await dell.told(MIRA, "goblet") == before


@lived
async def test_a_secret_said_aloud_stays_a_line() -> None:
    dell = Dell(f"(sad) {SECRET.replace('You', 'I')}")
    dell.move_relation(MIRA, ALEX, Numbers(affinity=1.0))
    ended = await dell.talk("What did you hide beneath the anvil?")
    assert dell.director.why("save", ended.reply).facts == [SECRET]
    assert await dell.told(TOM, "ledger anvil") == []


# ------------------------------------------------------------------------------------------- telling


async def texts(dell: Dell, teller: str, listener: str, **more: object) -> list[str]:
    return [fact.text for fact in await tellable(dell.mind, teller, listener, **more)]  # type: ignore[arg-type]


@lived
async def test_what_matters_and_is_fresh_comes_first() -> None:
    dell = Dell()
    await dell.saw(MIRA, BELL, importance=0.9)
    dell.world.advance(by="1d")
    await dell.saw(MIRA, "A cart overturned at the ford.", importance=0.9)
    await dell.saw(MIRA, "A pig ran over the green.", importance=0.3)
    await dell.saw(MIRA, "A leaf fell from the oak.", importance=0.1)
    assert await texts(dell, MIRA, TOM) == ["A cart overturned at the ford.", BELL, "A pig ran over the green."]
    assert await texts(dell, MIRA, TOM, limit=1) == ["A cart overturned at the ford."]
    assert await texts(dell, MIRA, TOM, about="the old bell") == [BELL]


@lived
async def test_what_is_told_carries_its_entry_and_is_not_told_again() -> None:
    dell = Dell()
    await dell.saw(MIRA, BELL)
    (fact,) = await tellable(dell.mind, MIRA, TOM)
    assert fact.entry is not None
    assert (fact.entry.owner, fact.entry.confidence) == (MIRA, 1.0)
    dell.mind.conversation(MIRA).give(TOM, (fact,))
    assert await texts(dell, MIRA, TOM) == []
    assert await texts(dell, MIRA, ANN) == [BELL]
    dell.mind.load(dell.mind.state())  # a fact that was stated is kept by its words
    assert await texts(dell, MIRA, TOM) == []


@lived
async def test_nobody_tells_secrets_its_own_deeds_or_what_it_does_not_believe() -> None:
    dell = Dell()
    await dell.saw(MIRA, "You poisoned the old reeve with hemlock.", how="taught")
    wording = dell.mind.wording
    assert wording.text(wording.own(NEVER, MIRA)) == "They poisoned the old reeve with hemlock."
    await dell.saw(TOM, "You stole the silver goblet.", by=TOM)
    dell.move_relation(ANN, ALEX, Numbers(trust=-2.0))
    await dell.talk(THEFT, to=ANN)
    assert (await dell.told(ANN, "goblet"))[0].confidence < 0.35
    for teller, listener in ((MIRA, TOM), (TOM, MIRA), (ANN, MIRA)):
        assert [text for text in await texts(dell, teller, listener) if "told" not in text] == []
    assert not any("goblet" in text for text in await texts(dell, ANN, MIRA))


@lived
async def test_the_hostile_tell_nothing_and_the_cold_what_weighs() -> None:
    dell = Dell()
    await dell.saw(MIRA, BELL, importance=0.9)
    await dell.saw(MIRA, "A pig ran over the green.", importance=0.4)
    dell.move_relation(MIRA, TOM, Numbers(affinity=-0.4))
    assert await texts(dell, MIRA, TOM) == [BELL]
    dell.move_relation(MIRA, TOM, Numbers(affinity=-2.0))
    assert await texts(dell, MIRA, TOM) == []
    assert len(await texts(dell, MIRA, ANN)) == 2


# ------------------------------------------------------------------------------------------- meetings


@lived
async def test_two_who_meet_trade_news_once_and_the_same_seed_trades_the_same() -> None:
    passed = []
    for _ in range(2):
        dell = Dell()
        await dell.saw(MIRA, BELL)
        await dell.saw(ANN, "A cart overturned at the ford.")
        passed.append(await dell.meet(MIRA, ANN, seed=3))
        assert await dell.meet(MIRA, ANN, seed=3) == []
        assert await dell.meet(ANN, MIRA, seed=4) == []
        assert [dell.text(entry) for entry in await dell.told(ANN, "bell")] == [passed[-1][0].text]
    assert passed[0] == passed[1]
    assert [(one.teller, one.listener, one.origin, one.depth) for one in passed[0]] == [
        (MIRA, ANN, MIRA, 1),
        (ANN, MIRA, ANN, 1),
    ]
    assert passed[0][0].text == "Mira told you that the old bell cracked last night."


@lived
async def test_who_is_apart_trades_nothing() -> None:
    dell = Dell()
    await dell.saw(MIRA, BELL)
    dell.world.move(ANN, "inn")
    assert await dell.meet(MIRA, ANN) == []
    assert await dell.meet(MIRA, MIRA) == []
    assert await dell.told(ANN, "bell") == []


@lived
async def test_whoever_is_accused_denies_it_unless_it_knows_better() -> None:
    dell = Dell()
    await dell.talk(THEFT, to=MIRA)  # honest: she says it to his face
    before = (await trace(dell.mind, "goblet", MIRA))[0].sure
    passed = await dell.meet(MIRA, TOM)
    assert passed[0].text == "Mira told you that Alex said that you stole the silver goblet."
    assert passed[1].text == "Tom told you that it is not true that Tom stole the silver goblet."
    after = next(one.sure for one in await trace(dell.mind, "goblet", MIRA) if not one.known.news.denies)
    assert after < before

    guilty = Dell()
    await guilty.saw(TOM, "You stole the silver goblet.", by=TOM)
    await guilty.mind.keep([Entry(MIRA, "witnessed", THEFT, 0, TOM, "", TOM, importance=1.0)])
    assert [one.teller for one in await guilty.meet(MIRA, TOM)] == [MIRA]


@lived
async def test_whoever_is_accused_sets_it_right_where_it_can() -> None:
    dell = Dell()
    await dell.talk(THEFT, to=MIRA)
    dell.world.move(TOM, "inn")
    await dell.saw(TOM, "You did not steal the silver goblet; it was found under the altar.", how="taught")
    dell.world.move(TOM, "smithy")
    await dell.meet(MIRA, TOM)
    assert not any("stole" in text for text in await dell.knows(MIRA, "silver goblet"))
    assert any("under the altar" in text for text in await dell.knows(MIRA, "silver goblet"))


@lived
async def test_a_restore_during_a_meeting_leaves_nothing_of_it() -> None:
    dell = Dell()
    await dell.saw(MIRA, BELL)
    meeting = asyncio.create_task(dell.meet(MIRA, ANN))
    await asyncio.sleep(0)
    dell.mind.load(dell.mind.state())
    assert await meeting == []
    assert await dell.told(ANN, "bell") == []


# ------------------------------------------------------------------------------------------- denied and set right


@lived
async def test_a_correction_takes_the_place_of_the_rumour_and_goes_on() -> None:
    dell = Dell()
    dell.world.move(TOM, "inn")
    dell.world.move(MIRA, "inn")
    await dell.talk(THEFT, to=ANN)
    await dell.talk("Tom did not steal the silver goblet. It was found under the altar.", to=ANN, speaker="player:bo")
    found = await dell.knows(ANN, "silver goblet")
    assert found == [f"Bo told you that {RIGHT}"]
    dell.world.move(MIRA, "smithy")
    await dell.meet(ANN, MIRA)
    assert await dell.knows(MIRA, "silver goblet") == [f"Ann told you that Bo said that {RIGHT}"]
    # The old version, late, finds no belief in those who know better.
    await dell.talk(THEFT, to=MIRA)
    await dell.talk(THEFT, to=MIRA)
    assert await dell.knows(MIRA, "silver goblet") == [f"Ann told you that Bo said that {RIGHT}"]
    assert all("stole" not in text for text in await texts(dell, MIRA, "player:cy"))
    kept = [stored for stored in await dell.mind.memory.page(MIRA, 0, 100) if stored.entry.how == "told"]
    assert [(dell.text(stored.entry), stored.count) for stored in kept if "stole" in stored.entry.claim] == [
        (f"Alex told you that {THEFT}", 2)
    ]


@lived
async def test_nobody_is_talked_out_of_what_it_saw_and_who_is_not_believed_sets_nothing_right() -> None:
    dell = Dell()
    dell.world.move(ANN, "inn")
    await dell.saw(MIRA, THEFT, by=TOM)
    await dell.talk(RIGHT, to=MIRA)
    assert THEFT in await dell.knows(MIRA, "silver goblet")
    assert THEFT in await texts(dell, MIRA, ANN)
    dell.move_relation(ANN, "player:bo", Numbers(trust=-2.0))
    await dell.talk(THEFT, to=ANN)
    await dell.talk(RIGHT, to=ANN, speaker="player:bo")
    assert f"Alex told you that {THEFT}" in await dell.knows(ANN, "silver goblet")


@lived
async def test_a_save_from_before_a_correction_has_the_rumour_back() -> None:
    dell = Dell()
    await dell.mind.keep(records=dell.mind.state())
    await dell.talk(THEFT, to=ANN)
    dell.mind.memory.history.save("before", 0).result()
    await dell.talk(RIGHT, to=ANN)
    assert f"Alex told you that {THEFT}" not in await dell.knows(ANN, "silver goblet")
    dell.mind.memory.history.restore("before").result()
    dell.mind.load(dell.mind.memory.history.records().result())
    assert await dell.knows(ANN, "silver goblet") == [f"Alex told you that {THEFT}"]


# ------------------------------------------------------------------------------------------- forgetting


@lived
async def test_with_a_player_goes_what_was_passed_on_of_its_deeds_and_words() -> None:
    dell = Dell()
    await dell.saw(MIRA, "The old bell fell into the well.", by=ALEX)
    await dell.talk("The copper kettle lies in the barn.", to=MIRA)
    await dell.talk("The miller sold a copper ladle.", to=MIRA, speaker="player:bo")
    await dell.meet(MIRA, ANN)
    assert len(await dell.told(ANN, "bell well")) == 1
    assert len(await dell.told(ANN, "copper kettle barn")) == 1
    await forget(dell.mind, ALEX)
    for npc in (MIRA, ANN):
        assert await dell.knows(npc, "bell well") == []
        assert await dell.knows(npc, "copper kettle barn") == []
        assert await dell.knows(npc, "copper ladle") != []


@lived
async def test_what_set_a_forgotten_rumour_right_stays() -> None:
    dell = Dell()
    await dell.talk(THEFT, to=ANN)
    await dell.talk(RIGHT, to=ANN, speaker="player:bo")
    await forget(dell.mind, ALEX)
    assert await dell.knows(ANN, "silver goblet") == [f"Bo told you that {RIGHT}"]
