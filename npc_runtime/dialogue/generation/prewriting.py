"""Barks that a model writes beforehand, for games in which a smaller one plays, or none.

There is a request for each character and move, and nobody waits for any of them: the engine computes them in batches as
large as there are slots. What comes of it is looked through like everything that a model says, and by more: a bark is
said to anybody at any time, so it names nobody and tells nothing.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from npc_runtime.dialogue.generation.directions import Directions
from npc_runtime.dialogue.generation.guard import Breach, Guard
from npc_runtime.dialogue.generation.prompt import LISTENER, Card, barks
from npc_runtime.dialogue.generation.tokens import normal
from npc_runtime.dialogue.policy.moves import FACT_MOVES, TALK, Move
from npc_runtime.dialogue.policy.situation import manner, who
from npc_runtime.dice import mix
from npc_runtime.engine import request as engine
from npc_runtime.engine.request import Writer
from npc_runtime.persona.model import BARK_MOVES, Pack, Persona

MOVES = tuple(
    move for move in TALK if move.value in BARK_MOVES and move not in {*FACT_MOVES, Move.INTRODUCE, Move.PLACE}
)
"""What a character can do without telling anything. Who and where it is, the lines of its pack say with its name."""
LINES = 4
"""Of each character for each move."""
AT_ONCE = 64
"""Requests that are under way: as many as a large machine computes in a batch, and no more than a server takes in."""
SHORTEST, LONGEST = 2, 160  # characters of a bark
LINE_TOKENS = 40
TEMPERATURE = 0.9

_NUMBERING = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.):])\s+")
_QUOTES = '"“”„‟«»「」『』'
_HOLDER = re.compile(r"\{[^{}]*\}|[{}]")


@dataclass(frozen=True)
class Prewritten:
    """The lines of one character for one move, which may be none. `trouble` says why nothing was written."""

    npc: str
    move: Move
    lines: tuple[str, ...]
    trouble: str = ""


async def prewritten(
    writer: Writer, pack: Pack, npcs: Collection[str], moves: Collection[Move], *, count: int = LINES, seed: int = 0
) -> AsyncIterator[Prewritten]:
    """Has the barks of these characters written, and gives each as it comes. The same seed asks for the same."""
    room = asyncio.Semaphore(AT_ONCE)

    async def write(number: int, npc: str, move: Move) -> Prewritten:
        async with room:
            request = _request(pack, pack.personas[npc], move, count, mix(seed, number))
            text = ""
            async for event in writer.generate(request):
                if isinstance(event, engine.Text):
                    text += event.text
                elif event.error is not None:
                    return Prewritten(npc, move, (), str(event.error))
            return Prewritten(npc, move, tuple(usable(text, pack, npc))[:count])

    wanted = [(npc, move) for npc in npcs for move in moves]
    tasks = [asyncio.ensure_future(write(number, *one)) for number, one in enumerate(wanted)]
    try:
        for task in asyncio.as_completed(tasks):
            yield await task
    finally:
        for unfinished in tasks:
            unfinished.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _request(pack: Pack, persona: Persona, move: Move, count: int, seed: int) -> engine.Request:
    card = Card(**who(pack, persona), **manner(pack, persona), listener="", feeling="", move=move, line="")
    return engine.Request(
        messages=tuple(barks(card, count)),
        max_tokens=count * LINE_TOKENS,
        sampling=replace(engine.Sampling(temperature=TEMPERATURE, seed=seed), **persona.own_sampling),
        priority=engine.Priority.BACKGROUND,
        owner=f"{pack.id}/npc:{persona.id}",
        adapter=pack.adapter(persona),
    )


def usable(text: str, pack: Pack, npc: str) -> Iterator[str]:
    """Those lines of a model's text that the character could say to anybody at any time, each once."""
    persona = pack.personas[npc]
    names = [one.name for one in pack.personas.values()]
    seen: list[str] = [line for lines in persona.barks.values() for line in lines]
    for raw in text.splitlines():
        line = _spoken(_NUMBERING.sub("", raw).strip().strip(_QUOTES), persona, pack, names, seen)
        if line is not None:
            seen.append(line)
            yield line


def _spoken(line: str, persona: Persona, pack: Pack, names: Sequence[str], seen: Sequence[str]) -> str | None:
    """A line as it would be spoken, or None where it cannot be one."""
    directions = Directions()
    guard = Guard(persona.name, names, language=pack.language, machines=pack.machines)
    try:
        spoken = guard.whole(directions.feed(line) + directions.end()).strip().strip(_QUOTES).strip()
    except Breach:
        return None
    named = any(name in spoken for name in names) or _called(names) & set(re.findall(r"\w+", spoken))
    held = {holder for holder in _HOLDER.findall(spoken) if holder != LISTENER}
    told = named or held or any(char.isdigit() for char in spoken)
    known = normal(spoken) in map(normal, seen)
    fits = SHORTEST <= len(spoken) <= LONGEST and pack.language.ends(spoken)
    return spoken if fits and not told and not known else None


def _called(names: Sequence[str]) -> set[str]:
    """What people are called by, of their names: "Garrick" of "Old Garrick the smith"."""
    return {word for name in names for word in name.split()[-2:] if word[0].isupper() and len(word) > SHORTEST}
