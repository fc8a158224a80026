"""Servers of a model that exist in this process only: they answer as their script says, and fail as it says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, TypeAlias

import httpx

from npc_runtime.dialogue.generation.prompt import Message, Piece
from npc_runtime.engine import request as engine
from npc_runtime.engine.remote.engine import RemoteEngine

KEY = "sk-swordfish-0123456789"
Part: TypeAlias = "str | bytes | float | Exception"
"""Of an answer: a piece of text, raw bytes of the stream, seconds of silence, or how it breaks off."""
Script: TypeAlias = "Callable[[dict[str, Any]], Sequence[Part] | httpx.Response]"

FORM = engine.ReplyFormat(
    ("happy", "sad"),
    ("give bread", "leave"),
    (engine.Option("greet", voiced=False), engine.Option("ask"), engine.Option("ask back", (1, 2, 12), 1, 2)),
)
GOOD = "ask back 2\n(happy) Who told you? <leave>"
_PROBE = "Which colour has snow?"


def sse(found: object) -> bytes:
    return f"data: {json.dumps(found, ensure_ascii=False)}\n\n".encode()


def chunk(text: str = "", finish: str | None = None) -> bytes:
    return sse({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]})


class Stream(httpx.AsyncByteStream):
    """An answer that comes piece by piece; where it does not break off, it ends as it should."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts, self.closed = parts, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            if isinstance(part, float):
                await asyncio.sleep(part)
            elif isinstance(part, Exception):
                raise part
            else:
                yield part if isinstance(part, bytes) else chunk(part)
        yield chunk(finish="stop")
        yield sse({"choices": [], "usage": {"prompt_tokens": 40, "completion_tokens": 9}})
        yield b"data: [DONE]\n\n"

    async def aclose(self) -> None:
        self.closed = True


class Box:
    """A server. `keeps` names the field by which it can be asked for a form; it takes no notice of others."""

    def __init__(self, script: Script, *, keeps: str = "grammar", models: Sequence[str] = ("smol",), owner: str = "x"):
        self.script, self.keeps, self.models, self.owner = script, keeps, models, owner
        self.asked: list[dict[str, Any]] = []  # without what it was asked to find out what it knows
        self.streams: list[Stream] = []
        self.down = False
        self.shown: set[str] = set()  # keys

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("refused") from ConnectionRefusedError()
        self.shown.add(request.headers.get("Authorization", ""))
        if request.url.path == "/v1/models":
            listed = [{"id": model, "owned_by": self.owner} for model in self.models]
            return httpx.Response(200, json={"object": "list", "data": listed})
        if request.url.path != "/v1/chat/completions":
            return httpx.Response(404, json={"detail": "Not Found"})
        body = json.loads(request.content)
        if body["messages"][-1]["content"].endswith(_PROBE):
            return self._answer(self._probed(body))
        self.asked.append(body)
        found = self.script(body)
        return found if isinstance(found, httpx.Response) else self._answer(found)

    def _probed(self, body: dict[str, Any]) -> Sequence[Part]:
        asked = body.get("response_format", {}).get("type") or next((key for key in body if key == self.keeps), "")
        if asked != self.keeps:
            return ["White, of course."]
        return ['{"do": "quoth", "with": [7]}' if asked.startswith("json") else "quoth 7"]

    def _answer(self, parts: Sequence[Part]) -> httpx.Response:
        self.streams.append(Stream(parts))
        headers = {"Content-Type": "text/event-stream; charset=utf-8"}
        return httpx.Response(200, headers=headers, stream=self.streams[-1])


def says(*parts: Part) -> Script:
    return lambda _: parts


def in_turn(*scripts: Sequence[Part] | httpx.Response) -> Script:
    """Another answer each time."""
    left = list(scripts)
    return lambda _: left.pop(0)


def remote(*boxes: Box, **options: Any) -> RemoteEngine:
    """An engine with these servers, which are called box0 and so on."""
    by_host = {f"box{number}": box for number, box in enumerate(boxes)}
    transport = httpx.MockTransport(lambda request: by_host[request.url.host](request))
    return RemoteEngine([f"http://{host}/v1" for host in by_host], transport=transport, key=KEY, **options)


def asked(form: Any = FORM, *, text: str = "Who was here?", **options: Any) -> engine.Request:
    messages = (Message("system", (Piece("You are Mira.", trusted=True),)), Message("user", (Piece(text),)))
    return engine.Request(messages=messages, format=form, **{"deadline": 20.0, **options})


async def written(writer: engine.Writer, request: engine.Request) -> tuple[str, engine.Ended]:
    """All the text of a request, and its end."""
    text = ""
    async for event in writer.generate(request):
        if isinstance(event, engine.Ended):
            return text, event
        text += event.text
    raise AssertionError("it has no end")


def of(*boxes: Box, request: engine.Request | None = None, **options: Any) -> tuple[str, engine.Ended]:
    """What an engine with these servers writes."""

    async def run() -> tuple[str, engine.Ended]:
        writer = remote(*boxes, **options)
        await writer.open(20.0)
        try:
            found = await written(writer, request or asked())
            assert writer.stats.balanced, writer.stats
            return found
        finally:
            await writer.close()

    return asyncio.run(run())
