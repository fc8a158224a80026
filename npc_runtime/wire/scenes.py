"""What the services about arguments and encounters have in common: how a scene among characters is sent."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from functools import partial
from typing import Any

from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.stage.beat import Incident, TurnTaken
from npc_runtime.dialogue.stage.performance import Performance
from npc_runtime.dialogue.stage.stage import Stage
from npc_runtime.dialogue.turn.events import Ended
from npc_runtime.engine.request import Priority
from npc_runtime.wire import messages as m
from npc_runtime.wire.replies import ReplyStream
from npc_runtime.wire.session import Saying, Session, Sessions
from npc_runtime.wire.talk import Talk

PRIORITIES = {"normal": Priority.ARGUMENT, "background": Priority.AMBIENT}


class Scenes(ABC):
    """A service about one kind of scene."""

    def __init__(self, director: Director, stage: Stage, sessions: Sessions, talk: Talk) -> None:
        self._director = director
        self._stage = stage
        self._sessions = sessions
        self._talk = talk

    async def _send(
        self, session: Session, scene: Performance[Any, Any], started: m.SceneStarted, stream: m.Stream
    ) -> None:
        """Plays it: its start, each turn with its reply, what is special to its kind, and its end. Raises Cancelled."""
        request, between = started.re, frozenset(scene.between)
        session.sayings[request] = Saying(started.world, between, scene.break_off, scene.leave)
        session.send(started)
        overheard = None if scene.private else partial(self._sessions.overheard, session)
        reply = ReplyStream(request, stream, started.world, overheard)
        try:
            async with contextlib.aclosing(scene.perform()) as happenings:
                async for happening in happenings:
                    if isinstance(happening, Incident):
                        session.send(_going_on(self._special(request, scene, happening)))
                    elif isinstance(happening, TurnTaken):
                        session.send(_turn(request, scene.id, happening))
                    else:
                        for message in reply.messages(happening):
                            session.send(_going_on(message))
                        if session.hears and isinstance(happening, Ended) and happening.text:
                            await self._talk.acknowledge(started.world, happening.reply)
        finally:
            session.sayings.pop(request, None)

    @abstractmethod
    def _special(self, request: str, scene: Any, incident: Any) -> m.Response:
        """The message for what happens in this kind of scene only."""


def _going_on(message: m.Response) -> m.Response:
    """What ends a request of its own ends none within a scene, but for the scene's own end."""
    if isinstance(message, m.Final) and not isinstance(message, m.SceneEnded):
        return message.model_copy(update={"last": False})
    return message


def _turn(request: str, scene: str, taken: TurnTaken) -> m.SceneTurn:
    return m.SceneTurn(
        re=request,
        scene=scene,
        turn=taken.number,
        reply=taken.reply,
        npc=taken.speaker,
        to=taken.to,
        move=taken.move.value,
        heat=taken.heat,
    )
