"""The words by which memories are found: terms of their claims, and ids, each made one word with whose memory it is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from npc_runtime.language.claim import REFERENCE, bearers, content, ids
from npc_runtime.language.language import Language
from npc_runtime.memory.entry import Entry


def indexed(entry: Entry, language: Language) -> str:
    """A memory's row in the index."""
    about = dict.fromkeys((*ids(entry.claim), *_brought_by(entry)))
    found = dict.fromkeys((*language.terms(content(entry.claim)), *map(_id, about)))
    return " ".join(owned(entry.owner, term) for term in found)


def asked(query: str, language: Language, names: Mapping[str, str]) -> list[tuple[str, ...]]:
    """What a question asks for: for each of its terms the ways to say it, and whom it may mean. `names` are by id.

    Whoever is named is looked for by id, whatever it was called then, and by the word too: it may be another's.
    """
    known, about = bearers(names, first_names=True), dict[str, tuple[str, ...]]()

    def note(found: re.Match[str]) -> str:
        name = found[0].casefold()
        about.setdefault(name, (*map(_id, known.by_form[name]), *language.terms(name)))
        return " "

    for id in ids(query):
        about.setdefault(id, (_id(id),))
    rest = known.replace(note, REFERENCE.sub(" ", query))
    return [*about.values(), *(language.alike(term) for term in dict.fromkeys(language.terms(rest)))]


def told(entry: Entry, language: Language) -> frozenset[str]:
    """What a memory says, from whom, and whether it denies it: by this two of them are the same event."""
    words = language.terms(content(entry.claim))
    return frozenset((*words, *ids(entry.claim), *_brought_by(entry), *(["denied"] if entry.news.denies else [])))


def owned(owner: str, term: str) -> str:
    """A term as the index knows it; hardly ever are two owners the same in it."""
    return _mark(owner) + "".join(filter(str.isalnum, term))


@lru_cache(maxsize=4096)
def _mark(owner: str) -> str:
    return hashlib.blake2b(owner.encode(), digest_size=4).hexdigest()


@lru_cache(maxsize=4096)
def _id(id: str) -> str:
    return f"id{hashlib.blake2b(id.encode(), digest_size=6).hexdigest()}"


def _brought_by(entry: Entry) -> Iterable[str]:
    """Whom a memory came from: "what did Alex tell you?" asks for it too."""
    if entry.how == "told":
        yield from (id for id in (entry.who, entry.toward, entry.origin) if id and id != entry.owner)
