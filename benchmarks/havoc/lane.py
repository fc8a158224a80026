"""One world, the client that lives in it, and the books of what it was told."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
from collections import Counter
from collections.abc import AsyncGenerator, Coroutine
from typing import Any

from benchmarks.havoc.deeds import Advance, Deed, Delete, Forget, Hear, Line, Restore, Save, Say, Set, Teach
from benchmarks.havoc.ledger import Entry, Ledger, Observed
from benchmarks.havoc.subject import Subject
from npc_runtime.client import Runtime
from npc_runtime.client.patience import within
from npc_runtime.errors import RuntimeFault
from npc_runtime.wire import messages as m

PACK = "hollowmere"
TALKERS = {"npc:mira": "smithy", "npc:tom": "mill", "npc:wenna": "chapel"}
PARTIES = ("npc:bren", "npc:odile")
MEETING = "inn"
BYSTANDER = "npc:pim"  # whom no books are kept of
FACTS = [f"fact.{number}" for number in range(6)]
SAVES = [f"slot {number}" for number in range(4)]
PLAYERS = [f"player:qx{number}" for number in range(3)]  # no word of any language, as names to forget by should be
TURNS = 6
ANSWER_SECONDS = 15.0
KEPT_SECONDS = 10.0
FULL = 150
"""Sentences from which on a world is old enough: its saves are looked at a last time, and another one begins."""


class Lane:
    """Does numbered deeds in a world of its own. `excused`: a disk fails or the daemon stops, so all may be refused."""

    runtime: Runtime

    def __init__(self, subject: Subject, name: str) -> None:
        self._subject = subject
        self._name = name
        self._numbers = itertools.count(1)
        self._generation = 0
        self._made: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.ledger = Ledger()
        self.excused = False
        self.amnesia = False  # the world was opened while its file could not be used, and began without it
        self.complaints: list[str] = []
        self.counts: Counter[str] = Counter()

    @property
    def world(self) -> str:
        """Its id."""
        return f"{self._name}-{self._generation}"

    # ---------------------------------------------------------------------------------------------- the client

    async def connect(self) -> None:
        """Opens a session, and the world in it."""
        self.runtime = await self._subject.client(self._name)
        await self.open()

    async def open(self) -> None:
        """Opens the world, which must be there if it ever was."""
        opened = await self.runtime.call(m.WorldOpened, "world.open", world=self.world, pack=PACK)
        self.amnesia = not opened.remembers
        if opened.created and not self.amnesia:
            if self.world in self._made:
                self.complaints.append(f"the world {self.world} is gone, and a new one began")
            for npc, place in {**TALKERS, **dict.fromkeys((*PARTIES, BYSTANDER), MEETING)}.items():
                await self.runtime.call(m.NpcSpawned, "npc.spawn", world=self.world, npc=npc, at=place)
            self._made.add(self.world)

    async def close(self) -> None:
        """Closes the world, behind everything that was sent before, and opens it again."""
        self.counts["world.close"] += 1
        await self._start(self._close())
        await self.open()

    async def cut(self) -> None:
        """Vanishes, or finds that the daemon did: whatever is in flight will never be answered."""
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.runtime.close()

    async def finish(self) -> None:
        """Ends what goes on, and waits until all is answered."""
        for argument in await self._arguments():
            await self._quietly("argue.stop", argument=argument.argument)
        await self.answered()

    async def answered(self) -> None:
        """Waits until all is answered."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    # ---------------------------------------------------------------------------------------------- deeds

    async def live(self, chance: random.Random, count: int) -> None:
        """So many deeds, some waited for and some sent one right behind the other, and all their answers."""
        for _ in range(count):
            task = self.do(self.draw(chance))
            if chance.random() < 0.4:
                await asyncio.wait({task})
            else:
                await asyncio.sleep(chance.random() * 0.01)
        await self.answered()

    def draw(self, chance: random.Random) -> Deed:
        """Any deed but forgetting, which has rounds of its own."""
        number = next(self._numbers)
        npc = chance.choice(list(TALKERS))
        (kind,) = chance.choices(("set", "teach", "advance", "say", "save", "restore", "delete"), (8, 6, 3, 4, 4, 2, 1))
        match kind:
            case "set":
                return Set(chance.choice(FACTS), number)
            case "teach":
                return Teach(npc, f"The barrel with the mark {number} was sold at the fair.")
            case "advance":
                return Advance(number % 100 + 1)
            case "say":
                return Say(self.line(npc, chance.choice(PLAYERS)))
            case "save":
                return Save(chance.choice(SAVES))
            case "restore":
                return Restore(chance.choice(SAVES))
            case _:
                return Delete(chance.choice(SAVES))

    def line(self, npc: str, player: str) -> Line:
        """A question that nobody asked before."""
        return Line(npc, player, f"What was it about the mark {next(self._numbers)}?")

    def do(self, deed: Deed) -> asyncio.Task[None]:
        """Sends a deed; the task is done when it was answered."""
        entry = self.ledger.sent(deed, excused=self.excused)
        self.counts[deed.kind] += 1
        return self._start(self._say(entry, deed) if isinstance(deed, Say) else self._ask(entry))

    def forget(self, player: str) -> asyncio.Task[None]:
        """Has a player forgotten."""
        return self.do(Forget(player))

    def argue(self, heard: int = TURNS) -> asyncio.Task[None]:
        """Has two characters argue until it is over; after the first `heard` turns nobody listens, and they wait."""
        return self._start(self._argue(heard))

    def say(self, npc: str, player: str) -> asyncio.Task[None]:
        """Asks somebody something, and hears the answer."""
        return self.do(Say(self.line(npc, player)))

    async def _ask(self, entry: Entry) -> None:
        try:
            response = await self._answer(entry.deed.kind, **entry.deed.fields)
        except RuntimeFault as error:
            entry.answer, entry.why = "refused", error.code
            return
        if response is not None:
            entry.answer = "kept" if getattr(response, "kept", True) and not self.amnesia else "done"

    async def _say(self, entry: Entry, deed: Say) -> None:
        reply = ""
        try:
            async with contextlib.aclosing(self._stream("say", **deed.fields)) as parts:
                async for part in parts:
                    if isinstance(part, m.ReplyStart):
                        reply = part.reply
                    if isinstance(part, m.ReplyEnd):
                        entry.answer = "done" if self.excused or self.amnesia else "kept"
                        break
        except RuntimeFault as error:
            entry.answer, entry.why = "refused", error.code
        if reply and entry.answer != "refused":
            self.do(Hear(reply, Line(deed.line.npc, deed.line.player, f"answer {next(self._numbers)}", own=True)))

    async def _argue(self, heard: int) -> None:
        limits = {"turns": TURNS, "seconds": 16.0}
        fields = {"between": list(PARTIES), "about": "the stolen hammer", "limits": limits}
        self.counts["argue.start"] += 1
        try:
            async with contextlib.aclosing(self._stream("argue.start", **fields)) as parts:
                async for part in parts:
                    self.counts[part.type] += part.type in ("scene.turn", "argue.settled")
                    if isinstance(part, m.ReplyEnd) and heard > 0:
                        heard -= 1
                        self._start(self._quietly("heard", reply=part.reply))
                    if isinstance(part, m.ArgueSettled):
                        break
        except RuntimeFault as error:
            self.counts[f"argue {error.code}"] += 1
            if error.code not in ("cancelled", "conflict", "storage", "not_found"):
                self.complaints.append(f"an argument in {self.world} ended with: {error}")

    async def _close(self) -> None:
        try:
            await self._answer("world.close")
        except RuntimeFault as error:
            self.complaints.append(f"{self.world} was not closed: {error}")

    async def _quietly(self, kind: str, **fields: Any) -> None:
        with contextlib.suppress(RuntimeFault):
            await self._answer(kind, **fields)

    async def _answer(self, kind: str, **fields: Any) -> m.Response | None:
        """The first answer to a request; a silence is complained of. Raises what the daemon answers."""
        async with contextlib.aclosing(self._stream(kind, **fields)) as parts:
            return await anext(parts, None)

    async def _stream(self, kind: str, **fields: Any) -> AsyncGenerator[m.Response, None]:
        request = self.runtime.message(kind, world=self.world, **fields)
        async with contextlib.aclosing(self.runtime.exchange(request, timeout=2 * ANSWER_SECONDS)) as parts:
            while True:
                try:
                    part = await within(ANSWER_SECONDS, _next(parts))
                except asyncio.TimeoutError:
                    self.complaints.append(f"{kind} in {self.world} was not answered for {ANSWER_SECONDS:g} s")
                    return
                yield part

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # ---------------------------------------------------------------------------------------------- the books

    async def settle(self, *, cut: bool) -> list[str]:
        """What is wrong with the world, now that nothing is in flight; `cut`: something was, and is not answered."""
        found, self.complaints = self.complaints, []
        if any(argument.going_on for argument in await self._arguments()):
            found.append(f"an argument goes on in {self.world}, though nobody plays it")
        if self.amnesia:
            self.ledger.entries.clear()
            return found
        if not cut:  # what waits for the disk is written with the next deed, and found only then
            found += await self._kept()
        found += [f"{self.world}: {wrong}" for wrong in self.ledger.balance(await self.observe(), cut=cut)]
        return found

    async def _kept(self) -> list[str]:
        """Once the disk works, what was done is kept before long: a further deed shows it."""
        loop = asyncio.get_running_loop()
        patience = loop.time() + KEPT_SECONDS
        while loop.time() < patience:
            deed = Advance(1)
            await self.do(deed)
            entry = next(entry for entry in self.ledger.entries if entry.deed is deed)
            if entry.answer == "kept":
                return []
            await asyncio.sleep(0.1)
        return [f"{self.world}: {KEPT_SECONDS:g} s after the disk works again nothing is kept yet"]

    async def observe(self) -> Observed:
        """The world as it is found."""
        facts = {fact.name: int(fact.value) for fact in await self._pages("world.get", "facts", scope="world")}
        memories = [one for one in await self._pages("memory.export", "memories") if one.npc in TALKERS]
        saves = {save.save: save.at for save in await self._pages("save.list", "saves")}
        time = await self.runtime.call(m.WorldTime, "world.advance", world=self.world, by=0)
        return Observed(
            facts,
            tuple((one.npc, one.text) for one in memories if one.how == "taught" for _ in range(one.count)),
            time.at,
            frozenset((one.npc, one.who, one.text) for one in memories if one.how == "heard"),
            Counter(one.npc for one in memories if one.how == "said"),
            saves,
        )

    async def _pages(self, kind: str, what: str, **fields: Any) -> list[Any]:
        """A whole list, whether the daemon gives it in pages or at once."""
        found: list[Any] = []
        page: dict[str, Any] = {}
        while True:
            message = self.runtime.message(kind, world=self.world, **fields, **page)
            answer = await self.runtime.request(message)
            found += getattr(answer, what)
            after = getattr(answer, "next", None)
            if after is None:
                return found
            page = {"after": after}

    async def _arguments(self) -> list[m.ArgumentInfo]:
        return (await self.runtime.call(m.ArgueListing, "argue.list", world=self.world)).arguments

    async def check_saves(self) -> list[str]:
        """Goes back to every save in turn and looks at it."""
        found = []
        for save in list(self.ledger.was.saves):
            await self.do(Restore(save))
            found += await self.settle(cut=False)
        return found

    async def retire(self) -> list[str]:
        """Leaves an old world behind, after a last look."""
        present = self.ledger.was.present
        if self.amnesia or present is None or len(present.taught) < FULL:
            return []
        found = await self.check_saves()
        self._generation += 1
        self.ledger = Ledger()
        await self.open()
        return found


async def _next(parts: AsyncGenerator[m.Response, None]) -> m.Response:
    return await anext(parts)
