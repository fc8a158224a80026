"""The service for what games leave to the model: their frame times and their limits. It is about the whole machine."""

from __future__ import annotations

import time
from functools import reduce
from operator import and_

from npc_runtime.engine.governing.governor import Frame, Limits
from npc_runtime.errors import Forbidden
from npc_runtime.wire import messages as m
from npc_runtime.wire.handling import handles
from npc_runtime.wire.session import Session

FRESH_SECONDS = 10.0
"""How long a report counts: a game that says nothing any more may be paused, or well."""
MIB_SHIFT = 20


class Budget:
    """The last that each session said. Of several games the worst frames count, and the strictest limits."""

    def __init__(self) -> None:
        self._frames: dict[Session, Frame] = {}
        self._limits: dict[Session, Limits] = {}

    @handles("budget.report")
    def report(self, session: Session, request: m.BudgetReport) -> m.Done:
        """Takes a frame time in. Raises Forbidden."""
        _check(session)
        self._frames[session] = Frame(request.frame_ms, request.target_ms, time.monotonic())
        return m.Done(re=request.id)

    @handles("budget.set")
    def set(self, session: Session, request: m.BudgetSet) -> m.Done:
        """Takes limits in. Raises Forbidden."""
        _check(session)
        vram = None if request.vram_mb is None else request.vram_mb << MIB_SHIFT
        ram = None if request.ram_mb is None else request.ram_mb << MIB_SHIFT
        self._limits[session] = Limits(request.duty, vram, ram, players_only=request.writes == "players")
        return m.Done(re=request.id)

    @property
    def frame(self) -> Frame | None:
        """The worst of those that were reported lately, by how much longer it takes than it should."""
        since = time.monotonic() - FRESH_SECONDS
        self._frames = {of: frame for of, frame in self._frames.items() if not of.ended and frame.at > since}
        return max(self._frames.values(), key=lambda frame: frame.ms / frame.target, default=None)

    @property
    def limits(self) -> Limits:
        """The strictest of each."""
        self._limits = {of: limits for of, limits in self._limits.items() if not of.ended}
        return reduce(and_, self._limits.values(), Limits())


def _check(session: Session) -> None:
    """A game on another machine, in a world of its own, has no say in what all worlds share."""
    if session.may.world is not None:
        raise Forbidden(
            f'the key "{session.may.name}" is for the world "{session.may.world}", and the model serves all worlds',
            hint="leave it to a client on the daemon's machine, or take a key without --world",
            detail={"world": session.may.world},
        )
