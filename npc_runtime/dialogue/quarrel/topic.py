"""A topic as a game writes it, and the wrong that is meant by it.

"the stolen hammer" becomes `stole {my} hammer`, to be mended by `give the hammer back`. A wrong has the markers `{me}`
and `{my}` for whom it was done to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from npc_runtime.language.english.data import Data

WrongKind = Literal["taking", "harm", "debt", "words", "other"]


@dataclass(frozen=True)
class Wrong:
    """What is held against somebody. `did` follows the name of who did it; it has no full stop."""

    did: str  # "stole {my} hammer"
    demand: str  # completes "You want Tom to ...": "give the hammer back"
    kind: WrongKind
    by: str = ""  # the name of who did it, where the topic says so


_WRONGS = Data("quarrel.wrongs")
_pattern, _words = _WRONGS.pattern, _WRONGS.words
_TAKING, _HARM, _DEEDS = map(_WRONGS.table, ("taking", "harm", "deeds"))


def wrong(topic: str, names: Sequence[str]) -> Wrong:
    """The wrong behind a topic; `names` are those of the parties."""
    text = " ".join(topic.split()).rstrip(".!? ")
    for name in names:
        if re.match(rf"{re.escape(name)}\s+(?!and\b|or\b)", text, re.IGNORECASE):
            return _told(name, text[len(name) :].strip(), names)
    if _pattern("wh").match(text):
        return Wrong(f"lied to {{me}} about {text[0].lower()}{text[1:]}", "tell the truth", "other")
    bare = _pattern("article").sub("", text)
    of = _pattern("of").match(bare)
    if of:
        return _thing(_DEEDS[of["deed"]], _pattern("article").sub("", of["thing"]), names)
    related = _related(bare, names)
    if related:
        return related
    first, _, rest = _unowned(bare, names)[1].partition(" ")
    if rest and _is_participle(first.lower()):
        owner = _unowned(bare, names)[0]
        return _thing(first.lower(), f"{owner} {rest}" if owner else rest, names)
    return _named(bare, text, names)


def normal(topic: str, names: Sequence[str], claimant: str) -> str:
    """A topic as others tell it: names as they are spelled, `my` as whose it is, an article where one is missing."""
    text = " ".join(topic.split()).rstrip(".!? ")
    for name in names:
        text = re.sub(rf"\b{re.escape(name)}\b", name, text, flags=re.IGNORECASE)
    text = _pattern("article").sub(lambda article: article[0].lower(), text)
    text = re.sub(r"\bmy\b", f"{claimant}'s", re.sub(r"\bme\b", claimant, text))
    return f"the {text}" if " " in text and _is_participle(text.split()[0]) else text


def matter(topic: str) -> str:
    """What a topic is about, without what was done to it: "the stolen hammer" -> "the hammer"."""
    return " ".join(word for word in topic.split() if not _is_participle(word.lower())) or topic


def _told(name: str, did: str, names: Sequence[str]) -> Wrong:
    """A clause: "Tom stole Mira's hammer", "Tom stole my hammer"."""
    others = [other for other in names if other != name]
    for other in others:
        did = re.sub(rf"\b{re.escape(other)}['’]s?(?=\s|$)", "{my}", did, flags=re.IGNORECASE)
        did = re.sub(rf"\b{re.escape(other)}\b", "{me}", did, flags=re.IGNORECASE)
    did = re.sub(r"(?<!\{)\b(my|me)\b(?!\})", r"{\1}", did)
    verb, _, rest = did.partition(" ")
    thing = _pattern("tail").sub("", _pattern("object").sub("", rest.strip()))
    plain = bool(thing) and "{" not in thing and len(thing.split()) <= 4
    if verb in _words("taking_verbs"):
        return Wrong(did, f"give the {thing} back" if plain else "give it back", "taking", name)
    if verb in _words("harm_verbs"):
        return Wrong(did, f"pay for the {thing}" if plain else "pay for the damage", "harm", name)
    if verb in _words("debt_verbs"):
        return Wrong(did, "pay what is owed", "debt", name)
    if verb in _words("word_verbs"):
        return Wrong(did, "take it back", "words", name)
    return Wrong(did, "make it good", "other", name)


def _related(bare: str, names: Sequence[str]) -> Wrong | None:
    """A thing with who did what to it: "hammer that Tom stole"."""
    for name in names:
        found = re.match(rf"(?P<thing>.+?)\s+(?:that |which )?{re.escape(name)}\s+(?P<did>\w+)(?P<rest>.*)$", bare)
        if found and found["did"].lower() not in ("and", "or"):
            return _told(name, f"{found['did']} my {found['thing']}{found['rest']}", names)
    return None


def _unowned(bare: str, names: Sequence[str]) -> tuple[str, str]:
    """The owner, unless it is a party, and the thing: "Bren's hammer" -> "Bren's", "hammer"."""
    owned = _pattern("owned").match(bare)
    if owned and len(owned["owner"].split()) <= 3:
        party = owned["owner"].lower() in {name.lower() for name in names}
        return ("" if party else f"{owned['owner']}'s", owned["thing"])
    return ("", _pattern("possessive").sub("", bare))


def _is_participle(word: str) -> bool:
    if word in _TAKING or word in _HARM or word == "unpaid":
        return True
    return len(word) > 4 and word.endswith("ed") and word not in _words("no_participle") and not word.startswith("un")


def _thing(participle: str, thing: str, names: Sequence[str]) -> Wrong:
    owner, short = _unowned(thing, names)
    short = _pattern("tail").sub("", short)
    mine = f"{owner} {short}" if owner else f"{{my}} {short}"
    named = f"{owner} {short}" if owner else f"the {short}"
    if participle == "unpaid":
        return Wrong(f"never paid {{me}} the {short}", f"pay the {short}", "debt")
    if participle == "lost":
        return Wrong(f"lost {mine}", f"find {named} or pay for it", "taking")
    if participle in ("eaten", "drunk"):
        return Wrong(f"{_TAKING[participle]} {mine}", f"pay for {named}", "taking")
    if participle in _TAKING:
        return Wrong(f"{_TAKING[participle]} {mine}", f"give {named} back", "taking")
    if short.split()[-1] in _words("promises"):
        return Wrong(f"broke a {short} to {{me}}", f"keep the {short}", "other")
    return Wrong(f"{_HARM.get(participle, participle)} {mine}", f"pay for {named}", "harm")


def _named(bare: str, text: str, names: Sequence[str]) -> Wrong:
    """A thing without a deed: what is held against somebody lies in its last word, if anywhere."""
    thing = _unowned(bare, names)[1]
    head = _pattern("tail").sub("", thing)
    last = head.split()[-1].lower() if head else ""
    if last in _words("debts"):
        owed = "money" if head.lower() in ("debt", "money", "loan") else head
        return Wrong(f"owes {{me}} {owed}", f"pay {'the debt' if owed == 'money' else 'the ' + head}", "debt")
    if last in _words("dues"):
        return Wrong(f"never paid {{me}} the {head}", f"pay the {head}", "debt")
    if last in _words("words"):
        lied = last in ("lie", "lies", "rumour", "rumours", "rumor", "rumors", "gossip", "slander")
        return Wrong("told lies about {me}" if lied else "insulted {me}", "take it back", "words")
    if last in _words("promises"):
        return Wrong(f"broke the {head}", f"keep the {head}", "other")
    if last in _words("noises"):
        return Wrong(f"kept {{me}} awake with the {head}", f"put an end to the {head}", "other")
    if last in _words("stenches"):
        return Wrong(f"let the {head} into {{my}} window", f"put an end to the {head}", "other")
    if last in _words("animals"):
        return Wrong(f"let the {head} into {{my}} garden", f"keep the {head} away", "other")
    over = text[0].lower() + text[1:] if _pattern("article").match(text) else text
    return Wrong(f"cheated {{me}} over {over}", "make it good", "other")
