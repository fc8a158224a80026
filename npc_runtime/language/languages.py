"""The languages that are in use, by their codes."""

from __future__ import annotations

import re
from functools import lru_cache

from npc_runtime.errors import Invalid
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language

_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,4}", re.IGNORECASE)


@lru_cache(maxsize=256)
def of(code: str) -> Language:
    """The language of a code such as `de` or `pt-BR`, always the same object. Raises Invalid for what is no code."""
    if not _CODE.fullmatch(code):
        raise Invalid(f'"{code}" is no code of a language', hint="write it as in en, de, ja or pt-BR")
    return _language(code.lower())


@lru_cache(maxsize=64)
def _language(code: str) -> Language:
    return ENGLISH if code.partition("-")[0] == "en" else Language(code)
