"""What a guard lets through of a text that comes in pieces."""

from __future__ import annotations

from npc_runtime.dialogue.generation.guard import Breach, Guard


def released(guard: Guard, text: str, size: int) -> tuple[str, str]:
    """What is released of a text, fed so many characters at a time, and the breach."""
    spoken = ""
    try:
        for start in range(0, len(text), size):
            spoken += guard.feed(text[start : start + size])
        spoken += guard.end()
    except Breach as breach:
        return spoken, str(breach)
    return spoken, ""
