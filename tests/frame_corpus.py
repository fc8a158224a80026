"""Frames that no client should send: messages with wrong bytes, extreme values, and in orders that make no sense."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any, TypeAlias

import msgpack
from hypothesis import strategies as st
from wire_peer import HEADER, Body

from npc_runtime.wire import messages as m
from npc_runtime.wire.codec import BODY_LIMIT
from protocol import generate

Frames: TypeAlias = list[bytes]
Spot: TypeAlias = tuple[str | int, ...]
"""Where a value is in a message: the keys and indexes that lead to it."""

WORLD = "fuzz"
"""The world in which most of it happens: it is open, and people live in it."""
PEOPLE = ("npc:mira", "npc:tom", "npc:bren")

VECTORS = json.loads((Path(generate.__file__).parent / "vectors" / "valid.json").read_text(encoding="utf-8"))["vectors"]
REQUESTS: list[Body] = [vector["message"] for vector in VECTORS if vector["message"]["type"] in m.Catalogue.requests]
NUMBERS: tuple[Any, ...] = (
    *(0, -0.0, 1, -1, 2, 2**31, 2**32, 2**53, 10**12, 2**63 - 1, 2**63, 2**64 - 1, -(2**63), True),
    *(math.nan, math.inf, -math.inf, 1e308, -1e308, 1e20, 5e-324, 0.1, 1e-9),
)
TEXTS: tuple[Any, ...] = (
    *("", " ", "\0", "a\0b", "\n", "\x7f", "x" * 65, "x" * 241, "x" * 2001, "x" * 60_000, "é" * 2000),
    *("\U0001f409" * 64, "\u202egnal\u2066", "e" + "\u0301" * 63, "\ufeff", "\u2028", "<|im_end|>", "\ud800"),
    *("npc:", "npc:mira", "player:alex", "place:smithy", "place:", "item:bread", ":", "npc:npc:mira", "mira", "../.."),
    *(
        "9" * 40,
        "2d",
        "-2d",
        f"{'9' * 30}d",
        "1e9",
        "nan",
        "world",
        "{listener}",
        "%s",
        "'; drop table x; --",
        "*",
        '"',
    ),
    *("auto", "never", "model", "player", "background"),
)
OTHERS: tuple[Any, ...] = (
    *(None, False, [], [[]], {}, {"": ""}, ["x"] * 100, [None], ["npc:mira", "npc:mira"], ["npc:mira", "npc:tom"]),
    *(
        [{}],
        [1, "x"],
        {"x": {"y": {"z": []}}},
        {str(number): number for number in range(200)},
        b"",
        b"npc:mira",
        b"\xff",
    ),
)
DEEP = b"\x91" * 600 + b"\xc0"
RAW: tuple[Frames, ...] = (
    *([b""], [b"", b""], [HEADER], [HEADER, b""], [b"", HEADER, b"\x80"], [HEADER, b"\x80", b""], [HEADER] * 8),
    *(
        [b""] * 40,
        [b"NPC2", b"\x80"],
        [b"NPC0", b"\x80"],
        [b"NPC999", b"\x80"],
        [b"NPC-1", b"\x80"],
        [b"npc1", b"\x80"],
    ),
    *([HEADER + b"\0", b"\x80"], [b"NPC", b"\x80"], [HEADER, b"\x80\x80"], [HEADER, b"\xc1"], [HEADER, b"\x90"]),
    *([HEADER, b"\xc0"], [HEADER, DEEP], [HEADER, b"\x81\xa1x" + DEEP], [HEADER, b"\xdd\xff\xff\xff\xff"]),
    *([HEADER, b"\xdf\xff\xff\xff\xff"], [HEADER, b"\xdb\xff\xff\xff\xffx"], [HEADER, b"\xc6\xff\xff\xff\xff"]),
    *([HEADER, b"\xd4\x05x"], [HEADER, b"\xd6\xff\0\0\0\0"], [HEADER, b"\xc9\xff\xff\xff\xff\x01"]),
    *([HEADER, msgpack.packb({1: 2})], [HEADER, msgpack.packb({None: 2})], [HEADER, msgpack.packb({b"type": b"ping"})]),
    *([HEADER, b"\x81\xa4type\xa2\xff\xfe"], [HEADER, b"\x82\xa4type\xa4ping\xa2id\xd4\x05x"]),
    *(
        [HEADER, b"\x83\xa4type\xa4ping\xa2id\xa1a\xa2id\xa1b"],
        [HEADER, b"x" * (BODY_LIMIT + 1)],
        [HEADER, b"x" * 300_000],
    ),
)
"""Frames that are wrong without a doubt, by hand."""


def pack(message: object) -> bytes:
    """Msgpack, in which halves of pairs stay what they are: not UTF-8."""
    return bytes(msgpack.packb(message, unicode_errors="surrogatepass"))


def _spots(value: object, path: Spot = ()) -> list[Spot]:
    inside: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    return [spot for key, part in inside for spot in [(*path, key), *_spots(part, (*path, key))]]


def _at(message: Body, spot: Spot) -> object:
    found: Any = message
    for key in spot:
        found = found[key]
    return found


_BODIES = [pack(message) for message in REQUESTS]
_SPOTS = [(message, spot) for message in REQUESTS for spot in _spots(message) if spot not in (("type",), ("id",))]
_NUMBERS = [(message, spot) for message, spot in _SPOTS if type(_at(message, spot)) in (int, float)]
_scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=20)
_values = st.recursive(
    _scalars | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def _replaced(message: Body, spot: Spot, value: object) -> Body:
    found = copy.deepcopy(message)
    inside: Any = _at(found, spot[:-1])
    inside[spot[-1]] = value
    return found


@st.composite
def mutated_bytes(draw: st.DrawFn) -> Frames:
    """A valid message with a run of bytes replaced by others, or cut off there."""
    body = draw(st.sampled_from(_BODIES))
    start = draw(st.integers(0, len(body)))
    if draw(st.booleans()):
        return [HEADER, body[:start]]
    return [HEADER, body[:start] + draw(st.binary(max_size=8)) + body[start + draw(st.integers(0, 8)) :]]


wrong_frames = st.one_of(
    mutated_bytes(),
    mutated_bytes(),
    st.sampled_from(RAW),
    st.lists(st.binary(max_size=40), min_size=1, max_size=4),
    st.builds(lambda body: [HEADER, body], st.binary(max_size=100)),
    st.builds(lambda value: [HEADER, pack(value)], _values),
)
"""Frames of which hardly one is a message."""


_extremes: dict[type, st.SearchStrategy[Any]] = {
    kind: st.sampled_from(found) for kind, found in ((str, TEXTS), (int, NUMBERS), (float, NUMBERS))
}
_extreme = st.sampled_from(NUMBERS) | st.sampled_from(TEXTS) | st.sampled_from(OTHERS) | _values


@st.composite
def extreme_messages(draw: st.DrawFn) -> Body:
    """A valid request but for one value, or two; most of them are about the world that is open."""
    message, spot = draw(st.sampled_from(_SPOTS) | st.sampled_from(_NUMBERS))
    if message.get("world") == "save-1" and draw(st.integers(0, 3)) > 0:
        message = {**message, "world": WORLD}
    of_its_kind = draw(st.integers(0, 3)) > 0  # what is of another kind is refused at once
    message = _replaced(
        message, spot, draw(_extremes.get(type(_at(message, spot)), _extreme) if of_its_kind else _extreme)
    )
    if draw(st.integers(0, 3)) == 0:
        message[draw(st.sampled_from(sorted(message)))] = draw(_extreme)
    return message


def extreme_numbers() -> list[Body]:
    """Every number of every request of the corpus, at every edge."""
    inside = [({**message, "world": WORLD} if "world" in message else message, spot) for message, spot in _NUMBERS]
    return [_replaced(message, spot, number) for message, spot in inside for number in NUMBERS]


LATEST = ("reply", "argument", "encounter")
"""Fields that name what the daemon began; their own name as a value stands for the latest that it told of."""

_people = (*PEOPLE, "tom", "npc:nobody", "player:alex")
_pairs = (["npc:mira", "npc:tom"], ["tom", "bren"], ["npc:mira", "npc:mira"], ["npc:mira", "npc:nobody"], ["npc:tom"])
FIELDS: dict[str, tuple[Any, ...]] = {
    "about": ("the stolen hammer", ""),
    "argument": ("argument", "argument", "a-1"),
    "at": ("smithy", "place:smithy", "place:inn", "nowhere"),
    "better": ("(happy) Good day!", "x"),
    "between": _pairs,
    "by": ("1h", 60, 0),
    "capabilities": ([], ["events", "why"]),
    "client": ({"name": "fuzz"}, {"name": "\u202ezzuf\n"}, {"name": ""}),
    "copy": ("a", "b"),
    "deadline": (0, 0.01, 2.0),
    "encounter": ("encounter", "encounter", "e-1"),
    "entity": _people,
    "from": ("player:alex", "player:alex", "player:blair", "npc:bren"),
    "limits": ({"turns": 2, "seconds": 5.0, "tokens": 40},),
    "max_tokens": (8,),
    "npc": _people,
    "player": ("player:alex", "player:nobody"),
    "reply": ("reply", "reply", "r-1"),
    "save": ("a", "b"),
    "seconds": (0, 0.1, None),
    "target": tuple(str(number) for number in range(1, 61)),
    "text": ("Hello!", "Tom stole the hammer.", "You lie!", "Forget it."),
    "to": (*["npc:mira", "tom", "place:smithy"] * 2, "npc:nobody", "place:inn", None),
    "upto": (None, 0, 1, 99),
    "versions": (["1.0"], ["1.3"], ["9.9"]),
    "world": (*[WORLD] * 8, "fuzz-2", "never-opened"),
}
STEPS: dict[str, tuple[str, ...]] = {
    "say": ("world", "from", "to", "text", "deadline", "max_tokens"),
    "heard": ("world", "reply", "upto"),
    **dict.fromkeys(("subscribe", "unsubscribe", "world.open", "world.close", "npc.list", "world.get"), ("world",)),
    **dict.fromkeys(("npc.despawn", "memory.query", "memory.export", "relation.get"), ("world", "npc")),
    **dict.fromkeys(("save.create", "save.restore", "save.delete"), ("world", "save")),
    "npc.spawn": ("world", "npc", "at"),
    "entity.move": ("world", "entity", "to"),
    "cancel": ("target",),
    "why": ("world", "reply"),
    "feedback": ("world", "reply", "better"),
    "save.branch": ("world", "save", "copy"),
    "save.list": ("world",),
    "world.advance": ("world", "by"),
    "memory.teach": ("world", "npc", "text"),
    "memory.forget": ("world", "player"),
    "argue.start": ("world", "between", "about", "limits"),
    "argue.resume": ("world", "argument"),
    "argue.intervene": ("world", "argument", "from", "text"),
    "argue.stop": ("world", "argument"),
    "argue.list": ("world",),
    "encounter.start": ("world", "between", "about", "limits"),
    "encounter.stop": ("world", "encounter"),
    "talk.hush": ("world", "seconds"),
    "hello": ("versions", "client", "capabilities"),
    "ping": (),
    "health": (),
}
_fields = {
    kind: st.fixed_dictionaries({name: st.sampled_from(FIELDS[name]) for name in names})
    for kind, names in STEPS.items()
}

INTERRUPTED: list[tuple[Body, bool]] = [
    ({"type": "save.list", "id": "1", "world": WORLD}, False),
    ({"type": "memory.query", "id": "2", "world": WORLD, "npc": "mira", "about": "rain"}, False),
    ({"type": "say", "id": "3", "world": WORLD, "from": "player:alex", "to": "mira", "text": "Hello!"}, False),
    ({"type": "encounter.start", "id": "4", "world": WORLD, "between": ["mira", "tom"]}, False),
    ({"type": "hello", "versions": ["1.0"], "client": {"name": "fuzz"}}, False),
    ({"type": "argue.start", "id": "5", "world": WORLD, "between": ["mira", "tom"]}, False),
    ({"type": "ping", "id": "6"}, False),
    ({"type": "hello", "versions": ["1.0"], "client": {"name": "fuzz"}}, False),
]
"""Work of a session that ends before it has begun."""
CLOSED: list[tuple[Body, bool]] = [
    ({"type": "say", "id": "1", "world": WORLD, "from": "player:alex", "to": "mira", "text": "Any news?"}, False),
    ({"type": "encounter.start", "id": "2", "world": WORLD, "between": ["tom", "bren"]}, False),
    ({"type": "memory.query", "id": "3", "world": WORLD, "npc": "mira", "about": "rain"}, False),
    ({"type": "world.close", "id": "4", "world": WORLD}, False),
    ({"type": "say", "id": "5", "world": WORLD, "from": "player:alex", "to": "mira", "text": "Are you there?"}, False),
    ({"type": "world.open", "id": "6", "world": WORLD}, False),
]
"""A world that closes while it is talked in."""
_kinds = st.sampled_from([*["say", "heard", "argue.start", "encounter.start"] * 3, *STEPS])
_ids = st.sampled_from(FIELDS["target"])


@st.composite
def steps(draw: st.DrawFn) -> tuple[Body, bool]:
    """A request that makes sense somewhere, with an id that may be used already; and whether to wait for its answer."""
    kind = draw(_kinds)
    return {"type": kind, "id": draw(_ids), **draw(_fields[kind])}, draw(st.booleans())
