"""Scenes among characters on the screen: each line as it is spoken, and heard when the player has read it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from demo import texts
from demo.panes import Conversation, Spoken
from npc_runtime.client import Encounter, Quarrel
from npc_runtime.errors import NotFound
from npc_runtime.wire import messages as m

LINE_SECONDS, LETTER_SECONDS = 0.6, 0.025


async def play(
    talk: Conversation,
    scene: Quarrel | Encounter,
    title: Callable[[m.SceneTurn], str],
    other: Callable[[m.Response], Awaitable[Any]],
) -> None:
    """Shows a scene to its end; `title` is what stands over a line, `other` shows the rest. Raises Cancelled."""
    reply = Spoken("")
    async with contextlib.aclosing(scene.messages()) as messages:
        async for message in messages:
            match message:
                case m.SceneTurn():
                    reply = Spoken(title(message))
                    await talk.put(reply)
                case m.ReplyStart(emotion=emotion):
                    reply.begin(emotion)
                case m.ReplyDelta(text=text):
                    reply.add(text)
                case m.ReplyEnd():
                    reply.end(message.text, remark=texts.remark(message))
                    if message.finish != "cancelled":
                        await read(message.text)
                        with contextlib.suppress(NotFound):  # a save was restored meanwhile: the next message says so
                            await scene.heard(message.reply)
                case _:
                    await other(message)


async def read(line: str) -> None:
    """Waits as long as the player takes to read a line, before the other answers."""
    await asyncio.sleep(LINE_SECONDS + LETTER_SECONDS * len(line))
