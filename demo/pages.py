"""The pages that can be opened over the village: why, memories, relations, gossip, a creature."""

from __future__ import annotations

from demo import creatures, gossip, journal, memories, relations, why
from demo.arguments import find, recall
from demo.commands import Order
from demo.sheet import Sheet
from demo.village import Village
from npc_runtime.errors import Invalid

VERBS = ("why", "memories", "relations", "journal", "creature", "gossip")


async def page(village: Village, order: Order) -> Sheet:
    """The page that an order in VERBS asks for. Raises RuntimeFault."""
    match order.verb:
        case "why":
            told, report = await village.why()
            return why.sheet(village.names[told.npc], told.line, report)
        case "memories":
            who, about = recall(order.argument)
            npc = _whom(village, who)
            found = await village.npcs[npc].memories(about, memories.SHOWN)
            return memories.sheet(village.names[npc], about, found, village.called)
        case "relations":
            npc = _whom(village, order.argument)
            return relations.sheet(village.names[npc], await village.relations(npc), village.called)
        case "journal":
            about = order.argument.removeprefix("about ").strip()
            return journal.sheet(about, await village.journal(about), village.called, village.place_names.__getitem__)
        case "creature":
            return creatures.sheet(await village.creature(**creatures.wanted(order.argument)), village.called)
        case "gossip":
            return gossip.sheet(order.argument, await village.world.gossip(order.argument), village.called)
    raise Invalid(f"/{order.verb} opens no page")


def _whom(village: Village, named: str) -> str:
    """Who is named; without a name, whom the player talks with. Raises NotFound, Invalid."""
    return find("person", named, village.names) if named else village.listener()
