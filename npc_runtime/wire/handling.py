"""How services say which requests they answer, and on what terms. Whoever dispatches knows no request by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from npc_runtime.wire.gate import Answer
from npc_runtime.wire.messages import Catalogue

Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Handler:
    """What answers the requests of one type."""

    type: str
    answer: Callable[[Any, Any], Answer]
    """Takes the session and the request; where none is needed, the caller and the request."""
    streamed: bool
    """The answers come beside the others. Those about one world are answered in the order of the requests."""
    alone: bool
    """The request changes a whole world: no other one about it comes in between."""
    keeps: bool
    """It is refused while nothing more can be kept, before anything has changed. Talk goes on."""
    before_hello: bool
    """It needs no session."""
    to_the_end: bool
    """It is answered even while the daemon stops."""


def handles(
    kind: str,
    *,
    streamed: bool = False,
    alone: bool = False,
    keeps: bool = False,
    before_hello: bool = False,
    to_the_end: bool = False,
) -> Callable[[Method], Method]:
    """Makes a method of a service the one that answers requests of a type."""

    def declared(method: Method) -> Method:
        vars(method)["handler"] = Handler(kind, method, streamed, alone, keeps, before_hello, to_the_end)
        return method

    return declared


def handlers(services: Iterable[object]) -> dict[str, Handler]:
    """What answers each type of request. Raises TypeError for one that two answer, or that the protocol has not."""
    found: dict[str, Handler] = {}
    for service in services:
        for name, method in inspect.getmembers(type(service), inspect.isfunction):
            handler: Handler | None = vars(method).get("handler")
            if handler is None:
                continue
            if handler.type in found or handler.type not in Catalogue.requests:
                why = "is answered already" if handler.type in found else "is no request of the protocol"
                raise TypeError(f"{type(service).__name__}.{name} answers {handler.type}, which {why}")
            found[handler.type] = replace(handler, answer=getattr(service, name))
    return found
