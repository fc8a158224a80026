"""How a scene among characters is sent: its start, each turn with its reply, what is special to its kind, its end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from npc_runtime.dialogue.stage.beat import Incident, TurnTaken
from npc_runtime.dialogue.stage.performance import Performance
from npc_runtime.wire import messages as m
from npc_runtime.wire.session import Saying, Session
from npc_runtime.wire.talk import reply_message


async def send(
    session: Session, performance: Performance[Any, Any], started: m.SceneStarted, special: Callable[[Any], m.Response]
) -> None:
    """Plays a scene for a session; `special` is the message for an incident of its kind. Raises Cancelled."""
    request, between = started.re, frozenset(performance.between)
    session.sayings[request] = Saying(started.world, between, performance.cancel, performance.leave)
    session.send(started)
    try:
        async with contextlib.aclosing(performance.perform()) as happenings:
            async for happening in happenings:
                if isinstance(happening, Incident):
                    session.send(special(happening))
                elif isinstance(happening, TurnTaken):
                    session.send(_turn(request, performance.scene.id, happening))
                else:
                    session.send(reply_message(request, happening))
    finally:
        session.sayings.pop(request, None)


def _turn(request: str, scene: str, taken: TurnTaken) -> m.SceneTurn:
    return m.SceneTurn(
        re=request,
        scene=scene,
        turn=taken.number,
        reply=taken.reply,
        speaker=taken.speaker,
        to=taken.to,
        move=taken.move.value,
        heat=taken.heat,
    )
