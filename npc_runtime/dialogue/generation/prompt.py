"""Prompts: a pure function from what was chosen to what the model reads.

`sheet` lays out all that a character may draw on, numbered, and leaves it to the model to decide and to speak; training
writes its prompts with it too.

Every piece knows whether its text is ours (`trusted`) or somebody's data (a name, a line, lore, a memory). Neither kind
is ever tokenized with special tokens on: only the chat template of the model itself is. Data is also flattened to one
line, so that it cannot imitate the structure of a prompt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Literal

from npc_runtime.dialogue.policy.moves import TALK, Move
from npc_runtime.language import languages
from npc_runtime.language.phrases import Phrases

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True)
class Piece:
    """A run of prompt text. `shared` marks the opening that many characters have in common (computed once)."""

    text: str
    trusted: bool = False
    shared: bool = False


@dataclass(frozen=True)
class Message:
    """One chat message."""

    role: Role
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The content as one string."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Quarrel:
    """A quarrel from one party's side; texts are in the second person: `Tom stole your hammer`."""

    opponent: str
    grievance: str  # a clause without a full stop: "Tom stole your hammer"
    demand: str  # completes "You want Tom to ...": "give the hammer back"
    heat: int  # 0 calm to 3 furious
    mediator: str = ""
    ruling: str = ""  # what the mediator said last


@dataclass(frozen=True)
class Turn:
    """Something said earlier in this conversation, oldest first; `own` when the character itself said it."""

    own: bool
    text: str  # own turns carry their emotion: "(calm) Good day."
    speaker: str = ""  # display name, where it is not the listener
    to: str = ""  # display name of who was spoken to, where it was not the character


@dataclass(frozen=True)
class Card:
    """Everything that a prompt is made of, already chosen by the director."""

    name: str
    role: str
    home: str
    traits: tuple[str, ...]
    mood: str
    listener: str
    feeling: str
    move: Move
    line: str  # what was said to the character just now
    facts: tuple[str, ...] = ()  # those that it knows whatever is said, and then those for this line, best first
    now: str = ""  # a sentence: "It is a rainy evening at the smithy."
    history: tuple[Turn, ...] = ()
    quarrel: Quarrel | None = None
    # For whoever decides for itself
    about: str = ""  # what an author says of it
    here: tuple[str, ...] = ()  # who is present: "Tom (smith)"
    moves: tuple[Move, ...] = ()  # that it may choose from
    standing: int = 0  # how many of the facts it knows whatever is said
    advice: bool = False  # it is told what moves mean; and whatever changes with the line comes last
    setting: str = ""  # the shared opening: the village, in words
    background: tuple[str, ...] = ()  # looks, wants, relations
    voice: tuple[str, ...] = ()  # sample lines
    actions: tuple[str, ...] = ()  # as the grammar offers them: "give bread player:alex"
    language: str = "en"  # the code of that which it is written in, and spoken


LISTENER = "{listener}"
"""Stands in a bark for whom it is said to."""
LINE_LIMIT = 400  # characters of a player's line that reach a model
FACT_LIMIT = 240

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_SPACES = re.compile(r" {2,}")


def flatten(text: str, limit: int) -> str:
    """One line of text, control characters out, cut at a word near `limit` characters."""
    flat = _SPACES.sub(" ", _CONTROL.sub(" ", text)).strip()
    if len(flat) <= limit:
        return flat
    cut = flat[:limit]
    return (cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut) + "…"


def _ours(text: str) -> Piece:
    return Piece(text, trusted=True)


def _data(text: str, limit: int = 64) -> Piece:
    return Piece(flatten(text, limit))


