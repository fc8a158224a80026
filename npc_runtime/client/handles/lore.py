"""What the lore says, as a character answers it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from npc_runtime.client.handles.reply import Reply
from npc_runtime.wire import messages as m

if TYPE_CHECKING:
    from npc_runtime.client.handles.world import World


class LoreAnswer(Reply):
    """A reply to a question over the lore: iterate or await it as any reply. It has no words where nobody may know."""

    def __init__(
        self,
        world: World,
        request: m.Request,
        answered: m.LoreAnswered,
        responses: AsyncGenerator[m.Response, None],
        ack: bool,
    ) -> None:
        super().__init__(world, request, ack)
        self.answered = answered
        self._responses = responses

    @property
    def npc(self) -> str:
        """Who answers: its id, or empty."""
        return self.answered.npc or ""

    @property
    def passages(self) -> list[m.PassageInfo]:
        """What it knows of it: document, heading, text."""
        return self.answered.passages

    @property
    def may_know(self) -> list[str]:
        """Everybody in the world who may know it."""
        return self.answered.may_know

    @property
    def reason(self) -> str:
        """Why nobody answers, or empty."""
        return self.answered.reason

    async def _messages(self) -> AsyncGenerator[m.Response, None]:
        if self.npc:
            async with contextlib.aclosing(self._responses) as responses:
                async for message in responses:
                    yield message
