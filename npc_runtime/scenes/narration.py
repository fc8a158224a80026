"""What a reader of a play would care for, in words: stage directions, and what players say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from npc_runtime.wire import messages as m
from npc_runtime.world.entity import bare

ENDINGS: dict[m.EncounterReason, str] = {
    "done": "They part",
    "silent": "They fall silent",
    "parted": "Somebody leaves",
    "yielded": "They break off for somebody else",
    "hushed": "They keep quiet",
    "stopped": "They are stopped",
    "limit": "They leave it at that",
    "cooling": "They have nothing new to say to each other",
    "budget": "They leave it at a few words",
}


@dataclass(frozen=True)
class Line:
    """One line of a transcript: somebody speaks, or it is told what happens."""

    kind: Literal["aside", "stage", "act", "said", "reply"]
    text: str
    who: str = ""
    how: str = ""  # such as " to Mira, in private", behind who speaks
    apart: bool = False  # something new begins here
    # Of a reply only
    emotion: str = ""
    source: str = ""
    reason: str = ""  # why it is not the model's
    action: str = ""


class Narrator:
    """Tells one play after another. It learns the names of entities from the messages that it is shown."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def name(self, entity: str, kind: str = "npc") -> str:
        """What readers call an entity, by its id with or without its kind."""
        full = _full(entity, kind)
        return self._names.get(full) or bare(full).replace("_", " ").title()

    def tell(self, message: m.Body) -> list[Line]:
        """What a message means. Replies are not told here: they come in pieces."""
        match message:
            case m.Say() | m.LoreAsk() | m.ArgueIntervene():
                return [self._said(message)]
            case m.EncounterStarted() | m.EncounterEnded() | m.ArgueStart() | m.ArgueEscalated() | m.ArgueSettled():
                return self._talk(message)
            case m.WorldOpened():
                self._names |= {place.place: place.name for place in message.places}
                return []
            case m.NpcSpawned(npc=npc):
                self._names[npc.npc] = npc.name
                return [Line("aside", f"{npc.name}, {npc.role}, is at {self.name(npc.at, 'place')}.")]
            case m.CreatureGenerated(npc=id, persona=persona, spawned=spawned):
                self._names[id] = persona.name
                at = f" is at {self.name(spawned.at, 'place')}" if spawned else ""
                made = Line("aside", f"A creature: {persona.name}, {persona.role},{at}.")
                return [made, Line("aside", persona.looks or "")]
            case m.NpcDespawn(npc=npc):
                return [Line("aside", f"{self.name(npc)} leaves.")]
            case m.EntityMove(entity=entity, to=to):
                self._meet(entity, message.name)
                return [Line("aside", f"{self.name(entity, 'player')} goes to {self.name(to, 'place')}.")]
            case m.ReplyNone(reason=reason):
                return [Line("aside", f"Silence: {reason}.")]
            case m.LoreAnswered(npc="", reason=reason):
                return [Line("stage", f"Nobody answers: {reason}.")]
        return self._world(message)

    def _world(self, message: m.Body) -> list[Line]:
        """What happens in the world, and what is kept of it."""
        match message:
            case m.WorldEvent():
                return [Line("stage", message.what, apart=True)]
            case m.WorldPerceived():
                return [Line("aside", f"{self.name(one.npc)}, {one.how}: {one.text}") for one in message.perceived]
            case m.WorldSet():
                return [Line("aside", message.text or f"{message.scope}: {message.name} = {message.value}")]
            case m.WorldTime(moment=moment):
                return [Line("aside", f"It is {moment}.", apart=True)]
            case m.MemoryTeach(npc=npc, text=text):
                return [Line("aside", f"{self.name(npc)} remembers: {text}")]
            case m.MemoryForgotten(player=player, memories=count):
                text = f"{self.name(player, 'player')} is forgotten ({count} memories)."
                return [Line("aside", text, apart=True)]
            case m.SaveCreated(save=save):
                return [Line("aside", f"Saved: {save}.", apart=True)]
            case m.SaveRestored(save=save, moment=moment):
                return [Line("aside", f"Restored: {save}. It is {moment}.", apart=True)]
            case m.TalkHush(seconds=seconds):
                return [Line("aside", f"{'They may talk again' if seconds == 0 else 'Hush'}.", apart=True)]
        return []

    def _talk(
        self, message: m.EncounterStarted | m.EncounterEnded | m.ArgueStart | m.ArgueEscalated | m.ArgueSettled
    ) -> list[Line]:
        """How talk among characters begins and ends."""
        match message:
            case m.EncounterStarted():
                about = f" about {message.about}" if message.about else ""
                hearing = ", out of hearing" if message.quiet else ""
                return [Line("stage", f"{self._all(message.between)} talk{about}{hearing}.", apart=True)]
            case m.EncounterEnded():
                learned = [Line("aside", f"{self.name(one.listener)} knows: {one.text}") for one in message.news]
                unheard = "" if message.turns or not message.news else ", and nobody heard it"
                return [*learned, Line("stage", f"{ENDINGS[message.reason]}{unheard}.")]
            case m.ArgueStart():
                about = f" about {message.about}" if message.about else ""
                return [Line("stage", f"{self._all(message.between)} argue{about}.", apart=True)]
            case m.ArgueEscalated():
                return [Line("aside", "It is getting hotter.")]
            case m.ArgueSettled(outcome=outcome):
                lines = [Line("stage", outcome.text)]
                if outcome.action:
                    proposed = " ".join((outcome.action.name, *outcome.action.args))
                    lines.append(Line("act", f"{self.name(outcome.by or '')}: <{proposed}>"))
                return lines

    def _said(self, message: m.Say | m.LoreAsk | m.ArgueIntervene) -> Line:
        """What a player says."""
        if isinstance(message, m.LoreAsk):
            who = message.name or self.name(message.player or "player:stranger", "player")
            return Line("said", message.question, who, " asks")
        self._meet(message.speaker, message.name)
        who = self.name(message.speaker, "player")
        if isinstance(message, m.ArgueIntervene):
            return Line("said", message.text, who, ", stepping in")
        to = self.name(message.to) if message.to else "all"
        return Line("said", message.text, who, f" to {to}{', in private' if message.private else ''}", apart=True)

    def _meet(self, entity: str, name: str | None) -> None:
        if name:
            self._names[_full(entity, "player")] = name

    def _all(self, npcs: list[str]) -> str:
        return " and ".join(self.name(npc) for npc in npcs)


def _full(entity: str, kind: str) -> str:
    return entity if ":" in entity else f"{kind}:{entity}"
