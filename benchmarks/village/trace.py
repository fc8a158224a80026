"""What is asked of every engine: characters of one village, in turns that grow by what was said.

What a character answers in a later prompt is written here, not what the engine wrote: so the prompts are the same for
all of them, to the token.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from npc_runtime.dialogue.generation.prompt import Message, Piece

WORDS = [
    "the", "old", "mill", "river", "smith", "lantern", "winter", "market", "king", "road", "forest", "wolf", "bread",
    "silver", "hammer", "song", "tavern", "harvest", "tower", "ship", "storm", "priest", "child", "stone", "bridge",
    "gold", "fever", "goat", "letter", "promise", "debt", "feud",
]  # fmt: skip
LORE, PERSONA, MEMORIES, LINE, REPLY = 320, 200, 90, 30, 24
"""Words of each."""
REPLY_TOKENS = 32

Tokenize = Callable[[tuple[Message, ...]], list[int]]


@dataclass(frozen=True)
class Prompt:
    """One reply that is asked for: as our engine takes it, and as tokens."""

    owner: str
    messages: tuple[Message, ...]
    tokens: list[int]


@dataclass(frozen=True)
class Trace:
    """The prompts of each character in order; the last character is the one that a player talks to."""

    characters: list[list[Prompt]]

    @property
    def unique(self) -> int:
        """Tokens that must be computed once: prompts that begin alike share them."""
        return distinct(prompt.tokens for prompts in self.characters for prompt in prompts)


def distinct(prompts: Iterable[list[int]]) -> int:
    """How many beginnings these prompts have in all: the nodes of their tree."""
    nodes: dict[tuple[int, int], int] = {}
    for tokens in prompts:
        node = 0
        for token in tokens:
            node = nodes.setdefault((node, token), len(nodes) + 1)
    return len(nodes)


def village(characters: int, turns: int, seed: int, tokenize: Tokenize, conversations: int = 1) -> Trace:
    """A village whose lore, people and talk come from the seed: no prompt of another seed begins like these.

    The last character has so many conversations, one after the other, each of `turns` lines.
    """
    dice = random.Random(seed)
    lore = Piece(f"The lore of village {seed}: {_words(dice, LORE)}.\n", shared=True)

    def talk(number: int, persona: Piece) -> list[Prompt]:
        messages, prompts = [Message("system", (lore, persona))], []
        for _ in range(turns):
            line = f"You remember: {_words(dice, MEMORIES)}.\nSomebody says to you: {_words(dice, LINE)}?"
            messages.append(Message("user", (Piece(line),)))
            asked = tuple(messages)
            prompts.append(Prompt(f"village-{seed}/npc:{number}", asked, tokenize(asked)))
            messages.append(Message("assistant", (Piece(f"{_words(dice, REPLY)}."),)))
        return prompts

    people = [Piece(f"You are villager {number}. {_words(dice, PERSONA)}.") for number in range(characters)]
    talks = [talk(number, persona) for number, persona in enumerate(people)]
    for _ in range(conversations - 1):
        talks[-1] += talk(characters - 1, people[-1])
    return Trace(talks)


def _words(dice: random.Random, count: int) -> str:
    return " ".join(dice.choices(WORDS, k=count))
