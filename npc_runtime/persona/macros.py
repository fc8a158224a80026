"""`{{char}}` and `{{user}}` in what an author wrote: the character's name, and a wording that fits any listener.

They are filled in while a pack is loaded, so that nothing else knows of them. In barks they become the placeholders
that barks have. Sample lines call a listener as barks call one whose name is not known; all else says "the visitor".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from npc_runtime.language.language import Language

MACRO = re.compile(r"\{\{ ?(char|user) ?\}\}", re.IGNORECASE)
_NAME_CHARACTERS = 64  # what is longer is a mistake, and would be repeated
_NOT_PROSE = ("id", "name", "aliases")
_OPENS = re.compile(r"(?:^|[.!?…。！？])[\s\"'“„«「『(*]*$")


def filled(text: str, char: str, user: str) -> str:
    """A text with both filled in. Where a sentence begins with the listener, the wording has a capital."""

    def word(found: re.Match[str]) -> str:
        if found[1].lower() == "char":
            return char
        return user[:1].upper() + user[1:] if _OPENS.search(text[max(0, found.start() - 8) : found.start()]) else user

    return MACRO.sub(word, text) if "{{" in text else text


def filled_persona(persona: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """A persona as its file has it, with both filled into all its texts. What is no text is left for the schema."""
    name = persona.get("name")
    if not isinstance(name, str) or len(name) > _NAME_CHARACTERS:
        return dict(persona)
    users = {"barks": "{listener}", "voice": language.phrases.text("barks.stranger")}
    anybody = language.phrases.text("persona.user")
    return {
        key: value
        if key in _NOT_PROSE
        else _inside(value, "{name}" if key == "barks" else name.strip(), users.get(key, anybody))
        for key, value in persona.items()
    }


def filled_barks(barks: Any) -> Any:
    """The same for lines that many characters speak."""
    return _inside(barks, "{name}", "{listener}")


def _inside(value: Any, char: str, user: str) -> Any:
    """A value with both filled into its texts. One text that aliases repeat is filled once."""
    known: dict[str, str] = {}

    def text(found: str) -> str:
        if found not in known:
            known[found] = filled(found, char, user)
        return known[found]

    return _walked(value, text)


def _walked(value: Any, text: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return text(value) if "{{" in value else value
    if isinstance(value, list):
        return [_walked(one, text) for one in value]
    return {key: _walked(one, text) for key, one in value.items()} if isinstance(value, Mapping) else value
