"""The C# client's side of every recorded conversation, against a daemon that only says what was recorded.

What a client has its own order or ids for is not as it was recorded: it cancels a reply once, gives each request an id
of its own, and it says itself what was heard, so that it never asks for `heard: "auto"`.
"""

from __future__ import annotations

import asyncio
import copy
import json
import os
from pathlib import Path

import pytest
from fake_daemon import TOKEN, TRANSCRIPTS, Body, FakeDaemon, an_action
from unity_kit import MONO, SECONDS, built, needs_mono, values

UNSAID = {"heard": "hello", "speed": "world.event"}
"""Fields that this client does not send, and of what: it has no misspelt ones."""
TURNS = ["1 npc:mira", "2 npc:tom", "3 npc:mira", "4 npc:tom"]
TOLD: dict[str, dict[str, list[str]]] = {
    "first-talk": {
        "emotion": ["angry"],
        "sentence": ["Are you buying, or only asking?", "Then wait until I have reckoned it."],
        "wrote": ["Are you buying, or only asking? Then wait until I have reckoned it."],
        "session": ["session-1"],
    },
    "walking-away": {"away": ["cancelled The mere is"], "refused": ["not_found"], "unwanted": []},
    "lost-session": {
        "resumed": ["False 0 0"],
        "listed": ["npc:mira"],
        "event": ["event.npc.spawned"],
        "spawned": ["npc:tom"],
    },
    "heard-auto": {
        "said": [
            "player:alex Good day! What do you sell?",
            "npc:mira Are you buying, or only asking? Then wait until I have reckoned it.",
        ],
        "memories": ["3"],
    },
    "mistakes": {
        "refused": [
            "not_found: there are aldous, bren, garrick, mira, odile, pim, tom, wenna (did you mean mira?)",
            "invalid: give one of `by` and `to`",
            "not_found: there are mira",
        ],
        "time": ["day 1, morning"],
        "perceived": ["witnessed"],
        "warned": ["in world.event: world.event has no field 'speed'"],
    },
    "saves": {
        "event": ["event.time", "event.npc.despawned", "event.restored"],
        "saved": ["slot 1", "before the feast"],
        "time": ["day 3, morning"],
        "saves": ["2"],
        "restored": ["day 1, morning"],
        "fact": ["The bridge is closed."],
        "lives": ["npc:mira"],
        "refused": ["not_found: there are slot 1"],
    },
    "events": {
        "event": ["event.npc.spawned", "event.moved", "event.happened"],
        "perceived": ["npc:mira"],
        "time": ["day 1, morning"],
    },
    "pages": {"personas": ["npc:aldous npc:bren npc:garrick npc:mira", "npc:odile npc:pim npc:tom npc:wenna"]},
    "sent-again": {"time": ["36000", "36000", "36000"]},
    "duplicate": {
        "time": ["36000", "36000"],
        "refused": [
            "duplicate: give each request of a session an id of its own",
            "not_found: there are aldous, bren, garrick, mira, odile, pim, tom, wenna",
        ],
        "spawned": ["npc:mira"],
    },
    "argument": {
        "started": ["a-1 0"],
        "taken": ["calm 2"],
        "intervened": ["player:alex calm"],
        "turn": TURNS,
        "settled": ["stalemate 4 0"],
        "open": ["0"],
    },
    "argument-resumed": {
        "turn": [*TURNS[:2], *TURNS[1:]],
        "broken": ["no_session the session was lost, and the argue.start that had begun in it has ended"],
        "resumed": ["False 1 0"],
        "started": ["a-1 1"],
        "escalated": ["npc:mira 3"],
        "settled": ["stalemate 4 0"],
    },
    "encounter": {
        "started": ["e-1 place:smithy"],
        "turn": [f"{n} npc:{'mira' if n % 2 == 0 else 'odile'}" for n in range(1, 9)],
        "ended": ["done 0 Mira told you that Pim dropped a lantern into the mere."],
        "known": ["npc:mira witnessed", "npc:odile told"],
    },
}
"""What the game prints."""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of the tests, with the binding in it."""
    return built(tmp_path_factory.getbasetemp())


class Played(FakeDaemon):
    """Stays until the game has ended."""

    def __init__(self, transcript: Body) -> None:
        super().__init__(transcript)
        self.over = asyncio.Event()

    async def _play(self) -> None:
        await super()._play()
        self.over.set()
        while True:
            await self._next()  # pings are answered to the end

    async def finished(self) -> None:
        """Is patient: mono starts slowly where others compute."""
        over = asyncio.create_task(self.over.wait())
        await asyncio.wait({over, self._playing}, timeout=SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if self._playing.done():
            await self._playing
        assert over.done()


def replay(transcript: Body, name: str, program: Path, folder: Path) -> list[tuple[str, str]]:
    """What the game prints that talks with a daemon out of a transcript."""

    async def play() -> str:
        async with Played(transcript) as fake:
            described = {"endpoint": fake.endpoint, "events": fake.endpoint, "pid": os.getpid(), "version": "0"}
            (folder / "daemon.json").write_text(json.dumps(described), encoding="utf-8")
            (folder / "token").write_text(TOKEN, encoding="utf-8")
            command = [str(MONO), str(program), "transcript", name, str(folder)]
            game = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
            try:
                written, played = asyncio.create_task(game.communicate()), asyncio.create_task(fake.finished())
                await asyncio.wait({written, played}, timeout=SECONDS, return_when=asyncio.FIRST_EXCEPTION)
                await played  # says where the game said something else
                return (await asyncio.wait_for(written, SECONDS))[0].decode()
            finally:
                if game.returncode is None:
                    game.kill()
                    await game.wait()

    lines = (line.partition(" ") for line in asyncio.run(play()).splitlines())
    return [(kind, value) for kind, _, value in lines]


def as_this_client_says_it(name: str) -> Body:
    """A transcript without what only another client says."""
    steps = copy.deepcopy(TRANSCRIPTS[name]["steps"])
    for step in steps:
        for field, kind in UNSAID.items():
            if step.get("message", {}).get("type") == kind:
                step["message"].pop(field, None)
    if name == "walking-away":
        again = [step["message"]["id"] for step in steps if step["message"]["type"] == "cancel"][1]
        steps = [step for step in steps if again not in (step["message"].get("id"), step["message"].get("re"))]
    return {"steps": steps}


def test_every_transcript_is_played() -> None:
    assert TOLD.keys() == TRANSCRIPTS.keys()


@needs_mono
@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_a_recorded_conversation(name: str, program: Path, tmp_path: Path) -> None:
    lines = replay(as_this_client_says_it(name), name, program, tmp_path)
    assert {kind: values(lines, kind) for kind in TOLD[name]} == TOLD[name]
    assert not values(lines, "failed")


@needs_mono
def test_an_action_is_proposed_and_its_result_told(program: Path, tmp_path: Path) -> None:
    lines = replay(an_action(), "an-action", program, tmp_path)
    assert values(lines, "proposed") == ["give item:minecraft:bread"]
    assert values(lines, "perceived") == ["You did not give Alex the bread: none are left."]
