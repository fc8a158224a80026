"""The character card in a PNG: the text chunk `ccv3` (V3) or `chara` (V2), whose text is JSON in base64."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from collections.abc import Iterator

from npc_runtime.persona.files import Refused

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORDS = ("ccv3", "chara")
"""Best first: a V3 card often brings a V2 one along for older programs."""

_HEAD = struct.Struct(">I4s")
_CHUNKS = 20_000


def card(data: bytes, most: int) -> tuple[str, bytes]:
    """The keyword and the bytes of the card, of which there may be `most`. Raises Refused."""
    found: dict[str, bytes] = {}
    for kind, body in _chunks(data):
        keyword, zero, rest = body.partition(b"\0")
        name = keyword.decode("latin-1").lower()
        if kind in (b"tEXt", b"iTXt") and zero and name in KEYWORDS and name not in found:
            found[name] = rest if kind == b"tEXt" else _international(name, rest, most)
    for name in KEYWORDS:
        if name in found:
            return name, _decoded(name, found[name], most)
    raise Refused('there is no character card in this picture: no text chunk "chara" or "ccv3"')


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The type and the body of each chunk up to the last, whose lengths and checksums are right."""
    at = len(SIGNATURE)
    for _ in range(_CHUNKS):
        if at + _HEAD.size + 4 > len(data):
            raise Refused("this picture is cut off: its last chunk is missing")
        length, kind = _HEAD.unpack_from(data, at)
        end = at + _HEAD.size + length
        if end + 4 > len(data):
            raise Refused(f"the chunk {_quoted(kind)} says that it has {length:,} bytes, and they are not there")
        if zlib.crc32(memoryview(data)[at + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            raise Refused(f"the chunk {_quoted(kind)} is damaged: its checksum is wrong")
        if kind == b"IEND":
            return
        yield kind, data[at + _HEAD.size : end] if kind in (b"tEXt", b"iTXt") else b""
        at = end + 4
    raise Refused(f"this picture has more than {_CHUNKS:,} chunks")


def _quoted(kind: bytes) -> str:
    return f'"{ascii(kind)[2:-1]}"'


def _international(name: str, rest: bytes, most: int) -> bytes:
    """The text of an iTXt chunk, behind two flags, a language and the keyword in that language."""
    parts = rest[2:].split(b"\0", 2)
    if len(rest) < 2 or len(parts) < 3 or rest[0] > 1:
        raise Refused(f'the chunk "{name}" has not the form of an iTXt chunk')
    if not rest[0]:
        return parts[2]
    try:
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(parts[2], 2 * most)
    except zlib.error:
        raise Refused(f'the chunk "{name}" is damaged: it cannot be unpacked') from None
    if not unpacking.eof and len(text) < 2 * most:
        raise Refused(f'the chunk "{name}" is damaged: what is packed in it is cut off')
    return text


def _decoded(name: str, text: bytes, most: int) -> bytes:
    if len(text) > most * 3 // 2:
        raise Refused(f'the chunk "{name}" has {len(text):,} bytes; allowed: up to {most * 3 // 2:,}')
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Refused(f'the chunk "{name}" is not base64') from None
