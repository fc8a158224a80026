"""The director: whose turn it is, what the character does with it, and that every line gets an answer.

    arrive -> take the floor -> think -> write -> (fallback) -> end

A model that is slow, busy, broken or missing changes who writes the words, never whether there are any.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from dataclasses import replace
from typing import Literal

from npc_runtime.dialogue.actions import expand
from npc_runtime.dialogue.cast import Cast
from npc_runtime.dialogue.choose import Choice
from npc_runtime.dialogue.committing import commit
from npc_runtime.dialogue.conversation import HeardLine, Pending
from npc_runtime.dialogue.drafting import drafted
from npc_runtime.dialogue.emotions import EMOTIONS
from npc_runtime.dialogue.events import Delta, ReplyEvent, Sentence, Source
from npc_runtime.dialogue.fallback import fallback_line
from npc_runtime.dialogue.feelings import Feelings, feeling
from npc_runtime.dialogue.guard import Breach, Guard, clean_line
from npc_runtime.dialogue.intents import classify
from npc_runtime.dialogue.knowledge import roles
from npc_runtime.dialogue.mind import Mind
from npc_runtime.dialogue.moods import BY_MOOD, expected_emotion
from npc_runtime.dialogue.moves import FACT_MOVES
from npc_runtime.dialogue.passing import bark
from npc_runtime.dialogue.prompt import LINE_LIMIT, STYLES, Message, Style
from npc_runtime.dialogue.race import Interrupted, race
from npc_runtime.dialogue.recollecting import recollect
from npc_runtime.dialogue.remembering import Remembering
from npc_runtime.dialogue.sentences import split
from npc_runtime.dialogue.speaking import Speaking
from npc_runtime.dialogue.thinking import card_for, think
from npc_runtime.dialogue.thought import Thought
from npc_runtime.dialogue.turn import Turn, Utterance
from npc_runtime.dialogue.voice import Voice
from npc_runtime.dialogue.why import Why
from npc_runtime.dialogue.writer import Writer
from npc_runtime.dialogue.writing import TooLong, Writing, mix
from npc_runtime.engine import request as engine
from npc_runtime.errors import Invalid, RuntimeFault, StorageError, not_found
from npc_runtime.memory.recall import Hit, Memory
from npc_runtime.persona.model import Pack
from npc_runtime.world.world import World

ATTEMPTS = 2  # a breach is written anew once

__all__ = ["Director", "Utterance"]

_log = logging.getLogger(__name__)


class Director:
    """Answers lines for the characters of every open world. Belongs to the daemon's event loop."""

    def __init__(
        self,
        *,
        writer: Writer | None,
        style: Style,
        temperature: float,
        max_tokens: int,
        deadline: float,
        seed: int | None,
        heard_timeout: float = 120.0,
        barks: Literal["auto", "never"] = "auto",
    ) -> None:
        """`writer` None: there is no model. `deadline` in seconds; `seed` None draws one; `barks` as in Config."""
        self._writing: Writing | None = None
        if writer is not None:
            repeatable = seed is not None
            self._writing = Writing(writer, temperature=temperature, max_tokens=max_tokens, repeatable=repeatable)
        self._style: Style = style
        self._deadline = deadline
        self._max_tokens = max_tokens
        self._heard_timeout = heard_timeout
        self._seed = secrets.randbits(32) if seed is None else seed
        self._barks = barks
        self._minds: dict[str, Mind] = {}
        self.replies: Counter[Source] = Counter()  # spoken since the start, by who wrote them

    @property
    def seed(self) -> int:
        """What chance begins from where a caller names no seed."""
        return self._seed

    @property
    def deadline(self) -> float:
        """Seconds after which a fallback line is spoken, where a caller names no other."""
        return self._deadline

    @property
    def max_tokens(self) -> int:
        """Tokens of a reply at most, where a caller names no other number."""
        return self._max_tokens

    def open(self, world: World, pack: Pack, memory: Remembering) -> Mind:
        """Makes a world's characters able to speak."""
        memory.roles = roles(pack)
        speaking, cast = Speaking(Pending(self._heard_timeout)), Cast(pack)
        return self._minds.setdefault(world.id, Mind(world, cast, memory, Feelings(cast), speaking))

    def close(self, world_id: str) -> None:
        """Lets go of a world's characters."""
        self._minds.pop(world_id, None)

    def say(self, world: World, utterance: Utterance) -> AsyncGenerator[ReplyEvent, None]:
        """Takes the line in now, and gives the character's answer as it is spoken; an Ended comes last, and once.

        Raises NotFound or Invalid. Closing the generator takes the line's answer back.
        """
        return self._answer(self._arrive(world.id, utterance))

    async def _answer(self, turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        utterance, speaking = turn.utterance, turn.mind.speaking
        floor = speaking.floor(utterance.to)
        holding = False
        try:
            try:
                holding = await _take_floor(floor, turn)
                async with aclosing(self._write(turn)) as events:
                    async for event in events:
                        yield event
            except Interrupted as stop:
                turn.stop(stop.finish)
            except Exception as error:
                if not isinstance(error, RuntimeFault):
                    _log.exception("writing a reply of %s failed", utterance.to)
                turn.stop("error", str(error) or type(error).__name__)
            for event in turn.close():
                yield event
            if turn.unheard is None and (turn.void or utterance.cancelled.is_set()):
                turn.stop("cancelled")
            elif turn.unheard is None:
                for event in self._fall_back(turn):
                    yield event
            if turn.void:
                turn.stop("cancelled", turn.void)
            elif turn.text:
                self.replies[turn.source] += 1
                speaking.last_lines(utterance.to).append(turn.text.strip())
            turn.why.raw = turn.voice.raw if turn.voice else ""
            turn.why.ended = turn.end()
            speaking.pending.ended(turn.reply, time.monotonic())
            yield turn.why.ended
        finally:
            if speaking.yielding.get(utterance.to) is utterance.cancelled:
                del speaking.yielding[utterance.to]
            if holding:
                floor.release()

    def heard(self, world_id: str, reply: str, upto: int | None) -> tuple[HeardLine, Awaitable[object]]:
        """Commits what was really spoken: the first `upto` sentences, or all; await the second to have it kept.

        Raises NotFound for an unknown reply, Conflict for one that was heard already.
        """
        mind = self.mind(world_id)
        line, entries, records = commit(mind, reply, upto)
        return line, mind.keep(entries, records)

    def why(self, world_id: str, reply: str) -> Why:
        """The reasons of one of the last replies. Raises NotFound."""
        whys = self.mind(world_id).speaking.whys
        if reply not in whys:
            raise not_found("reply", reply, list(whys)[-3:], where=f'the last replies of world "{world_id}"')
        return whys[reply]

    def mind(self, world_id: str) -> Mind:
        """What the characters of a world have in mind. Raises NotFound."""
        if world_id not in self._minds:
            raise not_found("world", world_id, self._minds)
        return self._minds[world_id]

    def _arrive(self, world_id: str, utterance: Utterance) -> Turn:
        """The line is heard by everybody near, whatever becomes of the answer."""
        mind = self.mind(world_id)
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
            heard = mind.hear(utterance.speaker, utterance.speaker_name, utterance.to, line, utterance.hearers)
            records = mind.feelings.hear(
                persona, utterance.speaker, utterance.speaker_name, reading.intent, mind.world.clock.now
            )
            news, kept = heard.news, mind.keep(heard.entries, records)
            if utterance.priority is engine.Priority.PLAYER:
                mind.speaking.make_way(utterance.to)
        seed = self._seed if utterance.seed is None else utterance.seed
        turn = Turn(
            mind=mind,
            utterance=utterance,
            persona=persona,
            line=line,
            reading=reading,
            news=news,
            kept=kept,
            why=Why(f"r{secrets.token_hex(6)}", reading.intent.value, speaker=utterance.speaker),
            breaks=len(mind.speaking.breaks),
            arrived=arrived,
            until=arrived + (self._deadline if utterance.deadline is None else utterance.deadline),
            seed=mix(seed, utterance.to, mind.speaking.begin(utterance.to)),
            emotion=utterance.part.emotion if utterance.part else BY_MOOD[persona.mood],
            style=self._style,
        )
        mind.speaking.remember_why(turn.why)
        mind.speaking.underway.add(utterance.cancelled)
        return turn

    async def _write(self, turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        """The model's words. Returns without a word where a fallback line is wanted, with the reason in the turn."""
        await self._recollect(turn)
        if turn.void:
            raise Interrupted("cancelled")
        request_format, messages = self._think(turn)
        if turn.utterance.part is None and (turn.utterance.barks or self._barks) == "auto":
            turn.bark = bark(turn.exchange(), turn.mind.pack, turn.seed)
        if turn.bark is not None:
            turn.why.prompt.clear()  # no model reads it
            for event in self._in_one_piece(turn, "bark", turn.bark.words, turn.bark.rule):
                yield event
            return
        if self._writing is None:
            turn.stop("stop", "there is no model")
            return
        if turn.utterance.part is not None and turn.style == "compact":
            drafts = drafted(self._writing, turn, lambda: self._guard(turn, 0), messages, request_format)
            async with aclosing(drafts) as events:
                async for event in events:
                    yield event
            return
        for attempt in range(ATTEMPTS):
            turn.voice = Voice(turn.emotion, self._guard(turn, attempt))
            try:
                words = self._writing.attempt(turn, turn.voice, messages, request_format, attempt)
                async with aclosing(words) as events:
                    async for event in events:
                        yield event
                return
            except TooLong:
                turn.style = "compact"
                turn.why.notes.append("the full prompt does not fit the context, so a compact one was used")
                request_format, messages = self._think(turn)
            except Breach as breach:
                turn.why.notes.append(f"guard: {breach}")
                turn.stop("stop", f"guard: {breach}")
                if turn.unheard is not None:
                    return

    async def _recollect(self, turn: Turn) -> None:
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
            turn.recalled = await recollect(
                turn.mind, utterance.to, utterance.speaker, turn.line, turn.reading, turn.news
            )
        except StorageError as error:
            turn.why.notes.append(f"cannot recall: {error}")

    def _think(self, turn: Turn) -> tuple[engine.ReplyFormat, tuple[Message, ...]]:
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
        why.knew = [
            {"text": hit.memory.text, "source": hit.memory.source, "score": hit.score} for hit in turn.thought.hits
        ]
        why.prompt = [{"role": message.role, "text": message.text} for message in messages]
        why.notes += choice.notes
        return engine.ReplyFormat(EMOTIONS, actions), messages

    def _guard(self, turn: Turn, attempt: int) -> Guard:
        assert turn.thought is not None
        # The right answer, asked for twice, may come out the same twice.
        may_repeat = attempt > 0 and turn.thought.choice.move in FACT_MOVES
        before = () if may_repeat else tuple(turn.mind.speaking.last_lines(turn.utterance.to))
        others = [*turn.mind.names().values(), turn.utterance.speaker_name]
        return Guard(turn.persona.name, others, before)

    def _fall_back(self, turn: Turn) -> list[ReplyEvent]:
        """A line of the character's own, in one piece."""
        text = turn.utterance.part.fallback if turn.utterance.part else self._bark(turn)
        why = {"deadline": "no word came in time", "cancelled": "the model was stopped"}
        return self._in_one_piece(turn, "fallback", text, why.get(turn.finish, turn.reason))

    @staticmethod
    def _in_one_piece(turn: Turn, source: Source, text: str, reason: str) -> list[ReplyEvent]:
        """A line that no model wrote."""
        turn.stop("stop", reason)
        turn.source = source
        turn.why.notes.append(f"{source}: {reason}")
        return turn.speak([Delta(text), *(Sentence(sentence, index) for index, sentence in enumerate(split(text)))])

    @staticmethod
    def _bark(turn: Turn) -> str:
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


def _given(turn: Turn, choice: Choice, facts: int | None = 1) -> Thought:
    """What a character makes of a line where its move is settled already."""
    numbers = turn.mind.feelings.relation(turn.persona, turn.utterance.speaker).now(turn.mind.world.clock.now)
    hits = tuple(Hit(memory, 0.0) for memory in choice.facts) if facts else ()
    return Thought(replace(choice, facts=choice.facts[:facts]), hits, feeling(numbers))


async def _take_floor(floor: asyncio.Lock, turn: Turn) -> bool:
    """Waits until nobody else is being answered. Raises Interrupted."""
    taken = False

    async def acquire() -> None:
        nonlocal taken
        await floor.acquire()
        taken = True

    try:
        await race(acquire(), turn.utterance.cancelled, turn.until)
    except BaseException:
        if taken:
            floor.release()
        raise
    return True
