"""What the generator makes: a card, the reply to it, and what a checker needs to judge another reply."""

from __future__ import annotations

from dataclasses import dataclass

from npc_runtime.dialogue.generation.prompt import Card


@dataclass(frozen=True)
class Example:
    """One line of training or of evaluation."""

    card: Card
    reply: str  # "(happy) Good day!"
    keys: tuple[str, ...] = ()  # strings that a correct reply contains
    others: tuple[str, ...] = ()  # strings that belong to a fact which was not asked for
    source: str = ""  # who told it
    said: str = ""  # the grievance to the opponent's face: "you stole my hammer"
    situation: str = ""
