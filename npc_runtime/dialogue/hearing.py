"""Lines, and the news in them, as memories of those who hear them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from npc_runtime.dialogue.conversation import Said
from npc_runtime.dialogue.gossip.claims import claim
from npc_runtime.dialogue.gossip.denial import joined
from npc_runtime.dialogue.told import claimed, statements, told
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.recall import Memory
from npc_runtime.world.entity import bare

LINE_IMPORTANCE = 0.1  # of a line as such; what it says is remembered apart


@dataclass(frozen=True)
class Heard:
    """What a line brought to those near: the news in it, as the one spoken to knows them, and what to keep."""

    news: tuple[Memory, ...]
    entries: tuple[Entry, ...]


def taken_in(
    said: Said, listeners: Iterable[str], names: Mapping[str, str], at: int, believes: Callable[[str], float]
) -> Heard:
    """A line reaches NPCs. `names` are display names by id; `believes` says how sure a listener is of what it hears."""
    news: list[Memory] = []
    entries: list[Entry] = []
    stated = joined(statements(said.text))
    addressee = names.get(said.to, bare(said.to))
    news_in = {
        one: claim(claimed(one, addressee=addressee, names=names.values()), speaker=names[said.speaker])
        for one in stated
    }
    for listener in listeners:
        entries.append(line_entry(listener, said, at, said.speaker))
        for statement in stated:
            text = told(
                statement,
                speaker=names[said.speaker],
                addressee=addressee,
                overheard=listener != said.to,
                names=names.values(),
            )
            entry = Entry(
                *(listener, "told", text, at),
                who=said.speaker,
                toward=said.to,
                origin=said.speaker,
                kind="told",
                confidence=believes(listener),
                depth=1,
                news=news_in[statement],
            )
            entries.append(entry)
            if listener == said.to:
                news.append(Memory(text, f"said:{said.speaker}", "told"))
    return Heard(tuple(news), tuple(entries))


def line_entry(listener: str, said: Said, at: int, origin: str) -> Entry:
    """A line as somebody keeps it who heard it, or said it. `origin`: whom what it says came from first."""
    return Entry(
        *(listener, "said" if listener == said.speaker else "heard", said.text, at),
        who=said.speaker,
        toward=said.to,
        origin=origin,
        kind=said.emotion or "fact",
        importance=LINE_IMPORTANCE,
    )
