"""Whether a file's end is there."""

from __future__ import annotations

import struct
from io import BytesIO, FileIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.imaging import boxes, formats
from gallery_daemon.imaging.ending import Ending, ending
from gallery_daemon.imaging.formats import sniff
from tests.imaging.pictures import FORMATS, drawn, drawn_as, written

if TYPE_CHECKING:
    from pathlib import Path

JPEG, FILM = drawn_as("jpeg"), struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0)
MOTION = FILM + struct.pack(">I4s", 308, b"mdat") + bytes(300)
SAMSUNG = b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" + MOTION + b"SEFH\x6b\0\0\0\x01\0\0\0" + b"SEFT"


def box(name: bytes, content: bytes = b"") -> bytes:
    """A box of an ISO base media file."""
    return struct.pack(">I4s", 8 + len(content), name) + content


def end_of(data: bytes) -> Ending:
    """What is said of the end of these bytes."""
    file = BytesIO(data)
    return ending(file, sniff(file))


@pytest.mark.parametrize("form", FORMATS)
def test_a_whole_file_is_whole(form: str) -> None:
    """What an encoder has finished is never called cut."""
    assert end_of(drawn_as(form)).whole


@pytest.mark.parametrize("options", [{"interlace": 1}, {"save_all": True}, {"comment": "x"}])
def test_a_whole_gif_of_any_build_is_whole(options: dict[str, object]) -> None:
    """Blocks of every sort are walked to the trailer."""
    whole = written(drawn(64, 48).convert("P"), "gif", **options)

    assert end_of(whole + b"\0\0\r\n").whole


@given(st.sampled_from([form for form in FORMATS if form != "tiff"]), st.data())
def test_a_cut_file_is_cut(form: str, data: st.DataObject) -> None:
    """Wherever behind its head a file is cut, its end is missed."""
    whole = drawn_as(form)
    place = data.draw(st.integers(64, len(whole) - 1))

    assert not end_of(whole[:place]).whole


@pytest.mark.parametrize("form", ["heic", "avif"])
def test_a_photo_cut_between_two_boxes_is_cut(form: str) -> None:
    """What is there adds up, but the boxes with the picture are still to come."""
    whole = drawn_as(form)
    ends = [box.end for box in boxes.walk(BytesIO(whole), 0, len(whole))]

    assert len(whole) == ends[-1]
    assert [False] * (len(ends) - 1) + [True] == [end_of(whole[:end]).whole for end in ends]


def test_a_small_picture_may_lie_in_its_table() -> None:
    """Such a HEIC has no `mdat`, and is whole all the same."""
    idat = box(b"idat", bytes(12))
    head = box(b"ftyp", b"heic" + bytes(4))

    assert end_of(head + box(b"meta", bytes(4) + box(b"hdlr") + idat)).whole
    assert not end_of(head + box(b"meta", bytes(4) + box(b"hdlr"))).whole


@pytest.mark.parametrize("order", [[b"moov", b"mdat"], [b"mdat", b"moov"], [b"moof", b"mdat"]])
def test_a_film_has_bytes_and_a_table_of_them(order: list[bytes]) -> None:
    """A camera writes the table last, a server sends it first, and both can be cut in between."""
    first, second = (box(name, bytes(40)) for name in order)

    assert end_of(FILM + first + second).whole
    assert not end_of(FILM + first).whole


@given(st.data(), st.sampled_from([None, "tiff_lzw"]), st.booleans())
def test_a_cut_tiff_is_cut(data: st.DataObject, compression: str | None, big: bool) -> None:
    """A TIFF tells where its pixels are, so one that is cut at any place is not whole."""
    whole = written(drawn(64, 48), "tiff", compression=compression, big_tiff=big)
    place = data.draw(st.integers(64, len(whole) - 16))

    assert end_of(whole).whole
    assert not end_of(whole[:place]).whole


