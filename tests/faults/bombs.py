"""Small files that ask for a great deal: of memory, of time, of patience, of nesting."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from typing import TYPE_CHECKING

from tests.imaging.pictures import drawn, written

if TYPE_CHECKING:
    from pathlib import Path

_MB = 1 << 20


def write_bombs(folder: Path) -> None:
    """All of them, named by what they are."""
    for name, content in _BOMBS.items():
        (folder / name).write_bytes(content())
    write_sparse_jpeg(folder / "sparse.jpg")


def write_sparse_jpeg(path: Path) -> None:
    """Sixty-four pictures with 200 MB of nothing as their coded data: 13 GB that take no disk."""
    with path.open("wb") as file:
        for number in range(64):
            file.seek(number * 200 * _MB)
            file.write(b"\xff\xd8\xff\xda\0\x02")
            file.seek((number + 1) * 200 * _MB - 2)
            file.write(b"\xff\xd9")
        file.write(b"something else" * 1000)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _png(width: int, height: int, *more: bytes, rows: int | None = None) -> bytes:
    """A black picture of one bit, with `more` chunks; `rows` of it are there."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    row = bytes(1 + (width + 7) // 8)
    data = _chunk(b"IDAT", zlib.compress(row * (height if rows is None else rows), 9))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + data + _chunk(b"IEND", b"")


@cache
def _inflated(megabytes: int) -> bytes:
    """What becomes so many megabytes of the letter a."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b"a" * _MB) for _ in range(megabytes)) + packer.flush()


def _gif(frames: int) -> bytes:
    """Frames of one pixel each."""
    head = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff"
    return head + b"\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0" * frames + b";"


def jpeg_with_exif(block: bytes) -> bytes:
    """A good JPEG with this for its EXIF block."""
    whole = written(drawn(64, 48), "jpeg")
    segment = b"\xff\xe1" + struct.pack(">H", len(block) + 8) + b"Exif\0\0" + block
    return whole[:2] + segment + whole[2:]


def _exif_of_entries(count: int) -> bytes:
    """A directory that speaks of `count` entries, and has as many as a segment holds."""
    entries = b"".join(struct.pack(">HHII", tag, 2, 60_000, 8) for tag in range(5_400))
    return jpeg_with_exif(b"MM\0*\0\0\0\x08" + struct.pack(">H", count) + entries)


def _exif_in_circles() -> bytes:
    """Directories that name themselves as their next, their camera's and their place's."""
    links = b"".join(struct.pack(">HHII", tag, 4, 1, 8) for tag in (34665, 34853, 40965))
    return jpeg_with_exif(b"MM\0*\0\0\0\x08\0\3" + links + struct.pack(">I", 8))


def _nested(form: str, name: bytes, depth: int, *, full: bool = False) -> bytes:
    """A good picture, and behind it a box in a box in a box."""
    step = 12 if full else 8
    boxes = b"".join(
        struct.pack(">I", step * (depth - level)) + name + bytes(step - 8) for level in range(depth)
    )
    return written(drawn(64, 48), form) + boxes


_BOMBS = {
    "wide.png": lambda: _png(60_000, 60_000, rows=10),
    "over the pixels.png": lambda: _png(6_000, 6_000),
    "under the pixels.png": lambda: _png(5_000, 5_000),
    "over the bytes.png": lambda: _png(64, 64) + bytes(31_000_000),
    "ztxt.png": lambda: _png(64, 64, _chunk(b"zTXt", b"key\0\0" + _inflated(100))),
    "many ztxt.png": lambda: _png(64, 64, *[_chunk(b"zTXt", b"key\0\0" + _inflated(1))] * 100),
    "itxt.png": lambda: _png(
        64, 64, _chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + _inflated(100))
    ),
    "icc.png": lambda: _png(64, 64, _chunk(b"iCCP", b"icc\0\0" + _inflated(100))),
    "frames.gif": lambda: _gif(1_000_000),
    "entries.jpg": lambda: _exif_of_entries(65_535),
    "circles.jpg": _exif_in_circles,
    "nested.heic": lambda: _nested("heic", b"moov", 100_000),
    "nested meta.heic": lambda: _nested("heic", b"meta", 100_000, full=True),
    "nested.avif": lambda: _nested("avif", b"moov", 100_000),
}
