"""Passing on: what somebody who hears news keeps of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from npc_runtime.dialogue.gossip.claims import SOMEBODY, told_text
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.news import News

DEPTH = 3  # mouths that news goes through at most


def passed(
    known: Entry, news: News, *, speaker: str, to: str, listener: str, names: Mapping[str, str], trust: float, at: int
) -> Entry | None:
    """The memory of a listener whom news reaches, or None where it has come too far, or came from the listener.

    `known` is the speaker's own memory and `news` what it says of it; `trust` is how sure the listener is of what the
    speaker says. `speaker`, `to` and `listener` are entity ids, `names` display names by id.
    """
    origin = known.origin if known.how == "told" and known.origin else speaker
    if known.depth >= DEPTH or listener in (speaker, origin, known.who if known.how == "told" else ""):
        return None
    return Entry(
        *(listener, "told"),
        told_text(
            news,
            speaker=names.get(speaker, SOMEBODY),
            whom="you" if listener == to else names.get(to, to.partition(":")[2]),
            owner=names.get(listener, ""),
            origin=names.get(origin, SOMEBODY) if origin != speaker else "",
        ),
        at,
        who=speaker,
        toward=to,
        origin=origin,
        kind="told",
        importance=known.importance,
        confidence=round(known.confidence * trust, 3),
        depth=known.depth + 1,
        news=replace(news, doer=news.doer or (known.who if known.how == "witnessed" else "")),
    )
