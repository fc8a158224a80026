"""Arguments drawn at random and played through director, stage, engine and memory, and what is wrong with any of them.

Ten in each village, two at a time: two or three parties of random traits and feelings, any topic, stakes and limits;
players and characters step in, talk to a party meanwhile, stop it, are forgotten; saves are restored half-way.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from npc_runtime.config import load
from npc_runtime.dialogue.cast import Cast
from npc_runtime.dialogue.director import Director, Utterance
from npc_runtime.dialogue.forgetting import forget
from npc_runtime.dialogue.generation.prompt import Card
from npc_runtime.dialogue.memories import Remembering
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel.argument import Argument, Limits
from npc_runtime.dialogue.quarrel.ending import KINDS
from npc_runtime.dialogue.quarrel.outcome import Outcome
from npc_runtime.dialogue.stage.beat import TurnTaken
from npc_runtime.dialogue.stage.casting import Role
from npc_runtime.dialogue.stage.quarrel import Mediated, Quarrel, Settled
from npc_runtime.dialogue.stage.stage import Stage
from npc_runtime.dialogue.state import ARGUMENT, Mind
from npc_runtime.dialogue.turn.events import Ended, Started
from npc_runtime.dice import mix
from npc_runtime.engine.backend import Backend
from npc_runtime.engine.bridge import Bridge
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.fake import END, FakeModel
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.profile import LARGE, ModelProfile
from npc_runtime.errors import Cancelled, Conflict, NotFound
from npc_runtime.memory.history import History
from npc_runtime.memory.relations import NAMES, NEUTRAL, Numbers
from npc_runtime.persona.model import MOODS, TRAITS, Pack
from npc_runtime.persona.pack import load_pack
from npc_runtime.world.world import World

VILLAGE = 10  # arguments
AT_ONCE = 2
PATIENCE = 60.0  # seconds for anything; what takes longer hangs
PLACE = "place:inn"
ALEX = "player:alex"
TOPICS = (
    "the stolen hammer", "the wet charcoal", "the unpaid toll", "the noise of the bell", "the broken mill wheel",
    "the watered flour", "the debt", "eleven pennies", "{a} stole {b}'s lantern", "who rang the bell at midnight",
    "{a} called {b} a liar", "the boundary stone", "the lost mare", "the borrowed ladder", "the price of flour",
    "the eaten pie", "a broken promise", "the smoke from the smithy", "the trampled cabbages", "the unpaid rent",
    "{a} owes {b} nine pennies", "whose turn it is to clean the well", "the torn coat", "the geese in the garden",
    "{a} lied about {b} to the priest", "the missing candles", "{a} sold {b} a lame horse", "the spilt ale",
    "the seat by the fire", "{b}'s rooster", "the burnt bread", "my father's hammer", "the rumours",
    "{a} let the goats into {b}'s garden", "the cut rope", "the poisoned well", "how the bridge fell",
)  # fmt: skip
FACTS = (
    "Bren saw {other} leave with a sack.", "There was mud on {other}'s boots that night.", "Wenna keeps the receipt.",
    "Pim heard {other} boast about it at the mill.", "Three people at the inn will swear to it.",
    "{other} left a glove at the barn.", "{other} told Wenna all about it.",
    "{other} did the same to Garrick last winter.",
)  # fmt: skip
MEDIATIONS = (
    "Calm down, both of you.", "{a}, give it back and {b} will forgive you.", "I think {b} is right.", "{a} is lying.",
    "You are both idiots.", "Stop it or I call the guard!", "I saw {a} near the barn that night.", "Just kiss already.",
    "You both pay half.", "What happened here?", "Let the priest decide.", "I am with {a} on this.", "asdf",
)  # fmt: skip
CHATTER = (
    "Good day.",
    "What do you sell?",
    "Where is Bren?",
    "You fool!",
    "How are you?",
    "What are you two shouting for?",
)
FAKE_LINES = {
    "accuse": "I have waited long enough. Now own up.", "deny": "I never did that, and you know it!",
    "cite": "I will not say it without reason.", "insult": "You rotten egg! You plague rat!",
    "appeal": "Is there no honour left in you?", "bargain": "I propose a morning in the field, and peace between us.",
    "concede": "I give up. Forget what I asked.", "reconcile": "Let bygones be bygones. I am sorry for my part.",
    "walk away": "I cannot stand the sight of you! I am off!",
}  # fmt: skip
UNSPEAKABLE = (
    "",
    "Tom: I did it.",
    "As an AI I cannot quarrel.",
    "Give it back! Give it back to me! Give it back to me!",
)


@dataclass(frozen=True)
class Line:
    """A line that was spoken in an argument, with the card it was written from where there was one."""

    speaker: str
    to: str
    move: Move
    text: str
    source: str
    emotion: str
    card: Card | None
    notes: tuple[str, ...] = ()


@dataclass
class Played:
    """One argument as it went."""

    topic: str
    lines: list[Line] = field(default_factory=list)
    mediations: list[str] = field(default_factory=list)
    outcome: Outcome | None = None
    broke_off: int = 0
    dropped: bool = False  # deleted with a player who was in it
    faults: list[str] = field(default_factory=list)


@dataclass
class Village:
    """A world with its people at one place, and who plays their arguments."""

    director: Director
    stage: Stage
    mind: Mind
    rng: random.Random
    busy: set[str] = field(default_factory=set)
    forgotten: int = 0  # how often the player was


def village(writer: Bridge, profile: ModelProfile, seed: int) -> Village:
    """Hollowmere at the inn, its people with traits, moods and feelings drawn anew."""
    rng = random.Random(seed)
    pack = _shuffled(load_pack("hollowmere"), rng)
    director = Director(writer=writer, profile=replace(profile, reply=72), temperature=0.7, deadline=20.0, seed=seed)
    world = World(f"village-{seed}", pack.id, {f"place:{place.id}": place.name for place in pack.village.places})
    for npc, persona in pack.personas.items():
        world.enter(f"npc:{npc}", persona.name, PLACE)
    world.player(ALEX, "Alex")
    world.move(ALEX, PLACE)
    mind = director.open(world, Cast(pack), Remembering(History(None)))
    for npc in pack.personas:
        for other in (*(f"npc:{each}" for each in pack.personas if each != npc), ALEX):
            if rng.random() < 0.4:
                by = Numbers(*(rng.uniform(-1, 1) for _ in NAMES))
                mind.feelings.move(pack.personas[npc], other, by, "Long ago.", 0)
    return Village(director, Stage(director), mind, rng)


def _shuffled(pack: Pack, rng: random.Random) -> Pack:
    return pack.model_copy(
        update={
            "personas": {
                npc: persona.model_copy(
                    update={"traits": rng.sample(sorted(TRAITS), rng.randint(1, 3)), "mood": rng.choice(sorted(MOODS))}
                )
                for npc, persona in pack.personas.items()
            }
        }
    )


class _Argument:
    """One argument: drawn, played, checked."""

    def __init__(self, village: Village, rng: random.Random, *, plain: bool) -> None:
        """`plain`: nobody is forgotten, no save restored, and the limits are the usual ones."""
        self.village, self.rng, self.plain = village, rng, plain
        self.mind = village.mind
        free = [npc for npc in self.mind.world.here(PLACE) if npc.startswith("npc:") and npc not in village.busy]
        self.parties = rng.sample(free, 3 if rng.random() < 0.25 and len(free) > 3 else 2)
        village.busy.update(self.parties)
        names = self.mind.names()
        self.names = {"a": names[self.parties[1]], "b": names[self.parties[0]]}
        self.played = Played(rng.choice(TOPICS).format(**self.names))
        self.errands: list[asyncio.Task[None]] = []
        self.forgotten = village.forgotten

    async def play(self) -> Played:
        rng, stage, world = self.rng, self.village.stage, self.mind.world.id
        roles = [
            Role(
                npc,
                evidence=tuple(fact.format(other=self._other(npc)) for fact in rng.sample(FACTS, rng.randint(0, 2))),
            )
            for npc in self.parties
        ]
        limits = Limits() if self.plain or rng.random() < 0.5 else self._limits()
        stakes = rng.choice((0.1, 0.5, 0.9))
        try:
            playing = await stage.argue(world, roles, self.played.topic, stakes=stakes, limits=limits)
        except Cancelled:  # somebody was forgotten while it was being prepared; it is asked for again
            playing = await stage.argue(world, roles, self.played.topic, stakes=stakes, limits=limits)
        argument = playing.scene
        try:
            while self.played.outcome is None and not self.played.dropped:
                self.before = self._relations()
                await self._perform(playing)
                if self.played.outcome is None and not self.played.dropped:
                    self.played.broke_off += 1
                    try:
                        playing = stage.resume(world, argument.id)
                    except NotFound:
                        self.played.dropped = True
                        self._check(self.village.forgotten > self.forgotten, "an argument is lost")
            await self._afterwards(playing.scene)
        finally:
            self.village.busy.difference_update(self.parties)
        return self.played

    def _other(self, npc: str) -> str:
        return self.names["a" if npc == self.parties[0] else "b"]

    def _limits(self) -> Limits:
        turns = self.rng.randint(2, 14)
        tokens = self.rng.choice((160, 600, 2000))
        seconds, usual = self.rng.choice(((20.0, 4.0), (120.0, 8.0), (1.5, 0.4)))
        return Limits(turns, seconds, tokens, usual, 60)

    async def _perform(self, playing: Quarrel) -> None:
        """As far as it goes: to its end, or until it breaks off."""
        turn: TurnTaken | None = None
        try:
            async for incident in playing.perform():
                if isinstance(incident, TurnTaken):
                    turn = incident
                    self._speaks(playing.scene, turn)
                elif isinstance(incident, Started) and turn is not None:
                    self._check(incident.reply == turn.reply and incident.npc == turn.speaker, "the wrong one speaks")
                elif isinstance(incident, Ended) and turn is not None:
                    self._spoken(turn, incident)
                    self._errand(self._between(playing, turn, incident))
                elif isinstance(incident, Mediated):
                    self.played.mediations.append(incident.heard.said.text)
                elif isinstance(incident, Settled):
                    self.played.outcome = incident.outcome
        except Cancelled:
            pass
        finally:
            await asyncio.gather(*self.errands)
            self.errands.clear()

    def _speaks(self, argument: Argument, turn: TurnTaken) -> None:
        present = {party.id for party in argument.present}
        self._check({turn.speaker, turn.to} <= present and turn.speaker != turn.to, "somebody else speaks")
        self._check(turn.number == argument.turn + 1, "a turn is out of order")
        self._check(turn.number <= argument.limits.turns, "more turns than the limit")

    def _spoken(self, turn: TurnTaken, ended: Ended) -> None:
        if ended.finish == "cancelled":
            return
        self._check(bool(ended.text), "a turn without words")
        self._check(ended.npc == turn.speaker and ended.reply == turn.reply, "the wrong one ends")
        names = [name for npc, name in self.mind.names().items() if npc != turn.speaker]
        self._check(not any(ended.text.startswith(f"{name}:") for name in names), "spoke for somebody else")
        why = self.mind.speaking.whys.get(ended.reply)
        card = why.card if why else None
        self.played.lines.append(
            Line(
                turn.speaker,
                turn.to,
                turn.move,
                ended.text,
                ended.source,
                ended.emotion,
                card,
                tuple(why.notes if why else ()),
            )
        )

    async def _between(self, playing: Quarrel, turn: TurnTaken, ended: Ended) -> None:
        """The line is heard, mostly; and something may happen before the next turn or in the middle of it."""
        rng, stage, world, id = self.rng, self.village.stage, self.mind.world, playing.scene.id
        impatient = playing.scene.limits.seconds < 2
        if rng.random() < 0.15:
            await self._meddle(playing)
        if not (impatient and rng.random() < 0.2):
            with contextlib.suppress(NotFound):
                line, kept = self.village.director.heard(world.id, ended.reply, 0 if rng.random() < 0.02 else None)
                self._check(line.speaker == turn.speaker and line.at == PLACE, "heard from somebody else")
                await kept
        chance = rng.random()
        if chance < 0.15:
            await self._meddle(playing)
        elif chance < 0.27:
            self._errand(self._chat(rng.choice(self.parties)))
        elif chance < 0.29:
            with contextlib.suppress(NotFound):
                settled = stage.stop(world.id, id)
                if settled is not None:  # it had broken off just before, so that it is settled at once
                    self.played.outcome, kept = settled
                    await kept
        elif chance < 0.31 and not self.plain:
            playing.break_off()
        elif chance < 0.32 and not self.plain:
            self.mind.load(self.mind.state())
        elif chance < 0.33 and not self.plain:
            self.village.forgotten += 1
            await forget(self.mind, ALEX)
            world.player(ALEX, "Alex")
            world.move(ALEX, PLACE)

    async def _meddle(self, playing: Quarrel) -> None:
        others = [npc for npc in self.mind.world.here(PLACE) if npc not in self.parties]
        by = ALEX if self.rng.random() < 0.6 or not others else self.rng.choice(others)
        text = self.rng.choice(MEDIATIONS).format(**self.names)
        with contextlib.suppress(Conflict, NotFound):  # it has just ended, or broken off
            await self.village.stage.intervene(
                self.mind.world.id, playing.scene.id, by, self.mind.names().get(by, "Alex"), text
            )

    async def _chat(self, npc: str) -> None:
        """A player's line to a party gets its answer, argument or not."""
        utterance = Utterance(ALEX, "Alex", npc, self.rng.choice(CHATTER), hearers=tuple(self.mind.world.here(PLACE)))
        epoch = self.mind.speaking.epoch
        ended: Ended | None = None
        with contextlib.suppress(asyncio.TimeoutError):
            ended = await asyncio.wait_for(self._answered(utterance), PATIENCE)
        if not epoch.void:
            self._check(ended is not None and bool(ended.text), f"{npc} does not answer a player")

    async def _answered(self, utterance: Utterance) -> Ended | None:
        ended: Ended | None = None
        async for event in self.village.director.say(self.mind.world, utterance):
            if isinstance(event, Ended):
                ended = event
        return ended

    async def _afterwards(self, argument: Argument) -> None:
        """What it came to, and that it left nobody speechless."""
        mind, outcome = self.mind, self.played.outcome
        self._check(argument.id not in mind.arguments, "it is not off the list")
        self._check(ARGUMENT + argument.id not in mind.state(), "its record is left")
        if outcome is not None:
            self._check(outcome.ending.kind in KINDS, "no outcome")
            self._check(argument.turn <= argument.limits.turns, "too many turns")
            self._check(argument.tokens <= argument.limits.tokens, "too many tokens")
            self._check(argument.seconds <= argument.limits.seconds + 1, "too many seconds")
            faults = [fault async for fault in self._missing(outcome)]
            # What names a player is gone with the player, also where another argument has forgotten it just now.
            if self.village.forgotten == self.forgotten or all(one.said.by != ALEX for one in argument.interventions):
                self.played.faults += faults
        for npc in self.parties:
            await self._chat(npc)
            floor = mind.speaking.floor(npc)
            await asyncio.wait_for(floor.acquire(), PATIENCE)
            floor.release()

    async def _missing(self, outcome: Outcome) -> AsyncIterator[str]:
        """The effects that it should have had and has not."""
        mind, history = self.mind, self.mind.memory.history
        pairs = {(change.npc, change.toward) for change in outcome.relations}
        if not {(one, other) for one in self.parties for other in self.parties if one != other} <= pairs:
            yield "a pair has no change"
        for change in outcome.relations:
            relation = mind.feelings.relation(mind.persona(change.npc), change.toward)
            reason = mind.wording.own(change.reason, change.npc, self.parties)
            if reason not in [known.text for known in relation.reasons]:
                yield f"no reason: {change.reason}"
            if change.toward in self.parties:
                was, now = self.before[change.npc, change.toward], relation.now(mind.world.clock.now)
                if was == now and change.by != NEUTRAL and not _full(was, change.by):
                    yield "a relation stays as it was"
        for npc in self.parties:
            kept = await asyncio.wrap_future(history.memories(npc, limit=10_000))
            own = mind.wording.own(outcome.memories[npc], npc, self.parties)
            if own not in [stored.entry.claim for stored in kept]:
                yield f"{npc} does not remember it"

    def _relations(self) -> dict[tuple[str, str], Numbers]:
        feelings, now = self.mind.feelings, self.mind.world.clock.now
        return {
            (one, other): feelings.relation(self.mind.persona(one), other).now(now)
            for one in self.parties
            for other in self.parties
            if one != other
        }

    def _errand(self, work: Awaitable[None]) -> None:
        self.errands.append(asyncio.ensure_future(work))

    def _check(self, good: bool, fault: str) -> None:
        if not good:
            self.played.faults.append(fault)


