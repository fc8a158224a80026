"""The prose of character cards: cleaned, cut where a sentence ends, and what of it is spoken.

No pattern here takes longer than the text is: cards are made by strangers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from npc_runtime.persona.files import without_unfit
from npc_runtime.persona.macros import MACRO, filled

_OLD_MACRO = re.compile(r"<(user|bot|char)>", re.IGNORECASE)
_ANY_MACRO = re.compile(r"\{\{([^{}]{0,400})\}\}")
_CHOICE = re.compile(r"(?:random|pick)\s*:+\s*([^,:]*)", re.IGNORECASE)
_MARKUP = re.compile(r"<!--|-->|<[^<>\n]{1,200}>|!\[[^\[\]]{0,200}\]\([^()\s]{0,400}\)")
_RUNS = re.compile(r"([.!?…])\1{5,}")
_BLANK = re.compile(r"\n{3,}")
_DIRECTION = re.compile(r"\*{1,3}([^*]{1,2000})\*{1,3}")
_QUOTES = re.compile(r"\"([^\"]{1,1000})\"|“([^“”]{1,1000})”|「([^「」]{1,1000})」|«([^«»]{1,1000})»")
_PAUSE = ".!?…,;:—-–。！？、"
_SENTENCE_END = re.compile(r"[.!?…][\"”’)*»]*(?=\s|$)|[。！？][」』”）]*|\n")
_LONGEST_USER = "x" * 16  # as long as any wording of a listener


def clean(text: str) -> tuple[str, bool]:
    """A text with `{{char}}` and `{{user}}` and no other macros, and whether there were others."""
    others = False

    def known(found: re.Match[str]) -> str:
        nonlocal others
        word = found[1].strip().lower()
        if word in ("char", "user"):
            return f"{{{{{word}}}}}"
        others = True
        choice = _CHOICE.match(found[1].strip())
        return choice[1].strip() if choice else ""

    text = without_unfit(text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n"))
    text = _OLD_MACRO.sub(lambda found: "{{user}}" if found[1].lower() == "user" else "{{char}}", text)
    text = _ANY_MACRO.sub(known, text)
    lines = (line.rstrip() for line in _RUNS.sub(r"\1\1\1", text.replace("\x85", "\n")).split("\n"))
    return _BLANK.sub("\n\n", "\n".join(lines)).strip(), others


def flat(text: str) -> str:
    """The same on one line."""
    return " ".join(text.split())


def unmarked(text: str) -> str:
    """A text without HTML and pictures."""
    return _MARKUP.sub("", text)


def cut(text: str, most: int, name: str = "") -> str:
    """As many sentences as fit into `most` characters once its macros are filled in; else as many words."""
    kept, limit = text, most
    while (length := len(filled(kept, name, _LONGEST_USER))) > most:
        limit = min(limit - 1, limit * most // length) if kept is not text else most
        kept = text[: _end(text, 0, limit)].strip()
    return kept


def pieces(text: str, most: int) -> Iterator[str]:
    """All of a text in pieces of whole sentences where they fit, in order."""
    at = 0
    while at < len(text):
        end = _end(text, at, most) if len(text) - at > most else len(text)
        if piece := flat(text[at:end]):
            yield piece
        at = end


def _end(text: str, start: int, most: int) -> int:
    """Where to cut at the latest: behind a sentence, a word, or anywhere."""
    window, behind = text[start : start + most], text[start + most : start + most + 1]
    ends = [found.end() for found in _SENTENCE_END.finditer(window + behind)]
    end = max((end for end in ends if end <= most and window[:end].strip()), default=0)
    if not end:
        end = max(window.rfind(" "), window.rfind("\n"))
    return start + (end if end > 0 else len(window))


def spoken(text: str) -> str:
    """What somebody says in a text that also tells what is done: `*She nods.* "Welcome!" she says.`"""
    text = flat(_DIRECTION.sub(_said, unmarked(text)).replace("*", ""))
    quoted = [next(filter(None, found.groups())).strip() for found in _QUOTES.finditer(text)]
    if any(line[-1:] and line[-1:] in _PAUSE for line in quoted):
        text = " ".join(quoted)
    return text.strip()


def _said(found: re.Match[str]) -> str:
    """What stands between stars: one word with stress is said, all else is done."""
    before = found.string[max(0, found.start() - 4) : found.start()].rstrip(" ")[-1:]
    opens = not before or before in f'{_PAUSE}"”\n'
    return " " if opens or len(found[1].split()) > 1 else found[1]


def unbraced(text: str) -> str:
    """A text in which braces are only those of macros: others would be taken for placeholders."""
    parts: list[str] = []
    at = 0
    for found in MACRO.finditer(text):
        parts += [_round(text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*parts, _round(text[at:])])


def _round(text: str) -> str:
    return text.replace("{", "(").replace("}", ")")
