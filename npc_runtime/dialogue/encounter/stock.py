"""Lines and faces for the turns of an encounter where no model speaks, and the cue that a turn answers."""

from __future__ import annotations

from npc_runtime import dice
from npc_runtime.dialogue.encounter.encounter import Spoken
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.understanding.intents import Intent
from npc_runtime.emotions import Emotion

_LINES: dict[Move, tuple[str, ...]] = {
    Move.INTRODUCE: ("Good day. I am {name}.", "We have not met. My name is {name}.", "{name} is what they call me."),
    Move.REBUFF: ("What do you want, {other}?", "Save your greetings, {other}.", "Hm. You."),
    Move.ASK_BACK: ("Where did you hear that, {other}?", "Go on. What else?", "And then what happened?"),
    Move.ACKNOWLEDGE: ("Is that so, {other}?", "I had not heard that.", "Well, well. Good to know."),
    Move.DOUBT: ("I find that hard to believe, {other}.", "Are you sure of that?", "Who told you such a thing?"),
    Move.AGREE: ("So I heard, {other}.", "Yes, I know of it.", "True enough, {other}."),
    Move.ADMIT: ("That is all I know, {other}.", "I know no more than that.", "More I cannot tell you."),
}
_SORRY = ("I am sorry to hear that.", "That is bad news, {other}.", "Oh no. What a thing to happen.")
_GLAD = ("I am glad to hear it, {other}!", "Now that is good news.", "At last something to smile about.")
_BARKS: dict[Move, Intent] = {
    Move.GREET: Intent.GREET,
    Move.PART: Intent.FAREWELL,
    Move.CHAT: Intent.SMALL_TALK,
    Move.FEEL: Intent.HOW_ARE_YOU,
}
_CUES: dict[Move, tuple[str, ...]] = {
    Move.GREET: ("Good day, {name}.",),
    Move.INTRODUCE: ("Good day. Who are you?",),
    Move.REBUFF: ("Good day, {name}.",),
    Move.GOSSIP: ("What news, {name}?", "Have you heard anything new?", "What do people say?"),
    Move.ANSWER: ("What news, {name}?", "Anything new with you, {name}?"),
    Move.FEEL: ("How are you, {name}?",),
    Move.CHAT: ("How are things, {name}?", "A fine day to stand about, {name}.", "And what else is there to say?"),
    Move.PART: ("I must be going, {name}. Farewell!", "Well, I should go on. Goodbye, {name}."),
}


def bark_for(move: Move) -> Intent | None:
    """The kind of bark that a move is, or None where `stock_line` has its own."""
    return _BARKS.get(move)


def stock_line(spoken: Spoken, name: str, other: str, *key: object) -> str:
    """A line for a turn that has no bark; the same `key` gives the same one. `name` speaks, `other` is spoken to."""
    if spoken.news is not None and spoken.move in (Move.ANSWER, Move.GOSSIP):
        return spoken.news.spoken
    lines = _LINES.get(spoken.move, _LINES[Move.ACKNOWLEDGE])
    if spoken.move is Move.ACKNOWLEDGE and spoken.news is not None:
        lines = {"bad": _SORRY, "good": _GLAD}.get(spoken.news.mood, lines)
    return _drawn(lines, *key).format(name=name, other=other)


def cue(spoken: Spoken, name: str, *key: object) -> str:
    """What the speaker is taken to be asked, where no line that was spoken asks for its move."""
    return _drawn(_CUES.get(spoken.move, ("Go on, {name}.",)), *key).format(name=name)


def face(spoken: Spoken) -> Emotion:
    """The emotion of a turn where the model names none: sorry for bad news, glad of good."""
    if spoken.move in (Move.REBUFF, Move.DOUBT):
        return "wary"
    if spoken.news is not None and spoken.act in ("react", "tell"):
        return {"bad": "sad", "good": "happy"}.get(spoken.news.mood, "neutral")  # type: ignore[return-value]
    return "surprised" if spoken.move is Move.ASK_BACK else "neutral"


def _drawn(lines: tuple[str, ...], *key: object) -> str:
    return dice.draw(dict.fromkeys(lines, 1.0), *key, "stock")
