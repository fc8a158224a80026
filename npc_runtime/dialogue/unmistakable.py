"""Which display names can mean nobody and nothing else: only by these may somebody be forgotten."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import get_args

from npc_runtime.dialogue.emotions import EMOTIONS
from npc_runtime.dialogue.events import Source
from npc_runtime.dialogue.intents import Intent
from npc_runtime.dialogue.lexicon import LISTED
from npc_runtime.dialogue.moves import Move
from npc_runtime.dialogue.quarrel.argument import Leaving
from npc_runtime.dialogue.quarrel.ending import KINDS as ENDINGS
from npc_runtime.dialogue.quarrel.intervention import INTERVENTIONS
from npc_runtime.dialogue.quarrel.party import Position
from npc_runtime.dialogue.wording import TEXT_SPEAK
from npc_runtime.memory.entry import HOWS
from npc_runtime.memory.terms import STOP_WORDS, stem, word_set, words
from npc_runtime.persona.model import BARK_INTENTS, FEELINGS, MOODS, TRAITS
from npc_runtime.world.entity import KINDS

LETTERS = 3  # a shorter word is too likely to be one of some language
# Words of the sentences that the runtime itself writes into memories, and of its records.
_OURS = word_set(
    "insulted threatened praised quarrelled argued agreed stalemate raised against stepped walked warned reminded "
    "promised swore denied accused persona lore fact price relation secret taught world clock recent weather "
    "everybody traveller villager two three four five six seven eight nine ten eleven twelve first second third"
)
_ENUMERATED = (
    *(move.value for move in Move),
    *(intent.value for intent in Intent),
    *(*EMOTIONS, *TRAITS, *MOODS, *FEELINGS, *BARK_INTENTS, *HOWS, *ENDINGS, *INTERVENTIONS, *KINDS),
    *(*get_args(Leaving), *get_args(Position), *get_args(Source)),
)


def _plain(text: str) -> list[str]:
    """The words of a text, so that those that a search in any case takes for each other are the same."""
    return words(unicodedata.normalize("NFKC", text).casefold().replace("_", " "))


_ORDINARY = frozenset(
    word for text in (*STOP_WORDS, *LISTED, *_OURS, *_ENUMERATED, *TEXT_SPEAK.values()) for word in _plain(text)
)


def unmistakable(names: Iterable[str], taken: Iterable[str]) -> list[str]:
    """The names that are somebody's trace wherever they stand. `taken` are texts whose words mean something else.

    A name is chosen by a player, and every memory that it stands in is deleted with that player: one who calls itself
    "Mill" or "Tom" must not make a village forget its mill, or Tom. So a word counts only where it is no word of
    `taken` (all that the pack says, what others are or were called), no ordinary word, and no shorter than LETTERS. Of
    a name of several words one such word is enough, since the name is only ever looked for as a whole. A name that does
    not count stays where others' memories hold it; who is meant is then said by ids alone.
    """
    known = {word for text in taken for word in _plain(text)} | _ORDINARY
    stems, listed = set(map(stem, known)), " ".join(known)

    def counts(word: str) -> bool:
        if sum(map(str.isalpha, word)) < LETTERS or word in known or stem(word) in stems:
            return False
        # The same search that erases: it takes a dotless i for an i.
        return not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", listed, re.IGNORECASE)

    return [name for name in dict.fromkeys(names) if any(map(counts, _plain(name)))]
