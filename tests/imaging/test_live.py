"""What a still and a film carry, as phones write it and as nobody should."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.imaging.live import identifier_of_film, identifier_of_still
from tests.facts.exiftool import is_installed, tag_of
from tests.imaging.live import KEY, UUID, box, exif_with, film, note_of, with_identifier

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = b"\xff\xd8\xff\xe0\0\x04ab\xff\xda\0\x02pixels\xff\xd9"
STILL = with_identifier(PLAIN)
LONG = struct.pack(">I", 1) + b"mdat" + struct.pack(">Q", 80) + b"x" * 64


def of_film(data: bytes) -> str | None:
    """The film's identifier."""
    return identifier_of_film(BytesIO(data), len(data))


def of_still(data: bytes) -> str | None:
    """The still's identifier."""
    return identifier_of_still(BytesIO(data), len(data))


def heic(exif: bytes, *, method: int = 0, far: bool = False) -> bytes:
    """A HEIC of nothing but an EXIF item, in the file or in the table itself (`method`).

    `far`: where no file has bytes.
    """
    item = struct.pack(">I", 6) + b"Exif\0\0" + exif
    infe = box(b"infe", b"\2\0\0\0", struct.pack(">HH", 7, 0), b"Exif")
    head = box(b"ftyp", b"heic", bytes(4), b"mif1heic")

    def table(place: int) -> bytes:
        iloc = b"\1\0\0\0\x84\0\0\1" + struct.pack(">HHHHQI", 7, method, 0, 1, place, len(item))
        return box(
            b"meta",
            bytes(4),
            box(b"iinf", bytes(4), struct.pack(">H", 1), infe),
            box(b"iloc", iloc),
        )

    place = (1 << 64) - 1 if far else len(head) + len(table(0)) + 8
    return head + table(place) + box(b"mdat", item)


@pytest.mark.parametrize(
    "data",
    [
        film(),
        film(iso=True),
        film(keys=(b"com.apple.quicktime.creationdate", KEY)),
        film().replace(box(b"wide"), b""),
        # A length in 64 bits.
        film().replace(box(b"mdat", b"x" * 64), LONG),
    ],
)
def test_a_film_carries_its_identifier(data: bytes) -> None:
    """Wherever its table stands, and as both standards write it."""
    assert UUID == of_film(data)


@pytest.mark.parametrize("order", [">", "<"])
def test_a_still_carries_its_identifier(order: str) -> None:
    """In a JPEG and in a HEIC."""
    exif = exif_with(note_of(order=order), order)

    assert UUID == of_still(STILL)
    assert UUID == of_still(heic(exif))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PLAIN,
        film(keys=(b"com.apple.x", b"com.apple.y")),
        film(keys=(KEY,)),  # its value is "17.0"
        film("x" * 15),
        film("x" * 65),
        film("../../../../etc/passwd"),
        film().replace(b"ilst", b"list"),
        film().replace(b"data", b"atad"),
        film()[:-70],
        box(b"moov", box(b"meta", box(b"hdlr"), box(b"keys", bytes(4), b"\xff" * 4), b"")),
        box(b"moov", box(b"meta", b"x" * (1 << 20) + film())),
        struct.pack(">I", 0) + b"moov",
        with_identifier(PLAIN, "x" * 15),
        STILL.replace(b"Apple iOS", b"Apple ios"),
        STILL.replace(b"\x92\x7c", b"\x92\x7d"),
        STILL[:60],
        heic(exif_with(note_of()), method=1),
        heic(b"II*\0" + b"\xff" * 30),
        heic(exif_with(note_of()), far=True),
    ],
)
def test_anything_else_carries_none(data: bytes) -> None:
    """Nor what is cut, too large, or no identifier of a phone's."""
    assert of_film(data) is None
    assert of_still(data) is None


@given(
    data=st.sampled_from((film(), STILL, heic(exif_with(note_of())))),
    place=st.integers(0, 700),
    other=st.binary(max_size=20),
)
def test_broken_files_raise_nothing(data: bytes, place: int, other: bytes) -> None:
    """Whatever stands in them."""
    broken = data[:place] + other + data[place + len(other) :]

    of_film(broken)
    of_still(broken)


@pytest.mark.data
@pytest.mark.skipif(not is_installed(), reason="needs ExifTool")
def test_real_phones_are_read_as_by_exiftool(phone: Path) -> None:
    """Of all files here, those with an identifier and those without."""
    paths = [path for path in sorted(phone.rglob("*")) if path.is_file()]
    ours = {}
    for path in paths:
        data = path.read_bytes()
        found = of_still(data) or of_film(data)
        if found:
            ours[str(path)] = found

    # ExifTool 12.57 calls the still's tag otherwise than the film's.
    assert tag_of(paths, "ContentIdentifier", "MediaGroupUUID") == ours
    assert ours
