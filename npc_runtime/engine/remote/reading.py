"""What a server wrote, held to the form that was asked for, whether the server holds its model to it or not.

A reader takes text as it comes and gives back what may be passed on. What it gives is always in the form, letter by
letter as the engine's own grammar writes it, so that nobody behind it asks who computed it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from npc_runtime.engine.request import ChoiceFormat, Option, ReplyFormat, Request, SheetFormat, Slot
from npc_runtime.engine.tokens.text import TextStream

HEAD_LIMIT = 200  # characters before the spoken line; what has not opened by then is no reply
_THOUGHT = re.compile(r"\s*<think(?:ing)?>")
_THOUGHT_ENDS = re.compile(r"</think(?:ing)?>\s*")
_NO_NUMBERS = re.compile(r"[^\d\s,.:;\[\]()#*]")
_EMOTION = re.compile(r"\s*\(([^()\n]{1,24})\)[ \t]*")


class Misformed(Exception):
    """It is not in the form; the message says what is wrong with it."""


class Reader(Protocol):
    """Takes one text."""

    @property
    def done(self) -> bool:
        """Whether nothing may follow: the rest is not waited for."""

    def feed(self, text: str) -> str:
        """What can be passed on now. Raises Misformed, which it does not once something was passed on."""

    def end(self) -> str:
        """What is left when the server has stopped. Raises Misformed as `feed` does."""


def reader(request: Request) -> Reader:
    """The reader for what a request asks for."""
    if isinstance(request.format, ReplyFormat):
        return ReplyReader(request.format)
    if isinstance(request.format, ChoiceFormat):
        return ChoiceReader(request.format)
    if isinstance(request.format, SheetFormat):
        return SheetReader(request.format)
    return FreeReader(request.stop)


class FreeReader:
    """Any text, up to a stop string, without what a model thought before it."""

    def __init__(self, stop: Sequence[str]) -> None:
        self._stream, self._thought = TextStream(stop), Unthinking()

    @property
    def done(self) -> bool:
        """Whether a stop string has come."""
        return self._stream.stopped

    def feed(self, text: str) -> str:
        """What can be passed on now."""
        return self._stream.push(self._thought.feed(text).encode())

    def end(self) -> str:
        """What was held back."""
        return self._stream.push(self._thought.end().encode()) + self._stream.flush()


class ChoiceReader:
    """A word and its numbers."""

    def __init__(self, form: ChoiceFormat) -> None:
        self._options, self._held = form.options, ""
        self.done = False

    def feed(self, text: str) -> str:
        """The whole choice, once its line ends."""
        self._held = (self._held + text).lstrip()
        line, ended, _ = self._held.partition("\n")
        if ended:
            self.done = True
            return chosen(line, self._options)[0]
        if len(self._held) > HEAD_LIMIT:
            raise Misformed("the choice has no end")
        return ""

    def end(self) -> str:
        """The choice, where the text ends with it."""
        return "" if self.done else chosen(self._held, self._options)[0]


class ReplyReader:
    """`word numbers`, below it `(emotion) line <action>`. Nothing is passed on before the line's first word."""

    def __init__(self, form: ReplyFormat) -> None:
        self._form, self._thought = form, Unthinking()
        self._held = ""
        self._opened = self._spoken = self.done = False

    def feed(self, text: str) -> str:
        """What can be passed on now."""
        if self.done:
            return ""
        self._held += self._thought.feed(text)
        return self._line(whole=False) if self._opened else self._open(whole=False)

    def end(self) -> str:
        """What is left: of an action that did not come to its end, nothing."""
        self._held += self._thought.end()
        found = "" if self._opened else self._open(whole=True)
        found += self._line(whole=True)
        if not self._spoken and not self.done:
            raise Misformed("nothing is said")
        return found

    def _open(self, *, whole: bool) -> str:
        """The choice and the emotion, once the first word behind them is there; then that word."""
        head, rest, option = "", self._held.lstrip(), None
        if self._form.options:
            line, ended, below = rest.partition("\n")
            if not ended and (inside := re.search(r"\s\(", line)):  # some write it all in one line
                line, ended, below = line[: inside.start()], " ", line[inside.start() :]
            if not ended and not (whole and line):
                return self._wait(whole)
            head, option = chosen(line, self._form.options)
            rest = below.lstrip()
        silent = option is not None and not option.voiced
        if self._form.emotions:
            found = _EMOTION.match(rest)
            if found is None and rest.startswith("(") and len(rest) <= 26 and not whole:
                return ""
            if found is None and not rest and not whole:
                return self._wait(whole)
            if found is not None and (word := found[1].strip().lower()) in self._form.emotions:
                head += f"({word})"
            rest = rest[found.end() :] if found is not None else rest
        if silent:
            self.done = self._opened = True
            return head
        rest = rest.lstrip(" \t\r\n>")
        if not rest or rest.startswith("<"):
            return self._wait(whole or ">" in rest)
        self._opened, self._held = True, rest
        return f"{head} " + self._line(whole=whole) if head else self._line(whole=whole)

    def _wait(self, whole: bool) -> str:
        if whole:
            raise Misformed("nothing is said")
        if len(self._held) > HEAD_LIMIT:
            raise Misformed("it does not open as a reply does")
        return ""

    def _line(self, *, whole: bool) -> str:
        """The spoken line: up to its end, or to an action that is on offer."""
        line, ended, _ = self._held.partition("\n")
        before, bracket, action = line.partition("<")
        if not bracket:
            self._held, self.done = "", bool(ended)
            self._spoken = self._spoken or bool(line.strip())
            return line.replace(">", "").rstrip("\r") if ended else line.replace(">", "")
        self._spoken = self._spoken or bool(before.strip())
        self._held = line[len(before) :]
        named, closed, _ = action.partition(">")
        if closed or ended or whole or len(action) > HEAD_LIMIT:
            self._held, self.done = "", True
            named = " ".join(named.split())
            return before + (f"<{named}>" if closed and named in self._form.actions and self._spoken else "")
        return before


