"""A line arrives: it is heard, and a turn begins that shall answer it."""

from __future__ import annotations

import secrets
import time

from npc_runtime.dialogue.actions import expand
from npc_runtime.dialogue.committing import hear
from npc_runtime.dialogue.guard import clean_line
from npc_runtime.dialogue.intents import classify
from npc_runtime.dialogue.mind import Mind
from npc_runtime.dialogue.moods import BY_MOOD
from npc_runtime.dialogue.prompt import LINE_LIMIT, Style
from npc_runtime.dialogue.turn import Turn, Utterance
from npc_runtime.dialogue.why import Why
from npc_runtime.dice import mix
from npc_runtime.engine import request as engine
from npc_runtime.errors import Invalid
from npc_runtime.memory.recall import Memory


def arrive(mind: Mind, utterance: Utterance, *, style: Style, deadline: float, seed: int) -> Turn:
    """The line is heard by everybody near, whatever becomes of the answer. Gives the turn that answers it.

    `deadline` in seconds and `seed` are for utterances that name none. Raises NotFound for somebody who is nobody of
    the pack, Invalid for a line without words or too many offers.
    """
    persona = mind.persona(utterance.to)
    line = clean_line(utterance.text)
    if not line:
        raise Invalid("the line has no words in it", hint="send the text that the speaker says")
    expand(utterance.offers)  # too many are refused before anything was said
    arrived = time.monotonic()
    reading = classify(line[:LINE_LIMIT])  # what a model does not get to read is not reacted to
    news: tuple[Memory, ...] = ()
    if utterance.part is not None:  # a line of an argument was heard when it was spoken
        kept = mind.keep()
        mind.speaking.yielding[utterance.to] = utterance.cancelled
    else:
        heard = hear(mind, utterance.speaker, utterance.speaker_name, utterance.to, line, utterance.hearers)
        records = mind.feelings.hear(
            persona, utterance.speaker, utterance.speaker_name, reading.intent, mind.world.clock.now
        )
        news, kept = heard.news, mind.keep(heard.entries, records)
        if utterance.priority is engine.Priority.PLAYER:
            mind.speaking.make_way(utterance.to)
    chance = seed if utterance.seed is None else utterance.seed
    turn = Turn(
        mind=mind,
        utterance=utterance,
        persona=persona,
        line=line,
        reading=reading,
        news=news,
        kept=kept,
        why=Why(f"r{secrets.token_hex(6)}", reading.intent.value, speaker=utterance.speaker),
        epoch=mind.speaking.epoch,
        arrived=arrived,
        until=arrived + (deadline if utterance.deadline is None else utterance.deadline),
        seed=mix(chance, utterance.to, mind.speaking.begin(utterance.to)),
        emotion=utterance.part.emotion if utterance.part else BY_MOOD[persona.mood],
        style=style,
    )
    mind.speaking.remember_why(turn.why)
    mind.speaking.underway.add(utterance.cancelled)
    return turn
