"""What is asked of every engine: characters of one village, in turns that grow by what was said.

What a character answers in a later prompt is written here, not what the engine wrote: so the prompts are the same for
all of them, to the token.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

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
        return len(self._depths)

    @property
    def depth(self) -> int:
        """How many tokens stand before one of those, on average."""
        return round(statistics.mean(self._depths))

    @property
    def length(self) -> int:
        """Tokens of a prompt, on average."""
        return round(statistics.mean(len(prompt.tokens) for prompts in self.characters for prompt in prompts))

    @cached_property
    def _depths(self) -> list[int]:
        return depths(prompt.tokens for prompts in self.characters for prompt in prompts)


def depths(prompts: Iterable[list[int]]) -> list[int]:
    """How deep each node lies in the tree of these prompts: each is a beginning that one or more of them have."""
    nodes: dict[tuple[int, int], int] = {}
    found: list[int] = []
    for tokens in prompts:
        node = 0
        for depth, token in enumerate(tokens):
            known = len(nodes)
            node = nodes.setdefault((node, token), known + 1)
            if len(nodes) > known:
                found.append(depth)
    return found


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
