"""The events of a reply as messages: as much of them as the client asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from npc_runtime.dialogue.turn import events as spoken
from npc_runtime.emotions import Emotion
from npc_runtime.wire import messages as m


class ReplyStream:
    """The replies to a request, one after the other, as a client wants to be told of them."""

    def __init__(
        self, request: str, wanted: m.Stream, world: str, overheard: Callable[[m.EventSpeaking], None] | None
    ) -> None:
        """`overheard` is told of each sentence, for other sessions of the world."""
        self._request = request
        self._wanted = wanted
        self._world = world
        self._overheard = overheard
        self._which: dict[str, Any] = {}  # the reply that is spoken, and who speaks
        self._emotion: Emotion = "neutral"

    def messages(self, event: spoken.ReplyEvent) -> Iterator[m.Response]:
        """The wire's words for what happened, if it is wanted."""
        match event:
            case spoken.Started():
                self._which = {"re": self._request, "reply": event.reply, "npc": event.npc}
                self._emotion = event.emotion
                if self._wanted != "end":
                    yield m.ReplyStart(re=self._request, **vars(event))
            case spoken.Delta():
                if self._wanted == "delta":
                    yield m.ReplyDelta(**self._which, text=event.text)
            case spoken.Sentence():
                if self._overheard is not None:
                    self._overheard(self._speaking(event))
                if self._wanted != "end":
                    yield m.ReplySentence(**self._which, text=event.text, index=event.index)
            case spoken.Acted():
                yield m.ReplyAction(**self._which, name=event.action.name, args=list(event.action.args))
            case spoken.Ended():
                yield m.ReplyEnd(re=self._request, **vars(event))

    def _speaking(self, sentence: spoken.Sentence) -> m.EventSpeaking:
        which = {"reply": self._which["reply"], "npc": self._which["npc"]}
        return m.EventSpeaking(
            world=self._world, **which, emotion=self._emotion, index=sentence.index, text=sentence.text
        )
