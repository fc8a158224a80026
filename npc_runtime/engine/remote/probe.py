"""Meeting a server: which model it has, and which dialect it really keeps to, by asking for what no model would say."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from npc_runtime.engine.remote import dialect as dialects
from npc_runtime.engine.remote import faults
from npc_runtime.engine.remote.body import body
from npc_runtime.engine.remote.dialect import Abilities
from npc_runtime.engine.remote.reading import Misformed
from npc_runtime.engine.remote.replica import Replica
from npc_runtime.engine.remote.schema import Transcript
from npc_runtime.engine.request import ChoiceFormat, Option, Priority, Request, Sampling

log = logging.getLogger(__name__)

FORM = ChoiceFormat(tuple(Option(word, (7, 9), 1, 1) for word in ("quoth", "forsooth")))
"""What nobody would answer who is not held to it."""


@dataclass(frozen=True)
class _Piece:
    text: str
    trusted: bool = True
    shared: bool = False


@dataclass(frozen=True)
class _Message:
    role: str
    pieces: tuple[_Piece, ...]


async def meet(replica: Replica, wanted: str) -> None:
    """Finds out what a server has; raises RuntimeFault where it cannot be used."""
    await replica.find(wanted)
    abilities = await _plain(replica)
    found = dialects.FREE
    for dialect in dialects.by_owner(replica.owner):
        if await _keeps(replica, replace(abilities, dialect=dialect)):
            found = dialect
            break
    abilities = replace(abilities, dialect=found)
    # Whoever knows no priorities refuses any but 0, and whoever does not know the word takes no notice of it.
    if replica.owner.lower() == "vllm" and abilities.sampling:
        ordered = replace(abilities, priority=True)
        abilities = ordered if await _refusal(replica, ordered) is None else abilities
    replica.abilities = replace(
        abilities, llama_server=abilities.sampling and replica.owner.lower() == dialects.LLAMA_SERVER
    )
    log.info("%s serves %s; it %s", replica.url, replica.model, abilities)


async def _plain(replica: Replica) -> Abilities:
    """What every request may hold. Raises RuntimeFault where not even the plainest is answered."""
    fault: faults.ServerFault | None = None
    for system, sampling in ((True, True), (True, False), (False, True), (False, False)):
        abilities = Abilities(system=system, sampling=sampling)
        refused = await _refusal(replica, abilities)
        if refused is None:
            return abilities
        fault = fault or refused
    assert fault is not None, "four ways were tried"
    raise fault


async def _refusal(replica: Replica, abilities: Abilities) -> faults.ServerFault | None:
    """Why a request with these is not answered. Raises ServerFault where none is."""
    try:
        await _written(replica, abilities, formed=False)
    except faults.ServerFault as error:
        if error.gone:
            raise
        return error
    return None


async def _keeps(replica: Replica, abilities: Abilities) -> bool:
    """Whether a form is kept to that is asked for so."""
    try:
        text = await _written(replica, abilities, formed=True)
    except (faults.ServerFault, Misformed) as error:
        if isinstance(error, faults.ServerFault) and error.gone:
            raise
        return False
    return text.split()[:1] in [[option.word] for option in FORM.options]


async def _written(replica: Replica, abilities: Abilities, *, formed: bool) -> str:
    request = Request(
        messages=(_said("system", "You answer in one word."), _said("user", "Which colour has snow?")),
        max_tokens=16 if formed else 1,
        sampling=Sampling(temperature=0.0),
        format=FORM if formed else None,
        priority=Priority.BACKGROUND,
    )
    text = "".join([chunk.text async for chunk in replica.stream(body(request, replica.model, abilities, seed=1))])
    if not (formed and abilities.dialect.json):
        return text
    transcript = Transcript(FORM)
    return transcript.feed(text) + transcript.end()


def _said(role: str, text: str) -> _Message:
    return _Message(role, (_Piece(text),))
