"""What a play sends to the daemon and what comes back; all of it is shown."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from npc_runtime.client import Runtime
from npc_runtime.client.runtime import REQUEST_SECONDS
from npc_runtime.errors import InternalError
from npc_runtime.scenes.show import Show
from npc_runtime.wire import messages as m

ADDRESSES = frozenset({"npc", "from", "to", "entity", "between", "parties", "by", "witnesses", "scope"})
"""Fields of requests that name somebody."""


class Exchange:
    """Speaks with the daemon about one world, of which a play sees everything."""

    def __init__(self, runtime: Runtime, world: str, show: Show) -> None:
        self.runtime = runtime
        self.world = world
        self.called: dict[str, str] = {}  # ids of creatures by the name that the scene gave them
        self._show = show

    async def responses(self, kind: str, /, *, timeout: float, **fields: Any) -> AsyncGenerator[m.Response, None]:
        """Sends a request and gives what comes back, as it comes; to be closed after the last response."""
        request = self.runtime.message(kind, world=self.world, **renamed(fields, self.called))
        self._show.message(request)
        async with contextlib.aclosing(self.runtime.exchange(request, timeout=timeout)) as responses:
            async for response in responses:
                self._show.message(response)
                yield response

    async def ask(self, kind: str, /, *, timeout: float = REQUEST_SECONDS, **fields: Any) -> m.Response:
        """Sends a request that has one response, which it gives."""
        async with contextlib.aclosing(self.responses(kind, timeout=timeout, **fields)) as responses:
            async for response in responses:
                return response
        raise InternalError(f"{kind} had no answer")

    async def heard(self, reply: m.ReplyEnd) -> None:
        """Says that a reply was heard as a whole."""
        await self.ask("heard", reply=reply.reply)


def renamed(fields: Mapping[str, Any], called: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a request with the ids of creatures in place of the names that a scene gave them."""

    def id_of(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(part, called) if isinstance(part, dict) else id_of(part) for part in value]
        return called.get(value.removeprefix("npc:"), value) if isinstance(value, str) else value

    return {key: id_of(value) if key in ADDRESSES else value for key, value in fields.items()}
