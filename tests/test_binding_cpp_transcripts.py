"""The C++ client's side of every recorded conversation, against a daemon that only says what was recorded.

What a client has its own order or ids for is not as it was recorded: it gives each request an id of its own, takes a
quarrel up again without asking which there are, and says itself what was heard: it never asks for `heard: "auto"`.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from cpp_kit import Body, build, compiled, schema
from fake_daemon import TOKEN, TRANSCRIPTS, FakeDaemon, an_action

pytestmark = [pytest.mark.timeout(900)]

UNSAID = {"heard": "hello"}
"""Fields that this client does not send, and of what."""
LEFT_OUT = {"argument-resumed": ("argue.list", "argue.listing")}
SETTLED = "settled stalemate 4 0"
TOLD = {
    "first-talk": ["sentence Are you buying, or only asking?", "sentence Then wait until I have reckoned it."],
    "heard-auto": ["said player:alex", "said npc:mira", "memories 3"],
    "mistakes": [
        *("not_found", "npc.spawned", "invalid", "world.time"),
        *("world.event has no field 'speed'", "not_found", "world.perceived"),
    ],
    "lost-session": ["npc.spawned", "npc.listing", "npc.spawned"],
    "argument-resumed": ["started a-1 0", "again 1 0", "started a-1 1", "escalated npc:mira", SETTLED],
    "argument": ["started a-1 0", "taken calm 2", "intervened player:alex", SETTLED, "argue.listing"],
    "encounter": ["ended done 8: Mira told you that Pim dropped a lantern into the mere.", "gossip.traced"],
    "saves": [
        *("done", "save.created", "world.time", "event despawned", "done", "done", "save.created", "save.listing"),
        *("event restored", "save.restored", "world.facts", "npc.listing", "done", "not_found"),
    ],
    "events": ["npc.spawned", "done", "world.perceived", "world.time", "done"],
    "pages": ["personas 8 places 9"],
    "sent-again": ["at 36000"] * 3,
    "duplicate": ["at 36000", "duplicate", "at 36000", "not_found", "npc.spawned"],
    "walking-away": ["cancelled"],
}
"""What the game writes."""


class Teller(FakeDaemon):
    """A fake daemon for typed messages: they have no field that there is not, and leave defaults out."""

    def _compare(self, found: Body, wanted: Body) -> None:
        known = schema(wanted["type"])["properties"]
        said = {
            name: value
            for name, value in wanted.items()
            if name in known and UNSAID.get(name) != wanted["type"] and value != known[name].get("default", ...)
        }
        super()._compare(found, said)


def replay(built: Path, name: str, transcript: Body) -> list[str]:
    """What the game writes that talks with a daemon out of a transcript."""

    async def play() -> bytes:
        left = [
            step for step in transcript["steps"] if step.get("message", {}).get("type") not in LEFT_OUT.get(name, ())
        ]
        async with Teller({"steps": left}) as fake:
            game = await asyncio.create_subprocess_exec(
                built / "replay", name, fake.endpoint, TOKEN, stdout=asyncio.subprocess.PIPE
            )
            out, _ = await asyncio.wait_for(game.communicate(), 60)
            await fake.finished()  # says where the game said something else
            assert game.returncode == 0, out
            return out

    return asyncio.run(play()).decode().splitlines()


@pytest.fixture(scope="module")
def built() -> Path:
    """The folder of the built programs."""
    return build()


def test_every_transcript_is_played() -> None:
    assert TOLD.keys() == TRANSCRIPTS.keys()


@compiled
@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_a_recorded_conversation(built: Path, name: str) -> None:
    assert replay(built, name, TRANSCRIPTS[name]) == TOLD[name]


@compiled
def test_an_action_is_proposed_and_its_result_told(built: Path) -> None:
    assert replay(built, "an-action", an_action()) == [
        "proposed give item:minecraft:bread",
        "perceived You did not give Alex the bread: none are left.",
    ]
