"""Passing on: what somebody who hears news keeps of it. Pure."""

from __future__ import annotations

from dataclasses import replace

from npc_runtime.memory.entry import Entry
from npc_runtime.memory.news import News

DEPTH = 3  # mouths that news goes through at most


def passed(known: Entry, news: News, *, speaker: str, to: str, listener: str, trust: float, at: int) -> Entry | None:
    """The memory of a listener whom news reaches, or None where it has come too far, or came from the listener.

    `known` is the speaker's own memory and `news` what it says of it; `trust` is how sure the listener is of what the
    speaker says. `speaker`, `to` and `listener` are entity ids.
    """
    origin = known.origin if known.how == "told" and known.origin else speaker
    if known.depth >= DEPTH or listener in (speaker, origin, known.who if known.how == "told" else ""):
        return None
    return Entry(
        *(listener, "told", news.claim, at),
        who=speaker,
        toward=to,
        origin=origin,
        kind="told",
        importance=known.importance,
        confidence=round(known.confidence * trust, 3),
        depth=known.depth + 1,
        news=replace(news, claim="", doer=news.doer or (known.who if known.how == "witnessed" else "")),
    )
