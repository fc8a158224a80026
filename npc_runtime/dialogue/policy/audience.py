"""A line said to everybody who is there: which of them answers it, or that nobody does."""

from __future__ import annotations

import re
from collections.abc import Sequence

from npc_runtime import dice
from npc_runtime.dialogue.commit import hear
from npc_runtime.dialogue.encounter.member import Member
from npc_runtime.dialogue.generation.guard import clean_line
from npc_runtime.dialogue.generation.prompt import LINE_LIMIT
from npc_runtime.dialogue.policy.relations import feeling
from npc_runtime.dialogue.state import Mind
from npc_runtime.dialogue.understanding.intents import Intent, Reading
from npc_runtime.dialogue.understanding.read import calls, read, sought
from npc_runtime.errors import Invalid, StorageError
from npc_runtime.language.english.data import Data
from npc_runtime.world.entity import bare

_NOBODY = ""
_UNKNOWING = 0.05  # what is left of the claims of the others where one knows most of what is asked
_TALKED = 1.5  # whoever the speaker talked with last
_HOSTILE = 0.3  # what is left of the claim of somebody hostile
_SILENCE = {"asked": 0.4, "told": 1.2}  # of a question, of anything else that need not be answered
_ANSWERED = frozenset(
    {Intent.GREET, Intent.FAREWELL, Intent.THANKS, Intent.INSULT, Intent.THREAT, Intent.HOW_ARE_YOU, Intent.REQUEST}
)
"""What somebody always answers."""
_HAILING, _ASKS = map(Data("lines.intents").text, ("hailing", "asks"))
_ASKING = frozenset({Intent.ASK_TOPIC, Intent.ASK_NEWS, Intent.ASK_WARES, Intent.BUY, Intent.ASK_QUEST})


async def answering(mind: Mind, speaker: str, text: str, here: Sequence[str], seed: int) -> str | None:
    """The character that answers: the one called by name, else whoever knows of it, else whoever is close; or None.

    `here` are those who hear it. The same line and seed give the same one. Raises Invalid for a line without words.
    """
    line = clean_line(text)
    if not line:
        raise Invalid("the line has no words in it", hint="send the text that the speaker says")
    called = _called(mind, line, here)
    if called is not None or not here:
        return called
    reading = read(line[:LINE_LIMIT], mind.language)
    claims = {npc: _closeness(mind, npc, speaker) for npc in here}
    knowing = await _knowing(mind, reading, line, here)
    if knowing is not None:
        claims = {npc: claim * (1.0 if npc == knowing else _UNKNOWING) for npc, claim in claims.items()}
    elif reading.intent not in _ANSWERED:
        claims[_NOBODY] = _SILENCE["asked" if reading.question else "told"]
    return dice.draw(claims, seed, speaker, line, "answers") or None


async def unanswered(mind: Mind, speaker: str, name: str, text: str, here: Sequence[str]) -> None:
    """The line reaches all of them, and each takes it as said to itself."""
    line = clean_line(text)
    entries = [entry for npc in here for entry in hear(mind, speaker, name, npc, line, ()).entries]
    try:
        await mind.keep(entries)
    except StorageError:
        return  # `health` says why


def _called(mind: Mind, line: str, here: Sequence[str]) -> str | None:
    """Whom a line calls at its beginning or its end: "Mira, good day", "good day, Mira!"."""
    if not mind.language.reads:
        return next((npc for npc in here if any(calls(line, name, mind.language) for name in _names(mind, npc))), None)
    for npc in here:
        name, *aliases = _names(mind, npc)
        forms = "|".join(re.escape(form) for form in {name, name.split(" ")[0], bare(npc), *aliases})
        opening = rf"^\W*(?:(?:{_HAILING})\W+)?(?:{forms})\s*(?:[,:!?.]|$|(?<=\s)(?:{_ASKS})\b)"
        if re.search(rf"{opening}|,\s*(?:{forms})\s*[.!?]*$", line, re.IGNORECASE):
            return npc
    return None


def _names(mind: Mind, npc: str) -> list[str]:
    """What it is called: its name, and its aliases."""
    return [mind.world.npc(npc).name, *mind.persona(npc).aliases]


async def _knowing(mind: Mind, reading: Reading, line: str, here: Sequence[str]) -> str | None:
    """Who knows most of what a line asks for, if anybody does."""
    query = sought(line, mind.language)
    if not mind.language.terms(query) or not (reading.question or reading.intent in _ASKING):
        return None
    scores = {}
    for npc in here:
        try:
            found = await mind.knows(npc, query, 1)
        except StorageError:
            found = []
        scores[npc] = max((score for _, score in found), default=0.0)
    best = max(here, key=lambda npc: scores[npc])
    return best if scores[best] > 0 else None


def _closeness(mind: Mind, npc: str, speaker: str) -> float:
    """How readily a character answers somebody: by temper, feeling, and whether the two were talking."""
    persona = mind.persona(npc)
    numbers = mind.feelings.relation(persona, speaker).now(mind.world.clock.now)
    claim = Member(npc, persona.name, tuple(persona.traits), persona.mood).talkative * (1.1 + numbers.affinity)
    lines = mind.conversation(npc).lines
    if lines and speaker in (lines[-1].speaker, lines[-1].to) and npc in (lines[-1].speaker, lines[-1].to):
        claim *= _TALKED
    return claim * _HOSTILE if feeling(numbers) == "hostile" else claim
