"""What is so now, as a character knows it: who is there, where it last saw whom, and what has become of people.

It outranks what was written: `superseded` has claims give way to it. Nothing here is known that the character did not
see, or was not told (world/sightings.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from npc_runtime.dialogue.policy.knowledge import neighbour
from npc_runtime.dialogue.state import Mind
from npc_runtime.language.claim import bearers, ids, reference
from npc_runtime.memory.recall import Memory
from npc_runtime.world.clock import DAY, HOUR, ago, day, today
from npc_runtime.world.entity import bare
from npc_runtime.world.sightings import GONE, Fate, Sight

LIVE = "live"
"""The kind of what is so now."""
NEWS = 7 * DAY  # a birth or an arrival is no news any more


def here(mind: Mind, npc: str) -> tuple[str, ...]:
    """Who else is where a character is, in order of arrival: "Tom (smith)", and of a player the name."""
    personas, someone = mind.pack.personas, mind.language.phrases.text
    names = ((other, mind.world.entities[other].name) for other in _present(mind, npc))
    return tuple(
        someone("prompt.sheet.someone", name=name, role=personas[bare(other)].role)
        if other.startswith("npc:") and bare(other) in personas
        else name
        for other, name in names
    )


def now(mind: Mind, npc: str) -> str:
    """When and where it is, the weather, and what just happened; empty for somebody who is not in the world."""
    if npc not in mind.world.entities:
        return ""
    at = mind.world.clock.now
    date = mind.language.phrases.text("live.date", day=day(at), hour=(at // HOUR - 1) % 12 + 1)
    return f"{date}{mind.language.gap}{mind.world.now(npc, mind.wording, present=False)}"


def live(mind: Mind, npc: str, speaker: str) -> list[Memory]:
    """What a character knows of the listener, of deaths and the like, and of whom it saw today; the latest first.

    Of those who are with it only `here` says so.
    """
    sightings, at = mind.world.sightings, mind.world.clock.now
    near, names = {npc, speaker, *_present(mind, npc)}, mind.names()
    fates = sorted(sightings.fates(npc).items(), key=lambda one: (-one[1].when, one[0]))
    fates = [(other, fate) for other, fate in fates if other in names and _matters(fate, at)]  # a wolf has no name
    seen = sorted(sightings.sights(npc).items(), key=lambda one: (-one[1].when, one[0]))
    return [
        *_listener(mind, npc, speaker),
        *(_fate(mind, npc, other, fate) for other, fate in fates if other not in near or fate.what not in GONE),
        *(_sight(mind, npc, other, sight) for other, sight in seen if other not in near and today(sight.when, at)),
    ]


def superseded(claims: Sequence[Memory], live: Sequence[Memory], mind: Mind, npc: str) -> list[Memory]:
    """Claims that were written, with what is so now: `live` is what `live` gave for the character.

    Who is known to be elsewhere is not said to be found where it usually is; a claim that names somebody who died or
    left is followed by what has become of that one, the first of them only.
    """
    fates = mind.world.sightings.fates(npc).items()
    gone = {other: _fate(mind, npc, other, fate) for other, fate in fates if fate.what in GONE}
    gone = {other: known for other, known in gone.items() if known in live}
    found: dict[Memory, None] = {}
    for claim in claims:
        found[_placeless(mind, npc, claim) if claim.kind == "person" else claim] = None
        found.update((gone[id], None) for id in (_named(mind, claim) if gone else ()) if id in gone)
    return list(found)


def _matters(fate: Fate, now: int) -> bool:
    """Whether it is still worth a line: of the dead and those who left it always is."""
    return fate.what in GONE or now - fate.when < NEWS


def _present(mind: Mind, npc: str) -> list[str]:
    """Who else is where a character is, and neither died nor left."""
    world = mind.world
    return [other for other in world.here(mind.place(npc) or None) if other != npc and not world.entities[other].gone]


def _placeless(mind: Mind, npc: str, claim: Memory) -> Memory:
    """Who somebody is, without where, if the character knows that it is elsewhere, dead or gone."""
    other = next(iter(ids(claim.claim)), "")
    persona = mind.pack.personas.get(bare(other))
    if persona is None or persona.place is None or not _elsewhere(mind, npc, other, f"place:{persona.place}"):
        return claim
    return neighbour(mind.pack, persona, claim.source, found=False)


def _elsewhere(mind: Mind, npc: str, other: str, place: str) -> bool:
    if other in _present(mind, npc):
        return mind.place(npc) != place
    fate, sight = mind.world.sightings.fates(npc).get(other), mind.world.sightings.sights(npc).get(other)
    if fate and fate.what in GONE:
        return True
    return bool(sight and today(sight.when, mind.world.clock.now) and (sight.left or sight.at != place))


def _named(mind: Mind, claim: Memory) -> list[str]:
    """Whom a claim names: by id, or by a name or first name that nobody else bears."""
    known = bearers(mind.names(), first_names=True)
    words = known.pattern.finditer(claim.claim) if known.pattern else ()
    bear = (known.by_form[word[0].casefold()] for word in words)
    return [*ids(claim.claim), *(of[0] for of in bear if len(of) == 1)]


def _listener(mind: Mind, npc: str, speaker: str) -> list[Memory]:
    """Since when the character has known a player who speaks to it, where it knows that."""
    world, who = mind.world, reference(speaker)
    claims: list[Memory] = []
    since = _first_seen(mind, npc, speaker) if speaker.startswith("player:") else 0
    if since and today(since, world.clock.now):
        claims.append(_claim(mind, npc, "first", name=who, when=ago(since, world.clock.now, mind.language)))
    elif since:
        claims.append(_claim(mind, npc, "since", name=who, day=day(since)))
    return claims


def _first_seen(mind: Mind, npc: str, other: str) -> int:
    """When a character first saw somebody; 0: unknown."""
    before = mind.world.sightings.sights(npc).get(other)
    if before:
        return before.since
    one, two = mind.world.entities.get(npc), mind.world.entities.get(other)
    together = one and two and one.at and one.at == two.at and one.since and two.since
    return max(one.since, two.since) if one and two and together else 0


def _sight(mind: Mind, npc: str, other: str, sight: Sight) -> Memory:
    places, at = mind.world.places, mind.world.clock.now
    said = {"name": reference(other), "place": places[sight.at], "when": ago(sight.when, at, mind.language)}
    if sight.left and sight.to:
        return _claim(mind, npc, "went_to", to=places[sight.to], **said)
    return _claim(mind, npc, "went" if sight.left else "seen", **said)


def _fate(mind: Mind, npc: str, other: str, fate: Fate) -> Memory:
    name, when = reference(other), ago(fate.when, mind.world.clock.now, mind.language)
    if fate.who:
        told = _claim(mind, npc, f"told.{fate.what}", name=name, when=when, who=reference(fate.who))
        return replace(told, source=f"said:{fate.who}")
    return _claim(mind, npc, fate.what, name=name, when=when, day=day(fate.when))


def _claim(mind: Mind, npc: str, key: str, **fields: object) -> Memory:
    """A phrase as a character knows it. Only people are ids in it: a place may be called as somebody is."""
    claim = mind.language.own(mind.language.phrases.text(f"live.{key}", **fields), npc, {})
    return Memory(mind.wording.text(claim, npc), "self", LIVE, claim=claim)
