"""What the transcripts tell: each conversation, as the client in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from protocol.hosts import Body
from protocol.transcripts import Conversation, Recorder

ALEX = {"from": "player:alex", "name": "Alex"}
HAMMER = "the stolen hammer"
LANTERN = "Pim dropped a lantern into the mere."


def first_talk(game: Recorder) -> None:
    """A player asks, a character answers, and the game says that it was heard."""
    game.village("mira")
    heard(game, game.end(say(game, "Good day! What do you sell?", stream="delta")))
    game.ask("ping")


def heard_auto(game: Recorder) -> None:
    """With `heard: "auto"` a line is heard when it is complete: nobody says so, and the event comes all the same."""
    game.village("mira", heard="auto", capabilities=["events"])
    game.here("subscribe")
    game.end(say(game, "Good day! What do you sell?"))
    game.read_event("event.said")
    game.here("memory.query", npc="mira", about="Good day! What do you sell?", limit=3)


def walking_away(game: Recorder) -> None:
    """The player walks away in mid-sentence: the line ends as cancelled, and the game says that nothing was heard.

    It may be cancelled again, as often as a game likes; a request that never was cannot.
    """
    game.village("mira")
    line = say(game, "Tell me all that you know of this village.", stream="delta", barks="never", max_tokens=200)
    for _ in range(3):
        game.read(line, "reply.delta")
    game.ask("cancel", target=line)
    end = game.end(line)
    game.here("heard", reply=end["reply"], upto=0)
    game.ask("cancel", target=line)
    game.ask("cancel", target="never-sent")


def mistakes(game: Recorder) -> None:
    """Errors say what would be right; the right request follows, with the id of the wrong one, which did nothing."""
    game.village()
    game.here("npc.spawn", npc="mria", at="smithy", id="spawn")
    game.here("npc.spawn", npc="mira", at="smithy", id="spawn")
    game.here("world.advance", id="advance")
    game.here("world.advance", by="30m", id="advance")
    game.here("world.event", what="Tom stole the hammer.", at="smithy", importance=0.7, speed=3)
    game.here("world.event", what="Tom stole the hammer.", at="smithy", importance=0.7, witnesses=["tom"], id="event")
    game.here("world.event", what="Tom stole the hammer.", at="smithy", importance=0.7, id="event")


def lost_session(game: Recorder) -> None:
    """The daemon crashes: another one is greeted, and the world, its people and the subscription are asked for again.

    `no_session` tells it to whoever asks for something, `pong` to everybody. The question is sent once more at the end;
    nothing waits for an answer in between.
    """
    game.village("mira", capabilities=["events"])
    game.here("subscribe")
    game.crash()
    question = game.send("npc.list", world=game.world)
    game.end(question)
    game.ask("ping")
    game.hello(capabilities=["events"])
    again = [
        game.send("world.open", world=game.world, pack="hollowmere"),
        game.send("npc.spawn", world=game.world, npc="mira"),
        game.send("subscribe", world=game.world),
        game.send("npc.list", world=game.world),
    ]
    for request in again:
        game.end(request)
    game.here("npc.spawn", npc="tom", at="smithy")


def argument_resumed(game: Recorder) -> None:
    """An argument breaks off with its daemon; another daemon knows it, and takes it up at the next turn."""
    game.village("mira", "tom")
    quarrel = argue(game)
    heard(game, game.read(quarrel, "reply.end"))
    game.read(quarrel, "reply.end")
    game.crash()
    game.ask("ping")
    game.village()
    for npc in ("mira", "tom"):
        game.here("npc.spawn", npc=npc)
    (found,) = game.here("argue.list")["arguments"]
    scene(game, game.send("argue.resume", world=game.world, argument=found["argument"]))


def argument(game: Recorder) -> None:
    """Two quarrel, a player steps in, and it is settled; the game says of each line that it was heard."""
    game.village("mira", "tom", "odile")
    game.here("entity.move", entity="player:alex", to="smithy", name="Alex")
    quarrel = argue(game)
    begun = game.read(quarrel, "argue.started")
    line = game.read(quarrel, "reply.end")
    game.here("argue.intervene", argument=begun["argument"], text="Calm down, both of you.", **ALEX)
    heard(game, line)
    scene(game, quarrel)
    game.here("argue.list")


def encounter(game: Recorder) -> None:
    """Two characters talk among themselves; what one tells, the other knows from then on."""
    game.village("mira", "odile")
    game.here("entity.move", entity="player:alex", to="smithy", name="Alex")
    game.here("world.event", what=LANTERN, at="smithy", witnesses=["mira"], importance=0.9)
    scene(game, game.send("encounter.start", world=game.world, between=["mira", "odile"], about="the lantern", seed=4))
    game.here("gossip.trace", about="the lantern")


def saves(game: Recorder) -> None:
    """A save holds the world as it is; restored, what came after it never was, and observers are told."""
    game.village("mira", capabilities=["events"])
    game.here("subscribe")
    game.here("world.set", scope="place:bridge", name="closed", value=True, text="The bridge is closed.")
    game.here("save.create", save="slot 1")
    game.here("world.advance", by="2d")
    game.here("npc.despawn", npc="mira")
    game.here("world.set", scope="place:bridge", name="closed", value=None)
    game.here("save.branch", save="slot 1", copy="before the feast")
    game.here("save.list")
    game.here("save.restore", save="slot 1")
    game.here("world.get", scope="place:bridge")
    game.here("npc.list")
    game.here("save.delete", save="before the feast")
    game.here("save.restore", save="before the feast")


def events(game: Recorder) -> None:
    """The same events with a topic on the socket of events, and on a session, as long as that is subscribed."""
    game.hello(capabilities=["events"])
    game.here("world.open", pack="hollowmere")
    game.observe()
    game.here("subscribe")
    game.here("npc.spawn", npc="mira", at="smithy")
    game.here("entity.move", entity="player:alex", to="smithy", name="Alex")
    game.here("world.event", what="Tom stole the hammer.", at="smithy", by="tom")
    for _ in range(3):
        game.event()
    game.here("unsubscribe")
    game.here("world.advance", by="1h")
    game.event()
    game.here("world.close")
    game.event()


def pages(game: Recorder) -> None:
    """A list comes a page at a time: `after` is the `next` of the page before, until that is nil."""
    game.village()
    found: Body = {"next": ""}
    while found["next"] is not None:
        found = game.here("persona.list", limit=4, after=found["next"])
    found = {"next": ""}
    while found["next"] is not None:
        found = game.here("place.list", limit=5, after=found["next"])


def sent_again(game: Recorder) -> None:
    """The same request with the same id is done once, and gets its answer again."""
    game.village()
    game.here("world.advance", by="2h", id="advance")
    game.here("world.advance", by="2h", id="advance")
    game.here("world.advance", by=0)


def duplicate(game: Recorder) -> None:
    """Another request with an id that was used is refused, and does nothing; an error forgets its id."""
    game.village()
    game.here("world.advance", by="2h", id="advance")
    game.here("world.advance", by="3h", id="advance")
    game.here("world.advance", by=0)
    game.here("npc.spawn", npc="nobody", id="spawn")
    game.here("npc.spawn", npc="mira", id="spawn")


def say(game: Recorder, text: str, **fields: Any) -> str:
    """The player says something to Mira."""
    return game.send("say", world=game.world, to="mira", text=text, seed=7, **ALEX, **fields)


def argue(game: Recorder) -> str:
    """Mira and Tom begin to quarrel."""
    return game.send(
        "argue.start", world=game.world, between=["mira", "tom"], about=HAMMER, seed=4, limits={"turns": 4}
    )


def scene(game: Recorder, request: str) -> None:
    """What is left of a scene, with every line heard."""
    while not (found := game.read(request)).get("last"):
        if found["type"] == "reply.end":
            heard(game, found)


def heard(game: Recorder, end: Body) -> None:
    """Says that a line was spoken, of which this is the end."""
    game.here("heard", reply=end["reply"])


def conversation(play: Callable[[Recorder], None], model: bool = False) -> Conversation:
    """Named and described as its function is."""
    return Conversation(play.__name__.replace("_", "-"), " ".join((play.__doc__ or "").split()), play, model)


CONVERSATIONS = (
    conversation(first_talk),
    conversation(heard_auto),
    conversation(walking_away, model=True),
    conversation(mistakes),
    conversation(lost_session),
    conversation(argument_resumed),
    conversation(argument),
    conversation(encounter),
    conversation(saves),
    conversation(events),
    conversation(pages),
    conversation(sent_again),
    conversation(duplicate),
)
