"""The words of a turn: a bark where that will do, the model's, or a fallback line of the character's own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Literal

from npc_runtime.dialogue.events import Delta, ReplyEvent, Sentence, Source
from npc_runtime.dialogue.generation.drafts import drafted
from npc_runtime.dialogue.generation.guard import Breach, Guard
from npc_runtime.dialogue.generation.prompt import STYLES, Message
from npc_runtime.dialogue.generation.race import Interrupted
from npc_runtime.dialogue.generation.stream import Voice
from npc_runtime.dialogue.generation.write import TooLong, Writing
from npc_runtime.dialogue.policy.actions import expand
from npc_runtime.dialogue.policy.barks import bark, fallback_line
from npc_runtime.dialogue.policy.moves import FACT_MOVES, expected_emotion
from npc_runtime.dialogue.policy.relations import feeling
from npc_runtime.dialogue.policy.rules import Choice
from npc_runtime.dialogue.policy.situation import Thought, card_for, recollect, think
from npc_runtime.dialogue.turn import Turn
from npc_runtime.emotions import EMOTIONS
from npc_runtime.engine import request as engine
from npc_runtime.errors import StorageError
from npc_runtime.language.sentences import split
from npc_runtime.memory.recall import Hit

ATTEMPTS = 2  # a breach is written anew once


async def recall(turn: Turn) -> None:
    """What comes to mind for the line, once the line itself is kept. A memory that fails leaves what is written."""
    utterance = turn.utterance
    try:
        await turn.kept
    except StorageError as error:
        turn.why.notes.append(f"cannot remember this: {error}")
    if turn.void:
        return
    try:
        if utterance.part is not None:
            await turn.mind.hearing(utterance.to)
            return
        turn.recalled = await recollect(turn.mind, utterance.to, utterance.speaker, turn.line, turn.reading, turn.news)
    except StorageError as error:
        turn.why.notes.append(f"cannot recall: {error}")


def consider(turn: Turn) -> tuple[engine.ReplyFormat, tuple[Message, ...]]:
    """Chooses the move, if it is not settled, and lays out what a model is asked for: the format and the prompt."""
    utterance, why = turn.utterance, turn.why
    if utterance.part is not None:
        turn.thought = _given(turn, Choice(utterance.part.move, utterance.part.facts), facts=None)
        turn.emotion = utterance.part.emotion
    elif utterance.settled is not None:
        turn.thought = _given(turn, utterance.settled)
        turn.emotion = expected_emotion(turn.persona.mood, utterance.settled.move)
    else:
        turn.thought = think(
            turn.mind,
            utterance.to,
            utterance.speaker,
            turn.line,
            turn.reading,
            utterance.offers,
            turn.recalled,
            turn.seed,
        )
        turn.emotion = expected_emotion(turn.persona.mood, turn.thought.choice.move)
    choice = turn.thought.choice
    # A small model voices the move; which action goes with it was chosen with the move.
    actions = tuple(action.text for action in expand(utterance.offers)) if turn.style == "full" else ()
    card = card_for(
        turn.mind, utterance.to, utterance.speaker, utterance.speaker_name, turn.line, turn.thought, actions
    )
    if utterance.part is not None:
        history = card.history if turn.style == "full" else ()  # a small model repeats what it reads of itself
        card = replace(card, quarrel=utterance.part.quarrel, history=history)
    messages = tuple(STYLES[turn.style](card))
    why.card = card
    why.move = choice.move.value
    why.facts = list(card.facts)
    why.knew = [{"text": hit.memory.text, "source": hit.memory.source, "score": hit.score} for hit in turn.thought.hits]
    why.prompt = [{"role": message.role, "text": message.text} for message in messages]
    why.notes += choice.notes
    return engine.ReplyFormat(EMOTIONS, actions), messages


def _given(turn: Turn, choice: Choice, facts: int | None = 1) -> Thought:
    """What a character makes of a line where its move is settled already."""
    numbers = turn.mind.feelings.relation(turn.persona, turn.utterance.speaker).now(turn.mind.world.clock.now)
    hits = tuple(Hit(memory, 0.0) for memory in choice.facts) if facts else ()
    return Thought(replace(choice, facts=choice.facts[:facts]), hits, feeling(numbers))


class Answering:
    """Finds the words of turns."""

    def __init__(self, writing: Writing | None, barks: Literal["auto", "never"]) -> None:
        """`writing` None: there is no model. `barks` as in Config, for utterances that say nothing of it."""
        self._writing = writing
        self._barks = barks

    async def write(self, turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        """A bark, or the model's words; nothing where a fallback line is wanted, with the reason in the turn."""
        await recall(turn)
        if turn.void:
            raise Interrupted("cancelled")
        request_format, messages = consider(turn)
        if turn.utterance.part is None and (turn.utterance.barks or self._barks) == "auto":
            turn.bark = bark(turn.exchange(), turn.mind.pack, turn.seed)
        if turn.bark is not None:
            turn.why.prompt.clear()  # no model reads it
            for event in _in_one_piece(turn, "bark", turn.bark.words, turn.bark.rule):
                yield event
            return
        if self._writing is None:
            turn.stop("stop", "there is no model")
            return
        if turn.utterance.part is not None and turn.style == "compact":
            drafts = drafted(self._writing, turn, lambda: _guard(turn, 0), messages, request_format)
            async with aclosing(drafts) as events:
                async for event in events:
                    yield event
            return
        for attempt in range(ATTEMPTS):
            turn.voice = Voice(turn.emotion, _guard(turn, attempt))
            try:
                words = self._writing.attempt(turn, turn.voice, messages, request_format, attempt)
                async with aclosing(words) as events:
                    async for event in events:
                        yield event
                return
            except TooLong:
                turn.style = "compact"
                turn.why.notes.append("the full prompt does not fit the context, so a compact one was used")
                request_format, messages = consider(turn)
            except Breach as breach:
                turn.why.notes.append(f"guard: {breach}")
                turn.stop("stop", f"guard: {breach}")
                if turn.unheard is not None:
                    return


def fall_back(turn: Turn) -> list[ReplyEvent]:
    """A line of the character's own, in one piece."""
    text = turn.utterance.part.fallback if turn.utterance.part else _own_line(turn)
    why = {"deadline": "no word came in time", "cancelled": "the model was stopped"}
    return _in_one_piece(turn, "fallback", text, why.get(turn.finish, turn.reason))


def _guard(turn: Turn, attempt: int) -> Guard:
    assert turn.thought is not None
    # The right answer, asked for twice, may come out the same twice.
    may_repeat = attempt > 0 and turn.thought.choice.move in FACT_MOVES
    before = () if may_repeat else tuple(turn.mind.speaking.last_lines(turn.utterance.to))
    others = [*turn.mind.names().values(), turn.utterance.speaker_name]
    return Guard(turn.persona.name, others, before)


def _in_one_piece(turn: Turn, source: Source, text: str, reason: str) -> list[ReplyEvent]:
    """A line that no model wrote."""
    turn.stop("stop", reason)
    turn.source = source
    turn.why.notes.append(f"{source}: {reason}")
    return turn.speak([Delta(text), *(Sentence(sentence, index) for index, sentence in enumerate(split(text)))])


def _own_line(turn: Turn) -> str:
    last = turn.mind.speaking.last_lines(turn.utterance.to)
    return fallback_line(
        turn.mind.pack,
        turn.persona.id,
        turn.reading.intent,
        mood=turn.persona.mood,
        listener=turn.utterance.speaker_name,
        seed=turn.seed,
        last=last[-1] if last else "",
    )
