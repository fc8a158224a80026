"""The outcome of an argument: how it ended, and what that means for everybody who was there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from npc_runtime.dialogue.actions import Action
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.quarrel.ending import Ending
from npc_runtime.dialogue.quarrel.feelings import Change, changes
from npc_runtime.dialogue.quarrel.recollection import remembered, witnessed
from npc_runtime.errors import Conflict


@dataclass(frozen=True)
class Outcome:
    """What an argument leaves behind. Relations and memories cover all parties."""

    argument: str
    ending: Ending
    relations: tuple[Change, ...]
    memories: Mapping[str, str]  # by party, from its own side
    bystanders: str  # what anybody in earshot remembers
    importance: float  # of these memories, 0 to 1
    action: Action | None = None  # proposed to the game, for `ending.by`

    @property
    def hook(self) -> dict[str, Any]:
        """What a game may act on, as JSON."""
        return {
            "argument": self.argument,
            "outcome": self.ending.kind,
            "between": list(self.memories),
            "by": self.ending.by,
            "to": self.ending.to,
            "terms": self.ending.terms,
            "cause": self.ending.cause,
            "action": [self.action.name, *self.action.args] if self.action else [],
            "text": self.bystanders,
        }


def outcome(argument: Argument) -> Outcome:
    """The outcome of an argument that has ended. Raises Conflict for one that has not."""
    ending = argument.ending
    if ending is None:
        raise Conflict(f'argument "{argument.id}" is still going on', hint="stop it first, or let it end")
    violent = ending.kind == "blows"
    return Outcome(
        argument.id,
        ending,
        tuple(changes(argument, ending)),
        {party.id: remembered(argument, ending, party) for party in argument.parties},
        witnessed(argument, ending),
        round(min(1.0, 0.4 + 0.3 * argument.stakes + 0.3 * violent), 2),
        Action("attack", (ending.to,)) if violent else None,
    )
