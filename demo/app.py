"""The village as a Textual app: panes, keys, and who carries out each typed order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, ClassVar

from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize

from demo import keeper, meetings, pages, quarrels, replies, texts, traveller
from demo.arguments import addressee, meeting, quarrel
from demo.commands import Order, parse
from demo.completion import completed
from demo.panes import Conversation, EventLog, Prompt, StatusBar, Surroundings
from demo.theme import DUSK, EMOTION_COLOURS, HOW_COLOURS
from demo.village import Village
from npc_runtime.errors import RuntimeFault

RETRY_SECONDS = 2.0
STROLL_SECONDS = 25.0
CHATTER_SECONDS = 40.0
WIDE = 100  # columns from which the events have room
WIDTHS = [(0, "-tiny"), (60, "-narrow"), (WIDE, "-wide")]
HEIGHTS = [(0, "-low"), (20, "-high")]


class VillageApp(App[None]):
    """Talking with the village. Every await on the daemon happens in a worker, so the keys always answer."""

    CSS_PATH = "style.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "interrupt", show=False),
        Binding("f1", "order('help')", show=False),
        Binding("f2", "order('events')", show=False),
        Binding("f3", "order('why')", show=False),
        Binding("f4", "order('memories')", show=False),
        Binding("f5", "order('relations')", show=False),
        Binding("pageup", "scroll_talk(-1)", show=False),
        Binding("pagedown", "scroll_talk(1)", show=False),
        Binding("ctrl+c,ctrl+q", "quit", show=False, priority=True),
    ]

    def __init__(self, village: Village, *, chatter: bool = False) -> None:
        """`chatter`: people at the player's place now and then talk among themselves."""
        super().__init__()
        self.village = village
        self._chatter = chatter
        self.keeper = keeper.Keeper(village)
        self.title = "NPC Runtime"
        self._orders = asyncio.Lock()
        self._events_wanted: bool | None = None  # None: where there is room

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours of emotions and of the ways that memories come about, as style variables."""
        emotions = {f"emotion-{emotion}": colour for emotion, colour in EMOTION_COLOURS.items()}
        return emotions | {f"how-{how}": colour for how, colour in HOW_COLOURS.items()}

    def compose(self) -> ComposeResult:
        """The conversation with the side column, the input line, the status bar."""
        with Horizontal(id="village"):
            yield Conversation()
            with Vertical(id="side"):
                yield Surroundings()
                yield EventLog()
        yield Prompt(partial(completed, self.village))
        yield StatusBar()

    def on_mount(self) -> None:
        """Draws the frame first, then goes and wakes the village."""
        self.register_theme(DUSK)
        self.theme = DUSK.name
        self.query_one(Prompt).focus()
        self.query_one(Prompt).placeholder = "waking the village ..."
        self.query_one(StatusBar).show(["starting the daemon"])
        self._live()
        self._watch_events()
        self._stroll()
        if self._chatter:
            self._idle()

    # ------------------------------------------------------------------------------------- the daemon

    @work(group="daemon")
    async def _live(self) -> None:
        """Wakes the village and watches over the daemon; when it goes away, says so and wakes the village anew."""
        talk, status = self.query_one(Conversation), self.query_one(StatusBar)
        try:
            async with self._orders:  # what is typed meanwhile waits
                await self.village.arrive()
        except RuntimeFault as error:
            self.exit(return_code=1, message=f"The daemon did not start: {error}")
            return
        await self._look()
        await talk.aside(*texts.welcome(self.village))
        while True:
            self._refresh()
            try:
                await self.village.watch()
            except RuntimeFault as error:
                for group in ("orders", "talk"):
                    self.workers.cancel_group(self, group)
                status.show([], warning="no daemon")
                await talk.aside(f"{texts.sentence(str(error))}. Starting it again ...", trouble=True)
            while not await self._came_back():
                await asyncio.sleep(RETRY_SECONDS)
            await talk.aside("The daemon is back, and so is everybody; what was heard is not forgotten.")

    async def _came_back(self) -> bool:
        try:
            async with self._orders:
                await self.village.arrive()
        except RuntimeFault as error:
            self.query_one(StatusBar).show([], warning=f"no daemon: {error}")
            return False
        return True

    @work(group="daemon")
    async def _watch_events(self) -> None:
        """Shows what happens, as it happens."""
        while True:
            await self.query_one(EventLog).put(await self.village.happenings.get())
            self._refresh()

    @work(group="daemon")
    async def _stroll(self) -> None:
        """Now and then somebody goes somewhere."""
        while True:
            await asyncio.sleep(STROLL_SECONDS)
            with contextlib.suppress(RuntimeFault):  # the watch tells of a daemon that is gone
                await self.village.stroll()

    @work(group="daemon")
    async def _idle(self) -> None:
        """Now and then some of those around talk among themselves; whatever the player says ends it."""
        while True:
            await asyncio.sleep(CHATTER_SECONDS)
            with contextlib.suppress(RuntimeFault):  # the watch tells of a daemon that is gone
                encounter = await self.village.chatter()
                if encounter is not None:
                    await meetings.play(self.village, self.query_one(Conversation), encounter, unasked=True)

    # ------------------------------------------------------------------------------------- orders

    def on_input_submitted(self) -> None:
        """Does what the typed line asks for."""
        line = self.query_one(Prompt).take()
        if line:
            self._do(line)

    def action_order(self, verb: str) -> None:
        """A key that stands for a command."""
        self._do(f"/{verb}")

    @work(group="orders")
    async def _do(self, line: str) -> None:
        """One order at a time, in the order they were typed; a reply goes on beside them."""
        talk = self.query_one(Conversation)
        talk.anchor()
        try:
            order = parse(line)
            if order.verb == "quit":
                self.exit()
                return
            async with self._orders:
                await self._obey(order)
        except RuntimeFault as error:
            await talk.aside(texts.sentence(str(error)), trouble=True)
        self._refresh()

    async def _obey(self, order: Order) -> None:
        village, talk = self.village, self.query_one(Conversation)
        match order.verb:
            case "say":
                called, words = addressee(order.argument, village.names)
                if called is None and village.quarrelling:
                    await quarrels.mediate(village, talk, words)
                    return
                npc = called or village.listener()
                village.turn_to(npc)
                self._play(partial(replies.play, village, talk, npc, words))
            case "lore":
                self._play(partial(replies.lore, village, talk, order.argument))
            case "argue":
                going = await village.argue(*quarrel(order.argument, village.names))
                self._play(partial(quarrels.play, village, talk, going))
            case "mediate":
                await quarrels.mediate(village, talk, order.argument)
            case "meet":
                encounter = await village.meet(*meeting(order.argument, village.names))
                self._play(partial(meetings.play, village, talk, encounter))
            case "events":
                self._toggle_events()
            case verb if verb in pages.VERBS:
                self.push_screen(await pages.page(village, order))
            case verb if verb in traveller.VERBS:
                await talk.aside(*await traveller.obey(village, order))
                if verb == "go":
                    await self._look()
            case verb if verb in keeper.VERBS:
                await self._keep(order)

    async def _keep(self, order: Order) -> None:
        talk = self.query_one(Conversation)
        told = await self.keeper.obey(order)
        if order.verb == "restore":
            talk.rewind(order.argument)
        await talk.aside(*told)
        if order.verb == "restore":
            await self._look()
        elif order.verb == "save":
            talk.mark(order.argument)

    @work(group="talk")
    async def _play(self, talking: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Plays talk of any kind, beside whatever the player says to anybody else meanwhile."""
        talk = self.query_one(Conversation)
        try:
            await talking()
        except RuntimeFault as error:
            await talk.aside(texts.sentence(str(error)), trouble=True)
        self._refresh()

    @work(group="orders")
    async def action_interrupt(self) -> None:
        """Cuts the speaker off."""
        with contextlib.suppress(RuntimeFault):  # it has ended meanwhile, or the watch tells of it
            await self.village.interrupt()

    async def _look(self) -> None:
        await self.query_one(Conversation).aside(*texts.look(self.village))

    # ------------------------------------------------------------------------------------- what is shown

    def on_resize(self, event: Resize) -> None:
        """The events fold away where there is no room, unless the player has chosen."""
        wanted = event.size.width >= WIDE if self._events_wanted is None else self._events_wanted
        self.query_one("#side").set_class(wanted, "-events")

    def _toggle_events(self) -> None:
        side = self.query_one("#side")
        self._events_wanted = not side.has_class("-events")
        side.set_class(self._events_wanted, "-events")

    def action_scroll_talk(self, step: int) -> None:
        """Pages through the conversation while the input keeps the focus."""
        talk = self.query_one(Conversation)
        talk.scroll_page_up() if step < 0 else talk.scroll_page_down()

    def _refresh(self) -> None:
        """Draws everything but the conversation from the village as it is now."""
        village = self.village
        place = village.places[village.here]
        partner = village.partner
        exits = [village.place_names[other] for other in place.leads_to]
        self.query_one(Surroundings).show(place, texts.now(village), village.around(), partner, exits)
        prompt = self.query_one(Prompt)
        prompt.border_title = f"to {village.names[partner]}" if partner else ""
        prompt.placeholder = texts.invitation(village)
        self.query_one(StatusBar).show(texts.standing(village), warning=texts.trouble(village))