def _full(was: Numbers, by: Numbers) -> bool:
    """Whether a relation is as far as it goes already."""
    return all(not getattr(by, name) or abs(getattr(was, name)) > 0.99 for name in NAMES)


async def _village_of(writer: Bridge, profile: ModelProfile, seed: int, count: int, plain: bool) -> list[Played]:
    home, gate = village(writer, profile, seed), asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Played:
        async with gate:
            argument = _Argument(home, random.Random(mix(seed, number)), plain=plain)
            playing = asyncio.ensure_future(argument.play())
            done, _ = await asyncio.wait({playing}, timeout=2 * PATIENCE)
            if not done:
                playing.cancel()
                argument.played.faults.append("it hangs")
                return argument.played
            return playing.result()

    try:
        return list(await asyncio.gather(*map(one, range(count))))
    finally:
        home.mind.memory.history.close()


def stage(backend: Callable[[], Backend], count: int, seed: int = 1, *, plain: bool = False) -> list[Played]:
    """Plays `count` random arguments on an engine with this backend."""
    model = backend()
    profile = model.profile if isinstance(model, LlamaModel) else LARGE
    engine = Engine(model)
    engine.start()

    async def work() -> list[Played]:
        bridge = Bridge(engine, asyncio.get_running_loop())
        played: list[Played] = []
        for number in range(0, count, VILLAGE):
            played += await _village_of(bridge, profile, seed + number, min(VILLAGE, count - number), plain)
        return played

    try:
        played = asyncio.run(work())
        if not engine.stats.balanced:
            played[-1].faults.append("the engine's books do not balance")
        return played
    finally:
        engine.close()


