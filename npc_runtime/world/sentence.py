"""Sentences that a game or an author writes, as characters keep them."""

from __future__ import annotations

import re

from npc_runtime.errors import Invalid
from npc_runtime.language.claim import content
from npc_runtime.language.scripts import CLOSING, FULL_STOPS, HAN, HIRAGANA, KATAKANA

LIMIT = 240  # characters of whatever a character keeps or a prompt carries

_ENDED = re.compile(rf"[.!?…{FULL_STOPS}][\]{CLOSING}]*$")

_EAST_ASIAN = re.compile(f"[{HAN}{HIRAGANA}{KATAKANA}]")


def sentence(written: str, field: str) -> str:
    """One or more sentences: one space between words, a capital first, a full stop at the end. Idempotent.

    Raises Invalid, naming the field, when there is nothing or too much.
    """
    text = " ".join(written.split()).rstrip(" ,;:")
    if not text:
        raise Invalid(f"`{field}` is empty", hint='write a sentence, such as "Tom stole the hammer."')
    text = text[0].upper() + text[1:]
    if not _ENDED.search(text):
        text += "。" if _EAST_ASIAN.match(text[-1]) else "."
    length = len(content(text))
    if length > LIMIT:
        raise Invalid(f"`{field}` has {length} characters", hint=f"at most {LIMIT}; say it in fewer words")
    return text
