"""Company: who at a place is free to talk, who of them would, and whether anybody is there to listen."""

from __future__ import annotations

from collections.abc import Sequence

from npc_runtime import dice
from npc_runtime.dialogue.encounter.member import Member
from npc_runtime.dialogue.stage.arguments import Stage
from npc_runtime.dialogue.state import Mind

_THIRD = 0.25  # how often a third joins


def taken(mind: Mind, stage: Stage, npc: str) -> str:
    """What keeps a character from talking now, in words; nothing where it is free."""
    if quarrels(mind, stage, npc):
        return f"{npc} is in an argument"
    if npc in mind.speaking.company:
        return f"{npc} is in an encounter already"
    return f"{npc} is being spoken to" if mind.speaking.floor(npc).locked() else ""


def quarrels(mind: Mind, stage: Stage, npc: str) -> bool:
    """Whether a character is in an argument that goes on."""
    return any(
        stage.is_playing(mind.world.id, argument.id) and any(party.id == npc for party in argument.present)
        for argument in mind.arguments.values()
    )


def chosen(mind: Mind, npcs: Sequence[str], *key: object) -> list[str]:
    """Who of those that are free begins to talk, with whom: the talkative, with those they like; sometimes a third."""
    now, talks = mind.world.clock.now, mind.talks
    members = {npc: Member(npc, "", tuple(mind.persona(npc).traits), mind.persona(npc).mood) for npc in npcs}
    first = dice.draw({npc: member.talkative for npc, member in members.items()}, *key, "first")

    def liking(other: str) -> float:
        affinity = mind.feelings.relation(mind.persona(first), other).now(now).affinity
        since = talks.meetings.since(first, other, now)
        lately = since is not None and since < talks.budget.cooldown
        return (1.1 + affinity) * members[other].talkative * (0.1 if lately else 1.0)

    others = {npc: liking(npc) for npc in npcs if npc != first}
    second = dice.draw(others, *key, "second")
    del others[second]
    if others and dice.throw(*key, "third") < _THIRD:
        return [first, second, dice.draw(others, *key, "joins")]
    return [first, second]


def unheard(mind: Mind, place: str) -> bool:
    """Whether nobody listens at a place: every player is known to be elsewhere. In a world without players, one may."""
    players = [entity.at for entity in mind.world.entities.values() if entity.id.startswith("player:")]
    return bool(players) and all(at is not None and at != place for at in players)
