"""One reply as it is spoken: parsed, freed of stage directions, guarded, cut into sentences."""

from __future__ import annotations

from collections.abc import Callable

from npc_runtime.dialogue.generation.directions import Directions
from npc_runtime.dialogue.generation.guard import Guard, Untold
from npc_runtime.dialogue.generation.parser import Decided, Felt, Part, Proposed, ReplyParser, Spoken
from npc_runtime.dialogue.turn.events import Delta, Sentence
from npc_runtime.emotions import Emotion

Tells = Callable[[str, bool], bool]
"""Whether a text tells what it has to; the second says that it is all there is."""


class Voice:
    """Takes a model's text as it comes and gives back what is spoken of it.

    Raises Breach where the guard does, and Untold where the text ends without what it has to tell.
    """

    def __init__(
        self,
        expected: Emotion,
        guard: Guard,
        *,
        decides: bool = False,
        tells: Tells | None = None,
    ) -> None:
        """`expected` is the emotion where the model names none. `decides`: it chooses what the character does.

        None of it is spoken before it `tells` what it has to.
        """
        self.emotion = expected
        self.decided: Decided | None = None
        self.felt = False  # the emotion is known, and the choice with it
        self.action = ""  # that it proposed, as the grammar has it
        self.raw = ""
        self.text = ""
        self.sentences: list[str] = []
        self._parser = ReplyParser(expected, decides=decides)
        self._directions = Directions()
        self._tells = tells
        self._held = ""
        self._guard = guard
        self._cutter = guard.language.sentences()

    def feed(self, text: str) -> list[Delta | Sentence]:
        """What `text` lets be spoken."""
        self.raw += text
        return self._take(self._parser.feed(text))

    def end(self) -> list[Delta | Sentence]:
        """What is left when the model has stopped of its own accord."""
        events = self._take(self._parser.end())
        events += self._speak(self._guard.feed(self._directions.end()))
        events += self._speak(self._guard.end())
        if self._held:
            events += self._speak("", whole=True)
        if self._held:
            raise Untold("left out what there was to tell")
        return [*events, *self.cut()]

    def cut(self) -> list[Delta | Sentence]:
        """Closes the sentence that was being spoken; nothing more is said."""
        return self._sentences(self._cutter.end())

    def _take(self, parts: list[Part]) -> list[Delta | Sentence]:
        events: list[Delta | Sentence] = []
        for part in parts:
            if isinstance(part, Decided):
                self.decided = part
            elif isinstance(part, Felt):
                self.emotion, self.felt = part.emotion, True
            elif isinstance(part, Spoken):
                events += self._speak(self._guard.feed(self._directions.feed(part.text)))
            elif isinstance(part, Proposed):
                self.action = part.text
        return events

    def _speak(self, text: str, *, whole: bool = False) -> list[Delta | Sentence]:
        text = self._held + text
        self._held = text if self._tells is not None and not self._tells(text, whole) else ""
        if self._held or not text:
            return []
        self._tells = None
        self.text += text
        return [Delta(text), *self._sentences(self._cutter.feed(text))]

    def _sentences(self, complete: list[str]) -> list[Delta | Sentence]:
        first = len(self.sentences)
        self.sentences += complete
        return [Sentence(text, first + place) for place, text in enumerate(complete)]
