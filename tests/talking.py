"""A tiny village and a scripted writer for the tests of dialogue."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from npc_runtime.dialogue.cast import Cast
from npc_runtime.dialogue.director import Director, Utterance
from npc_runtime.dialogue.memories import Remembering
from npc_runtime.dialogue.replies import HeardLine
from npc_runtime.dialogue.turn.events import Ended, ReplyEvent
from npc_runtime.engine import request as engine
from npc_runtime.engine.profile import LARGE, RULES, ModelProfile
from npc_runtime.errors import RuntimeFault
from npc_runtime.memory.history import History
from npc_runtime.persona.model import FORMAT, Barks, Lore, Pack, Persona, Place, Relation, Secret, Village
from npc_runtime.world.world import World

SECRET = "You hid the stolen ledger beneath the anvil."
NEVER = "You poisoned the old reeve with hemlock."
_LEFT: list[History] = []
"""Histories of talks that are over. Closing one waits for its thread, which must not be amid a garbage collection."""


def persona(id: str, name: str, role: str, **more: object) -> Persona:
    return Persona.model_validate(
        {"id": id, "name": name, "role": role, "traits": ["blunt"], "knows": ["village"], **more}
    )


def tiny_pack() -> Pack:
    mira = persona(
        "mira",
        "Mira",
        "smith",
        place="smithy",
        facts=[
            {"price": "You sell nails for two pennies."},
            {"need": "You need charcoal before the frost."},
            "You mended the mill wheel last week.",
        ],
        relations={"tom": Relation(feeling="cold", why="Tom still owes you for a wheel.")},
        secrets=[Secret(fact=SECRET, reveal_to="devoted"), Secret(fact=NEVER)],
        traits=["brave", "honest"],
    )
    tom = persona("tom", "Tom", "carter", place="smithy", traits=["timid"], mood="suspicious")
    ann = persona(
        "ann", "Ann", "baker", place="inn", feeling="hostile", secrets=[Secret(fact=SECRET, reveal_to="warm")]
    )
    lore = [
        Lore(scope="village", text="The bridge at Elmford has three arches."),
        Lore(scope="watch", text="Riders camp in the marsh."),
    ]
    village = Village(
        format=FORMAT,
        name="Dell",
        summary="A village of three.",
        places=[Place(id="smithy", name="the smithy"), Place(id="inn", name="the inn")],
    )
    barks = Barks(
        lines={
            "any": {"any": ["Hm. So it goes.", "Well, well."]},
            "greet": {"any": ["Good day.", "Morning, {listener}."]},
        }
    )
    return Pack(id="tiny", village=village, personas={"mira": mira, "tom": tom, "ann": ann}, lore=lore, barks=barks)


def tiny_world(pack: Pack) -> World:
    world = World("save", pack.id, {f"place:{place.id}": place.name for place in pack.village.places})
    for member in pack.personas.values():
        world.enter(f"npc:{member.id}", member.name, f"place:{member.place}")
    return world


def decision(form: object, text: str | None) -> str:
    """The first line of a sheet, where a text has none: the first option that is open, with the numbers it needs."""
    if not isinstance(form, engine.ReplyFormat) or not form.options or not text or "\n" in text.lstrip("\n"):
        return ""
    option = next((one for one in form.options if one.word == "answer"), form.options[0])
    numbers = [number for number in option.numbers if number] or option.numbers
    return " ".join((option.word, *map(str, numbers[: option.least]))) + "\n"


class ScriptedWriter:
    """Writes the given texts in turn, the last one for ever. A text may be a fault, or `None`: it never writes.

    Where a model decides, a text that begins with its line is said with the first decision that can be.

    Chunks are of `size` characters; `"boom|"` in a text raises there.
    """

    def __init__(self, *texts: str | RuntimeFault | None, size: int = 3, finish: engine.FinishReason = "stop") -> None:
        self.texts = list(texts)
        self.size = size
        self.finish: engine.FinishReason = finish
        self.requests: list[engine.Request] = []
        self.closed = 0
        self.forgotten: list[str] = []
        self.keeps = True
        self.stuck = asyncio.Event()  # set when a `None` or a `|wait|` is reached
        self.running = 0
        self.most_running = 0

    async def forget(self, owners: str) -> None:
        self.forgotten.append(owners)

    async def generate(self, request: engine.Request) -> AsyncIterator[engine.EngineEvent]:
        self.requests.append(request)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            text = self.texts[min(len(self.requests), len(self.texts)) - 1]
            if isinstance(text, RuntimeFault):
                yield engine.Ended("error", engine.Usage(), text)
                return
            head, wait, _ = (decision(request.format, text) + (text or "|wait|")).partition("|wait|")
            head, boom, _ = head.partition("|boom|")
            for start in range(0, len(head), self.size):
                await asyncio.sleep(0)
                yield engine.Text(head[start : start + self.size])
            if boom:
                raise OSError("the card fell out")
            if wait:
                self.stuck.set()
                await asyncio.Event().wait()
            yield engine.Ended(self.finish, engine.Usage(40, 10, 12))
        finally:
            self.running -= 1
            self.closed += 1

    def prompt(self, number: int = -1) -> str:
        return "\n".join("".join(piece.text for piece in message.pieces) for message in self.requests[number].messages)


class Talk:
    """A director with the tiny pack open, and the means to talk with its characters."""

    def __init__(
        self,
        writer: ScriptedWriter | None,
        *,
        profile: ModelProfile | None = None,
        deadline: float = 30.0,
        seed: int | None = 1,
    ) -> None:
        """Without a writer rules decide; with one it does, as a large model, unless a profile is named."""
        self.writer = writer
        # A scripted writer draws on the first fact, which is to be the one that was asked for.
        profile = profile or (RULES if writer is None else replace(LARGE, standing=0))
        self.pack = tiny_pack()
        self.world = tiny_world(self.pack)
        self.director = Director(
            writer=writer, profile=replace(profile, reply=64), temperature=0.7, deadline=deadline, seed=seed
        )
        history = History(None)
        while _LEFT:
            _LEFT.pop().close()
        weakref.finalize(self, _LEFT.append, history).atexit = False
        self.mind = self.director.open(self.world, Cast(self.pack), Remembering(history))

    def line(self, text: str, to: str = "npc:mira", speaker: str = "player:alex", **more: object) -> Utterance:
        if speaker.startswith("player:"):
            self.world.player(speaker)
        here = tuple(other for other in self.world.here(self.world.entities[to].at) if other != speaker)
        return Utterance(speaker, speaker.partition(":")[2].title(), to, text, hearers=here, **more)  # type: ignore[arg-type]

    async def say(
        self, text: str, to: str = "npc:mira", speaker: str = "player:alex", **more: object
    ) -> Sequence[ReplyEvent]:
        return [event async for event in self.director.say(self.world, self.line(text, to, speaker, **more))]

    async def talk(self, text: str, to: str = "npc:mira", speaker: str = "player:alex", **more: object) -> Ended:
        """Says a line, and has the answer heard."""
        ended = (await self.say(text, to, speaker, **more))[-1]
        assert isinstance(ended, Ended)
        if ended.text:
            await self.heard(ended.reply)
        return ended

    async def heard(self, reply: str, upto: int | None = None) -> HeardLine:
        """Has a reply heard, up to a sentence."""
        line, writing = self.director.heard(self.world.id, reply, upto)
        await writing
        return line

    def move(self, ended: Ended) -> str:
        return self.director.why(self.world.id, ended.reply).move

    def facts(self, ended: Ended) -> list[str]:
        """What a reply draws on."""
        return self.director.why(self.world.id, ended.reply).facts
