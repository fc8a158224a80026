"""Every message of the protocol, as a pydantic model; `protocol/SPEC.md` explains them.

A message is a msgpack map with a `type`. Requests carry an `id` that the client chooses; everything sent because of a
request carries that id as `re`. Validation is strict ("1" is not 1) on what we receive, and unknown fields are ignored,
so that newer clients can talk to older daemons.

Everything is used from here, as `from npc_runtime.wire import messages as m`.
"""
# ruff: noqa: F403, F405

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, TypeVar

from npc_runtime.wire.messages.argue import *
from npc_runtime.wire.messages.base import *
from npc_runtime.wire.messages.budget import *
from npc_runtime.wire.messages.creature import *
from npc_runtime.wire.messages.encounter import *
from npc_runtime.wire.messages.events import *
from npc_runtime.wire.messages.gossip import *
from npc_runtime.wire.messages.journal import *
from npc_runtime.wire.messages.memory import *
from npc_runtime.wire.messages.npc import *
from npc_runtime.wire.messages.relation import *
from npc_runtime.wire.messages.saves import *
from npc_runtime.wire.messages.scene import *
from npc_runtime.wire.messages.session import *
from npc_runtime.wire.messages.talk import *
from npc_runtime.wire.messages.world import *

Base = TypeVar("Base", bound=Body)


def _by_type(base: type[Base]) -> Iterator[tuple[str, type[Base]]]:
    for cls in base.__subclasses__():
        if not cls.model_fields["type"].is_required():
            yield cls.model_fields["type"].default, cls
        yield from _by_type(cls)


class Catalogue:
    """Message classes by their `type`: every class that has one; the others are what several have in common."""

    requests: ClassVar[dict[str, type[Request]]] = dict(_by_type(Request))
    all: ClassVar[dict[str, type[Body]]] = dict(_by_type(Body))
