"""From a request to a sequence: its tokens, its grammar, its sampler."""

from __future__ import annotations

import secrets

import numpy as np

from npc_runtime.engine.backend import Backend
from npc_runtime.engine.request import ChoiceFormat, Request, SheetFormat, Sink
from npc_runtime.engine.sequence import Sequence
from npc_runtime.engine.tokens.chat import ChatTemplate
from npc_runtime.engine.tokens.grammar import ChoiceGrammar, Grammar, ReplyGrammar
from npc_runtime.engine.tokens.sampling import remind
from npc_runtime.engine.tokens.sheet import SheetGrammar
from npc_runtime.engine.tokens.text import TextStream
from npc_runtime.errors import PromptTooLong

LEAST_REPLY = 48  # tokens without which a request is refused: nearly every line of a character takes fewer


def prepare(
    request: Request, sink: Sink, backend: Backend, chat: ChatTemplate, arrival: float, adapter: str
) -> Sequence:
    """A sequence with nothing computed, that is written with an adapter. Raises PromptTooLong."""
    encoded = chat.encode(request.messages)
    # A reply that may be longer than what is left gets what is left; most are far shorter than they may be.
    if too_long := no_room(backend, len(encoded.tokens), min(request.max_tokens, LEAST_REPLY)):
        raise too_long
    seed = request.sampling.seed if request.sampling.seed is not None else secrets.randbits(32)
    sequence = Sequence(
        request=request,
        sink=sink,
        tokens=encoded.tokens,
        num_prompt=len(encoded.tokens),
        num_shared=encoded.shared,
        sampler=backend.sampler(request.sampling, seed & 0xFFFFFFFF),
        random=np.random.default_rng(seed),
        grammar=_grammar(request, backend),
        text=TextStream(request.stop),
        arrival=arrival,
        moved=arrival,
        adapter=adapter,
    )
    remind(sequence.sampler, request, backend)
    return sequence


def no_room(backend: Backend, tokens: int, least: int) -> PromptTooLong | None:
    """Why the context of one character is too short for these and the least of a reply, where it is."""
    if tokens + least <= backend.slot_context:
        return None
    return PromptTooLong(
        f"the prompt has {tokens} tokens and the reply needs {least}, but a character has a "
        f"context of {backend.slot_context}",
        hint="raise slot_context, or shorten what the prompt holds",
    )


def _grammar(request: Request, backend: Backend) -> Grammar | None:
    if request.format is None:
        return None
    if isinstance(request.format, ChoiceFormat):
        return ChoiceGrammar(request.format.options, backend)
    if isinstance(request.format, SheetFormat):
        return SheetGrammar(request.format, backend)
    return ReplyGrammar(request.format, backend)
