"""Walking the boxes of ISO base media files."""

from __future__ import annotations

import struct
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.imaging.boxes import Box, walk


def test_boxes_follow_each_other() -> None:
    """Each box begins where the one before ends."""
    data = struct.pack(">I4sI", 12, b"ftyp", 0) + struct.pack(">I4s", 8, b"free")

    assert [Box(b"ftyp", 12), Box(b"free", 20)] == list(walk(BytesIO(data), 0, len(data)))


def test_the_walk_stops_at_what_is_no_box() -> None:
    """Zeros, a length of 3, or a name of controls end the walk."""
    for odd in (bytes(8), b"\0\0\0\x03free", b"\0\0\0\x08\x01\x02\x03\x04", b"\0\0\0\x01free\0\0"):
        data = struct.pack(">I4s", 8, b"free") + odd

        assert [Box(b"free", 8)] == list(walk(BytesIO(data), 0, len(data)))


def test_a_box_beyond_the_end_is_the_last() -> None:
    """A cut box has the end that its length says, however far."""
    data = struct.pack(">I4sQ", 1, b"mdat", 2**63 + 5)

    assert [Box(b"mdat", 2**63 + 5)] == list(walk(BytesIO(data), 0, len(data)))


@given(st.binary(max_size=200))
def test_any_bytes_are_walked_to_an_end(data: bytes) -> None:
    """No bytes are an error, and each box ends behind the one before."""
    ends = [box.end for box in walk(BytesIO(data), 0, len(data))]

    assert sorted(ends) == ends
