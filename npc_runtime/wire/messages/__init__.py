"""Every message of the protocol, as a pydantic model; `protocol/SPEC.md` explains them.

A message is a msgpack map with a `type`. Requests carry an `id` that the client chooses; everything sent because of a
request carries that id as `re`. Validation is strict ("1" is not 1) on what we receive, and unknown fields are ignored,
so that newer clients can talk to older daemons.

Everything is used from here, as `from npc_runtime.wire import messages as m`.
"""
# ruff: noqa: F403, F405

from __future__ import annotations

from typing import ClassVar

from npc_runtime.wire.messages.argue import *
from npc_runtime.wire.messages.base import *
from npc_runtime.wire.messages.creature import *
from npc_runtime.wire.messages.encounter import *
from npc_runtime.wire.messages.events import *
from npc_runtime.wire.messages.gossip import *
from npc_runtime.wire.messages.journal import *
from npc_runtime.wire.messages.memory import *
from npc_runtime.wire.messages.npc import *
from npc_runtime.wire.messages.relation import *
from npc_runtime.wire.messages.saves import *
from npc_runtime.wire.messages.session import *
from npc_runtime.wire.messages.talk import *
from npc_runtime.wire.messages.world import *


def _kind(cls: type[Body]) -> str:
    return str(cls.model_fields["type"].default)


class Catalogue:
    """Message classes by their `type`: every class that is a request, a response or an event."""

    requests: ClassVar[dict[str, type[Request]]] = {_kind(cls): cls for cls in Request.__subclasses__()}
    all: ClassVar[dict[str, type[Body]]] = {
        _kind(cls): cls
        for base in (Request, Response, Written, Event)
        for cls in base.__subclasses__()
        if cls is not Written
    }
