"""A topic as a game writes it, and the wrong that is meant by it.

"the stolen hammer" becomes `stole {my} hammer`, to be mended by `give the hammer back`. A wrong has the markers `{me}`
and `{my}` for whom it was done to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from npc_runtime.language.english.terms import word_set

WrongKind = Literal["taking", "harm", "debt", "words", "other"]


@dataclass(frozen=True)
class Wrong:
    """What is held against somebody. `did` follows the name of who did it; it has no full stop."""

    did: str  # "stole {my} hammer"
    demand: str  # completes "You want Tom to ...": "give the hammer back"
    kind: WrongKind
    by: str = ""  # the name of who did it, where the topic says so


_TAKING = {
    "stolen": "stole", "taken": "took", "missing": "took", "borrowed": "borrowed and kept", "hidden": "hid",
    "sold": "sold", "lost": "lost", "eaten": "ate", "drunk": "drank", "withheld": "kept",
}  # fmt: skip
_HARM = {
    "broken": "broke", "burnt": "burned", "cut": "cut", "torn": "tore", "slain": "killed", "dead": "killed",
    "drowned": "drowned", "spilt": "spilled", "forgotten": "forgot", "beaten": "beat", "blown": "blew",
    "ridden": "rode", "driven": "drove", "trodden": "trod on", "shot": "shot", "hurt": "hurt", "lame": "lamed",
    "worn": "wore out", "bent": "bent", "rotten": "spoiled", "flooded": "flooded", "frozen": "froze",
    "overgrown": "neglected", "split": "split",
}  # fmt: skip
_TAKING_VERBS = word_set(
    "stole took snatched grabbed pinched hid borrowed kept sold ate drank swiped robbed claimed seized lost poached"
)
_HARM_VERBS = word_set(
    "broke burned burnt ruined spoiled damaged cut tore killed trampled poisoned smashed cracked flooded wrecked "
    "drowned destroyed hurt kicked bit beat dug trod shot"
)
_WORD_VERBS = word_set("called told said lied insulted mocked laughed spread accused slandered cursed sang shouted")
_DEBT_VERBS = word_set("owes owed owe cheated overcharged charged undercut")
_DEBTS = word_set(
    "debt money coin coins penny pennies silver gold copper coppers copper loan pound pounds shilling shillings crown "
    "crowns ducats marks florins groats"
)
_DUES = word_set("rent wage wages bill toll price fee share tithe tax pay payment dues inheritance reward")
_WORDS = word_set("insult insults lie lies rumour rumours rumor rumors slander gossip mockery joke jokes name-calling")
_NOISES = word_set("noise hammering singing shouting barking snoring music din bell bells ringing")
_STENCHES = word_set("smoke smell stench soot ash fumes")
_ANIMALS = word_set("dog dogs geese goat goats pig pigs hens rooster cow cows sheep donkey bees cat cats")
_PROMISES = word_set("promise vow oath bargain agreement contract betrothal word deal")
_NO_PARTICIPLE = word_set("red wicked sacred naked wooded beloved aged ragged crooked need seed weed bed shed feed")
_ARTICLE = re.compile(r"^(?:the|an?|this|that|these|those|some)\s+", re.IGNORECASE)
_TAIL = re.compile(r"\s+(?:in|at|on|under|near|behind|by|beside|from|of|last|this|that|which|who|yesterday)\b.*$")
_OWNED = re.compile(r"^(?P<owner>.+?)['’]s?\s+(?P<thing>.+)$")
_OF = re.compile(r"^(?P<deed>theft|robbery|loss|killing|death|burning|breaking|murder|ruin|sale)\s+of\s+(?P<thing>.+)$")
_DEEDS = {
    "theft": "stolen", "robbery": "stolen", "loss": "lost", "killing": "slain", "death": "dead", "burning": "burnt",
    "breaking": "broken", "murder": "slain", "ruin": "ruined", "sale": "sold",
}  # fmt: skip
_WH = re.compile(r"^(?:who|whose|whether|how|why|what|where|when|which)\b", re.IGNORECASE)


def wrong(topic: str, names: Sequence[str]) -> Wrong:
    """The wrong behind a topic; `names` are those of the parties."""
    text = " ".join(topic.split()).rstrip(".!? ")
    for name in names:
        if re.match(rf"{re.escape(name)}\s+(?!and\b|or\b)", text, re.IGNORECASE):
            return _told(name, text[len(name) :].strip(), names)
    if _WH.match(text):
        return Wrong(f"lied to {{me}} about {text[0].lower()}{text[1:]}", "tell the truth", "other")
    bare = _ARTICLE.sub("", text)
    of = _OF.match(bare)
    if of:
        return _thing(_DEEDS[of["deed"]], _ARTICLE.sub("", of["thing"]), names)
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
    text = _ARTICLE.sub(lambda article: article[0].lower(), text)
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
    thing = _TAIL.sub("", re.sub(r"^(?:\{my\}|the|an?|his|her|their)\s+", "", rest.strip()))
    plain = bool(thing) and "{" not in thing and len(thing.split()) <= 4
    if verb in _TAKING_VERBS:
        return Wrong(did, f"give the {thing} back" if plain else "give it back", "taking", name)
    if verb in _HARM_VERBS:
        return Wrong(did, f"pay for the {thing}" if plain else "pay for the damage", "harm", name)
    if verb in _DEBT_VERBS:
        return Wrong(did, "pay what is owed", "debt", name)
    if verb in _WORD_VERBS:
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
    owned = _OWNED.match(bare)
    if owned and len(owned["owner"].split()) <= 3:
        party = owned["owner"].lower() in {name.lower() for name in names}
        return ("" if party else f"{owned['owner']}'s", owned["thing"])
    return ("", re.sub(r"^(?:my|your|his|her|their|our)\s+", "", bare))


def _is_participle(word: str) -> bool:
    if word in _TAKING or word in _HARM or word == "unpaid":
        return True
    return len(word) > 4 and word.endswith("ed") and word not in _NO_PARTICIPLE and not word.startswith("un")


def _thing(participle: str, thing: str, names: Sequence[str]) -> Wrong:
    owner, short = _unowned(thing, names)
    short = _TAIL.sub("", short)
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
    if short.split()[-1] in _PROMISES:
        return Wrong(f"broke a {short} to {{me}}", f"keep the {short}", "other")
    return Wrong(f"{_HARM.get(participle, participle)} {mine}", f"pay for {named}", "harm")


def _named(bare: str, text: str, names: Sequence[str]) -> Wrong:
    """A thing without a deed: what is held against somebody lies in its last word, if anywhere."""
    thing = _unowned(bare, names)[1]
    head = _TAIL.sub("", thing)
    last = head.split()[-1].lower() if head else ""
    if last in _DEBTS:
        owed = "money" if head.lower() in ("debt", "money", "loan") else head
        return Wrong(f"owes {{me}} {owed}", f"pay {'the debt' if owed == 'money' else 'the ' + head}", "debt")
    if last in _DUES:
        return Wrong(f"never paid {{me}} the {head}", f"pay the {head}", "debt")
    if last in _WORDS:
        lied = last in ("lie", "lies", "rumour", "rumours", "rumor", "rumors", "gossip", "slander")
        return Wrong("told lies about {me}" if lied else "insulted {me}", "take it back", "words")
    if last in _PROMISES:
        return Wrong(f"broke the {head}", f"keep the {head}", "other")
    if last in _NOISES:
        return Wrong(f"kept {{me}} awake with the {head}", f"put an end to the {head}", "other")
    if last in _STENCHES:
        return Wrong(f"let the {head} into {{my}} window", f"put an end to the {head}", "other")
    if last in _ANIMALS:
        return Wrong(f"let the {head} into {{my}} garden", f"keep the {head} away", "other")
    over = text[0].lower() + text[1:] if _ARTICLE.match(text) else text
    return Wrong(f"cheated {{me}} over {over}", "make it good", "other")