def sheet(card: Card) -> list[Message]:
    """The prompt of whoever decides for itself: who it is, what is so now, and all that it may draw on, numbered.

    What many prompts have in common comes first. A small model reads the rest in the form that it was trained on. For
    one that takes advice what is so now and what came to mind for the line stand with the line, behind what was said:
    so nearly all of it can be computed before the line is known, and need not be for the next one.
    """
    words = languages.of(card.language).phrases
    decide = [_ours(words.text("prompt.sheet.decide")), *_spoken(card, words)]
    if not card.advice:
        lines = [*_person(card, words), *_moment(card, words), *_known(words, "known", card.facts, 1)]
        system = [*_opening([flatten(card.setting, 2000)]), *_joined([*lines, *_actions(card, words), decide])]
        return [Message("system", tuple(system)), *_exchange(card, words)]
    standing, recalled = card.facts[: card.standing], card.facts[card.standing :]
    lines = [*_person(card, words), *_known(words, "known", standing, 1)]
    system = [*_opening([flatten(card.setting, 2000), *_advice(words)]), *_joined(lines)]
    title = "recalled" if standing else "known"
    # What is open is mostly the same for the next line.
    now = [*_moment(card, words), *_open(card, words), *_known(words, title, recalled, 1 + len(standing))]
    now += [*_actions(card, words), decide, []]
    return [Message("system", tuple(system)), *_exchange(card, words, _joined(now))]


def barks(card: Card, count: int) -> list[Message]:
    """Asks for so many lines for the card's move, one below the other, that are true whenever anybody hears them."""
    words = languages.of(card.language).phrases
    mood = _laid(words.text("prompt.sheet.mood"), mood=words.name("mood", card.mood))
    system = [*_opening([flatten(card.setting, 2000)]), *_joined([*_person(card, words), mood])]
    move = words.name("move", card.move.value)
    asked = _laid(words.text("prompt.barks"), count=str(count), name=_data(card.name), move=move, listener=LISTENER)
    return [Message("system", tuple(system)), Message("user", (*asked, *_spoken(card, words)))]


Line = list[Piece]


def _opening(lines: Sequence[str]) -> Line:
    """What the prompts of a village begin with."""
    text = "\n".join(line for line in lines if line)
    return [Piece(text, trusted=True, shared=True), _ours("\n\n")] if text else []


def _joined(lines: Sequence[Line]) -> Line:
    return [piece for number, line in enumerate(lines) for piece in ([_ours("\n")] if number else []) + line]


def _advice(words: Phrases) -> list[str]:
    """How to speak, and what the moves of a talk mean."""
    meant = (f"- {move.value}: {words.name('move', move.value)}" for move in TALK)
    return [words.text("prompt.sheet.advice"), *meant]


def _person(card: Card, words: Phrases) -> list[Line]:
    """Who it is."""
    who = {"name": _data(card.name), "role": _data(card.role), "home": _data(card.home)}
    lines = [_laid(words.text("prompt.sheet.who"), **who)]
    if card.about:
        lines[0] += [_ours(" "), _data(card.about, 2000)]
    if card.traits:
        lines.append(_laid(words.text("prompt.sheet.traits"), traits=_traits(words, card.traits)))
    for title, texts in (("background", card.background), ("voice", card.voice)):
        if texts:
            lines.append([_ours(words.text(f"prompt.sheet.{title}"))])
            lines += [[_ours("- "), _data(text, 600)] for text in texts]
    return lines


def _moment(card: Card, words: Phrases) -> list[Line]:
    """How it is, when and where, and who is there."""
    mood = _laid(words.text("prompt.sheet.mood"), mood=words.name("mood", card.mood))
    if card.quarrel is None:
        feeling = words.name("feeling", card.feeling)
        mood += _laid(f" {words.text('prompt.sheet.feeling')}", listener=_data(card.listener), feeling=feeling)
    else:
        mood += _quarrel_pieces(card.quarrel, words)
    lines = [mood]
    if card.now:
        lines.append(_laid(words.text("prompt.sheet.now"), now=_data(card.now, FACT_LIMIT)))
    if card.here:
        here = _data(words.text("list.more").join(flatten(one, 100) for one in card.here), 600)
        lines[-1] += _laid(f" {words.text('prompt.sheet.here')}", here=here)
    return lines


def _known(words: Phrases, title: str, facts: Sequence[str], first: int) -> list[Line]:
    """Facts, numbered from `first` on."""
    if not facts:
        return []
    numbered = [[_ours(f"{number}. "), _data(fact, FACT_LIMIT)] for number, fact in enumerate(facts, first)]
    return [[_ours(words.text(f"prompt.sheet.{title}"))], *numbered]


