"""Lines and faces for the turns of an encounter where no model speaks, and the cue that a turn answers."""

from __future__ import annotations

from npc_runtime import dice
from npc_runtime.dialogue.encounter.encounter import Spoken
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.emotions import Emotion
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language

BARKED = frozenset({Move.GREET, Move.PART, Move.CHAT, Move.FEEL})
"""The moves that a pack's own lines fit; for others `stock_line` has its own."""

_STOCKED = frozenset({Move.INTRODUCE, Move.REBUFF, Move.ASK_BACK, Move.ACKNOWLEDGE, Move.DOUBT, Move.AGREE, Move.ADMIT})


def stock_line(spoken: Spoken, name: str, other: str, *key: object, language: Language = ENGLISH) -> str:
    """A line for a turn that has no bark; the same `key` gives the same one. `name` speaks, `other` is spoken to."""
    if spoken.news is not None and spoken.move in (Move.ANSWER, Move.GOSSIP):
        return spoken.news.spoken
    kind = (spoken.move if spoken.move in _STOCKED else Move.ACKNOWLEDGE).value
    if spoken.move is Move.ACKNOWLEDGE and spoken.news is not None:
        kind = {"bad": "sorry", "good": "glad"}.get(spoken.news.mood, kind)
    return _drawn(language.phrases.lines(f"encounter.{kind}"), *key).format(name=name, other=other)


def cue(spoken: Spoken, name: str, *key: object, language: Language = ENGLISH) -> str:
    """What the speaker is taken to be asked, where no line that was spoken asks for its move."""
    lines = language.phrases.lines(f"cue.{spoken.move.value}") or language.phrases.lines("cue.other")
    return _drawn(lines, *key).format(name=name)


def face(spoken: Spoken) -> Emotion:
    """The emotion of a turn where the model names none: sorry for bad news, glad of good."""
    if spoken.move in (Move.REBUFF, Move.DOUBT):
        return "wary"
    if spoken.news is not None and spoken.act in ("react", "tell"):
        return {"bad": "sad", "good": "happy"}.get(spoken.news.mood, "neutral")  # type: ignore[return-value]
    return "surprised" if spoken.move is Move.ASK_BACK else "neutral"


def _drawn(lines: tuple[str, ...], *key: object) -> str:
    return dice.draw(dict.fromkeys(lines, 1.0), *key, "stock")
