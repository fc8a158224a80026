"""Playing scenes against a real daemon, in a process of its own, so that no other game's characters are disturbed."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, takewhile
from pathlib import Path
from typing import Any, Protocol

from npc_runtime import flags
from npc_runtime.client import REQUEST_SECONDS, Runtime, connect
from npc_runtime.config import BUNDLED, Config
from npc_runtime.errors import Conflict, InternalError, RuntimeFault, SceneError
from npc_runtime.handles import FORGET_SECONDS, REPLY_SECONDS
from npc_runtime.launch import last_lines
from npc_runtime.scenes.checks import (
    Check,
    Spoken,
    check,
    check_answers,
    check_argument,
    check_encounter,
    check_journal,
    check_knowledge,
    check_turns,
)
from npc_runtime.scenes.pack import write_pack
from npc_runtime.scenes.schema import Scene, Step
from npc_runtime.scenes.steps import (
    Act,
    Advance,
    Argue,
    AskLore,
    Creature,
    Despawn,
    Encounter,
    Expect,
    Forget,
    Happening,
    Hush,
    Mediate,
    Move,
    Restore,
    Save,
    Say,
    Set,
    Spawn,
    TalkBudget,
    Teach,
)
from npc_runtime.wire import messages as m
from npc_runtime.world.entity import bare

SEARCHED = 50
"""Memories that are looked through for what a character should know, or should not."""
NOTES_READ = 100
"""Notes of a journal that are looked through; a scene is not long enough for more."""
STREAMED = ("say", "lore.ask")
"""Requests that a reply answers."""
SEEDS_A_PLAY = 1000
"""Each line of a play has a seed of its own, and each repetition other ones."""


ADDRESSES = frozenset({"npc", "from", "to", "entity", "between", "parties", "by", "witnesses", "scope"})
"""Fields of requests that name somebody."""

REQUESTS: dict[type[Act], str] = {
    Spawn: "npc.spawn",
    Despawn: "npc.despawn",
    Move: "entity.move",
    Set: "world.set",
    Happening: "world.event",
    Advance: "world.advance",
    Teach: "memory.teach",
    Forget: "memory.forget",
    Save: "save.create",
    Restore: "save.restore",
    Hush: "talk.hush",
    TalkBudget: "talk.budget",
}
"""Steps whose fields are those of a request; a line takes more."""


class Show(Protocol):
    """Who watches a play; see `npc_runtime.scenes.report`."""

    def opens(self, scene: Scene) -> None:
        """The scene begins."""

    def message(self, message: m.Body) -> None:
        """A message was sent or received."""

    def checked(self, checks: Sequence[Check]) -> None:
        """A step's expectations were checked."""


class Nobody:
    """Watches nothing."""

    def opens(self, scene: Scene) -> None:
        """Ignores it."""

    def message(self, message: m.Body) -> None:
        """Ignores it."""

    def checked(self, checks: Sequence[Check]) -> None:
        """Ignores it."""


@dataclass(frozen=True)
class Verdict:
    """One expectation, with what led to the reply where it failed. Those that were never `reached` failed too."""

    line: int
    check: Check
    reached: bool = True
    said: str = ""
    reply: str = ""
    why: dict[str, object] = field(default_factory=dict)


@dataclass
class Outcome:
    """How one play of a scene went. `error` says why it broke off."""

    scene: Scene
    verdicts: list[Verdict] = field(default_factory=list)
    error: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.error and all(verdict.check.passed for verdict in self.verdicts)


async def play(scene: Scene, config: Config, show: Show) -> Outcome:
    """Plays one scene. Raises SceneError naming file and line when the daemon refuses a step."""
    async with _daemon(config, _model(scene, config)) as runtime:
        outcome = await _Play(runtime, scene, show, _seed(scene, config)).run()
    if outcome.error:
        raise SceneError(outcome.error)
    return outcome


async def evaluate(
    scenes: Sequence[Scene], config: Config, *, repeat: int = 1, show: Show | None = None
) -> list[Outcome]:
    """Plays every scene `repeat` times, with one daemon for each model. A scene that breaks off fails what is left."""
    outcomes = []
    by_model = sorted(scenes, key=lambda scene: _model(scene, config))
    for model, group in groupby(by_model, key=lambda scene: _model(scene, config)):
        async with _daemon(config, model) as runtime:
            for scene in group:
                seed = _seed(scene, config)
                for repetition in range(repeat):
                    start = None if seed is None else seed + repetition * SEEDS_A_PLAY
                    outcomes.append(await _Play(runtime, scene, show or Nobody(), start).run())
    return outcomes


