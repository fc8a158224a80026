"""A daemon that is killed again and again in the middle of a conversation, and what becomes of its client."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.about import percentile
from benchmarks.players.daemon import Daemon
from benchmarks.players.game import Game

WORLD = "village"
PLACE = "smithy"
NPCS = ("mira", "tom")
SCENES = ("reply", "argument", "question", "nothing")
"""What goes on when the daemon is killed."""
RESUME_SECONDS = 30.0
END_SECONDS = 90.0
"""No client waits longer for what a lost daemon owes it."""
LOOK_SECONDS = 0.05
WARM_UP = 10
"""Kills after which a client has all that it needs: what grows from then on is a leak."""
FROZEN = 0.5
"""The share of daemons that are stopped before the last thing is begun: so it is surely not answered."""
MEGABYTE = 2**20


class Kills:
    """One game, and the daemon that is taken from it."""

    def __init__(self, game: Game, data_dir: Path, seed: int) -> None:
        self._game, self._daemon, self._chance = game, Daemon(data_dir), random.Random(seed)
        self._times: list[float] = []
        self._complaints: list[str] = []
        self._scenes: Counter[str] = Counter()
        self._resumed = 0
        self._events = 0
        self._held: list[dict[str, Any]] = []

    def play(self, times: int) -> Iterator[dict[str, Any]]:
        """Kills it so often; yields after each, and at the end what came of all."""
        try:
            self._daemon.start()
            where: dict[str, Any] = {"data_dir": str(self._daemon.data_dir), "world": WORLD, "pack": "hollowmere"}
            self._game.tell("connect", **where, npcs=list(NPCS), place=PLACE)  # once, so that all is loaded
            self._game.tell("leave")
            before = self._game.held()
            self._game.tell("connect", **where, npcs=list(NPCS), place=PLACE)
            for number in range(1, times + 1):
                self._round(number)
                if number == min(WARM_UP, (times + 1) // 2) or number == times:
                    self._look()
                yield {"killed": number, "resumed": self._resumed}
            self._game.tell("leave")
            yield {**self._told(times), **self._left_behind(before)}
        finally:
            self._daemon.kill()

    # ------------------------------------------------------------------------------------------------- one kill

    def _round(self, number: int) -> None:
        before = self._game.tell("report")
        scene = self._chance.choice(SCENES)
        self._scenes[scene] += 1
        frozen = scene != "argument" and self._chance.random() < FROZEN
        if frozen:
            self._daemon.freeze()
        self._begin(scene)
        time.sleep(self._chance.uniform(0, 0.4 if scene == "argument" else 0.03))
        self._daemon.kill()
        time.sleep(self._chance.uniform(0, 1))
        if self._chance.random() < 0.5:
            self._game.tell("ask")  # while nobody is there to answer
        self._daemon.start()
        what = f"kill {number}, {scene}" + (" of a frozen daemon" if frozen else "")
        if not self._await_session(len(before["resumed"]) + 1, what):
            return
        self._await_ends(what)
        if self._answers(what):
            self._resumed += 1
        self._count_events(len(before["resumed"]), what)

    def _begin(self, scene: str) -> None:
        if scene == "reply":
            self._game.tell("say", npc="mira", text="What do you sell?")
        elif scene == "argument":
            self._game.tell("argue", between=list(NPCS), about="the stolen hammer", turns=4)
        elif scene == "question":
            self._game.tell("ask")

    def _await_session(self, wanted: int, what: str) -> bool:
        ends = time.monotonic() + RESUME_SECONDS
        while time.monotonic() < ends:
            if len(resumed := self._game.tell("report")["resumed"]) >= wanted:
                self._times.append(resumed[wanted - 1]["at"] - self._daemon.serving_since)
                return True
            time.sleep(LOOK_SECONDS)
        self._complain(f"{what}: no session again after {RESUME_SECONDS:g} s")
        return False

    def _await_ends(self, what: str) -> None:
        """Everything that was begun ends."""
        ends = time.monotonic() + END_SECONDS
        while True:
            report = self._game.tell("report")
            left = report["begun"] - report["answered"] - sum(report["failed"].values())
            if left == 0:
                return
            if time.monotonic() > ends:
                self._complain(f"{what}: {left} requests have not ended after {END_SECONDS:g} s")
                return
            time.sleep(LOOK_SECONDS)

    def _answers(self, what: str) -> bool:
        """Whether the world is the same, its people answer, and its events come."""
        before = self._game.tell("report")
        self._game.tell("ask")
        self._game.tell("say", npc="mira", text="Are you still there?")
        self._await_ends(what)
        after = self._game.tell("report")
        for _ in range(round(5 / LOOK_SECONDS)):  # the event of a line that was heard comes behind its end
            if after["happened"] > before["happened"]:
                break
            time.sleep(LOOK_SECONDS)
            after = self._game.tell("report")
        wrong = []
        if after["answered"] - before["answered"] != 2:
            wrong.append(f"she does not answer: {after['failed']} after {before['failed']}")
        if after["npcs"] != [f"npc:{npc}" for npc in sorted(NPCS)]:
            wrong.append(f"{after['npcs']} live there")
        if after["happened"] == before["happened"]:
            wrong.append("no events come")
        for each in wrong:
            self._complain(f"{what}: {each}")
        return not wrong

    def _count_events(self, before: int, what: str) -> None:
        told = self._game.tell("report")["resumed"][before:]
        self._events += len(told)
        if len(told) != 1:
            self._complain(f"{what}: the game was told {len(told)} times of a new session")
        for each in told:
            if not each["restarted"]:
                self._complain(f"{what}: it was not told that the daemon is another")
            if each["troubles"]:
                self._complain(f"{what}: {each['troubles']}")

    # ------------------------------------------------------------------------------------------------- figures

    def _look(self) -> None:
        """Notes what it holds when it has nothing to do."""
        time.sleep(1)
        report = self._game.tell("report", collect=True)
        self._failed = report["failed"]
        self._held.append({**self._game.held(), "heap": report["heap"], "pending": report["pending"]})

    def _told(self, times: int) -> dict[str, Any]:
        failed = {code: count for code, count in self._failed.items() if count}
        if "untyped" in failed:
            self._complain(f"{failed['untyped']} errors are none of the client's own")
        if self._held[-1]["pending"]:
            self._complain(f"{self._held[-1]['pending']} requests are held when nothing is asked")
        times_ms = [1000 * each for each in self._times]
        return {
            "killed": times,
            "resumed": self._resumed,
            "events": self._events,
            "scenes": dict(sorted(self._scenes.items())),
            "failed": failed,
            "resume_p50_ms": round(percentile(times_ms, 0.5)) if times_ms else None,
            "resume_p95_ms": round(percentile(times_ms, 0.95)) if times_ms else None,
            "resume_max_ms": round(max(times_ms)) if times_ms else None,
            "complaints": self._complaints,
        }

    def _left_behind(self, before: dict[str, int]) -> dict[str, Any]:
        """What grew between the warm-up and the end, and what is left when the client has gone."""
        first, last, gone = self._held[0], self._held[-1], self._after_leaving(before)
        return {
            "threads_grown": last["threads"] - first["threads"],
            "descriptors_grown": last["descriptors"] - first["descriptors"],
            "rss_grown_mb": round((last["rss"] - first["rss"]) / MEGABYTE, 1),
            "heap_grown_kb": None if last["heap"] is None else round((last["heap"] - first["heap"]) / 1024, 1),
            "threads_left": gone["threads"] - before["threads"],
            "descriptors_left": gone["descriptors"] - before["descriptors"],
        }

    def _after_leaving(self, before: dict[str, int]) -> dict[str, int]:
        for _ in range(round(5 / LOOK_SECONDS)):  # an operating system takes its time over threads
            gone = self._game.held()
            if gone["threads"] <= before["threads"] and gone["descriptors"] <= before["descriptors"]:
                break
            time.sleep(LOOK_SECONDS)
        return gone

    def _complain(self, wrong: str) -> None:
        self._complaints.append(wrong)
