"""What happens to the daemon in a round, and to all worlds at once while their clients work."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from benchmarks.havoc.deeds import Delete, Restore, Save
from benchmarks.havoc.lane import PLAYERS, SAVES, TALKERS, Lane
from benchmarks.havoc.subject import Subject
from npc_runtime.wire.messages import Catalogue

DEEDS = 16
"""In each world and round, at least."""
CLOCK_STEPS = (5, -5, 3600, -3600, 86_400 * 400, -86_400 * 400)
CLOSE = "world.close"


class Rounds:
    """Rounds by name; each leaves the daemon running and its disk and clock in order, and gives what went wrong."""

    def __init__(self, subject: Subject, lanes: Sequence[Lane], models: Callable[[random.Random], str]) -> None:
        """`models` draws the model of each daemon that is started."""
        self._subject = subject
        self._faults = subject.faults
        self._lanes = lanes
        self._models = models
        self.counts: Counter[str] = Counter()
        disk = {
            "full disk": self._full,
            "full disk, short writes": self._short,
            "full disk, killed": self._full_and_killed,
            "full disk, started on it": self._full_at_start,
            "read-only": self._read_only,
            "read-only, killed": self._read_only_and_killed,
            "clock step": self._clock,
        }
        closing = {"worlds closed": self._close} if CLOSE in Catalogue.requests else {}
        self.kinds: dict[str, Callable[[random.Random], Awaitable[list[str]]]] = {
            "killed": self._killed,
            "killed in mid-reply": self._killed_in_mid_reply,
            "vanished in mid-reply": self._vanish_in_mid_reply,
            "vanished in mid-argument": self._vanish_in_mid_argument,
            "client process held": self._client_held,
            "client process killed": self._client_killed,
            "restored in mid-argument": self._restore_in_mid_argument,
            "a burst of saves": self._saves,
            "a player forgotten": self._forget,
            "stopped in order": self._stopped,
            **closing,
            **({} if self._faults.missing else disk),
        }
        self.left_out = [f"{name}: {self._faults.missing}" for name in disk if self._faults.missing]
        if not closing:
            self.left_out.append("worlds closed: this daemon knows no world.close")

    async def begin(self, chance: random.Random) -> None:
        """The daemon, and a client in each world."""
        await self._subject.start(self._models(chance))
        await self._all(lane.connect() for lane in self._lanes)

    async def begin_again(self, chance: random.Random) -> list[str]:
        """Where nothing works any more: another daemon."""
        self._excuse(False)
        self._faults.step_clock(0)
        return await self._die(self._work(chance, 0), chance)

    async def play(self, kind: str, chance: random.Random) -> list[str]:
        """One round, and everything that is wrong after it."""
        self.counts[kind] += 1
        complaints = await self.kinds[kind](chance)
        complaints += await self._settled(cut=False)
        complaints += await self._subject.complaints(len(self._lanes))
        for lane in self._lanes:
            complaints += await lane.retire()
        return complaints

    async def end(self) -> list[str]:
        """Looks at every save a last time, and stops the daemon."""
        complaints = [wrong for lane in self._lanes for wrong in await lane.check_saves()]
        await self._all(lane.cut() for lane in self._lanes)
        return complaints + await self._subject.stop()

    # ---------------------------------------------------------------------------------------------- killed, stopped

    async def _killed(self, chance: random.Random) -> list[str]:
        working = self._work(chance)
        await asyncio.sleep(chance.random() * 0.15)
        return await self._die(working, chance)

    async def _killed_in_mid_reply(self, chance: random.Random) -> list[str]:
        for lane in self._lanes:
            for npc in TALKERS:
                lane.say(npc, chance.choice(PLAYERS))
            lane.argue()
        return await self._killed(chance)

    async def _die(self, working: asyncio.Future[Any], chance: random.Random) -> list[str]:
        complaints = await self._subject.kill()
        await self._cut(working)
        self._faults.mend()
        await self.begin(chance)
        return complaints + await self._settled(cut=True)

    async def _stopped(self, chance: random.Random) -> list[str]:
        self._excuse(True)
        for lane in self._lanes:
            lane.argue()
        working = self._work(chance)
        await asyncio.sleep(chance.random() * 0.15)
        complaints = await self._subject.stop()
        await self._cut(working)
        self._excuse(False)
        await self.begin(chance)
        return complaints + await self._settled(cut=True)

    # ---------------------------------------------------------------------------------------------- disk and clock

    async def _full(self, chance: random.Random) -> list[str]:
        return await self._on_bad_disk(chance, self._faults.fill)

    async def _short(self, chance: random.Random) -> list[str]:
        room = chance.randrange(1, 60_000)
        return await self._on_bad_disk(chance, lambda: self._faults.fill(room))

    async def _read_only(self, chance: random.Random) -> list[str]:
        return await self._on_bad_disk(chance, self._faults.protect)

    async def _on_bad_disk(self, chance: random.Random, harm: Callable[[], None]) -> list[str]:
        """The disk fails while deeds are on their way, and works again while others are."""
        self._excuse(True)
        if chance.random() < 0.5:
            self._lanes[0].argue()
        working = self._work(chance, 3 * DEEDS)
        await asyncio.sleep(chance.random() * 0.1)
        harm()
        await asyncio.sleep(0.05 + chance.random() * 0.15)
        self._faults.mend()
        await working
        await self._all(lane.finish() for lane in self._lanes)
        self._excuse(False)
        return []

    async def _full_and_killed(self, chance: random.Random) -> list[str]:
        return await self._killed_on_bad_disk(chance, lambda: self._faults.fill(chance.choice((0, 5_000, 40_000))))

    async def _read_only_and_killed(self, chance: random.Random) -> list[str]:
        return await self._killed_on_bad_disk(chance, self._faults.protect)

    async def _killed_on_bad_disk(self, chance: random.Random, harm: Callable[[], None]) -> list[str]:
        self._excuse(True)
        working = self._work(chance, 3 * DEEDS)
        await asyncio.sleep(chance.random() * 0.05)
        harm()
        await asyncio.sleep(0.05 + chance.random() * 0.15)
        complaints = await self._die(working, chance)
        self._excuse(False)
        return complaints

    async def _full_at_start(self, chance: random.Random) -> list[str]:
        """A daemon that is started on a full disk serves, or says why not; with room again all is there."""
        complaints = await self._subject.kill()
        await self._all(lane.cut() for lane in self._lanes)
        self._faults.fill()
        refusal = await self._subject.start_anyhow(self._models(chance))
        if refusal:
            self.counts["starts refused on a full disk"] += 1
            if "Traceback" in refusal or "space" not in refusal:
                complaints.append(f"a full disk is no reason that can be read in: {refusal}")
        else:
            self._excuse(True)
            await self._all(lane.connect() for lane in self._lanes)
            await self._work(chance)
            complaints += await self._subject.kill()
            await self._all(lane.cut() for lane in self._lanes)
            self._excuse(False)
        self._faults.mend()
        await self.begin(chance)
        return complaints + await self._settled(cut=True)

    async def _clock(self, chance: random.Random) -> list[str]:
        """The wall clock steps while deeds are on their way, and back; games have a time of their own."""
        working = self._work(chance, 3 * DEEDS)
        for lane in self._lanes:
            lane.argue()
        for _ in range(3):
            await asyncio.sleep(chance.random() * 0.1)
            self._faults.step_clock(chance.choice(CLOCK_STEPS))
        await working
        self._faults.step_clock(0)
        return []

    # ---------------------------------------------------------------------------------------------- clients

    async def _vanish_in_mid_reply(self, chance: random.Random) -> list[str]:
        for lane in self._lanes:
            for npc in TALKERS:
                lane.say(npc, chance.choice(PLAYERS))
        return await self._vanish(chance)

    async def _vanish_in_mid_argument(self, chance: random.Random) -> list[str]:
        for lane in self._lanes:
            lane.argue()
        return await self._vanish(chance)

    async def _vanish(self, chance: random.Random) -> list[str]:
        """Sockets are gone, with deeds in flight; those who come next find everything free."""
        working = self._work(chance)
        await asyncio.sleep(chance.random() * 0.15)
        await self._cut(working)
        return await self._back()

    async def _back(self) -> list[str]:
        complaints = await self._subject.complaints(0)
        await self._all(lane.connect() for lane in self._lanes)
        complaints += await self._settled(cut=True)
        for lane in self._lanes:
            free = lane.argue()
            refused = lane.counts["argue conflict"]
            await asyncio.wait({free}, timeout=0.1)
            if lane.counts["argue conflict"] > refused:
                complaints.append(f"{lane.world}: the characters of a client that is gone are still held")
        return complaints

    async def _client_killed(self, chance: random.Random) -> list[str]:
        return await self._in_mid_argument(chance, signal.SIGKILL)

    async def _client_held(self, chance: random.Random) -> list[str]:
        """In a debugger, say: its connection stays, and nothing comes over it any more."""
        return await self._in_mid_argument(chance, signal.SIGSTOP)

    async def _in_mid_argument(self, chance: random.Random, stroke: signal.Signals) -> list[str]:
        lane = chance.choice(self._lanes)
        victim = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.havoc.victim", str(self._subject.data_dir), lane.world),
            stdout=asyncio.subprocess.PIPE,
        )
        assert victim.stdout is not None
        try:
            begun = await victim.stdout.readline()
            working = self._work(chance)
            await asyncio.sleep(chance.random() * 0.1)
            victim.send_signal(stroke)
            await working
            complaints = await self._subject.complaints(len(self._lanes))
        finally:
            with contextlib.suppress(ProcessLookupError):
                victim.kill()
            await victim.wait()
        return complaints if begun else ["the client that was to be killed did not come so far"]

    # ---------------------------------------------------------------------------------------------- saves, forgetting

    async def _restore_in_mid_argument(self, chance: random.Random) -> list[str]:
        """In one burst and in the middle: nothing of the abandoned future goes on."""
        return [wrong for lane in self._lanes for wrong in await self._restore_while_they_argue(lane, chance)]

    async def _restore_while_they_argue(self, lane: Lane, chance: random.Random) -> list[str]:
        await lane.do(Save(SAVES[0]))
        arguing = lane.argue(heard=chance.randrange(3))
        save = chance.choice(SAVES[:2])
        if save != SAVES[0]:
            await asyncio.sleep(chance.random() * 0.05)
            lane.do(Save(save))
        await asyncio.wait({lane.do(Restore(save)), lane.do(lane.draw(chance))})
        await asyncio.wait({arguing}, timeout=1.0)
        return [] if arguing.done() else [f"{lane.world}: an argument goes on that a restore has made void"]

    async def _saves(self, chance: random.Random) -> list[str]:
        async def storm(lane: Lane) -> None:
            for _ in range(2 * DEEDS):
                lane.do(chance.choice((Save, Save, Restore, Delete))(chance.choice(SAVES)))
                lane.do(lane.draw(chance))
            await lane.answered()

        await self._all(storm(lane) for lane in self._lanes)
        return []

    async def _forget(self, chance: random.Random) -> list[str]:
        player = chance.choice(PLAYERS)
        for lane in self._lanes:
            for npc in TALKERS:
                await lane.say(npc, player)
            await lane.do(Save(SAVES[0]))
            lane.say(chance.choice(list(TALKERS)), player)
        working = self._work(chance)
        for lane in self._lanes:
            lane.forget(player)
        if chance.random() < 0.3:
            await asyncio.sleep(chance.random() * 0.05)
            return await self._die(working, chance)
        await working
        return []

    async def _close(self, chance: random.Random) -> list[str]:
        """Worlds are closed with deeds and an argument in flight, and are opened again as they were."""
        for lane in self._lanes:
            await lane.live(chance, DEEDS // 2)
            if chance.random() < 0.5:
                lane.argue(heard=chance.randrange(3))
                await asyncio.sleep(chance.random() * 0.05)
            for _ in range(DEEDS // 2):
                lane.do(lane.draw(chance))
            await lane.close()
        return []

    # ---------------------------------------------------------------------------------------------- all lanes

    def _work(self, chance: random.Random, count: int = DEEDS) -> asyncio.Future[Any]:
        return asyncio.gather(*(lane.live(random.Random(chance.random()), count) for lane in self._lanes))

    async def _settled(self, *, cut: bool) -> list[str]:
        await self._all(lane.finish() for lane in self._lanes)
        return [wrong for lane in self._lanes for wrong in await lane.settle(cut=cut)]

    async def _cut(self, working: asyncio.Future[Any]) -> None:
        working.cancel()
        await self._all(lane.cut() for lane in self._lanes)
        await asyncio.gather(working, return_exceptions=True)

    def _excuse(self, excused: bool) -> None:
        for lane in self._lanes:
            lane.excused = excused

    async def _all(self, work: Iterable[Awaitable[None]]) -> None:
        await asyncio.gather(*work)
