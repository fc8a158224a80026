"""A creature in the model's words: which lines of its sheet the model writes, and which of them are fit to be kept."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from npc_runtime.dialogue.generation.bounds import Bounds, Interrupted
from npc_runtime.dialogue.generation.guard import Breach, Guard
from npc_runtime.dialogue.generation.prompt import FACT_LIMIT, Message, Piece, flatten
from npc_runtime.engine import request as engine
from npc_runtime.engine.request import Writer
from npc_runtime.engine.tokens.sheet import read_sheet
from npc_runtime.errors import RuntimeFault
from npc_runtime.language.sentences import split
from npc_runtime.persona.born import Born, Source
from npc_runtime.persona.model import Persona
from npc_runtime.persona.rewriting import LOOKS, VOICE, WANT, merge

TEMPERATURE = 0.8
MAX_TOKENS = 240
FACTS, SAMPLES = 2, 1  # of the composed creature, in the prompt: with these it fits into a context of 512 tokens
WANTS, LINES = 2, 4  # that a model is asked for
FEELINGS = ("hostile", "cold", "neutral", "warm")  # toward strangers: nobody is devoted to them
_ASKED = (
    "Fill in a sheet about a creature of a game, in your own words. Name nobody.\n"
    "looks: one sentence, how it looks\n"
    "feeling: toward strangers\n"
    "want: one wish\n"
    "line: one short sentence that it says\n"
)

_ENDS = (".", "!", "?", "…")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sketch:
    """A creature, and why some of what a model was to write of it was left out."""

    born: Born
    notes: tuple[str, ...] = ()
    taken: int = 0  # texts of a model that were fit
    asked: int = 0  # texts that it was asked for


class Sketching:
    """Has creatures described. Without a writer they stay as they were composed."""

    def __init__(self, writer: Writer | None, *, unasked: str = "") -> None:
        """`unasked` says why the model in force is asked only where a game names it; nothing: it is always asked."""
        self._writer = writer
        self._unasked = unasked

    async def sketch(
        self,
        born: Born,
        others: Iterable[str],
        *,
        must_want: Sequence[str],
        stance: bool,
        ask: bool,
        seconds: float,
        cancelled: asyncio.Event | None = None,
    ) -> Sketch:
        """The creature in the model's words, as far as they are fit. Never raises for what a model does.

        `others` are the names of everybody else; `must_want` stays, and with `stance` its feeling too; `ask`: a game
        names the model. Where it is not done after `seconds`, all stays composed, so that no half depends on time.
        """
        if self._writer is None:
            return Sketch(born, ("there is no model",) if ask else ())
        if self._unasked and not ask:
            return Sketch(born, (self._unasked,))
        sheet = _sheet(feeling=not stance)
        request = engine.Request(
            messages=_messages(born.persona),
            max_tokens=MAX_TOKENS,
            sampling=engine.Sampling(temperature=TEMPERATURE, seed=born.seed & 0xFFFFFFFF),
            format=sheet,
            priority=engine.Priority.BACKGROUND,
            deadline=seconds,
            reuse=False,  # what was computed before, in another batch, may be rounded otherwise
        )
        text = ""
        try:
            async with (
                Bounds(cancelled or asyncio.Event(), time.monotonic() + seconds) as bounds,
                aclosing(bounds.carry(self._writer.generate(request))) as events,
            ):
                async for event in events:
                    if isinstance(event, engine.Text):
                        text += event.text
                    elif event.error is not None:
                        raise event.error
                    elif event.finish == "deadline":
                        raise Interrupted("deadline")
        except Interrupted:
            return Sketch(born, (f"the model was not done after {seconds:g} s",))
        except Exception as error:
            if not isinstance(error, RuntimeFault):
                _log.exception("describing %s failed", born.persona.id)
            return Sketch(born, (f"the model failed: {error}",))
        return _judged(born, sheet, read_sheet(sheet, text), list(others), must_want)


def _sheet(*, feeling: bool) -> engine.SheetFormat:
    slots = [engine.Slot("looks", LOOKS[1])]
    if feeling:
        slots.append(engine.Slot("feeling", choices=FEELINGS))
    slots += [engine.Slot("want", WANT[1], begins="You want")] * WANTS + [engine.Slot("line", VOICE[1])] * LINES
    return engine.SheetFormat(tuple(slots))


def _messages(persona: Persona) -> tuple[Message, ...]:
    """What the model reads: the creature as it was composed. A game's own wants are in it, so nothing of it is ours."""
    known = [f"{persona.name}, {persona.role} of {persona.home}.", persona.looks or "", persona.wants[0]]
    known += [*persona.statements[:FACTS], *(f'"{line}"' for line in persona.voice[:SAMPLES])]
    pieces = [Piece(_ASKED, trusted=True), Piece("What is known:", trusted=True)]
    for text in filter(None, known):
        pieces += [Piece("\n- ", trusted=True), Piece(flatten(text, FACT_LIMIT))]
    traits = f"\nTraits: {', '.join(persona.traits)}. Mood: {persona.mood}."
    return (Message("user", (*pieces, Piece(traits, trusted=True))),)


def _judged(
    born: Born, sheet: engine.SheetFormat, found: dict[str, list[str]], others: list[str], must_want: Sequence[str]
) -> Sketch:
    """Takes over what is fit, slot by slot."""
    persona, notes = born.persona, list[str]()
    kept: dict[str, list[str]] = {}
    for label, texts in found.items():
        for text in texts:
            whole = _whole(text)
            try:
                kept.setdefault(label, []).append(text if label == "feeling" else _guarded(whole, persona.name, others))
            except Breach as breach:
                notes.append(f"{label}: the model {breach}")
    looks, feeling = (next(iter(kept.get(label, ())), None) for label in ("looks", "feeling"))
    wants, lines = kept.get("want", []), kept.get("line", [])
    drawn = merge(
        persona, {"looks": looks, "feeling": feeling, "wants": wants, "voice": lines}, others, must_want=must_want
    )
    taken = [text for text in (looks, *wants, *lines) if text in (drawn.looks, *drawn.wants, *drawn.voice)]
    asked = sum(not slot.choices for slot in sheet.slots)
    if len(taken) < asked:
        notes.append(f"{len(taken)} of {asked} texts of the model were fit")
    if not taken:
        return Sketch(born, tuple(notes), asked=asked)
    source: Source = "model" if len(taken) == asked else "mixed"
    return Sketch(born.model_copy(update={"persona": drawn, "source": source}), tuple(notes), len(taken), asked)


def _whole(text: str) -> str:
    """The sentences of a text that are complete; of a line in quotation marks, what is between them."""
    if len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:
        text = text[1:-1]
    return " ".join(sentence for sentence in split(text) if sentence.rstrip("\"'”’)").endswith(_ENDS))


def _guarded(text: str, name: str, others: list[str]) -> str:
    """The text as it may leave a model. Raises Breach."""
    return Guard(name, others).whole(text)
