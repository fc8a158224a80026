"""The service about the lore of a village."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.policy.lore import Answering, Library
from npc_runtime.dialogue.replies import Epoch
from npc_runtime.dialogue.state import Mind
from npc_runtime.wire import messages as m
from npc_runtime.wire.handling import handles
from npc_runtime.wire.session import Session
from npc_runtime.wire.talk import Talk
from npc_runtime.world.entity import entity_id

MAY_KNOW = 64
"""Characters that an answer names at most."""
STRANGER = "player:stranger"
"""Who asks where nobody is named."""


class Lore:
    """Has questions answered by those who may know."""

    def __init__(self, director: Director, talk: Talk) -> None:
        self._director = director
        self._talk = talk
        self._library = Library()

    @handles("lore.ask", streamed=True)
    def ask(self, session: Session, request: m.LoreAsk) -> Coroutine[Any, Any, None]:
        """Finds who may know, says so, and has it answer. Raises NotFound for a world, a character; Invalid."""
        mind = self._director.mind(request.world)
        npc = mind.world.npc(request.npc).id if request.npc else ""
        player = entity_id(request.player or STRANGER, "player")
        return self._ask(session, request, mind, npc, player, mind.speaking.epoch)

    async def _ask(self, session: Session, request: m.LoreAsk, mind: Mind, npc: str, player: str, epoch: Epoch) -> None:
        found = await self._library.answering(mind, request.question, npc=npc, player=player)
        epoch.check("the question was not put", "ask again, in the world as it is now")
        answered = _answered(request, found)
        if not found.npc:
            session.send(answered)
            return
        say = m.Say(
            id=request.id,
            world=request.world,
            speaker=player,
            to=found.npc,
            text=request.question,
            name=request.name,
            deadline=request.deadline,
            seed=request.seed,
            stream=request.stream,
        )
        reply = self._talk.say(session, say, settled=found.choice, anywhere=True)
        session.send(answered)
        await reply


def _answered(request: m.LoreAsk, found: Answering) -> m.LoreAnswered:
    passages = [
        m.PassageInfo(
            document=passage.lore.document, heading=passage.lore.heading, text=passage.lore.text, score=passage.score
        )
        for passage in found.passages
    ]
    return m.LoreAnswered(
        re=request.id,
        world=request.world,
        npc=found.npc,
        passages=passages,
        may_know=list(found.may_know[:MAY_KNOW]),
        reason=found.reason,
        last=not found.npc,
    )
