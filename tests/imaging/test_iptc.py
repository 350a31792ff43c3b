"""IPTC's datasets, alone and in Photoshop's resources."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.imaging.iptc import DATE_CREATED, TIME_CREATED, read_iptc


def dataset(number: int, value: bytes, record: int = 2) -> bytes:
    """One dataset."""
    return bytes([0x1C, record, number]) + len(value).to_bytes(2, "big") + value


def resource(number: int, data: bytes, name: bytes = b"", mark: bytes = b"8BIM") -> bytes:
    """One of Photoshop's resources, padded as they are."""
    title = bytes([len(name)]) + name
    title += b"\0" * (len(title) % 2)
    return (
        mark + number.to_bytes(2, "big") + title + len(data).to_bytes(4, "big") + data
        + b"\0" * (len(data) % 2)
    )  # fmt: skip


DAY = dataset(55, b"20150822")
BOTH = DAY + dataset(60, b"140819+0200")
EXPECTED = {DATE_CREATED: "20150822", TIME_CREATED: "140819+0200"}
VERSION = dataset(0, b"\0\4")


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (BOTH, EXPECTED),
        (dataset(90, b"\x1b%G", record=1) + VERSION + BOTH, EXPECTED),
        (BOTH + b"\0\0\0", EXPECTED),
        (b"\0\0" + BOTH, EXPECTED),
        (BOTH + dataset(55, b"20000101"), EXPECTED),
        (dataset(55, b"20150822\0 ") + dataset(60, b"140819+0200"), EXPECTED),
        (dataset(120, b"caption" * 100) + BOTH, EXPECTED),
        # A length in four bytes.
        (b"\x1c\2\x78\x80\4\0\1\0\0" + b"x" * 65536 + BOTH, EXPECTED),
        (resource(0x0404, BOTH), EXPECTED),
        (b"Photoshop 3.0\0" + resource(0x0404, BOTH), EXPECTED),
        (resource(0x03ED, b"\0" * 15, b"odd") + resource(0x0404, BOTH, b"even"), EXPECTED),
        (resource(0x03ED, b"", mark=b"AgHg") + resource(0x0404, BOTH), EXPECTED),
        # As 32-bit numbers of a TIFF in the other byte order.
        (b"".join((BOTH + b"\0" * (-len(BOTH) % 4))[at : at + 4][::-1]
                  for at in range(0, len(BOTH), 4)), EXPECTED),
        # Another record's 55; a resource of another kind; nothing.
        (dataset(55, b"20150822", record=3), {}),
        (resource(0x0405, BOTH), {}),
        (b"", {}),
        (b"\x1c", {}),
        (b"hello world", {}),
        (DAY[:-3], {DATE_CREATED: "20150"}),
        (DAY + b"\x1c\2\x3c\0", {DATE_CREATED: "20150822"}),
    ],
)  # fmt: skip
def test_dates_are_found(block: bytes, expected: dict[int, str]) -> None:
    """Record 2 alone, the first of two, as far as the block goes."""
    assert expected == dict(read_iptc(block))


@given(st.binary(max_size=60), st.integers(0, 60))
def test_broken_blocks_raise_nothing(junk: bytes, place: int) -> None:
    """Whatever stands in a block."""
    read_iptc(junk)
    read_iptc(resource(0x0404, BOTH[:place] + junk + BOTH[place:]))
