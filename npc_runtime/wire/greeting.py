"""The service for those who have no session yet: `hello`, `ping` and `health`."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable

import npc_runtime
from npc_runtime.config import Config
from npc_runtime.errors import Invalid, UnsupportedVersion
from npc_runtime.wire import messages as m
from npc_runtime.wire.codec import BODY_LIMIT, SUPPORTED
from npc_runtime.wire.handling import handles
from npc_runtime.wire.session import ANSWERS_KEPT, REMEMBERED, Caller, Sessions

CHOSEN_BY_US = b"\0"
"""The first byte of a routing id that a socket gave a connection; a client's own never begins so."""


class Greeting:
    """Opens sessions, and tells anybody that the daemon lives and how it is."""

    def __init__(
        self, config: Config, sessions: Sessions, health: Callable[[str | None], m.HealthReport], events: str
    ) -> None:
        """`health` is told of which world alone to speak, and `events` is where observers connect."""
        self._config = config
        self._sessions = sessions
        self._report = health
        self._events = events
        self._daemon = secrets.token_hex(8)

    @handles("hello", before_hello=True)
    def hello(self, caller: Caller, request: m.Hello) -> m.Welcome:
        """Opens a session. Raises UnsupportedVersion, or Invalid for a connection that could pass for another one."""
        version = negotiate(request.versions)
        if caller.may.key and not caller.peer.startswith(CHOSEN_BY_US):
            raise Invalid("this connection has a routing id of its own", hint="set none: no socket option ROUTING_ID")
        client = f"{request.client.name} {request.client.version}".strip()
        session = self._sessions.open(
            caller, client, time.monotonic(), hears=request.heard == "auto", strict=request.strict
        )
        return m.Welcome(
            re=request.id,
            session=session.id,
            daemon=self._daemon,
            version=version,
            server=f"npc-runtime {npc_runtime.__version__}",
            capabilities=[name for name in m.CAPABILITIES if name in request.capabilities],
            heartbeat=self._config.heartbeat,
            expiry=self._config.session_expiry,
            events=self._events,
            model=self._report(None).model,
            deadline=self._config.deadline,
            heard_timeout=self._config.heard_timeout,
            limits=m.Limits(body=BODY_LIMIT, line=m.LINE_LENGTH, requests=REMEMBERED, answers=ANSWERS_KEPT),
        )

    @handles("ping", before_hello=True, to_the_end=True)
    def ping(self, caller: Caller, request: m.Ping) -> m.Pong:
        """Says that the daemon lives."""
        session = self._sessions.get(caller.peer)
        return m.Pong(re=request.id, session=session.id if session is not None else None)

    @handles("health", before_hello=True)
    def health(self, caller: Caller, request: m.Health) -> m.HealthReport:
        """Says how the daemon is; to a key for one world, nothing of others."""
        return self._report(caller.may.world).model_copy(update={"re": request.id})


def negotiate(offered: list[str]) -> str:
    """The version in force: ours or an older minor. Raises UnsupportedVersion when no major is shared."""
    major, minor = map(int, m.PROTOCOL_VERSION.split("."))
    found = [re.fullmatch(r"([0-9]{1,4})\.([0-9]{1,4})", version) for version in offered]
    minors = [int(match[2]) for match in found if match and int(match[1]) == major]
    if not minors:
        raise UnsupportedVersion(
            f"the client speaks protocol {', '.join(offered)[:120]}",
            hint=f"this daemon speaks {', '.join(SUPPORTED)}",
            detail={"supported": list(SUPPORTED)},
        )
    return f"{major}.{min(minor, max(minors))}"
