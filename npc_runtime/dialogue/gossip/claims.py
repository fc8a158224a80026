"""Claims: what a memory says, put so that it holds in anybody's head, and put again into somebody's.

"You stole the hammer." of Tom's is the claim "They stole the hammer." where nobody told it before; "they" is whom it
came from at first. Mira, who hears it from Bren, who has it from Tom, keeps "Bren told you that Tom said that they
stole the hammer."
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from npc_runtime.dialogue.understanding.statement import subordinate
from npc_runtime.language.english.denial import denied
from npc_runtime.language.english.person import second_person
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.news import News
from npc_runtime.memory.recall import Memory

SOMEBODY = "somebody"  # where nobody is known by the id that news came from

_TOLD = re.compile(r"^(?P<who>\S+(?: \S+){0,3}?) told (?P<whom>\S+(?: \S+){0,3}?) that (?P<claim>.+)$", re.DOTALL)
_SAID = re.compile(r"^(?P<who>\S+(?: \S+){0,3}?) said that (?P<claim>.+)$", re.DOTALL)
_YOU = (
    (r"\byou['’]re\b", "they are"),
    (r"\byou['’]ve\b", "they have"),
    (r"\byou['’]ll\b", "they will"),
    (r"\byour\b", "their"),
    (r"\byours\b", "theirs"),
    (r"\byourself\b", "themselves"),
)
_OBJECT = re.compile(
    r"\b(?:to|from|with|for|of|at|by|behind|near|against|about|told|owes|owed|gave|saw|hit|called|asked) you\b"
    r"|\byou(?=[.,;!?]|$| (?:a|an|the|for|to|with|from|in|at|on|about|that|and|some|two|three|money|your)\b)",
    re.IGNORECASE,
)


def told_text(news: News, *, speaker: str, whom: str, owner: str, origin: str = "") -> str:
    """A claim as `owner` keeps it whom it was told to, or who overheard it. All are display names but `whom`.

    `whom` is "you" or a name; `origin` names whom the speaker has it from, where that is somebody else.
    """
    clause = subordinate(second_person(news.claim, owner)).rstrip(".")
    chain = f"{origin} said that " if origin else ""
    return f"{speaker} told {whom} that {chain}{clause}."


def nearest(fact: Memory) -> str:
    """What a character knows, as it stands on a card: of hearsay the last mouth only, which is what people say."""
    found = _TOLD.match(fact.text) if fact.entry is not None and fact.entry.depth > 1 else None
    chain = _SAID.match(found["claim"]) if found else None
    return f"{found['who']} told {found['whom']} that {chain['claim']}" if found and chain else fact.text


def news_of(entry: Entry, names: Mapping[str, str]) -> News:
    """What an entry says; `names` are display names by id. One from before news was kept is read by its words."""
    if entry.news is not None:
        return entry.news
    owner = names.get(entry.owner, "")
    text = entry.text
    if entry.how == "told" and (found := _TOLD.match(text)):
        text = found["claim"]
        if chain := _SAID.match(text):
            text = chain["claim"]
        for pattern, meant in ((r"\byour\b", f"{owner}'s"), (r"\byou\b", owner)):
            text = re.sub(pattern, meant, text, flags=re.IGNORECASE)
        return claim(text, speaker=names.get(entry.origin, ""))
    return replace(own(text, owner), doer=entry.origin if entry.how == "witnessed" else "")


def own(text: str, owner: str = "") -> News:
    """News from a sentence in the second person, as its owner remembers it; `owner` is a display name."""
    return claim(third_person(text), speaker=owner)


def claim(text: str, *, speaker: str = "", doer: str = "") -> News:
    """News from a sentence in the third person, in which "they" is `speaker`; a denial is found out as one."""
    stated = f"{text[:1].upper()}{text[1:].rstrip('.!… ')}."
    denial = denied(stated)
    if denial is None:
        return News(stated, doer=doer)
    denies = re.sub(r"^They\b", lambda _: speaker or "They", denial.claim)
    return News(stated, doer=doer, denies=denies, corrects=denial.corrects)


def third_person(text: str) -> str:
    """A character's own memory as others say it: "you" becomes "they", which needs no verb changed."""
    for pattern, meant in _YOU:
        text = re.sub(pattern, meant, text, flags=re.IGNORECASE)
    text = _OBJECT.sub(lambda found: re.sub(r"\byou\b", "them", found[0], flags=re.IGNORECASE), text)
    text = re.sub(r"\byou\b", "they", text, flags=re.IGNORECASE)
    sentences = re.split(r"(?<=[.!?…]) ", text)
    return " ".join(sentence[:1].upper() + sentence[1:] for sentence in sentences)


def accused(news: News, names: Mapping[str, str]) -> str:
    """The id of whoever a claim says did something, by its words, or nothing; `names` are display names by id."""
    about = news.denies or news.root
    if _named(names.get(news.doer, ""), about):
        return news.doer
    for id, name in names.items():
        if id.startswith(("npc:", "player:")) and re.match(rf"{re.escape(name)}(?!\w)", about):
            return id
    return ""


def _named(name: str, text: str) -> bool:
    return bool(name) and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
