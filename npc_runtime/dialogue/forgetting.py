"""Forgetting a player: all that came from it or names it is deleted, and nothing that only looks as if it did."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any, get_args

from npc_runtime.dialogue.cast import BORN
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel.argument import Leaving
from npc_runtime.dialogue.quarrel.ending import KINDS as ENDINGS
from npc_runtime.dialogue.quarrel.intervention import INTERVENTIONS
from npc_runtime.dialogue.quarrel.party import Position
from npc_runtime.dialogue.state import Mind
from npc_runtime.dialogue.turn.events import Source
from npc_runtime.dialogue.understanding.intents import Intent
from npc_runtime.dialogue.understanding.lexicon import LISTED
from npc_runtime.dialogue.understanding.normalize import TEXT_SPEAK
from npc_runtime.emotions import EMOTIONS
from npc_runtime.language.english.data import Data
from npc_runtime.language.english.terms import STOP_WORDS, stem, words
from npc_runtime.memory.entry import HOWS
from npc_runtime.memory.history import Forgotten
from npc_runtime.memory.naming import Naming, strings
from npc_runtime.persona.model import BARK_MOVES, FEELINGS, MOODS, TRAITS
from npc_runtime.world.entity import KINDS, bare

FACTS_AT_ONCE = 500  # looked through before others get their turn
LETTERS = 3  # a shorter word is too likely to be one of some language
_OURS = Data("words").words("ours")
_ENUMERATED = (
    *(move.value for move in Move),
    *(intent.value for intent in Intent),
    *(*EMOTIONS, *TRAITS, *MOODS, *FEELINGS, *BARK_MOVES, *HOWS, *ENDINGS, *INTERVENTIONS, *KINDS),
    *(*get_args(Leaving), *get_args(Position), *get_args(Source)),
)


async def forget(mind: Mind, player: str) -> Forgotten:
    """Deletes everything of a player; what is being said is void. Gives what was taken out of the history.

    Raises StorageError where the history cannot be changed: then nothing is.
    """
    return await (await strike_out(mind, await naming(mind, player)))


async def strike_out(mind: Mind, naming: Naming) -> Coroutine[Any, Any, Forgotten]:
    """The first part of forgetting: nothing of a player can be seen or heard any more. Raises StorageError.

    What it gives back takes the bytes out of the file, and may take long.
    """
    player = naming.entity
    facts = []
    for number, fact in enumerate(list(mind.world.facts), 1):
        if naming.in_record(fact.key, fact.as_record()):
            facts.append(fact)
        if number % FACTS_AT_ONCE == 0:
            await asyncio.sleep(0)  # other worlds get in between
    erased = await mind.memory.erase(naming)
    before = mind.state(facts=False)
    mind.speaking.break_off("a player was forgotten")
    mind.world.forget(player, naming.in_record, facts)
    mind.cast.forget(naming)
    mind.feelings.forget(naming)
    mind.talks.forget(naming)
    mind.conversations = {npc: talk.without(naming) for npc, talk in mind.conversations.items()}
    mind.speaking.forget(naming)
    mind.arguments = {
        id: argument for id, argument in mind.arguments.items() if not naming.in_value(argument.as_record())
    }
    mind.world.take_changes()  # all is written anew: a record that named the player is deleted as a whole
    gone = [key for key in (*before, *(fact.key for fact in facts)) if not naming.in_key(key)]
    return mind.memory.forget(naming, erased, {**dict.fromkeys(gone), **mind.state(facts=False)})


async def naming(mind: Mind, player: str) -> Naming:
    """What gives a player away here: its id, and of the names that it ever had those that are unmistakable.

    What was given up since counts too, theirs and others'. Raises StorageError.
    """
    history = mind.memory.history
    entities = await asyncio.wrap_future(history.ever("entity/"))
    born = await asyncio.wrap_future(history.ever(BORN))
    called = [(key.removeprefix("entity/"), str(record["name"])) for key, record in entities]
    called += [(entity.id, entity.name) for entity in mind.world.entities.values()]
    names = [name for id, name in called if id == player]
    taken = [text for id, name in called if id != player for text in (bare(id), name)]
    taken += [text for _, each in born for text in (*_called(each["persona"]), each["species"], each["biome"])]
    taken += [text for persona in mind.pack.personas.values() for text in _called(persona.model_dump())]
    taken += [mind.pack.id, *strings(mind.cast.original.model_dump(mode="json"))]
    alias = unmistakable([bare(player)], taken)
    return Naming(player, tuple(unmistakable(names, taken)), *alias)


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


def _called(persona: Mapping[str, Any]) -> tuple[str, ...]:
    """What goes for a character's name, as its record has it."""
    return persona["id"], persona["name"], persona["role"]
