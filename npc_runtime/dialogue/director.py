"""The director: whose turn it is, what the character does with it, and that every line gets an answer.

    arrive -> take the floor -> consider -> write -> (fall back) -> end

Everybody near hears a line when it arrives, whatever becomes of the answer. A model that is slow, busy, broken or
missing changes who writes the words, never whether there are any.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from functools import partial
from typing import Literal

from npc_runtime.dialogue.cast import Cast
from npc_runtime.dialogue.commit import commit
from npc_runtime.dialogue.generation.bounds import Bounds, Interrupted
from npc_runtime.dialogue.generation.choosing import Choosing
from npc_runtime.dialogue.generation.guard import clean_line
from npc_runtime.dialogue.generation.prewarming import Prewarming
from npc_runtime.dialogue.generation.prompt import LINE_LIMIT, Message, sheet
from npc_runtime.dialogue.generation.write import Writing
from npc_runtime.dialogue.memories import Remembering
from npc_runtime.dialogue.policy.actions import expand
from npc_runtime.dialogue.policy.knowledge import roles
from npc_runtime.dialogue.policy.relations import Feelings
from npc_runtime.dialogue.policy.situation import beforehand
from npc_runtime.dialogue.replies import HeardLine, Pending, Speaking, Why
from npc_runtime.dialogue.state import Mind
from npc_runtime.dialogue.turn.answer import Answer
from npc_runtime.dialogue.turn.events import ReplyEvent, Source
from npc_runtime.dialogue.turn.first_words import FirstWords
from npc_runtime.dialogue.turn.precedence import Precedence
from npc_runtime.dialogue.turn.scripted import Scripted
from npc_runtime.dialogue.turn.turn import Turn
from npc_runtime.dialogue.turn.utterance import Utterance
from npc_runtime.dialogue.understanding.read import read
from npc_runtime.dice import mix
from npc_runtime.engine.profile import ChoiceKind, ModelProfile
from npc_runtime.engine.request import Priority, Writer
from npc_runtime.errors import Cancelled, Invalid, RuntimeFault, StorageError, not_found
from npc_runtime.world.world import World

__all__ = ["Director", "Utterance"]

_log = logging.getLogger(__name__)


class Director:
    """Answers lines for the characters of every open world. Belongs to the daemon's event loop."""

    def __init__(
        self,
        *,
        writer: Writer | None,
        profile: ModelProfile,
        temperature: float,
        deadline: float,
        seed: int | None,
        heard_timeout: float = 120.0,
        barks: Literal["auto", "never"] = "auto",
        refuses: Callable[[Priority], str] = lambda _: "",
    ) -> None:
        """`writer` None: there is no model. `deadline` in seconds; `seed` None draws one; `barks` as in Config.

        `refuses` says why a line of some urgency is not worth the model now; empty: it is.
        """
        self._writer = writer
        self._writing: Writing | None = None
        self._prewarming: Prewarming | None = None
        if writer is not None:
            repeatable = seed is not None
            self._writing = Writing(writer, profile, temperature=temperature, repeatable=repeatable)
            if writer.keeps and not repeatable:
                self._prewarming = Prewarming(writer)
        self._barks: Literal["auto", "never"] = barks
        self._refuses = refuses
        self._profile = profile
        self._heard_timeout = heard_timeout
        self._minds: dict[str, Mind] = {}
        self._precedence = Precedence()
        # Where a caller names no other
        self.seed = secrets.randbits(32) if seed is None else seed
        self.deadline = deadline
        self.max_tokens = profile.reply
        # Since the start
        self.replies: Counter[Source] = Counter()  # that were spoken, by who wrote them
        self.first_words: defaultdict[Priority, FirstWords] = defaultdict(FirstWords)  # where a model was needed

    def open(self, world: World, cast: Cast, memory: Remembering) -> Mind:
        """Makes a world's characters able to speak."""
        memory.roles, speaking = roles(cast.pack), Speaking(Pending(self._heard_timeout))
        mind = self._minds.setdefault(world.id, Mind(world, cast, memory, Feelings(cast), speaking))
        memory.wording = lambda: mind.wording
        return mind

    def close(self, world_id: str) -> None:
        """Lets go of a world's characters."""
        if self._prewarming is not None:
            self._prewarming.stop_all(f"{world_id}/")
        self._minds.pop(world_id, None)

    async def forget(self, world_id: str) -> None:
        """Has the model's cache give up what it keeps of the prompts of a world's characters."""
        if self._prewarming is not None:
            self._prewarming.stop_all(f"{world_id}/")
        if self._writer is not None:
            await self._writer.forget(f"{world_id}/")

    def stop(self) -> None:
        """Takes back what nobody waits for."""
        if self._prewarming is not None:
            self._prewarming.stop_all("")

    def say(self, world: World, utterance: Utterance) -> AsyncGenerator[ReplyEvent, None]:
        """Takes the line in now, and gives the character's answer as it is spoken; an Ended comes last, and once.

        Raises NotFound or Invalid. Closing the generator takes the line's answer back.
        """
        turn = arrive(self.mind(world.id), utterance, profile=self._profile, deadline=self.deadline, seed=self.seed)
        if self._prewarming is not None:
            # As far as it came, the answer goes on from there.
            self._prewarming.stop(f"{world.id}/{utterance.to}")
        return self._answer(turn)

    def near(self, world: World, npc: str, player: str, name: str) -> bool:
        """Has computed what a character will read before the words of a player who has come near; nothing else changes.

        `name` is the player's. False where there is nothing to gain: no model here speaks for it, or one that computes
        each prompt afresh. Raises NotFound for somebody who is nobody of the pack.
        """
        mind = self.mind(world.id)
        persona = mind.persona(npc)
        if self._prewarming is None or not self._profile.speaks(mind.language.code):
            return False
        line, epoch = Utterance(player, name, npc, ""), mind.speaking.epoch

        async def prompt() -> tuple[Message, ...]:
            with contextlib.suppress(StorageError, Cancelled):  # the disk fails, or the world is being closed
                await mind.hearing(npc)
            return () if epoch.void else tuple(sheet(beforehand(mind, line, self._profile)))

        self._prewarming.begin(f"{world.id}/{npc}", player, prompt, mind.pack.adapter(persona))
        return True

    async def _answer(self, turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        utterance, speaking = turn.utterance, turn.mind.speaking
        async with turn.bounds, AsyncExitStack() as held:
            held.callback(speaking.stay, utterance.to, utterance.cancelled)
            if utterance.priority is Priority.PLAYER and self._writer is not None and self._writer.keeps:
                self._precedence.wait(turn.reply)
                held.callback(self._precedence.end, turn.reply)
            try:
                if utterance.part is not None:  # before it takes the floor, on which a player may wait
                    await turn.bounds.wait(self._precedence.give())
                await turn.bounds.wait(held.enter_async_context(speaking.floor(utterance.to)))
                async with aclosing(self._words(turn)) as events:
                    async for event in events:
                        self._precedence.end(turn.reply)
                        yield event
            except Interrupted as stop:
                turn.stop(stop.finish)
            except Exception as error:
                if not isinstance(error, RuntimeFault):
                    _log.exception("writing a reply of %s failed", utterance.to)
                turn.stop("error", str(error) or type(error).__name__)
            self._precedence.end(turn.reply)
            for event in turn.close():
                yield event
            if turn.unheard is None and (turn.void or utterance.cancelled.is_set()):
                turn.stop("cancelled")
            elif turn.unheard is None:
                why = {"deadline": "no word came in time", "cancelled": "the model was stopped"}
                for event in turn.speak_whole("fallback", turn.fallback(), why.get(turn.finish, turn.reason)):
                    yield event
            if not turn.void:
                for proposed in turn.propose():
                    yield proposed
            if turn.void:
                turn.stop("cancelled", turn.void)
            elif turn.text:
                self.replies[turn.source] += 1
                if turn.first_word is not None and (turn.voice is not None or turn.source == "fallback"):
                    self.first_words[utterance.priority].add(turn.first_word)
                speaking.last_lines(utterance.to).append(turn.text.strip())
            turn.why.raw = turn.voice.raw if turn.voice else ""
            turn.why.ended = turn.end()
            speaking.pending.ended(turn.reply, time.monotonic())
            yield turn.why.ended

    async def _words(self, turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        """A bark where that will do, or the model's words; nothing, with the reason in the turn, where none are fit."""
        await turn.recall()
        if turn.void:
            raise Interrupted("cancelled")
        turn.consider()
        bark = turn.spare(self._barks)
        if bark is not None:
            turn.why.prompt.clear()  # no model reads it
            for event in turn.speak_whole("bark", bark.words, bark.rule):
                yield event
        elif self._writing is None:
            turn.stop("stop", "there is no model")
        elif why := self._refuses(turn.utterance.priority):
            turn.stop("stop", why)
        elif not self._profile.speaks(turn.mind.language.code):
            turn.stop("stop", f"the model does not speak {turn.mind.language.code}")
        else:
            async with aclosing(self._writing.streamed(turn)) as events:
                async for event in events:
                    yield event

    def choosing_for(self, mind: Mind, matter: ChoiceKind) -> Choosing | None:
        """The model that makes closed choices of a kind in a world, where it does so well and speaks its language."""
        able = matter in self._profile.chooses and self._profile.speaks(mind.language.code)
        return Choosing(self._writer, mind.world.id) if able and self._writer is not None else None

    def heard(self, world_id: str, reply: str, upto: int | None) -> tuple[HeardLine, Awaitable[object]]:
        """Commits what was really spoken: the first `upto` sentences, or all so far; await the second to have it kept.

        Said again it only grows. Raises NotFound for an unknown reply, Invalid for more sentences than it has.
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


def arrive(mind: Mind, utterance: Utterance, *, profile: ModelProfile, deadline: float, seed: int) -> Turn:
    """The turn that answers a line, of the kind that the line asks for; the line has been taken in.

    `deadline` in seconds and `seed` are for utterances that name none. Raises NotFound for somebody who is nobody of
    the pack, Invalid for a line without words or too many offers.
    """
    persona = mind.persona(utterance.to)
    line = clean_line(utterance.text)
    if not line:
        raise Invalid("the line has no words in it", hint="send the text that the speaker says")
    expand(utterance.offers)  # too many are refused before anything was said
    arrived = time.monotonic()
    reading = read(line[:LINE_LIMIT], mind.language)  # what a model does not get to read is not reacted to
    kind: Callable[..., Turn] = Answer if utterance.part is None else partial(Scripted, part=utterance.part)
    turn = kind(
        mind=mind,
        utterance=utterance,
        persona=persona,
        line=line,
        reading=reading,
        why=Why(f"r{secrets.token_hex(6)}", reading.intent.value, speaker=utterance.speaker),
        epoch=mind.speaking.epoch,
        arrived=arrived,
        bounds=Bounds(utterance.cancelled, arrived + (deadline if utterance.deadline is None else utterance.deadline)),
        seed=mix(seed if utterance.seed is None else utterance.seed, utterance.to, mind.speaking.begin(utterance.to)),
        profile=profile,
    )
    turn.arrive()
    mind.speaking.remember_why(turn.why)
    mind.speaking.underway.add(utterance.cancelled)
    return turn
