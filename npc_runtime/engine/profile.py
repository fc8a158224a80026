"""What a model is given to read and trusted to write: a profile, by what its file says and what the user wants."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from npc_runtime.config import Config, SamplerKind

ChoiceKind = Literal["audience", "mediator"]
"""Closed choices beside replies: whom a line means, and what somebody means who speaks into a quarrel."""


@dataclass(frozen=True)
class ModelProfile:
    """Sizes are tokens unless named otherwise; `facts` and `history` are the most that a prompt holds."""

    name: Literal["none", "small", "large"]
    decides: bool  # it chooses what a character does and what it draws on; otherwise rules do
    advised: bool  # it is told what the moves mean
    chooses: frozenset[ChoiceKind]  # what else it decides better than rules do
    draws_on: int  # facts at once, at most
    voices: frozenset[str] | None  # moves that it has words for; those of others are authored. None: all
    slots: int  # characters that can speak at once
    slot_context: int  # of prompt and reply, for each of them
    reply: int  # longest
    facts: int
    standing: int  # of them, the most of its own that a character has before it whatever is said
    history: int  # earlier lines; fewer where they do not fit
    overhears: bool  # lines that others said to each other are among them
    acts: bool  # it chooses among the actions on offer, instead of the rules
    describes: bool  # it writes reflections in its own words
    min_p: float  # of the likeliest token's chance, below which none is drawn
    sampler: SamplerKind = "min-p"
    dry: float = 0.0  # how much is taken off what would be said again
    languages: tuple[str, ...] = ()  # that it speaks; none named: any

    def speaks(self, language: str) -> bool:
        """Whether it can be asked for lines in a language, by its code."""
        return not self.languages or language.partition("-")[0] in self.languages

    def __str__(self) -> str:
        """For people: what it reads, what it writes, and what it is trusted with."""
        heard = "spoke, was told or overheard" if self.overhears else "spoke or was told"
        writes = ["words", *(["actions"] if self.acts else []), *(["reflections"] if self.describes else [])]
        said = [
            f"{self.name}: reads at most {self.facts} facts, and {self.history} lines that the character {heard}",
            f"{self.slots} characters at once, with {self.slot_context} tokens each",
            f"replies of at most {self.reply} tokens",
            f"writes {', '.join(writes)}",
            f"decides what characters do, and has words for {self._voiced}",
            *([f"speaks {', '.join(self.languages)} only"] if self.languages else []),
        ]
        return "; ".join(said)

    @property
    def _voiced(self) -> str:
        return "all of it" if self.voices is None else f"{len(self.voices)} moves"


VOICED = frozenset({"answer", "gossip", "recall", "sell", "offer work", "admit", "work", "place"})
"""What a small model says well: facts and where they come from, and what it does not know."""
SMALL = ModelProfile(
    name="small",
    decides=True,
    advised=False,
    chooses=frozenset({"audience", "mediator"}),
    draws_on=2,
    voices=VOICED,
    slots=16,
    slot_context=1024,
    reply=72,
    facts=7,
    standing=0,
    history=6,
    overhears=True,
    acts=False,
    describes=False,
    min_p=0.1,
    languages=("en",),
)
"""For a model of some hundred million parameters that learned to fill in sheets, as our default one did."""
RULES = ModelProfile(
    name="none",
    decides=False,
    advised=False,
    chooses=frozenset(),
    draws_on=1,
    voices=None,
    slots=16,
    slot_context=1536,
    reply=72,
    facts=2,
    standing=0,
    history=2,
    overhears=False,
    acts=False,
    describes=False,
    min_p=0.2,
    languages=("en",),
)
"""For no model: rules choose the move and its facts, and authored lines say it."""
LARGE = ModelProfile(
    name="large",
    decides=True,
    advised=True,
    chooses=frozenset({"audience", "mediator"}),
    draws_on=4,
    voices=None,
    slots=6,
    slot_context=4096,
    reply=200,
    facts=24,
    standing=16,
    history=64,
    overhears=True,
    acts=True,
    describes=True,
    min_p=0.05,
)
"""For a model that can read a long prompt and make something of it."""


def profile(trained: int, config: Config, *, taught: bool = False) -> ModelProfile:
    """The profile of a model that was trained on a context of so many tokens; settings come before what suits it.

    `taught`: it learned to fill in sheets.
    """
    suits = SMALL if config.profile == "small" or (taught and config.profile == "auto") else LARGE
    return replace(
        suits,
        slots=config.slots or suits.slots,
        slot_context=min(config.slot_context or suits.slot_context, trained),
        reply=config.max_tokens or suits.reply,
        sampler=suits.sampler if config.sampler == "auto" else config.sampler,
        min_p=suits.min_p if config.min_p is None else config.min_p,
        dry=suits.dry if config.dry is None else config.dry,
    )
