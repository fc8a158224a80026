"""What a traveller does in the village besides talking: goes, turns to somebody, looks, judges. Answers in words."""

from __future__ import annotations

from collections.abc import Iterable

from demo import texts
from demo.arguments import find, rating
from demo.commands import Order
from demo.panes import Styled
from demo.village import Village
from npc_runtime.errors import Invalid

VERBS = ("go", "talk", "look", "who", "rate", "better", "help")


async def obey(village: Village, order: Order) -> Iterable[Styled]:
    """Carries out an order in VERBS, and says what came of it. Raises RuntimeFault."""
    match order.verb:
        case "go":
            return await _go(village, order.argument)
        case "talk":
            npc = find("person", order.argument, village.names)
            village.turn_to(npc)
            await village.approach()
            return (f"You turn to {village.names[npc]}.",)
        case "look":
            return texts.look(village)
        case "who":
            return texts.who(village)
        case "rate":
            return await _judge(village, rating=rating(order.argument))
        case "better":
            return await _judge(village, better=order.argument)
        case "help":
            return texts.help()
    raise Invalid(f"/{order.verb} is none of a traveller's orders")


async def _go(village: Village, wanted: str) -> Iterable[Styled]:
    place = find("place", wanted, village.place_names)
    passed = await village.go(place)
    by = f", by way of {texts.listed(passed)}" if passed else ""
    return (f"You walk to {village.place_names[place]}{by}.",)


async def _judge(village: Village, **judgement: int | str) -> Iterable[Styled]:
    await village.judge(**judgement)
    return ("Noted. After the visit, npc-runtime feedback export prints it.",)
