"""Every error that a user can meet, as one tree; each class carries the code that goes over the wire.

RuntimeFault
├── BadFrame             bad_frame             the bytes are not a message of this protocol
├── UnsupportedVersion   unsupported_version   no protocol version in common
├── Unauthorized         unauthorized          the wrong token or key, or none
├── Forbidden            forbidden             the key of the connection is for another world
├── NoSession            no_session            no hello yet, or the session has ended
├── Duplicate            duplicate             the request's id was used before, for something else
├── UnknownType          unknown_type          no such message type
├── Invalid              invalid               a field has a wrong value
│   ├── ConfigError                            a setting, a flag or an environment variable
│   ├── PackError                              a persona pack (names file and key)
│   ├── SceneError                             a scene file (names file and line)
│   ├── PhraseError                            a phrase file of a language (names file, line and key)
│   └── PromptTooLong                          prompt + reply do not fit the context of one character
├── NotFound             not_found             no such world, NPC, place, reply or file
├── Conflict             conflict              the thing exists, or is in a state that does not allow this
├── Busy                 busy                  a queue is full
├── DeadlineExceeded     deadline              the work did not finish in the time it was given
├── Cancelled            cancelled             the client took the request back
├── ModelUnavailable     model_unavailable     no model, a broken one, or a decode that failed
├── StorageError         storage               the data folder cannot be read or written
└── InternalError        internal              a bug of ours
"""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

_BRIEFLY = reprlib.Repr()  # a list of lists of lists may be endless, by what YAML lets stand for it
_BRIEFLY.maxstring = _BRIEFLY.maxother = 60

TEXT_LIMIT = 8_000
"""Characters of a message or a hint: what is quoted from a stranger's file must not fill a game's log."""


class RuntimeFault(Exception):
    """The root. `str(error)` is a sentence for a modder; `hint` says what would be right, where that is known.

    Both are made fit to be sent and printed, whatever they quote: valid Unicode, and no longer than TEXT_LIMIT.
    """

    code: ClassVar[str] = "internal"

    def __init__(self, message: str, *, hint: str = "", detail: Mapping[str, Any] | None = None) -> None:
        """`detail` is for programs: what was not found, which field is wrong."""
        super().__init__(clipped(message, TEXT_LIMIT))
        self.detail = dict(detail or {})
        self.message = clipped(message, TEXT_LIMIT)
        self.hint = clipped(hint, TEXT_LIMIT)

    def __str__(self) -> str:
        """The message, and what would be right."""
        return f"{self.message}; {self.hint}" if self.hint else self.message


class BadFrame(RuntimeFault):
    """The bytes are not a message of this protocol."""

    code = "bad_frame"


class UnsupportedVersion(RuntimeFault):
    """Client and daemon have no protocol version in common."""

    code = "unsupported_version"


class Unauthorized(RuntimeFault):
    """The client showed the wrong token or key, or none."""

    code = "unauthorized"


class Forbidden(RuntimeFault):
    """The key that the client's connection showed is for another world."""

    code = "forbidden"


class NoSession(RuntimeFault):
    """The client has not said hello, or its session has ended."""

    code = "no_session"


class Duplicate(RuntimeFault):
    """The id of a request was used before, for something else or too long ago to answer again."""

    code = "duplicate"


class UnknownType(RuntimeFault):
    """There is no message type of that name."""

    code = "unknown_type"


class Invalid(RuntimeFault):
    """A field has a wrong value."""

    code = "invalid"


class ConfigError(Invalid):
    """A setting, a flag or an environment variable has a wrong value."""


class PackError(Invalid):
    """A persona pack has a mistake; the message names file and key."""


class SceneError(Invalid):
    """A scene file has a mistake; the message names file and line."""


class PhraseError(Invalid):
    """A phrase file of a language has a mistake; the message names file, line and key."""


class PromptTooLong(Invalid):
    """Prompt and reply together do not fit the context that one character has."""


class NotFound(RuntimeFault):
    """There is no such world, NPC, place, reply or file."""

    code = "not_found"


class Conflict(RuntimeFault):
    """The thing exists already, or is in a state that does not allow this."""

    code = "conflict"


class Busy(RuntimeFault):
    """A queue is full; trying again later may work."""

    code = "busy"


class DeadlineExceeded(RuntimeFault):
    """The work did not finish in the time it was given."""

    code = "deadline"


class Cancelled(RuntimeFault):
    """The client took the request back, or went away."""

    code = "cancelled"


class ModelUnavailable(RuntimeFault):
    """There is no model, it is broken, or a decode failed."""

    code = "model_unavailable"


class StorageError(RuntimeFault):
    """The data folder cannot be read or written."""

    code = "storage"


class InternalError(RuntimeFault):
    """A bug of ours."""

    code = "internal"


GUESSED_FROM = 1000
"""Names that a guess is looked for among: each costs a comparison of letters."""


def not_found(kind: str, name: str, known: Iterable[str], *, where: str = "", count: int | None = None) -> NotFound:
    """A `NotFound` that lists what there is and guesses what was meant; `count` where `known` are only some."""
    names = sorted(known)
    listed = ", ".join(clipped(known) for known in names[:12])
    listed += f" and {(count or len(names)) - 12} more" if len(names) > 12 else ""
    hint = f"there are {listed}" if names else f"there is no {kind} yet"
    guess = closest(name, names)
    if guess:
        hint += f" (did you mean {clipped(guess)}?)"
    place = f" in {where}" if where else ""
    detail = {"kind": kind.lower(), "id": clipped(name)}
    return NotFound(f'no {kind} "{clipped(name)}"{place}', hint=hint, detail=detail)


def closest(name: str, names: Sequence[str]) -> str | None:
    """The name that was probably meant, or None. Bounded, however many and however long the names are."""
    found = difflib.get_close_matches(name[:64], [known[:64] for known in names[:GUESSED_FROM]], n=1, cutoff=0.6)
    return next((known for known in names if found and known.startswith(found[0])), None)


def clipped(text: str, limit: int = 80) -> str:
    """A text as it may be quoted in an error: at most `limit` characters, and encodable.

    What is not Unicode, such as bytes of a file name or half of a surrogate pair, is shown as an escape.
    """
    short = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return short if short.isascii() else short.encode("utf-8", "backslashreplace").decode("utf-8")


def shown(value: object, limit: int = 60) -> str:
    """A value as an error quotes it: like `repr`, clipped; a number of very many digits is only named as one."""
    if isinstance(value, bytes | bytearray):
        return clipped(ascii(bytes(value[:limit])), limit)
    if isinstance(value, str):
        return clipped(repr(value[: limit + 1]), limit)
    if isinstance(value, int) and value.bit_length() > 256:
        return "a number of very many digits"
    if isinstance(value, dict | list | tuple | set | frozenset) and len(value) > limit:
        return f"a {type(value).__name__} of {len(value)} entries"
    try:
        return clipped(_BRIEFLY.repr(value), limit)
    except (ValueError, RecursionError):  # a huge number inside
        return f"a {type(value).__name__}"