class SheetReader:
    """Lines with labels. All of it is passed on at its end, with what was left out left out."""

    def __init__(self, form: SheetFormat) -> None:
        self._slots, self._held = form.slots, ""
        self.done = False

    def feed(self, text: str) -> str:
        """Nothing yet: a line further on may fill a slot further up."""
        self._held += text
        return ""

    def end(self) -> str:
        """The sheet. Raises Misformed where no slot was filled."""
        found: dict[str, list[str]] = {}
        for line in self._held.splitlines():
            label, colon, words = line.strip(" \t-*").partition(":")
            if colon and words.strip(" *"):
                found.setdefault(label.strip(" *").lower(), []).append(words.strip(" *"))
        lines = [self._filled(slot, found.get(slot.label.lower(), [])) for slot in self._slots]
        if not any(lines):
            raise Misformed("no line of the sheet was filled in")
        return "".join(f"{slot.label}: {line}\n" for slot, line in zip(self._slots, lines, strict=True))

    @staticmethod
    def _filled(slot: Slot, texts: list[str]) -> str:
        text = re.sub(r"[<>]", "", texts.pop(0)) if texts else ""
        if slot.choices:
            return next((choice for choice in slot.choices if choice.lower() == text.lower().rstrip(".")), "")
        if text and slot.begins and not text.lower().startswith(slot.begins.lower()):
            text = f"{slot.begins} {text[:1].lower()}{text[1:]}"
        return text if len(text) <= slot.limit else text[: slot.limit].rsplit(" ", 1)[0]


class Unthinking:
    """Takes out what a model thinks aloud before it speaks."""

    def __init__(self) -> None:
        self._held, self._open = "", True

    def feed(self, text: str) -> str:
        """What is no thought."""
        if not self._open:
            return text
        self._held += text
        if _THOUGHT.match(self._held):
            ended = _THOUGHT_ENDS.search(self._held)
            if ended is None:
                return ""
            self._held = self._held[ended.end() :]
        elif any(tag.startswith(self._held.lstrip()) for tag in ("<think>", "<thinking>")):
            return ""
        return self.end()

    def end(self) -> str:
        """What only looked like the beginning of a thought; of one that did not end, nothing."""
        held, self._held, self._open = self._held, "", False
        return "" if _THOUGHT.match(held) else held


def chosen(line: str, options: Sequence[Option]) -> tuple[str, Option]:
    """A choice as the engine writes it, `word numbers` and a line break. Raises Misformed where it is not open.

    A number that comes twice counts once.
    """
    said = line.strip().strip("*_`\"'-").strip()
    for option in sorted(options, key=lambda option: -len(option.word)):
        if said[: len(option.word)].lower() != option.word.lower():
            continue
        rest = said[len(option.word) :]
        if _NO_NUMBERS.search(rest):
            continue
        named = list(dict.fromkeys(map(int, re.findall("[0-9]{1,4}", rest))))
        if not option.least <= len(named) <= option.most or not set(named) <= set(option.numbers):
            raise Misformed(f"{option.word} does not go with {', '.join(map(str, named)) or 'nothing'}")
        return " ".join([option.word, *map(str, named)]) + "\n", option
    raise Misformed("the choice is none of those that are open")
