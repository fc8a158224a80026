"""What the game leaves to the model: its frame times, and limits."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from npc_runtime.wire.messages.base import Count, Part, Request, Share

Milliseconds = Annotated[float, Field(gt=0, le=60_000, allow_inf_nan=False)]
Level = Annotated[Literal["full", "eased", "slowed", "spared", "players"], Field(title="BudgetLevel")]


class BudgetReport(Request):
    """Says how long the game's frames take, on average, about once a second; the model gives way."""

    type: Literal["budget.report"] = "budget.report"
    frame_ms: Annotated[Milliseconds, Field(description="milliseconds that a frame takes")]
    target_ms: Annotated[Milliseconds, Field(description="that it is to take: 16.7 for 60 frames a second")] = 16.7


class BudgetSet(Request):
    """Sets what the model may take, in the place of what this session set before; absent: no limit."""

    type: Literal["budget.set"] = "budget.set"
    duty: Annotated[
        float, Field(ge=0.05, le=1, description="share of the time that it computes, but for a player's first word")
    ] = 1.0
    vram_mb: Annotated[Count | None, Field(description="MiB of the card's memory: 0 keeps it off the card")] = None
    ram_mb: Annotated[Count | None, Field(description="MiB of RAM above which idle characters wait on the disk")] = None
    writes: Annotated[
        Literal["all", "players"], Field(description="players: only what answers a player is written by the model")
    ] = "all"


class BudgetState(Part):
    """What the model may take now."""

    level: Annotated[
        Level, Field(description="how far it is held back, each further than the one before; players: see `budget.set`")
    ] = "full"
    duty: Annotated[Share, Field(description="share of the time that it computes at most")] = 1.0
    why: Annotated[str, Field(description="why it is held back; empty: it is not")] = ""
