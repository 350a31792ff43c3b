"""How much of a file is read where its preview is enough."""

from __future__ import annotations

import struct
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gallery_daemon.config.settings import Limits
from gallery_daemon.imaging.decode import read_picture, read_preview
from gallery_daemon.imaging.formats import sniff
from gallery_daemon.imaging.heif import extents_for_thumbnail
from gallery_daemon.imaging.preview import bytes_for_preview
from tests.imaging.camera import shot
from tests.imaging.pictures import drawn, exif_of, grainy, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (900, 1200, 3), np.uint8))


@cache
def heic() -> bytes:
    """A HEIC with a thumbnail, which is a small part of it."""
    exif = exif_of(1, Make="Maker")
    return written(NOISE, "heic", thumbnails=[320], exif=exif, xmp=b"<x:xmpmeta/>")


def jpeg() -> bytes:
    """A JPEG with a preview, which is a small part of it."""
    return shot(grainy(drawn(2000, 1500)), drawn())


class Counting(BytesIO):
    """A file that counts what is read of it."""

    count = 0

    def read(self, size: int | None = -1) -> bytes:
        """As any file."""
        data = super().read(size)
        self.count += len(data)
        return data


def needed(file: BinaryIO) -> bytes | None:
    """The part of a file of whatever kind."""
    return bytes_for_preview(file, sniff(file))


@pytest.mark.parametrize("make", [jpeg, heic])
def test_a_part_gives_what_the_whole_gives(make: Callable[[], bytes]) -> None:
    """Pixels, size and metadata are the same, and a small share of the bytes was read."""
    data = make()
    file = Counting(data)

    part = needed(file)
    assert part is not None
    of_part = read_preview(part, sniff(file), max_pixels=Limits.photo_pixels)
    of_whole = read_picture(data, max_pixels=Limits.photo_pixels)

    assert of_part is not None
    assert np.array_equal(of_whole.pixels, of_part.pixels)
    assert (of_whole.size, of_whole.metadata) == (of_part.size, of_part.metadata)
    assert file.count < len(data) / 5


@pytest.mark.data
@pytest.mark.parametrize(
    "name",
    [
        "200MP.heic",
        "IMG_2682.heic",
        "Issue 487.heic",
        "aux_YCbCr.heic",
        "iphone_15_pro.heic",
        "samsung-one-ui-6.heic",
        "Samsung SM-J327T1.jpg",
        "ultraHDR.jpg",
    ],
)
def test_a_real_part_gives_what_the_whole_gives(phone: Path, name: str) -> None:
    """Of phones' photos less than a tenth is read, thumbnails, EXIF and XMP included."""
    data = (phone / name).read_bytes()
    file = Counting(data)

    part = needed(file)
    assert part is not None
    of_part = read_preview(part, sniff(file), max_pixels=Limits.photo_pixels)
    of_whole = read_picture(data, max_pixels=Limits.photo_pixels)

    assert of_part is not None
    assert np.array_equal(of_whole.pixels, of_part.pixels)
    # By their words: an empty place is not a number, which is not even itself.
    assert (of_whole.size, repr(of_whole.metadata)) == (of_part.size, repr(of_part.metadata))
    assert file.count < len(data) / 10


@pytest.mark.parametrize("form", ["png", "avif", "webp", "gif", "bmp", "tiff"])
def test_other_formats_have_no_part(form: str) -> None:
    """They are read whole."""
    assert needed(BytesIO(written(drawn(), form))) is None


def test_a_heic_without_a_thumbnail_has_no_part() -> None:
    """There is only the picture itself."""
    assert needed(BytesIO(written(drawn(640, 480), "heic"))) is None


def test_a_small_file_has_no_part() -> None:
    """Where the part is most of the file, it is read once and whole."""
    assert needed(BytesIO(shot(drawn(240, 240), drawn(240, 240)))) is None


def test_a_film_in_a_heic_has_no_part() -> None:
    """Its table may speak of any place in the file."""
    assert needed(BytesIO(heic() + struct.pack(">I4s", 8, b"moov"))) is None


def test_a_heic_that_speaks_of_places_behind_its_end_has_no_part() -> None:
    """The sizes of its boxes tell."""
    assert needed(BytesIO(heic()[:-1000])) is None


def meta() -> bytes:
    """The content of the table in a good HEIC."""
    start = heic().index(b"meta") - 4
    return heic()[start + 8 : start + int.from_bytes(heic()[start : start + 4], "big")]


def with_bytes(name: bytes, offset: int, new: bytes) -> bytes:
    """The table with other bytes in the box of that name, counted from behind the name."""
    table = bytearray(meta())
    at = table.index(name) + 4 + offset
    table[at : at + len(new)] = new
    return bytes(table)


def test_the_good_table_is_understood() -> None:
    """So that the tests below are about what they change."""
    assert extents_for_thumbnail(meta())


TABLES = {
    "another primary picture": with_bytes(b"pitm", 4, b"\x01\xff"),
    "no primary picture": meta().replace(b"pitm", b"free"),
    "no references": meta().replace(b"iref", b"free"),
    "no places": meta().replace(b"iloc", b"free"),
    "a thumbnail of something else": meta().replace(b"thmb", b"auxl"),
    "a coding that is not plain": meta().replace(b"hvc1", b"grid"),
    "more items than there are": with_bytes(b"iinf", 4, b"\xff\xff"),
    "4 billion items": with_bytes(b"iinf", 0, b"\1\0\0\0\xff\xff\xff\xff"),
    "places without end": with_bytes(b"iloc", 0, b"\0\0\0\0\0\0\xff\xff"),
    "places of no bytes, without end": with_bytes(
        b"iloc",
        0,
        b"\0\0\0\0\0\0\0\4" + b"".join(struct.pack(">3H", i, 0, 65535) for i in range(1, 5)),
    ),
    "places in other items": with_bytes(b"iloc", 0, b"\1\0\0\0\x44\0\0\1\0\1\0\2"),
    "nothing": b"",
    "a head alone": bytes(4),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_that_is_odd_has_no_answer(kind: str) -> None:
    """Then the whole file is read."""
    assert extents_for_thumbnail(TABLES[kind]) is None


@given(st.deferred(lambda: st.integers(0, len(meta()))), st.binary(max_size=8))
def test_a_damaged_table_has_an_answer_or_none(place: int, other: bytes) -> None:
    """Whatever stands in it, nothing is raised, and it ends soon."""
    table = meta()

    extents = extents_for_thumbnail(table[:place] + other + table[place + len(other) :])

    assert extents is None or all(start >= 0 and length >= 0 for start, length in extents)


@given(st.integers(0, 3000), st.binary(min_size=1, max_size=8))
def test_a_damaged_heic_has_a_part_of_its_size_or_none(place: int, other: bytes) -> None:
    """However its boxes lie, nothing is read beyond the end."""
    data = heic()[:place] + other + heic()[place + len(other) :]

    part = needed(BytesIO(data))

    assert part is None or len(part) <= len(data)