def _model(scene: Scene, config: Config) -> str:
    """The model that the user named, else the scene's."""
    return config.model if config.model != BUNDLED else scene.model or BUNDLED


def _seed(scene: Scene, config: Config) -> int | None:
    return config.seed if config.seed is not None else scene.seed


@contextlib.asynccontextmanager
async def _daemon(config: Config, model: str) -> AsyncIterator[Runtime]:
    with tempfile.TemporaryDirectory(prefix="npc-runtime-", ignore_cleanup_errors=True) as folder:
        arguments = flags.arguments(config.model_copy(update={"model": model}), flags.MIND)
        async with connect(data_dir=folder, name="scenes", arguments=arguments) as runtime:
            yield runtime


class _Play:
    """One play of one scene, in a world of its own."""

    def __init__(self, runtime: Runtime, scene: Scene, show: Show, seed: int | None) -> None:
        self._runtime = runtime
        self._scene = scene
        self._show = show
        self._seed = seed
        self._world = f"{scene.name}-{secrets.token_hex(4)}"
        self._said = ""
        self._reply: m.ReplyEnd | None = None
        self._action = ""
        self._settled: m.ArgueSettled | None = None
        self._answers = ""  # who answers over the lore
        self._called: dict[str, str] = {}  # ids of creatures by the name that the scene gave them
        self._ended: m.EncounterEnded | None = None
        self._turns = 0  # of the last argument or encounter

    async def run(self) -> Outcome:
        outcome = Outcome(self._scene)
        self._show.opens(self._scene)
        line, left = 1, list(self._scene.steps)
        try:
            with self._pack() as pack:
                await self._ask("world.open", pack=pack)
            while left:
                line = left[0].line
                await self._step(left[0], len(self._scene.steps) - len(left))
                if left[0].expect:
                    outcome.verdicts += await self._judge(line, left[0].expect)
                left.pop(0)
        except RuntimeFault as error:
            outcome.error = f"{self._scene.file}:{line}: {error}{self._log(error)}"
            outcome.verdicts += _unreached(left, str(error))
        return outcome

    def _log(self, error: RuntimeFault) -> str:
        """The end of the daemon's log, where that tells more; the log goes when the daemon goes."""
        if not isinstance(error, InternalError) or self._runtime.launched is None:
            return ""
        return "\n" + last_lines(self._runtime.launched.log)

    @contextlib.contextmanager
    def _pack(self) -> Iterator[str | None]:
        """The name or path of the scene's pack, for as long as the daemon needs to read it."""
        if self._scene.own_pack is None:
            yield self._scene.pack
            return
        with tempfile.TemporaryDirectory(prefix="npc-runtime-pack-") as folder:
            yield str(write_pack(self._scene.own_pack, Path(folder) / self._scene.own_pack.id))

    async def _step(self, step: Step, index: int) -> None:
        match step.act:
            case Say() as say:
                seed = say.seed
                if seed is None and self._seed is not None:
                    seed = self._seed + index
                await self._say(say, seed)
            case AskLore() as ask:
                seed = ask.seed
                if seed is None and self._seed is not None:
                    seed = self._seed + index
                await self._ask_lore(ask, seed)
            case Argue() as argue:
                seed = argue.seed
                if seed is None and self._seed is not None:
                    seed = self._seed + index
                behind = (step.act for step in self._scene.steps[index + 1 :])
                await self._argue(argue, list(takewhile(lambda act: isinstance(act, Mediate), behind)), seed)
            case Creature() as creature:
                seed = creature.seed
                if seed is None and self._seed is not None:
                    seed = self._seed + index
                fields = creature.model_dump(exclude={"called", "seed"})
                born = await self._ask("creature.generate", timeout=REPLY_SECONDS, **fields, seed=seed)
                assert isinstance(born, m.CreatureGenerated)
                self._called[creature.called] = born.npc
            case Encounter() as encounter:
                seed = encounter.seed
                if seed is None and self._seed is not None:
                    seed = self._seed + index
                await self._meet(encounter, seed)
            case None | Mediate():
                pass
            case act:
                timeout = FORGET_SECONDS if isinstance(act, Forget) else REQUEST_SECONDS
                await self._ask(REQUESTS[type(act)], timeout=timeout, **act.model_dump())

    async def _say(self, say: Say, seed: int | None) -> None:
        self._said, self._reply, self._action = say.text, None, ""
        actions = [offer.model_dump() for offer in say.actions]
        line = {"from": say.speaker, **say.model_dump(include={"to", "text", "name", "passing", "private"})}
        await self._ask("say", timeout=REPLY_SECONDS, **line, actions=actions, seed=seed)
        if self._reply is not None:
            await self._ask("heard", reply=self._reply.reply)

    async def _ask_lore(self, ask: AskLore, seed: int | None) -> None:
        self._said, self._reply, self._action = ask.question, None, ""
        await self._ask("lore.ask", timeout=REPLY_SECONDS, **ask.model_dump(exclude={"seed"}), seed=seed)
        if self._reply is not None:
            await self._ask("heard", reply=self._reply.reply)

    async def _argue(self, argue: Argue, mediations: Sequence[Act | None], seed: int | None) -> None:
        """Plays an argument; every line of it is heard, and what is said into it comes in its turn."""
        self._settled = None
        fields = argue.model_dump(exclude={"max_turns", "seed"})
        limits = m.ArgueLimits(turns=argue.max_turns)
        request = self._runtime.message(
            "argue.start", world=self._world, **renamed(fields, self._called), limits=limits.model_dump(), seed=seed
        )
        left = [act for act in mediations if isinstance(act, Mediate)]
        argument, turn = "", 0
        self._show.message(request)
        patience = REPLY_SECONDS + limits.seconds
        async with contextlib.aclosing(self._runtime.exchange(request, timeout=patience)) as responses:
            async for response in responses:
                self._show.message(response)
                match response:
                    case m.ArgueStarted():
                        argument = response.argument
                    case m.ArgueTurn():
                        turn = response.turn
                    case m.ReplyEnd():
                        # Before it is heard: the next turn may begin right behind that.
                        for act in [act for act in left if act.after <= turn]:
                            left.remove(act)
                            line = {"argument": argument, "from": act.speaker, "text": act.text, "name": act.name}
                            await self._ask("argue.intervene", timeout=REQUEST_SECONDS, **line)
                        await self._ask("heard", reply=response.reply)
                    case m.ArgueSettled():
                        self._settled, self._turns = response, response.turns
                        break
        if left:
            raise Conflict(
                f"the argument ended after {turn} turns, before {left[0].speaker} spoke",
                hint="let `mediate` come `after` fewer turns, or try another seed",
            )

    async def _meet(self, encounter: Encounter, seed: int | None) -> None:
        """Plays an encounter; every line of it is heard."""
        self._ended = None
        fields = encounter.model_dump(exclude={"a", "b", "between", "max_turns", "seed"})
        limits = m.EncounterLimits(turns=encounter.max_turns)
        request = self._runtime.message(
            "encounter.start",
            world=self._world,
            **renamed({"between": encounter.npcs, **fields}, self._called),
            limits=limits.model_dump(),
            seed=seed,
        )
        self._show.message(request)
        patience = REPLY_SECONDS + limits.seconds
        async with contextlib.aclosing(self._runtime.exchange(request, timeout=patience)) as responses:
            async for response in responses:
                self._show.message(response)
                if isinstance(response, m.ReplyEnd):
                    await self._ask("heard", reply=response.reply)
                elif isinstance(response, m.EncounterEnded):
                    self._ended, self._turns = response, response.turns
                    break

    async def _ask(self, kind: str, *, timeout: float = REQUEST_SECONDS, **fields: Any) -> m.Response:
        """Sends a request and shows it with everything that comes back, up to its last response, which it gives."""
        request = self._runtime.message(kind, world=self._world, **renamed(fields, self._called))
        self._show.message(request)
        async with contextlib.aclosing(self._runtime.exchange(request, timeout=timeout)) as responses:
            async for response in responses:
                self._show.message(response)
                if isinstance(response, m.ReplyAction):
                    self._action = " ".join((response.name, *response.args))
                elif isinstance(response, m.ReplyEnd):
                    self._reply = response
                if isinstance(response, m.LoreAnswered):
                    self._answers = response.npc
                last = isinstance(response, m.ReplyEnd | m.ReplyNone)
                if last or kind not in STREAMED or not self._more(response):
                    return response
        raise InternalError(f"{kind} had no answer")

    @staticmethod
    def _more(response: m.Response) -> bool:
        """Whether a reply is still to come."""
        return not isinstance(response, m.LoreAnswered) or bool(response.npc)

    async def _judge(self, line: int, expect: Expect) -> list[Verdict]:
        verdicts = await self._judge_reply(line, expect) if expect.of_reply else []
        if expect.of_argument:
            assert self._settled is not None, "the schema lets such an `expect` only follow an `argue`"
            done = check_argument(expect, self._settled.outcome.kind, self._settled.turns)
            verdicts += [Verdict(line, check) for check in done]
        elif expect.of_encounter:
            assert self._ended is not None, "the schema lets such an `expect` only follow an `encounter`"
            news = [one.text for one in self._ended.news]
            found = check_encounter(expect, self._ended.reason, self._ended.turns, news)
            verdicts += [Verdict(line, check) for check in found]
        elif expect.of_turns:
            verdicts += [Verdict(line, check) for check in check_turns(expect, self._turns)]
        verdicts += [Verdict(line, check) for check in await self._judge_knowledge(expect)]
        if expect.answers:
            verdicts.append(Verdict(line, check_answers(expect.answers, self._answers)))
        self._show.checked([verdict.check for verdict in verdicts])
        return verdicts

    async def _judge_reply(self, line: int, expect: Expect) -> list[Verdict]:
        reply = self._reply
        if reply is None:  # the line was said to all, and nobody had anything to say
            silent = Spoken("", "", "", "", answered_by="nobody")
            return [Verdict(line, done, said=self._said) for done in check(expect, silent)]
        why = await self._runtime.call(m.WhyReport, "why", world=self._world, reply=reply.reply)
        by = bare(reply.npc)
        spoken = Spoken(reply.text, reply.emotion, reply.source, reply.finish, self._action, why.move, by)
        behind: dict[str, object] = {"intent": why.intent, "move": why.move, "facts": why.facts, "notes": why.notes}
        return [
            Verdict(line, done) if done.passed else Verdict(line, done, said=self._said, reply=reply.text, why=behind)
            for done in check(expect, spoken)
        ]

    async def _judge_knowledge(self, expect: Expect) -> list[Check]:
        done = []
        for key, wanted in (("knows", expect.knows), ("knows_not", expect.knows_not)):
            if wanted is not None:
                npc = self._called.get(wanted.npc, wanted.npc)
                query = {"world": self._world, "npc": npc, "about": wanted.about, "limit": SEARCHED}
                found = await self._runtime.call(m.MemoryFound, "memory.query", **query)
                texts = [memory.text for memory in found.memories if wanted.came(memory)]
                done.append(check_knowledge(key, wanted, texts))
        if expect.journal is not None:
            query = {"world": self._world, "player": expect.journal.player, "limit": NOTES_READ}
            listing = await self._runtime.call(m.JournalListing, "journal.list", **query)
            done.append(check_journal(expect.journal, [note.text for note in listing.notes]))
        return done


def renamed(fields: Mapping[str, Any], called: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a request with the ids of creatures in place of the names that a scene gave them."""

    def id_of(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(part, called) if isinstance(part, dict) else id_of(part) for part in value]
        return called.get(value.removeprefix("npc:"), value) if isinstance(value, str) else value

    return {key: id_of(value) if key in ADDRESSES else value for key, value in fields.items()}


def _unreached(steps: Sequence[Step], error: str) -> list[Verdict]:
    """Every expectation that a broken play never came to, as failed; at least one."""
    left = [
        Verdict(step.line, Check(key, False, "to be reached", error), reached=False)
        for step in steps
        if step.expect
        for key in Expect.model_fields
        if key in step.expect.model_fields_set
    ]
    return left or [Verdict(steps[0].line if steps else 1, Check("played", False, "to the end", error), reached=False)]