def _actions(card: Card, words: Phrases) -> list[Line]:
    if not card.actions:
        return []
    line = [_ours(words.text("prompt.sheet.actions"))]
    for action in card.actions:
        line += [_ours(" <"), _data(action, 120), _ours(">")]
    return [line]


def _open(card: Card, words: Phrases) -> list[Line]:
    """Which of the moves cannot be made now, or which alone can; those of a quarrel with what they mean."""
    closed = [move for move in TALK if move not in card.moves]
    if not card.moves or not closed:
        return []
    few = len(card.moves) < len(closed)
    named = _named(card.moves if few else closed)
    meant = [move for move in card.moves if move not in TALK]
    return [
        [_ours(words.text("prompt.sheet.only" if few else "prompt.sheet.closed", moves=named))],
        *([_ours(f"- {move.value}: {words.name('move', move.value)}")] for move in meant),
    ]


def _named(moves: Iterable[Move]) -> str:
    return ", ".join(move.value for move in moves)


def _laid(form: str, **fields: Piece | str) -> list[Piece]:
    """A phrase as pieces: its own words and texts of ours are trusted, what is somebody's data is not."""
    pieces: list[Piece] = []
    ours = ""
    for text, field, _, _ in Formatter().parse(form):
        ours += text
        filled = fields[field] if field is not None else ""
        if isinstance(filled, str):
            ours += filled
        else:
            pieces += [_ours(ours), filled] if ours else [filled]
            ours = ""
    return [*pieces, _ours(ours)] if ours else pieces


def _spoken(card: Card, words: Phrases) -> list[Piece]:
    """Which language to speak, where the prompt itself is in none but English."""
    return [] if words.own else _laid(f" {words.text('prompt.speak')}", code=card.language)


def _traits(words: Phrases, traits: tuple[str, ...]) -> Piece:
    return _data(words.text("list.more").join(words.name("trait", trait) for trait in traits), 400)


def _quarrel_pieces(quarrel: Quarrel, words: Phrases) -> list[Piece]:
    pieces = _laid(
        f" {words.text('prompt.quarrel.with')}",
        opponent=_data(quarrel.opponent),
        grievance=_data(quarrel.grievance, 160),
        demand=_data(quarrel.demand, 120),
    )
    if quarrel.mediator:
        ruling = _data(quarrel.ruling, 160)
        pieces += _laid(f" {words.text('prompt.quarrel.mediator')}", mediator=_data(quarrel.mediator), ruling=ruling)
    return [*pieces, *_laid(f" {words.text('prompt.quarrel.heat')}", heat=str(quarrel.heat))]


def _exchange(card: Card, words: Phrases, before: Sequence[Piece] = ()) -> list[Message]:
    """What was heard and the line, each with who said it and to whom, alternating and beginning with the user.

    `before` stands before the line.
    """
    messages: list[Message] = []
    quarrel = card.quarrel
    speaker = quarrel.mediator if quarrel is not None and card.line == quarrel.ruling else ""
    line = Turn(own=False, text=card.line, speaker=speaker)
    for turn in (*card.history, line):
        role: Role = "assistant" if turn.own else "user"
        text = flatten(turn.text, LINE_LIMIT)
        speaker = flatten(turn.speaker or card.listener, 64)
        if turn.own:
            said = text
        elif turn.to:
            said = words.text("prompt.sheet.said_to", speaker=speaker, to=flatten(turn.to, 64), text=text)
        else:
            said = words.text("prompt.sheet.said", speaker=speaker, text=text)
        pieces = (*before, Piece(said)) if turn is line else (Piece(said),)
        if messages and messages[-1].role == role:
            messages[-1] = Message(role, (*messages[-1].pieces, _ours("\n"), *pieces))
        elif messages or role == "user":
            messages.append(Message(role, pieces))
        # What it said itself before anything that it heard opens no exchange: every template wants a user first.
    return messages