@pytest.mark.parametrize("form", ["png", "webp", "bmp", "gif", "heic", "avif", "jpeg"])
def test_bytes_behind_the_end_are_tolerated(form: str) -> None:
    """Some tools pad or append; the picture is there all the same."""
    assert end_of(drawn_as(form) + bytes(5000)).whole
    assert end_of(drawn_as(form) + bytes(range(1, 9)) + b" appended by nobody we know").whole


@pytest.mark.parametrize(
    "trailer",
    [
        b"",
        bytes(100),
        JPEG,
        bytes(17) + JPEG,
        MOTION,
        bytes(32) + MOTION,
        JPEG + JPEG + MOTION,
        SAMSUNG,
        b"\x01\x02 of a maker we do not know",
    ],
)
def test_what_phones_append_to_a_jpeg_is_whole(trailer: bytes) -> None:
    """Gain maps, second views, films and Samsung's blocks follow the picture."""
    assert end_of(JPEG + trailer).whole


@pytest.mark.parametrize("trailer", [MOTION, JPEG, JPEG + MOTION, SAMSUNG])
def test_a_cut_trailer_is_missed(trailer: bytes) -> None:
    """A motion photo is not there before its film is."""
    assert not end_of(JPEG + trailer[:-2]).whole
    assert not end_of(JPEG + trailer[: len(trailer) - 150]).whole


def test_a_thumbnails_end_is_not_the_photos() -> None:
    """The end marker of a thumbnail in the header does not end the photo."""
    thumbnail = written(drawn(32, 24), "jpeg")
    segment = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 8) + b"Exif\0\0" + thumbnail
    whole = JPEG[:2] + segment + JPEG[2:]

    assert end_of(whole).whole
    assert not end_of(whole[: len(segment) + 2]).whole
    assert not end_of(whole[: len(segment) + 800]).whole


class Counted(FileIO):
    """A file that counts what is read of it."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """The bytes, counted."""
        found = super().read(size) or b""
        self.count += len(found)
        return found


def test_holes_of_any_size_cost_little(tmp_path: Path) -> None:
    """Sixty-four pictures, each with a hole of 200 MiB as its coded data, take no disk."""
    path = tmp_path / "x.jpg"
    with path.open("wb") as file:
        for number in range(64):
            file.seek(number * (200 << 20))
            file.write(b"\xff\xd8\xff\xda\0\x02")
            file.seek((number + 1) * (200 << 20) - 2)
            file.write(b"\xff\xd9")
        file.write(b"of a maker we do not know" * 1000)

    with Counted(path) as counted:
        end = ending(counted, formats.JPEG)

    assert end.whole
    assert counted.count < 130 << 20


def test_progressive_jpegs_end_once() -> None:
    """Several scans have one end."""
    whole = written(drawn(), "jpeg", progressive=True)

    assert end_of(whole).whole
    assert not end_of(whole[:-1]).whole


def test_a_box_with_a_long_size_is_walked() -> None:
    """A 64-bit size, and a last box that reaches to the end of the file, add up, too."""
    film = (
        FILM
        + struct.pack(">I4sQ", 1, b"mdat", 16 + 20)
        + bytes(20)
        + struct.pack(">I4s", 0, b"moov")
    )

    assert end_of(film + bytes(9)).whole
    assert not end_of(film[:40]).whole


def test_an_empty_file_is_not_whole() -> None:
    """Nothing has come yet."""
    assert Ending(whole=False, reason="the file is empty") == end_of(b"")


@pytest.mark.parametrize("data", [b"some text", b"II*\0\x10\0\0\0CR\x02\0", b"\xff\x0a\0\0"])
def test_what_cannot_be_judged_counts_as_whole(data: bytes) -> None:
    """Nobody waits for the end of a file that we do not read."""
    assert end_of(data).whole


@given(st.sampled_from(FORMATS), st.integers(0, 3000), st.binary(max_size=12), st.integers(0, 5000))
def test_no_bytes_are_too_strange(form: str, place: int, other: bytes, length: int) -> None:
    """A damaged file has an end or has none, and never an error."""
    whole = drawn_as(form)
    end_of((whole[:place] + other + whole[place + len(other) :])[:length])
