"""One play of one scene: its steps, in their order."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

from npc_runtime.client import Runtime
from npc_runtime.client.handles.memory import FORGET_SECONDS
from npc_runtime.client.handles.reply import REPLY_SECONDS
from npc_runtime.client.launch import last_lines
from npc_runtime.client.runtime import REQUEST_SECONDS
from npc_runtime.errors import InternalError, RuntimeFault
from npc_runtime.scenes import talks
from npc_runtime.scenes.exchange import Exchange
from npc_runtime.scenes.judge import Played, judge
from npc_runtime.scenes.outcome import Outcome, unreached
from npc_runtime.scenes.pack import write_pack
from npc_runtime.scenes.schema import Scene, Step
from npc_runtime.scenes.show import Show
from npc_runtime.scenes.steps import (
    Act,
    Advance,
    Argue,
    AskLore,
    Creature,
    Despawn,
    Encounter,
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


class Play:
    """One play of one scene, in a world of its own."""

    def __init__(self, runtime: Runtime, scene: Scene, show: Show, seed: int | None) -> None:
        """`seed` is that of the first step; each step that has none has one of its own."""
        self._exchange = Exchange(runtime, f"{scene.name}-{secrets.token_hex(4)}", show)
        self._scene = scene
        self._show = show
        self._seed = seed
        self._played = Played()

    async def run(self) -> Outcome:
        """Plays it to its end, or up to where it breaks off."""
        outcome = Outcome(self._scene)
        self._show.opens(self._scene)
        line, left = 1, list(self._scene.steps)
        try:
            with self._pack() as pack:
                await self._exchange.ask("world.open", pack=pack)
            while left:
                step, line = left[0], left[0].line
                self._show.begins(step)
                await self._step(step, len(self._scene.steps) - len(left))
                if step.expect:
                    verdicts = await judge(step.expect, self._played, self._exchange, line)
                    self._show.checked(verdicts)
                    outcome.verdicts += verdicts
                left.pop(0)
        except RuntimeFault as error:
            outcome.error = f"{self._scene.file}:{line}: {error}{self._log(error)}"
            outcome.verdicts += unreached(left, str(error))
        return outcome

    def _log(self, error: RuntimeFault) -> str:
        """The end of the daemon's log, where that tells more; the log goes when the daemon goes."""
        launched = self._exchange.runtime.launched
        if not isinstance(error, InternalError) or launched is None:
            return ""
        return "\n" + last_lines(launched.log)

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
                await self._say(say, self._seed_of(say.seed, index))
            case AskLore() as ask:
                seed = self._seed_of(ask.seed, index)
                await self._speak(ask.question, "lore.ask", **ask.model_dump(exclude={"seed"}), seed=seed)
            case Argue() as argue:
                await self._argue(argue, index)
            case Encounter() as encounter:
                self._played.ended = ended = await talks.meet(
                    self._exchange, encounter, self._seed_of(encounter.seed, index)
                )
                if ended is not None:
                    self._played.turns = ended.turns
            case Creature() as creature:
                await self._make(creature, self._seed_of(creature.seed, index))
            case None | Mediate():
                pass
            case act:
                timeout = FORGET_SECONDS if isinstance(act, Forget) else REQUEST_SECONDS
                await self._exchange.ask(REQUESTS[type(act)], timeout=timeout, **act.model_dump())

    def _seed_of(self, own: int | None, index: int) -> int | None:
        """The seed of a step: its own, else one that the play's seed gives to its place in the scene."""
        return own if own is not None or self._seed is None else self._seed + index

    async def _say(self, say: Say, seed: int | None) -> None:
        actions = [offer.model_dump() for offer in say.actions]
        line = {"from": say.speaker, **say.model_dump(include={"to", "text", "name", "passing", "private"})}
        await self._speak(say.text, "say", **line, actions=actions, seed=seed)

    async def _speak(self, said: str, kind: str, **fields: Any) -> None:
        """Sends what a player says, and hears the reply to its end; there may be none."""
        played = self._played
        played.said, played.reply, played.action = said, None, ""
        sent = self._exchange.responses(kind, timeout=REPLY_SECONDS, **fields)
        async with contextlib.aclosing(sent) as responses:
            async for response in responses:
                match response:
                    case m.ReplyAction(name=name, args=args):
                        played.action = " ".join((name, *args))
                    case m.ReplyEnd():
                        played.reply = response
                        break
                    case m.ReplyNone():
                        break
                    case m.LoreAnswered(npc=npc):
                        played.answers = npc or ""
                        if not npc:
                            break
            else:
                raise InternalError(f"{kind} had no answer")
        if played.reply is not None:
            await self._exchange.heard(played.reply)

    async def _argue(self, argue: Argue, index: int) -> None:
        behind = (step.act for step in self._scene.steps[index + 1 :])
        spoken_into = takewhile(lambda act: isinstance(act, Mediate), behind)
        mediations = [act for act in spoken_into if isinstance(act, Mediate)]
        self._played.settled = settled = await talks.argue(
            self._exchange, argue, mediations, self._seed_of(argue.seed, index)
        )
        if settled is not None:
            self._played.turns = settled.turns

    async def _make(self, creature: Creature, seed: int | None) -> None:
        fields = creature.model_dump(exclude={"called", "seed"})
        born = await self._exchange.ask("creature.generate", timeout=REPLY_SECONDS, **fields, seed=seed)
        assert isinstance(born, m.CreatureGenerated)
        self._exchange.called[creature.called] = born.npc
