"""What the keeper of a game may do and a traveller may not: events, the clock, the weather, saves. Answers in words."""

from __future__ import annotations

from collections.abc import Iterable

from demo import texts
from demo.arguments import happening, lesson
from demo.commands import Order
from demo.ground import PLAYER, PLAYER_NAME
from demo.panes import Styled
from demo.village import WEATHER, Village
from npc_runtime.errors import Invalid

VERBS = ("event", "wait", "weather", "teach", "forget", "save", "restore", "saves")


class Keeper:
    """Carries out the orders in VERBS."""

    def __init__(self, village: Village) -> None:
        self.village = village

    async def obey(self, order: Order) -> Iterable[Styled]:
        """Does it, and says what came of it. Raises RuntimeFault."""
        village = self.village
        match order.verb:
            case "event":
                return await self._event(order.argument)
            case "wait":
                village.moment = (await village.world.advance(order.argument)).moment
                return (f"It is {village.moment}.",)
            case "weather":
                await village.set_fact(WEATHER, order.argument)
                village.weather = order.argument
                return (f"The weather changes: {order.argument}.",)
            case "teach":
                return await self._teach(order.argument)
            case "forget":
                return await self._forget(order.argument)
            case "save":
                await self._save(order.argument)
                return (f'Saved as "{order.argument}": {texts.now(village)}.',)
            case "restore":
                await self._restore(order.argument)
                return (f'Back to "{order.argument}". What was said since was never said.',)
            case "saves":
                return texts.saves(await village.world.saves())
        raise Invalid(f"/{order.verb} is none of the keeper's orders")

    async def _event(self, argument: str) -> Iterable[Styled]:
        village = self.village
        what, at, by = happening(argument, village.place_names, village.names)
        perceived = await village.world.event(what, at=at or village.here, by=by)
        witnesses = [village.called(one.npc) for one in perceived if one.npc != by]
        seen = f"{texts.listed(witnesses)} saw it." if witnesses else "Nobody saw it."
        return (f"{texts.sentence(what).rstrip('.')}. ", "$foreground"), seen

    async def _teach(self, argument: str) -> Iterable[Styled]:
        npc, text = lesson(argument, self.village.names)
        await self.village.npcs[npc].teach(text)
        return (f"{self.village.names[npc]} remembers that now.",)

    async def _forget(self, argument: str) -> Iterable[Styled]:
        if argument != "yes":
            return (
                "Everybody would forget you, for good: what you said and told, and how they feel about you, ",
                "in saves too. ",
                ("/forget yes", "$primary"),
                " does it.",
            )
        async with self.village.silence():
            count = (await self.village.world.forget(PLAYER)).memories
            await self.village.world.move(PLAYER, self.village.here, name=PLAYER_NAME)
        return (f"Nobody knows you any more: {count} {'memory' if count == 1 else 'memories'} deleted.",)

    async def _save(self, name: str) -> None:
        await self.village.keep()
        await self.village.world.save(name)
        self.village.saves = [save.save for save in await self.village.world.saves()]

    async def _restore(self, name: str) -> None:
        async with self.village.silence():
            self.village.moment = (await self.village.world.restore(name)).moment
            await self.village.take_over(self.village.world)
