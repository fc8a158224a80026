"""Every error that a user can meet, as one tree; each class carries the code that goes over the wire.

RuntimeFault
├── BadFrame             bad_frame             the bytes are not a message of this protocol
├── UnsupportedVersion   unsupported_version   no protocol version in common
├── Unauthorized         unauthorized          no hello yet, or the wrong token
├── UnknownType          unknown_type          no such message type
├── Invalid              invalid               a field has a wrong value
│   ├── ConfigError                            a setting, a flag or an environment variable
│   ├── PackError                              a persona pack (names file and key)
│   ├── SceneError                             a scene file (names file and line)
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
from collections.abc import Iterable
from typing import ClassVar


class RuntimeFault(Exception):
    """The root. `str(error)` is a sentence for a modder; `hint` says what would be right, where that is known."""

    code: ClassVar[str] = "internal"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

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
    """The client has not said hello, or showed the wrong token."""

    code = "unauthorized"


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


def not_found(kind: str, name: str, known: Iterable[str], *, where: str = "") -> NotFound:
    """A `NotFound` that lists what there is and guesses what was meant."""
    names = sorted(known)
    guess = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    listed = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    hint = f"there are {listed}" if names else f"there is no {kind} yet"
    if guess:
        hint += f" (did you mean {guess[0]}?)"
    place = f" in {where}" if where else ""
    return NotFound(f'no {kind} "{name}"{place}', hint=hint)
