"""A film is whole when all of it is there, whatever it is packed in."""

from __future__ import annotations

import struct
from io import BytesIO

import pytest

from gallery_daemon.imaging.ending import ending
from gallery_daemon.imaging.formats import sniff

HEADER = b"\x1aE\xdf\xa3\x84\x42\x86\x81\x01"
SEGMENT = b"\x18S\x80g"
CONTENT = bytes(300)


def number(value: int, length: int) -> bytes:
    """A number of EBML in so many bytes."""
    return (value | 1 << 7 * length).to_bytes(length, "big")


def matroska(length: int = 8, *, before: bytes = b"", says: int | None = None) -> bytes:
    """A film of one segment."""
    said = len(CONTENT) if says is None else says
    return HEADER + before + SEGMENT + number(said, length) + CONTENT


VOID = b"\xec" + number(20, 1) + bytes(20)
WHOLE = {
    "Matroska": matroska(),
    "with a short length": matroska(2),
    "with a void before": matroska(before=VOID),
    "of a recorder that was still writing": HEADER + SEGMENT + b"\x01" + b"\xff" * 7 + CONTENT,
    "the same in one byte": HEADER + SEGMENT + b"\xff" + CONTENT,
    "with bytes behind": matroska() + b"foreign",
    "AVI": b"RIFF" + struct.pack("<I", 304) + b"AVI " + CONTENT,
    "AVI in several parts": b"RIFF" + struct.pack("<I", 304) + b"AVI " + CONTENT + b"RIFF" * 9,
    "an MPEG stream": b"\0\0\x01\xba" + CONTENT,
    "an MPEG film": b"\0\0\x01\xb3" + CONTENT,
    "Windows Media": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + CONTENT,
    "Flash": b"FLV\x01" + CONTENT,
    "QuickTime": struct.pack(">I4s4sI", 16, b"ftyp", b"qt  ", 0) + b"\0\0\0\x08moov\0\0\0\x08mdat",
}
CUT = {
    "Matroska": matroska()[:-1],
    "half of it": matroska()[:150],
    "with a short length": matroska(2)[:-1],
    "with a void before": matroska(before=VOID)[:-1],
    "in its header": matroska()[:12],
    "AVI": b"RIFF" + struct.pack("<I", 305) + b"AVI " + CONTENT,
    "QuickTime": struct.pack(">I4s4sI", 16, b"ftyp", b"qt  ", 0) + b"\0\0\1\0mdat" + bytes(100),
    "QuickTime without its table": struct.pack(">I4s4sI", 16, b"ftyp", b"qt  ", 0)
    + b"\0\0\0\x08mdat",
}


def is_whole(film: bytes) -> bool:
    """What is said of its end."""
    file = BytesIO(film)
    kind = sniff(file)
    assert "video" == kind.name
    return ending(file, kind).whole


@pytest.mark.parametrize("what", WHOLE)
def test_a_whole_film_is_whole(what: str) -> None:
    """Nobody waits thirty seconds for more of it."""
    assert is_whole(WHOLE[what])


@pytest.mark.parametrize("what", CUT)
def test_a_cut_film_is_cut(what: str) -> None:
    """The rest of it is waited for."""
    assert not is_whole(CUT[what])


@pytest.mark.parametrize("length", range(1, 9))
def test_lengths_of_any_length_are_understood(length: int) -> None:
    """EBML's numbers have one to eight bytes."""
    content = bytes(100)
    film = HEADER + SEGMENT + number(len(content), length) + content

    assert is_whole(film)
    assert not is_whole(film[:-1])
