"""One server of the model: what it has, what it writes, and whether it is well."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import httpx
from httpx_sse import EventSource, SSEError

from npc_runtime.engine.remote import faults
from npc_runtime.engine.remote.dialect import Abilities, Body
from npc_runtime.errors import RuntimeFault

CONNECT_SECONDS = 3.0
LIST_SECONDS = 10.0
SILENCE_SECONDS = 120.0  # between two pieces of an answer; what waits for it has a deadline of its own
REST_SECONDS, REST_MOST = 1.0, 30.0
"""How long a server is left alone that failed; each time again as long, up to the most."""
FORGIVEN = 3
"""Failures in a row before a server is left alone that does answer."""
_ANSWER_LIMIT = 1 << 20  # bytes of an answer that is no stream


@dataclass(frozen=True)
class Chunk:
    """A piece of an answer. `finish` ends it; counts are of tokens, and None where the server does not say."""

    text: str = ""
    finish: str = ""
    prompt_tokens: int | None = None
    cached_tokens: int = 0
    completion_tokens: int | None = None


class Replica:
    """A server. `busy` are the requests at it, `trouble` says why it is left alone until `rests_until`."""

    def __init__(self, url: str, key: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """`transport` is for tests. The key is kept by the client alone, which shows it to this address only."""
        self.url = url.rstrip("/")
        self.model, self.owner = "", ""
        self.context: int | None = None  # tokens of prompt and answer, where it says
        self.abilities = Abilities()
        self.busy = 0
        self.well = False
        self.trouble = ""  # a sentence
        self.rests_until = 0.0  # on the clock of `time.monotonic`
        self._failed = 0  # in a row
        self._keyed, self._scrub = bool(key), faults.scrubber(key)
        self._client = httpx.AsyncClient(
            base_url=self.url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=64),
            transport=transport,
        )

    def __str__(self) -> str:
        """For people: the address, and how it is."""
        if self.well:
            return f"{self.url} ({self.abilities})"
        left = max(0.0, self.rests_until - time.monotonic())
        return f"{self.url} (left alone for {left:.0f} s: {self.trouble})" if self.trouble else f"{self.url} (new)"

    async def find(self, wanted: str) -> None:
        """Asks which models there are, and takes the one that is wanted, or the first. Raises RuntimeFault."""
        try:
            answer = await self._client.get(f"{self.url}/models", timeout=LIST_SECONDS)
        except httpx.HTTPError as error:
            raise faults.unreachable(self.url, error, self._scrub) from None
        if answer.status_code != 200:
            raise faults.refusal(self.url, answer.status_code, answer.text, self._scrub, keyed=self._keyed)
        try:
            listed = [one for one in answer.json()["data"] if isinstance(one.get("id"), str)]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise faults.garbled(self.url, "/models is no list of models") from None
        known = [one["id"] for one in listed]
        if not known or (wanted and wanted not in known):
            raise faults.unknown_model(self.url, wanted or "(any)", known)
        found = listed[known.index(wanted)] if wanted else listed[0]
        self.model, self.owner = found["id"], str(found.get("owned_by", ""))
        length = found.get("max_model_len") or (found.get("meta") or {}).get("n_ctx")
        self.context = length if isinstance(length, int) else None

    async def stream(self, body: Body) -> AsyncGenerator[Chunk, None]:
        """What the server writes; the last has a `finish`. Raises RuntimeFault; closing it takes it back."""
        request = self._client.build_request("POST", f"{self.url}/chat/completions", json=body)
        answer: httpx.Response | None = None
        try:
            answer = await self._client.send(request, stream=True)
            if answer.status_code != 200:
                said = (await answer.aread())[:_ANSWER_LIMIT].decode(errors="replace")
                raise faults.refusal(
                    self.url, answer.status_code, said, self._scrub, keyed=self._keyed, model=self.model
                )
            finished = False
            async with aclosing(EventSource(answer).aiter_sse()) as events:
                async for event in events:
                    if event.data.strip() == "[DONE]":
                        break
                    chunk = self._chunk(event.data)
                    finished = finished or bool(chunk.finish)
                    yield chunk
            if not finished:
                raise faults.garbled(self.url, "it broke off before its end")
        except httpx.HTTPError as error:
            raise faults.unreachable(self.url, error, self._scrub) from None
        except SSEError:
            raise faults.garbled(self.url, "it does not stream its answer") from None
        finally:
            if answer is not None:
                await answer.aclose()

    def _chunk(self, data: str) -> Chunk:
        try:
            found = json.loads(data)
            if "error" in found:
                raise faults.refusal(self.url, 500, data, self._scrub, keyed=self._keyed, model=self.model)
            choices, usage = found.get("choices") or [{}], found.get("usage") or {}
            text = (choices[0].get("delta") or {}).get("content") or ""
            if not isinstance(text, str):
                raise TypeError
            details = usage.get("prompt_tokens_details") or {}
            return Chunk(
                text=text,
                finish=str(choices[0].get("finish_reason") or ""),
                prompt_tokens=_count(usage, "prompt_tokens"),
                cached_tokens=_count(details, "cached_tokens") or 0,
                completion_tokens=_count(usage, "completion_tokens"),
            )
        except (ValueError, TypeError, AttributeError, KeyError, IndexError):
            quoted = self._scrub(data[:80])
            raise faults.garbled(self.url, f"a piece of the stream is no chunk: {quoted}") from None

    # ------------------------------------------------------------------------------------------- how it is

    def succeeded(self) -> None:
        """It answered."""
        self._failed, self.trouble, self.well = 0, "", True

    def failed(self, fault: RuntimeFault) -> bool:
        """It did not; says whether it is left alone from now on."""
        self._failed += 1
        self.trouble = str(fault)
        gone = isinstance(fault, faults.ServerFault) and fault.gone
        if not gone and self._failed < FORGIVEN:
            return False
        again = self._failed - (1 if gone else FORGIVEN)
        self.rests_until = time.monotonic() + min(REST_MOST, REST_SECONDS * 2 ** min(again, 8))
        self.well = False
        return True

    async def close(self) -> None:
        """Closes its connections."""
        await self._client.aclose()


def _count(usage: dict[str, Any], key: str) -> int | None:
    value = usage.get(key)
    return value if isinstance(value, int) else None
