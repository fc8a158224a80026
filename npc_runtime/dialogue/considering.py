"""A turn is thought about: what comes to mind for its line, the move, and the prompt that puts it into words."""

from __future__ import annotations

from dataclasses import replace

from npc_runtime.dialogue.actions import expand
from npc_runtime.dialogue.choose import Choice
from npc_runtime.dialogue.emotions import EMOTIONS
from npc_runtime.dialogue.feelings import feeling
from npc_runtime.dialogue.moods import expected_emotion
from npc_runtime.dialogue.prompt import STYLES, Message
from npc_runtime.dialogue.recollecting import recollect
from npc_runtime.dialogue.thinking import card_for, think
from npc_runtime.dialogue.thought import Thought
from npc_runtime.dialogue.turn import Turn
from npc_runtime.engine import request as engine
from npc_runtime.errors import StorageError
from npc_runtime.memory.recall import Hit


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
