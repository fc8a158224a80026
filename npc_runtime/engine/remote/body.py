"""A request of the engine as the body of one to `/chat/completions`: the prompt and its settings, and nothing else."""

from __future__ import annotations

import re

from npc_runtime.engine.remote import schema
from npc_runtime.engine.remote.dialect import Abilities, Body
from npc_runtime.engine.request import PromptMessage, Request, Sampling, SheetFormat
from npc_runtime.engine.tokens.sampling import DRY_ALLOWED, DRY_BASE, PRECUT

FORCED, OF_A_SLOT, OF_JSON = 8, 4, 40
"""Tokens that a grammar of ours writes by itself and a server counts: of a choice and an emotion, a label, JSON."""
TOP_P = 0.95
"""For servers that know no min-p: some truncation has to be."""
DRY_LOOKS_BACK = 24
"""Tokens. There DRY reads the prompt too, so it looks back no further than on the last line and its role tags: what is
on the card has to be as easy to say as ever."""
_ROLE_TAG = re.compile(r"(?<=[<\[])(?=[|/!@\uff5c\u2581A-Za-z_])")
_INSIDE_ONE = re.compile(r"\A(?=[|/!@\uff5c\u2581])")


def body(request: Request, model: str, abilities: Abilities, *, seed: int) -> Body:
    """What is sent; `seed` is a number of 31 bits."""
    sampling, dialect = request.sampling, abilities.dialect
    found: Body = {
        "model": model,
        "messages": _messages(request, abilities),
        "max_tokens": request.max_tokens + _extra(request, abilities),
        "temperature": sampling.temperature,
        "top_p": 1.0 if abilities.sampling else TOP_P,
        "seed": seed,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.stop:
        found["stop"] = list(request.stop[:4])
    if abilities.sampling:
        found |= {"top_k": PRECUT, "min_p": sampling.min_p}
        found["chat_template_kwargs"] = {"enable_thinking": False, "thinking": False}
    if abilities.llama_server:
        found |= _of_llama_server(sampling)
    if abilities.priority:
        found["priority"] = int(request.priority)
    return found | (dialect.fields(request.format) if request.format is not None else {})


def _of_llama_server(sampling: Sampling) -> Body:
    """What llama.cpp's server knows beside that: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md"""
    found: Body = {}
    if sampling.sampler == "dynamic":
        found["dynatemp_range"] = sampling.temperature / 2
    if sampling.dry:
        found |= {
            "dry_multiplier": sampling.dry,
            "dry_base": DRY_BASE,
            "dry_allowed_length": DRY_ALLOWED,
            "dry_penalty_last_n": DRY_LOOKS_BACK,
            "dry_sequence_breakers": ["\n", ".", "!", "?", '"'],
        }
    return found


def _messages(request: Request, abilities: Abilities) -> list[Body]:
    found = [{"role": message.role, "content": _content(message)} for message in request.messages]
    if request.format is not None and abilities.dialect.json:
        asked = next((one for one in found if one["role"] == "system"), found[-1])
        asked["content"] += schema.instruction(request.format)
    if not abilities.system and len(found) > 1 and found[0]["role"] == "system":
        opening, first, *rest = found
        found = [{"role": first["role"], "content": f"{opening['content']}\n\n{first['content']}"}, *rest]
    return found


def _content(message: PromptMessage) -> str:
    """The text, in which nothing of somebody's data is a role tag.

    A server reads the whole prompt with its special tokens on, where the engine here never does. So what looks like one
    in data is broken by a space: `< |im_start|>`.
    """
    return "".join(
        piece.text if piece.trusted and not piece.shared else harmless(piece.text)  # what is shared, an author wrote
        for piece in message.pieces
    )


def harmless(text: str) -> str:
    """Data in which no tokenizer finds a special token, also where it stands between brackets of ours."""
    return _INSIDE_ONE.sub(" ", _ROLE_TAG.sub(" ", text))


def _extra(request: Request, abilities: Abilities) -> int:
    if request.format is None:
        return 0
    slots = len(request.format.slots) if isinstance(request.format, SheetFormat) else 0
    written = FORCED + OF_A_SLOT * slots
    return written + (OF_JSON + OF_A_SLOT * slots if abilities.dialect.json else 0)
