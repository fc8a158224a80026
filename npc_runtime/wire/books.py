"""The books of the daemon as `health.report` has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import islice

from npc_runtime.dialogue.turn.first_words import BOUNDS, FirstWords
from npc_runtime.engine.books import EngineStats, Tier
from npc_runtime.engine.request import Priority
from npc_runtime.engine.serving import Serving
from npc_runtime.wire import messages as m

SPEAKERS = 32  # named in a report


def books(
    serving: Serving, stats: EngineStats, first_words: Mapping[Priority, FirstWords], only: str | None
) -> m.Books:
    """All of them; `only`: what tells of anybody is of one world."""
    return m.Books(
        queues=_queues(stats, first_words),
        first_word_bounds=list(BOUNDS),
        speakers=speakers(stats, only),
        prompt_tokens=stats.prefilled,
        reused_tokens=stats.reused,
        decode_seconds=round(stats.decode_time, 6),
        tiers=_tiers(stats),
        vram=[m.GpuMemory(name=card.name, total=card.total, free=card.free) for card in serving.cards],
        plan=serving.plan,
    )


def speakers(stats: EngineStats, only: str | None) -> list[m.Speaker]:
    """The characters who speak; `only`: those of one world. What is written for nobody is left out."""
    named = ((*one.owner.rpartition("/")[::2], one.priority.name.lower()) for one in stats.speakers if "/" in one.owner)
    here = (one for one in named if one[1] and only in (None, one[0]))
    return [m.Speaker(world=world, npc=npc, priority=priority) for world, npc, priority in islice(here, SPEAKERS)]


def _queues(stats: EngineStats, first_words: Mapping[Priority, FirstWords]) -> list[m.QueueCounts]:
    """The requests of each class, also of one that has none, and how long its replies took to begin."""
    speaking, waiting = Counter(one.priority for one in stats.speakers), Counter(stats.queue)
    found = []
    for one in Priority:
        waits = first_words.get(one, FirstWords())
        found.append(
            m.QueueCounts(
                priority=one.name.lower(),
                speaking=speaking[one],
                waiting=waiting[one],
                first_words=list(waits.counts),
                first_word_seconds=round(waits.seconds, 6),
            )
        )
    return found


def _tiers(stats: EngineStats) -> m.Tiers | None:
    """Where what was computed of characters lies; None: not on this machine."""
    slots, parking = stats.slots, stats.parking
    if not slots.room:
        return None
    return m.Tiers(
        slots=m.SlotCounts(
            speaking=slots.speaking, resting=slots.resting, empty=slots.empty, tokens=slots.tokens, room=slots.room
        ),
        ram=_tier(parking.ram),
        disk=_tier(parking.disk),
        given_up=parking.given_up,
    )


def _tier(tier: Tier) -> m.TierCounts:
    return m.TierCounts(characters=tier.states, bytes=tier.bytes, limit=tier.limit, resumed=tier.resumed)
