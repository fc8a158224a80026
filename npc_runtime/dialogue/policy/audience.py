"""A line said to everybody who is there: which of them answers it, or that nobody does."""

from __future__ import annotations

from collections.abc import Sequence

from npc_runtime import dice
from npc_runtime.dialogue.commit import hear
from npc_runtime.dialogue.encounter.member import Member
from npc_runtime.dialogue.generation.choices import ANSWERS, NOBODY, Line, Present, audience
from npc_runtime.dialogue.generation.choosing import Choosing
from npc_runtime.dialogue.generation.guard import clean_line
from npc_runtime.dialogue.generation.parser import Decided
from npc_runtime.dialogue.generation.prompt import LINE_LIMIT
from npc_runtime.dialogue.policy.addressed import Call, Called, called
from npc_runtime.dialogue.policy.relations import feeling
from npc_runtime.dialogue.state import Mind
from npc_runtime.dialogue.understanding.intents import Intent, Reading
from npc_runtime.dialogue.understanding.read import calls, read, sought
from npc_runtime.engine.request import Option, Priority
from npc_runtime.errors import Invalid, StorageError
from npc_runtime.language.scripts import UNSPACED_LETTER
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
PEOPLE = 12  # that a model chooses among
HEARD = 3  # lines before, that it reads
_ASKING = frozenset({Intent.ASK_TOPIC, Intent.ASK_NEWS, Intent.ASK_WARES, Intent.BUY, Intent.ASK_QUEST})


async def answering(
    mind: Mind,
    speaker: str,
    text: str,
    here: Sequence[str],
    seed: int,
    choosing: Choosing | None = None,
    *,
    priority: Priority = Priority.PLAYER,
) -> str | None:
    """The character that answers: whoever is called, by a name, an alias or a role; or whom a model finds to be meant;
    or whoever knows of it or is close; or None.

    `here` are those who hear it. The same line and seed give the same one. Raises Invalid for a line without words.
    """
    line = clean_line(text)
    if not line:
        raise Invalid("the line has no words in it", hint="send the text that the speaker says")
    call = _called(mind, line, here)
    if call.sure or not here:
        return call.who
    choice = await _meant(mind, speaker, line, here, seed, choosing, priority) if choosing is not None else None
    if choice is None and call.who is not None:
        return call.who
    found = here[choice.numbers[0] - 1] if choice is not None and choice.numbers else None
    if (meant := call.meant(found)) is not None:
        return meant
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


def _called(mind: Mind, line: str, here: Sequence[str]) -> Call:
    """Whom a line calls, by whatever they are called."""
    people = [Called(npc, tuple(_names(mind, npc)), mind.persona(npc).role) for npc in here]
    for one in people:
        # A script without spaces has no words to compare.
        unspaced = [name for name in one.names if UNSPACED_LETTER.search(name)]
        if any(calls(line, name, mind.language) for name in unspaced):
            return Call(one.id, sure=True)
    return called(line, people)


def _names(mind: Mind, npc: str) -> list[str]:
    """What it is called: its name, its aliases, and its id."""
    return [mind.world.npc(npc).name, *mind.persona(npc).aliases, bare(npc)]


async def _meant(
    mind: Mind, speaker: str, line: str, here: Sequence[str], seed: int, choosing: Choosing, priority: Priority
) -> Decided | None:
    """Whom a model finds to be meant, by number among those `here`, if anybody; None: it could not say."""
    near = list(here)[:PEOPLE]
    people = [Present(mind.wording.name(npc), mind.persona(npc).role, tuple(mind.persona(npc).aliases)) for npc in near]
    name = mind.wording.name
    heard = [
        Line(name(said.speaker), said.text, name(said.to))
        for said in list((await mind.hearing(near[0])).lines)[-HEARD:]
    ]
    prompt = audience(people, heard, Line(name(speaker), line), mind.language)
    options = (Option(ANSWERS, tuple(range(1, len(near) + 1)), 1, 1), Option(NOBODY))
    return await choosing.choose(prompt, options, priority=priority, seed=seed)


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
