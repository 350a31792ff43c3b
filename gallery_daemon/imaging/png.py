"""The chunks of a PNG that are used, as a file without the others.

Nobody needs a colour profile or a comment to look at the picture; but Pillow refuses the whole file
where a text is long, a profile is packed in an unknown way, or an ancillary chunk's check sum is
wrong. libpng, and so every viewer, warns and goes on. So Pillow is given what is used: the critical
chunks as they are, transparency, EXIF, and texts, which may hold XMP. Of these, one that libpng
would pass over is left out. What is wrong with a critical chunk is for Pillow to say.

The frames of an animation are not used either: its first picture is in the chunks of a still one.

Sources: W3C PNG 5 (chunks) and 11.3 (ancillary ones); libpng 1.6, pngrutil.c (what it passes over).
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# Of one text unpacked, and of all in a file: an edit history in XMP has some megabytes.
TEXT_BYTES_LIMIT, TEXTS_BYTES_LIMIT = 16 << 20, 64 << 20

_SIGNATURE_BYTES, _HEAD_BYTES, _SUM_BYTES = 8, 8, 4
# A larger file than these allow is not sifted to its end.
_CHUNKS_LIMIT = 200_000
_ANCILLARY = 0x20
_USED = frozenset({b"tRNS", b"eXIf", b"tEXt", b"zTXt", b"iTXt"})
# Where IHDR has the colour type; how many bytes tRNS has at least, for grey and for RGB.
_COLOUR_TYPE = slice(25, 26)
_TRANSPARENT_BYTES = {b"\0": 2, b"\2": 6}
_DEFLATE = b"\0"


class _Chunk(NamedTuple):
    """A chunk's name, where it begins and where it ends."""

    name: bytes
    start: int
    end: int

    @property
    def is_ancillary(self) -> bool:
        """Whether a decoder may do without it; what has no name of letters is for Pillow to say."""
        return self.name.isalpha() and bool(self.name[0] & _ANCILLARY)


def used_chunks(data: bytes) -> bytes:
    """The file `data` without the chunks that are not used; whatever follows a cut one stays."""
    chunks = list(_chunks(data))
    pixels = [place for place, chunk in enumerate(chunks) if chunk.name == b"IDAT"]
    # A chunk between pixels is wrong by itself, and not to be hidden.
    within = range(pixels[0], pixels[-1]) if pixels else range(0)
    texts = _Texts()
    used = [
        chunk
        for place, chunk in enumerate(chunks)
        if not chunk.is_ancillary or place in within or _is_used(chunk, data, texts)
    ]
    if len(used) == len(chunks):
        return data
    parts = [data[chunk.start : chunk.end] for chunk in used]
    return b"".join((data[:_SIGNATURE_BYTES], *parts, data[chunks[-1].end :]))


def _chunks(data: bytes) -> Iterator[_Chunk]:
    """The chunks that are whole, to the end chunk."""
    start = _SIGNATURE_BYTES
    for _ in range(_CHUNKS_LIMIT):
        head = data[start : start + _HEAD_BYTES]
        end = start + _HEAD_BYTES + int.from_bytes(head[:4], "big") + _SUM_BYTES
        if len(head) < _HEAD_BYTES or end > len(data):
            return
        yield _Chunk(head[4:], start, end)
        if head[4:] == b"IEND":
            return
        start = end


def _is_used(chunk: _Chunk, data: bytes, texts: _Texts) -> bool:
    if chunk.name not in _USED:
        return False
    content = data[chunk.start + _HEAD_BYTES : chunk.end - _SUM_BYTES]
    says = int.from_bytes(data[chunk.end - _SUM_BYTES : chunk.end], "big")
    if zlib.crc32(content, zlib.crc32(chunk.name)) != says:
        return False
    if chunk.name == b"tRNS":
        return len(content) >= _TRANSPARENT_BYTES.get(data[_COLOUR_TYPE], 0)
    return chunk.name == b"eXIf" or texts.have_room_for(chunk.name, content)


class _Texts:
    """How many bytes of texts there may still be; a few packed ones could fill the memory."""

    def __init__(self) -> None:
        self._left = TEXTS_BYTES_LIMIT

    def have_room_for(self, name: bytes, content: bytes) -> bool:
        """Whether it can be unpacked within the limits; it then counts."""
        if self._left <= 0:
            return False
        size = len(content) if name == b"tEXt" else _unpacked_bytes(name, content)
        if size is None or size >= TEXT_BYTES_LIMIT:
            return False
        self._left -= size
        return self._left > 0


def _unpacked_bytes(name: bytes, content: bytes) -> int | None:
    """How long the text is; None if it is packed in an unknown way."""
    _, _, rest = content.partition(b"\0")
    if name == b"iTXt":
        flag, rest = rest[:1], rest[1:]
        if flag in {b"", b"\0"}:
            return len(content)
    method, packed = rest[:1], rest[1:]
    if name == b"iTXt":
        packed = packed.partition(b"\0")[2].partition(b"\0")[2]
    if method not in {b"", _DEFLATE}:
        return None
    try:
        return len(zlib.decompressobj().decompress(packed, TEXT_BYTES_LIMIT))
    except zlib.error:
        return len(content)
