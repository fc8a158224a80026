"""What arguments and encounters have in common: how they start, their turns, and how they end."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from npc_runtime.wire.messages.base import Count, EntityId, Final, Response, Seconds, WorldId

SceneId = Annotated[str, Field(title="SceneId", min_length=1, max_length=64)]
Degree = Annotated[int, Field(title="Degree", ge=0, le=3, description="0 calm to 3 furious")]
ScenePriority = Annotated[
    Literal["normal", "background"], Field(title="ScenePriority", description="players are always served before it")
]
RealSeconds = Annotated[
    float, Field(allow_inf_nan=False, description="of real time, the playing of the lines included")
]
ModelTokens = Annotated[int, Field(description="that the model writes")]


class SceneStarted(Response):
    """The first answer to whatever starts a scene."""

    world: WorldId
    between: list[EntityId]
    about: str


class SceneTurn(Response):
    """Somebody in an argument or an encounter begins to speak: its `reply.*` messages follow, with the same `re`."""

    type: Literal["scene.turn"] = "scene.turn"
    scene: Annotated[SceneId, Field(description="the argument or the encounter")]
    turn: Annotated[Count, Field(description="1 for the first")]
    reply: Annotated[str, Field(description="to be named in `heard`: the next turn waits for it")]
    npc: Annotated[EntityId, Field(description="who speaks")]
    to: EntityId
    move: Annotated[
        str, Field(description="what the turn does: `accuse`, `cite`, `insult`, `greet`, `gossip`, `answer`, ...")
    ]
    heat: Annotated[Degree, Field(description="of the speaker: 0 calm to 3 furious; 0 in an encounter")]


class SceneEnded(Final):
    """The last message of a scene: what follows from it is done."""

    world: WorldId
    between: list[EntityId]
    turns: Count
    unheard: Annotated[Count, Field(description="lines for whose `heard` it waited in vain")] = 0
    seconds: Seconds
