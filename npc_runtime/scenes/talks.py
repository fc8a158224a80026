"""Playing what takes many lines: arguments and encounters. Every line of them is heard."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

from npc_runtime.client.handles.reply import REPLY_SECONDS
from npc_runtime.errors import Conflict
from npc_runtime.scenes.exchange import Exchange
from npc_runtime.scenes.steps import Argue, Encounter, Mediate
from npc_runtime.wire import messages as m


async def argue(
    exchange: Exchange, step: Argue, mediations: Iterable[Mediate], seed: int | None
) -> m.ArgueSettled | None:
    """Plays an argument to its end; what is said into it comes in its turn. Raises Conflict where it ends too soon."""
    fields = step.model_dump(exclude={"max_turns", "seed"})
    limits = m.ArgueLimits(turns=step.max_turns)
    patience = REPLY_SECONDS + limits.seconds
    left, argument, turn, settled = list(mediations), "", 0, None
    async with contextlib.aclosing(
        exchange.responses("argue.start", timeout=patience, **fields, limits=limits.model_dump(), seed=seed)
    ) as responses:
        async for response in responses:
            match response:
                case m.ArgueStarted():
                    argument = response.argument
                case m.SceneTurn():
                    turn = response.turn
                case m.ReplyEnd():
                    # Before it is heard: the next turn may begin right behind that.
                    for one in [one for one in left if one.after <= turn]:
                        left.remove(one)
                        line: dict[str, Any] = {
                            "argument": argument,
                            "from": one.speaker,
                            "text": one.text,
                            "name": one.name,
                        }
                        await exchange.ask("argue.intervene", **line)
                    await exchange.heard(response)
                case m.ArgueSettled():
                    settled = response
                    break
    if left:
        raise Conflict(
            f"the argument ended after {turn} turns, before {left[0].speaker} spoke",
            hint="let `mediate` come `after` fewer turns, or try another seed",
        )
    return settled


async def meet(exchange: Exchange, step: Encounter, seed: int | None) -> m.EncounterEnded | None:
    """Plays an encounter to its end."""
    fields = {"between": step.npcs, **step.model_dump(exclude={"a", "b", "between", "max_turns", "seed"})}
    limits = m.EncounterLimits(turns=step.max_turns)
    patience = REPLY_SECONDS + limits.seconds
    async with contextlib.aclosing(
        exchange.responses("encounter.start", timeout=patience, **fields, limits=limits.model_dump(), seed=seed)
    ) as responses:
        async for response in responses:
            if isinstance(response, m.ReplyEnd):
                await exchange.heard(response)
            elif isinstance(response, m.EncounterEnded):
                return response
    return None
