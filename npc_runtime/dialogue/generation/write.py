"""A turn in the model's words: what is asked of the writer, and what is made of its text."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from npc_runtime.dialogue.generation.guard import Breach, Untold
from npc_runtime.dialogue.generation.said import phrases
from npc_runtime.dialogue.generation.stream import Voice
from npc_runtime.dialogue.policy.barks import Bark
from npc_runtime.dialogue.turn.events import Delta, ReplyEvent, Sentence
from npc_runtime.dialogue.turn.turn import Turn
from npc_runtime.dice import mix
from npc_runtime.engine import request as engine
from npc_runtime.engine.profile import ModelProfile
from npc_runtime.engine.request import Writer
from npc_runtime.errors import PromptTooLong, RuntimeFault

ATTEMPTS = 2  # a breach is written anew once
CHOOSING = 0.2  # temperature of what a character does: what is likeliest, nearly always


class TooLong(Exception):
    """The prompt does not fit; a shorter one may."""


class Spared(Exception):
    """The model decided, and its words are not needed."""

    def __init__(self, bark: Bark) -> None:
        super().__init__(bark.rule)
        self.bark = bark


class Writing:
    """Has turns written."""

    def __init__(self, writer: Writer, profile: ModelProfile, *, temperature: float, repeatable: bool) -> None:
        """`repeatable`: the same seed is to give the same words."""
        self._writer = writer
        self._temperature = temperature
        self._profile = profile
        self._repeatable = repeatable

    async def streamed(self, turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        """The words as they are written; nothing where a fallback line is wanted, with the reason in the turn.

        Raises Interrupted.
        """
        number = 0
        while number < ATTEMPTS:
            turn.voice = turn.anew(number)
            try:
                async with aclosing(self._try(turn, turn.voice, number)) as words:
                    async for word in words:
                        for spoken in turn.speak([word]):
                            yield spoken
                return
            except TooLong:
                turn.shorten()
            except Spared as spared:
                turn.emotion = turn.voice.emotion
                for spoken in turn.speak_whole("bark", spared.bark.words, spared.bark.rule):
                    yield spoken
                return
            except Breach as breach:
                turn.why.notes.append(f"guard: {breach}")
                turn.stop("stop", f"guard: {breach}")
                if turn.unheard is not None:
                    return
                number += 1
                stock = turn.told(last=number == ATTEMPTS) if isinstance(breach, Untold) else None
                if stock is not None:
                    for spoken in turn.speak_whole("bark", stock.words, stock.rule):
                        yield spoken
                    return

    async def _try(self, turn: Turn, voice: Voice, number: int) -> AsyncGenerator[Delta | Sentence, None]:
        """The words of one try, the `number`th from 0 on. Raises TooLong, Spared, Interrupted, Breach."""
        utterance = turn.utterance
        sampled = self._sampling(turn, number)
        request = engine.Request(
            messages=turn.messages,
            max_tokens=turn.tokens(utterance.max_tokens or self._profile.reply),
            sampling=sampled,
            format=turn.format,
            priority=utterance.priority,
            deadline=turn.bounds.left,
            # What was computed before, in another batch, may be rounded otherwise.
            reuse=not self._repeatable and utterance.seed is None,
            said=self._said(turn, sampled),
            owner=f"{turn.mind.world.id}/{utterance.to}",
            adapter=turn.mind.pack.adapter(turn.persona),
        )
        ended: engine.Ended | None = None
        considered = False
        async with aclosing(turn.bounds.carry(self._writer.generate(request))) as events:
            async for event in events:
                if isinstance(event, engine.Ended):
                    ended = event
                    break
                words = voice.feed(event.text)
                if voice.felt and not considered:
                    considered = True
                    if (bark := turn.decide(voice)) is not None:
                        raise Spared(bark)
                for word in words:
                    yield word
        if ended is None:
            raise RuntimeFault("the model's text ended without an end")
        if isinstance(ended.error, PromptTooLong) and turn.can_shorten:
            raise TooLong
        turn.usage = ended.usage
        if ended.finish == "length" and ended.usage.completion_tokens < request.max_tokens:
            turn.why.notes.append(
                f"the context was full after {ended.usage.completion_tokens} of {request.max_tokens} tokens of reply: "
                f"the prompt has {ended.usage.prompt_tokens}"
            )
        turn.written += ended.usage.completion_tokens
        turn.stop(ended.finish, str(ended.error) if ended.error else "")
        if ended.finish in ("stop", "length"):
            for word in voice.end():
                yield word

    def _sampling(self, turn: Turn, number: int) -> engine.Sampling:
        """How the model's words are drawn: as the game asks, else as the character talks, else as is usual."""
        seed, asked = mix(turn.seed, number), turn.utterance.temperature
        usual = sampling(self._profile, self._temperature if asked is None else asked, seed)
        own = turn.persona.own_sampling
        return replace(usual, **(own if asked is None else {**own, "temperature": asked}))

    def _said(self, turn: Turn, sampled: engine.Sampling) -> tuple[str, ...]:
        """What the model is kept from saying again."""
        card = turn.why.card
        if not sampled.dry or card is None:
            return ()
        return phrases(turn.mind.speaking.last_lines(turn.utterance.to), card.facts, turn.mind.language)


def sampling(profile: ModelProfile, temperature: float, seed: int) -> engine.Sampling:
    """How a reply is drawn where its character has no way of its own: a small model keeps to what is likely."""
    return engine.Sampling(
        temperature=temperature,
        choosing=min(CHOOSING, temperature),
        sampler=profile.sampler,
        min_p=profile.min_p,
        dry=profile.dry,
        seed=seed,
    )
