"""The floor: who speaks next. Whoever was addressed, then whoever it concerns, then the talkative; or nobody."""

from __future__ import annotations

from npc_runtime import dice
from npc_runtime.dialogue.encounter.acts import act
from npc_runtime.dialogue.encounter.encounter import Encounter, Spoken
from npc_runtime.dialogue.encounter.member import Member

_ADDRESSED = 5.0
_CONCERNED = 2.0
_HAS_NEWS = 1.0
_WANTED = 3.0  # it has something to tell of what the encounter is about
_OPENS = 1.0
_GOES_ON = 0.5  # whoever spoke last
_SILENCE = 0.3
_ENEMY = 1.5  # what an enemy's silence weighs more
_NOBODY = ""


def next_turn(encounter: Encounter) -> Spoken | None:
    """The turn that is taken now; None where all stay silent. The same encounter gives the same turn."""
    turns = {member.id: turn for member in encounter.members if (turn := act(encounter, member)) is not None}
    claims = {id: _claim(encounter, encounter.member(id), turn) for id, turn in turns.items()}
    claims = {id: claim for id, claim in claims.items() if claim > 0}
    if not claims:
        return None
    claims[_NOBODY] = _silence(encounter)
    chosen = dice.draw(claims, encounter.seed, encounter.turn, encounter.pauses, "floor")
    return turns.get(chosen)


def _claim(encounter: Encounter, member: Member, turn: Spoken) -> float:
    """How strongly a member wants the floor; nobody speaks thrice running."""
    last = encounter.last
    claim = (_OPENS if last is None else 0.3) + _HAS_NEWS * (turn.act == "tell")
    if turn.news is not None and turn.news.wanted:
        claim += _WANTED
    if last is not None:
        if last.speaker == member.id:
            twice = len(encounter.spoken) > 1 and encounter.spoken[-2].speaker == member.id
            waited_for = last.act in ("greet", "ask", "tell") and encounter.silences == 0
            return 0.0 if twice or waited_for else _GOES_ON * claim * member.talkative
        if last.toward == member.id:
            claim += _ADDRESSED
        elif last.news is not None and member.id in last.news.concerns:
            claim += _CONCERNED
    return claim * member.talkative


def _silence(encounter: Encounter) -> float:
    """How strongly all would rather say nothing: the one who should answer decides."""
    last = encounter.last
    if last is None:
        first, second = encounter.members[0], encounter.members[1]
        enemies = "hostile" in (first.feels(second.id), second.feels(first.id))
        return _SILENCE / max(member.talkative for member in encounter.members) + _ENEMY * enemies
    if last.toward not in {member.id for member in encounter.members}:
        return _SILENCE
    answering = encounter.member(last.toward)
    return _SILENCE / answering.talkative + _ENEMY * (answering.feels(last.speaker) == "hostile")
