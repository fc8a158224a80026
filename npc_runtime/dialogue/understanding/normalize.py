"""How players type: what a hasty line would look like in plain, lower-case English."""

from __future__ import annotations

import re
from functools import lru_cache

from npc_runtime.language.english.terms import word_set

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")

TEXT_SPEAK = {
    "u": "you", "ur": "your", "r": "are", "ya": "you", "y": "why", "pls": "please", "plz": "please",
    "thx": "thanks", "tx": "thanks", "ty": "thank you", "tysm": "thank you so much", "sry": "sorry", "soz": "sorry",
    "wat": "what", "wut": "what", "wats": "what is", "whats": "what is", "what's": "what is", "whos": "who is",
    "who's": "who is", "wheres": "where is", "where's": "where is", "here's": "here is", "where'd": "where did",
    "how'd": "how did", "who'd": "who did", "why'd": "why did", "won't": "will not", "wouldn't": "would not",
    "wasn't": "was not", "wasnt": "was not", "haven't": "have not", "aren't": "are not", "hasn't": "has not",
    "couldn't": "could not", "shouldn't": "should not", "bout": "about", "hows": "how is", "how's": "how is",
    "abt": "about", "kno": "know", "dunno": "do not know", "dont": "do not", "don't": "do not", "didnt": "did not",
    "didn't": "did not", "doesnt": "does not", "doesn't": "does not", "isnt": "is not", "isn't": "is not",
    "cant": "can not", "can't": "can not", "cannot": "can not", "wont": "will not", "im": "i am", "i'm": "i am",
    "i'll": "i will", "i'd": "i would", "ive": "i have", "i've": "i have", "ima": "i will", "imma": "i will",
    "youre": "you are", "you're": "you are", "you'll": "you will", "youll": "you will", "you've": "you have",
    "youve": "you have", "it's": "it is", "its": "it is", "thats": "that is", "that's": "that is",
    "there's": "there is", "theres": "there is", "they're": "they are", "he's": "he is", "she's": "she is",
    "we're": "we are", "let's": "let us", "lets": "let us", "gonna": "going to", "wanna": "want to",
    "gotta": "have to", "gimme": "give me", "lemme": "let me", "cuz": "because", "coz": "because", "doin": "doing",
    "goin": "going", "n": "and", "smth": "something", "sth": "something", "pic": "picture", "gtg": "have to go",
    "g2g": "have to go", "cya": "see you", "bb": "bye", "rumor": "rumour", "rumors": "rumours",
    "apologize": "apologise", "favorite": "favourite", "hullo": "hello", "goodby": "goodbye", "armour": "armor",
    "yea": "yeah", "nuthin": "nothing", "wot": "what", "wen": "when", "wher": "where", "bc": "because",
    "tho": "though", "n't": "not", "aint": "am not", "ain't": "am not", "d'you": "do you",
    "whatcha": "what are you",
}  # fmt: skip

# The words that the patterns lean on; a word one slip away from one of these is taken for it.
_CUES = word_set(
    "about what where which know think tell remember name heard hear told please hello goodbye farewell sorry "
    "thanks thank forgive apologise happened happen does much cost price bread work help need there your have "
    "when rumours rumour gossip news ignore instructions previous prompt system stupid idiot kill because should "
    "would could"
)
# Good words that are one slip away from a cue.
_NOT_SLIPS = word_set(
    "bout whet wheat here were tells teller knew knows known things thing thinks named heart hears heads dolls "
    "need needed worked works word helps helped helping hare half when then them three their theirs these those "
    "haven pieces ned cold prince prices priced costs coast much must muck kills killed killer skill hell hells held "
    "tall tell tail till wherever thank thanks thaw shave halve hence new knows newt know now known snow owns "
    "naked name game fame tame lame cloud mould wound shoulder world hear her head bead broad beard bred breads "
    "worked fork dose doe doses shave gave haven't hive your you our hour four pour yours young course"
)

# Words that are text speak in some company only.
_MEANT = (
    (re.compile(r"\byour (a|an|the|so|ugly|stupid)\b"), r"you are \1"),
    (re.compile(r"(^|\b(?:or|and|then|but) )ill\b"), r"\1i will"),
    (re.compile(r"(^|\b(?:or|and|then|but) )id\b"), r"\1i would"),
)


def plain(line: str) -> str:
    """The words of a line in lower case, text speak written out, slips mended, punctuation gone."""
    lowered = _STRETCHED.sub(r"\1\1", line.translate(_APOSTROPHES).lower())
    text = " ".join(_written_out(token) for token in _TOKEN.findall(lowered))
    for pattern, meant in _MEANT:
        text = pattern.sub(meant, text)
    return text


def _written_out(token: str) -> str:
    if token in TEXT_SPEAK:
        return TEXT_SPEAK[token]
    if token.endswith("'s"):
        return token
    return _mended(token)


@lru_cache(maxsize=4096)
def _mended(token: str) -> str:
    if len(token) < 3 or token in _CUES or token in _NOT_SLIPS or not token.isascii():
        return token
    return next((cue for cue in sorted(_CUES) if _is_slip(token, cue)), token)


def _is_slip(token: str, cue: str) -> bool:
    """One letter dropped, doubled or swapped with its neighbour, behind the same first letter."""
    if len(cue) < 4 or token[0] != cue[0]:
        return False
    if len(token) == len(cue):
        return any(
            token[:i] + token[i + 1] + token[i] + token[i + 2 :] == cue
            for i in range(len(token) - 1)
            if token[i] != token[i + 1]
        )
    if len(token) == len(cue) - 1:
        droppable = "aeiou" if len(cue) == 4 else cue
        return any(cue[i] in droppable and cue[:i] + cue[i + 1 :] == token for i in range(1, len(cue) - 1))
    if len(token) == len(cue) + 1:
        return any(token[i] == token[i - 1] and token[:i] + token[i + 1 :] == cue for i in range(1, len(token)))
    return False