def summary(played: Sequence[Played]) -> dict[str, Any]:
    """How many arguments there were, how they ended, and what was wrong."""
    outcomes = Counter(one.outcome.ending.kind if one.outcome else "forgotten" for one in played)
    return {
        "arguments": len(played),
        "turns": sum(len(one.lines) for one in played),
        "interventions": sum(len(one.mediations) for one in played),
        "broken_off_and_resumed": sum(one.broke_off for one in played),
        **dict(sorted(outcomes.items())),
        "faults": sum(len(one.faults) for one in played),
        **{f"fault: {fault}": count for fault, count in Counter(f for one in played for f in one.faults).items()},
    }


def real(model: str | None = None) -> Backend:
    """The default model, or another."""
    return LlamaModel(load({"model": model}))


def fake() -> Backend:
    """A model that says one of a few lines, some of which must not be spoken."""
    return FakeModel(_script, slots=8, slot_context=4096, batch_limit=2048)


def _script(slot: int, tokens: list[int]) -> int:
    prompt, _, said = bytes(token for token in tokens if token != END).rpartition(b"\n")
    rng = random.Random(prompt)
    emotion, line = rng.choice((b"(angry", b"(wary", b"(sad")), rng.choice(UNSPEAKABLE)
    decided = prompt.rpartition(b"\n")[2].decode()  # the first line of the sheet, which is forced
    move = decided.rpartition(">")[2].partition(" 1")[0]
    if rng.random() < 0.85:
        line = FAKE_LINES.get(move, f"I have heard it {rng.randint(1, 999)} times.")
    head, bracket, body = said.partition(b") ")
    wanted = line.encode() if bracket else emotion + b") "
    written = body if bracket else head
    return wanted[len(written)] if len(written) < len(wanted) else END
