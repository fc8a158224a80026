"""The forms as JSON, for servers that hold a model to a JSON schema and to nothing else.

What is written so is turned back into the text of the form while it streams, so that its readers read one language.
Keys stand in the order in which they are to be written: what a character does comes before what it says.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from pydantic_core import from_json

from npc_runtime.engine.remote.reading import Misformed
from npc_runtime.engine.request import ChoiceFormat, Option, ReplyFormat, SheetFormat

LIMIT = 8_000  # characters of JSON; every form fits into far fewer
Form: TypeAlias = ReplyFormat | ChoiceFormat | SheetFormat
Schema: TypeAlias = dict[str, Any]


def schema(form: Form) -> Schema:
    """The schema of an object that says what a text in that form says."""
    if isinstance(form, SheetFormat):
        keys = zip(labels(form), form.slots, strict=True)
        return _object({key: _one_of(slot.choices) if slot.choices else {"type": "string"} for key, slot in keys})
    found: Schema = {}
    if form.options:
        found["do"] = _one_of(tuple(option.word for option in form.options))
        found["with"] = _numbers(form.options)
    if isinstance(form, ReplyFormat):
        if form.emotions:
            found["emotion"] = _one_of(form.emotions)
        found["line"] = {"type": "string"}
        if form.actions:
            found["action"] = _one_of(("", *form.actions))
    return _object(found)


def instruction(form: Form) -> str:
    """What a model must be told to write JSON where its prompt asks for the text of the form."""
    if isinstance(form, SheetFormat):
        return "\n\nAnswer with one JSON object; its keys are " + ", ".join(f'"{key}"' for key in labels(form)) + "."
    meant = {
        "do": "the word that you choose",
        "with": "its numbers",
        "emotion": "the emotion",
        "line": "what is said, without the emotion",
        "action": 'the action without its brackets, or ""',
    }
    keys = [f'"{key}" ({meant[key]})' for key in schema(form)["properties"]]
    return f"\n\nAnswer with one JSON object instead of lines. Its keys, in this order: {', '.join(keys)}."


def labels(form: SheetFormat) -> list[str]:
    """The slots' labels, numbered where one comes again: `want`, `want 2`."""
    found: list[str] = []
    for slot in form.slots:
        before = sum(key.partition(" ")[0] == slot.label for key in found)
        found.append(f"{slot.label} {before + 1}" if before else slot.label)
    return found


def _object(properties: Schema) -> Schema:
    required = list(properties)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _one_of(words: tuple[str, ...]) -> Schema:
    return {"type": "string", "enum": list(dict.fromkeys(words))}


def _numbers(options: tuple[Option, ...]) -> Schema:
    """Which of them go with which word is looked at when they are read: not every server can hold a model to it."""
    numbers = sorted({number for option in options for number in option.numbers})
    items = {"type": "integer", "enum": numbers} if numbers else {"type": "integer"}
    return {"type": "array", "items": items, "maxItems": max((option.most for option in options), default=0)}


class Transcript:
    """JSON as it comes, and the text of the form that it amounts to."""

    def __init__(self, form: Form) -> None:
        self._form, self._json, self._given = form, "", ""

    def feed(self, text: str) -> str:
        """What the text goes on with. Raises Misformed where it is not JSON, or does not say what it has to."""
        self._json += text
        if len(self._json) > LIMIT:
            raise Misformed("the JSON has no end")
        if isinstance(self._form, ReplyFormat):
            return self._more(self._reply(self._read(whole=False), whole=False))
        return ""

    def end(self) -> str:
        """The rest of it. Raises Misformed as `feed` does."""
        found = self._read(whole=not self._given)
        if isinstance(self._form, ReplyFormat):
            return self._more(self._reply(found, whole=True))
        if isinstance(self._form, ChoiceFormat):
            return self._more(_choice(found))
        keyed = zip(labels(self._form), self._form.slots, strict=True)
        return self._more("".join(f"{slot.label}: {_line(found.get(key))}\n" for key, slot in keyed))

    def _read(self, *, whole: bool) -> Schema:
        opening = self._json.find("{")
        if opening < 0 and not whole:
            return {}
        try:
            found = from_json(self._json[opening:].rstrip("` \n"), allow_partial=False if whole else "trailing-strings")
        except ValueError:
            raise Misformed("it is not the JSON that was asked for") from None
        if not isinstance(found, dict):
            raise Misformed("it is not a JSON object")
        return found

    def _reply(self, found: Schema, *, whole: bool) -> str:
        """The text so far: nothing before the spoken line has begun, and an action once it is whole."""
        form, line = self._form, found.get("line")
        assert isinstance(form, ReplyFormat), "others are read whole"
        before = [key for key, wanted in (("do", form.options), ("emotion", form.emotions)) if wanted]
        if not isinstance(line, str) or not (whole or all(key in found for key in before)):
            return self._given
        text = _choice(found) if form.options else ""
        text += f"({found.get('emotion', '')}) " if form.emotions else ""
        text += _line(line)
        action = found.get("action")
        return f"{text} <{action}>" if whole and isinstance(action, str) and action else text

    def _more(self, text: str) -> str:
        if not text.startswith(self._given):
            raise Misformed("the JSON took back what it said")
        more, self._given = text[len(self._given) :], text
        return more


def _choice(found: Schema) -> str:
    numbers = found.get("with")
    named = [str(number) for number in numbers if isinstance(number, int)] if isinstance(numbers, list) else []
    return " ".join([str(found.get("do", "")), *named]) + "\n"


def _line(text: object) -> str:
    """One line of text: what JSON may hold besides is no speech."""
    return " ".join(text.split()) if isinstance(text, str) else ""
