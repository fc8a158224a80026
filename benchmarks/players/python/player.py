"""A game of the Python client that does what lines of JSON tell it: `benchmarks/clients.py` says which."""

from __future__ import annotations

import asyncio
import gc
import json
import selectors
import sys
import threading
import time
from collections import Counter
from collections.abc import Coroutine
from typing import Any

from npc_runtime.client import Npc, Restored, Runtime, World, connect
from npc_runtime.errors import RuntimeFault

ALEX = "player:alex"


class Watched(selectors.DefaultSelector):
    """Knows how long the loop has worked: all but the time that it waited here."""

    def __init__(self) -> None:
        super().__init__()
        self._busy = 0.0
        self._since = time.perf_counter()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Waits; the clock stands still meanwhile."""
        if timeout is not None and timeout <= 0:
            return super().select(timeout)
        self._busy += time.perf_counter() - self._since
        ready = super().select(timeout)
        self._since = time.perf_counter()
        return ready

    @property
    def busy(self) -> float:
        """Seconds of work so far."""
        return self._busy + time.perf_counter() - self._since


class Player:
    """The game, on its event loop."""

    def __init__(self, selector: Watched) -> None:
        self._selector = selector
        self._runtime: Runtime | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def play(self) -> None:
        """Does what it is told until its input ends."""
        lines: asyncio.Queue[str] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def read() -> None:
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, "")

        threading.Thread(target=read, daemon=True).start()
        while line := await lines.get():
            told = json.loads(line)
            do = told.pop("do")
            try:
                answer = await getattr(self, f"do_{do}")(**told)
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(answer or {"ok": True}), flush=True)

    async def do_connect(
        self,
        world: str,
        pack: str,
        npcs: list[str],
        place: str,
        data_dir: str | None = None,
        endpoint: str | None = None,
        token: str | None = None,
    ) -> None:
        """Begins to play."""
        self._begun = self._answered = self._happened = 0
        self._failed: Counter[str] = Counter()
        self._listed: list[str] = []
        self._resumed: list[dict[str, Any]] = []
        self._runtime = await connect(endpoint, data_dir=data_dir, start=False, token=token, name="player")
        self._runtime.on_restored(self._restored)
        self._world = await self._runtime.open_world(world, pack)
        self._npcs = {npc: await self._world.spawn(npc, place) for npc in npcs}
        self._start(self._listen(self._world))
        await self._runtime.ping()  # behind the subscription

    async def do_say(self, npc: str, text: str) -> None:
        """Says a line."""
        self._begin(self._say(self._npcs[npc], text))

    async def do_argue(self, between: list[str], about: str, turns: int) -> None:
        """Has two argue."""
        self._begin(self._argue(between, about, turns))

    async def do_ask(self) -> None:
        """Asks who is there."""
        self._begin(self._ask())

    async def do_report(self, collect: bool = False) -> dict[str, Any]:
        """What became of all."""
        return {
            "begun": self._begun,
            "answered": self._answered,
            "failed": self._failed,
            "npcs": self._listed,
            "happened": self._happened,
            "resumed": self._resumed,
            "pending": self._runtime.pending if self._runtime else 0,
            "heap": _heap() if collect else None,
        }

    async def do_talk(self, npcs: list[str], seconds: float, tick_ms: int) -> dict[str, Any]:
        """All talk at once."""
        counts = {"deltas": 0, "sentences": 0, "ends": 0}
        happened = self._happened
        tasks = [asyncio.ensure_future(self._chatter(self._npcs[npc], counts)) for npc in npcs]
        loop = asyncio.get_running_loop()
        inside, worked = [], []
        next_tick = loop.time()
        ends = next_tick + seconds
        busy, cpu = self._selector.busy, time.thread_time()
        while loop.time() < ends:
            next_tick += tick_ms / 1000
            await asyncio.sleep(next_tick - loop.time())
            inside.append((self._selector.busy - busy) * 1e6)
            worked.append((time.thread_time() - cpu) * 1e6)
            busy, cpu = self._selector.busy, time.thread_time()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return {"inside_us": inside, "cpu_us": worked, **counts, "happened": self._happened - happened}

    async def do_leave(self) -> None:
        """Ends the session."""
        assert self._runtime is not None, "it plays"
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._runtime.close()
        self._runtime = None

    # ------------------------------------------------------------------------------------------------- what goes on

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._begun += 1
        self._start(self._counted(work))

    async def _counted(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except RuntimeFault as error:
            self._failed[error.code] += 1
        except Exception:
            self._failed["untyped"] += 1
        else:
            self._answered += 1

    def _restored(self, restored: Restored) -> None:
        troubles = [str(trouble) for trouble in restored.troubles]
        self._resumed.append({"at": time.time(), "restarted": restored.restarted, "troubles": troubles})

    async def _listen(self, world: World) -> None:
        async for _ in world.events():
            self._happened += 1

    async def _say(self, npc: Npc, text: str) -> None:
        async for _ in npc.say(ALEX, text, name="Alex"):
            pass

    async def _argue(self, between: list[str], about: str, turns: int) -> None:
        await (await self._world.argue(between, about, limits={"turns": turns}))

    async def _ask(self) -> None:
        self._listed = sorted(npc.id for npc in await self._world.npcs())

    async def _chatter(self, npc: Npc, counts: dict[str, int]) -> None:
        while True:
            async for piece in npc.say(ALEX, "What do you sell?"):
                if piece.text:
                    counts["deltas"] += 1
                elif piece.sentence:
                    counts["sentences"] += 1
            counts["ends"] += 1


def _heap() -> int:
    """About: the interpreter counts blocks of memory, of which most are small."""
    gc.collect()
    return 64 * sys.getallocatedblocks()


def main() -> None:
    selector = Watched()
    loop = asyncio.SelectorEventLoop(selector)
    loop.run_until_complete(Player(selector).play())
    loop.close()


if __name__ == "__main__":
    main()
