"""A JPEG that lacks nothing but its end marker, told from one that ends early.

Viewers show a picture whose last two bytes are gone. But libjpeg does not say where it began to
guess: what is missing becomes grey, and zeros behind a half picture (a download that was given its
whole size first) are decoded like data. So the picture is decoded with different bytes behind what
is there. If it is the same each time, none of them was needed, and all of it was there.

- In one scan, the few bytes behind are what the decoder wants to see in advance, and there is no
  end marker: libjpeg gives rows only of what was decoded. On paper of another colour, rows that it
  did not give show.
- In several scans (progressive), libjpeg gives no row before the end marker. So its scans must have
  brought each coefficient to its last bit. With restart markers a missing part would leave no
  trace; such a file counts as cut.

It must also be what is there that is needed: if the same picture comes without the last bytes, they
are something else, and nobody knows what was before them.

Sources: ITU-T T.81, B.2 (scans) and G.1.1 (progressive ones); libjpeg-turbo, jdhuff.c (it reads at
most eight bytes in advance, sixteen where they are stuffed).
"""

from __future__ import annotations

import contextlib
import re
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

if TYPE_CHECKING:
    from collections.abc import Iterator

_END = b"\xff\xd9"
_IN_ADVANCE = 32
# As coded data: the shortest codes, and two mixtures. None of them is a marker.
_FILLERS = (b"\x00" * _IN_ADVANCE, b"\x55" * _IN_ADVANCE, b"\xaa\xd5" * (_IN_ADVANCE // 2))
# What a picture needs of its last bytes: padding and a tail of zeros may be fewer.
_NEEDED = 24
# Zeros at the end may be padding, or belong to the coded data: a code is at most 16 bits long.
_ZEROS = 2
# Start of frame: baseline, extended, progressive. Other codings are not judged.
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_SCAN, _RESTART_INTERVAL = 0xDA, 0xDD
_COEFFICIENTS = 64
_SCANS_LIMIT = 500
MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""What is not in coded data: there FF is followed by 00, a restart marker or another FF."""


def with_end_marker(data: bytes) -> bytes | None:
    """The JPEG with an end marker, if that is all it lacks; None if more is missing.

    Args:
        data: a JPEG without an end marker behind its coded data, zeros perhaps.

    Raises:
        Exception: nearly any, as from every decoder; it is broken then.
    """
    scans = _Scans(data)
    if not scans.are_complete:
        return None
    stripped = data.rstrip(b"\0")
    zeros = min(_ZEROS, len(data) - len(stripped))
    bodies = [stripped + bytes(number) for number in range(zeros + 1)]
    if stripped.endswith(_END[:1]):
        bodies.append(stripped[:-1])  # half an end marker is none
    for body in bodies:
        if _is_whole(body, scans.is_one) and not _is_whole(body[:-_NEEDED], scans.is_one):
            return body + _END
    return None


class _Scans:
    """What the headers of a JPEG say of its scans."""

    def __init__(self, data: bytes) -> None:
        self.start = len(data)
        """Where the coded data begin."""
        self._components: bytes = b""
        self._is_known = self._has_restarts = False
        self._count = 0
        # The last bit that was sent of each coefficient of each component.
        self._last_bits: dict[tuple[int, int], int] = {}
        for marker, content, behind in _segments(data):
            if marker == _SCAN:
                self.start = min(self.start, behind)
                self._scan(content)
            elif marker == _RESTART_INTERVAL:
                self._has_restarts = any(content)
            elif 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:  # noqa: PLR2004
                self._is_known = marker in _FRAMES
                self._components = content[6::3]

    @property
    def is_one(self) -> bool:
        """Whether all components are in a single scan, and wholly."""
        return self._count == 1 and self._is_all_sent

    @property
    def are_complete(self) -> bool:
        """Whether each coefficient was sent, as far as the headers say."""
        return self._is_known and self._is_all_sent and (self.is_one or not self._has_restarts)

    @property
    def _is_all_sent(self) -> bool:
        return bool(self._components) and all(
            self._last_bits.get((component, place)) == 0
            for component in self._components
            for place in range(_COEFFICIENTS)
        )

    def _scan(self, content: bytes) -> None:
        self._count += 1
        number = content[0]
        first, last, bits = content[1 + 2 * number : 4 + 2 * number]
        for component in content[1 : 1 + 2 * number : 2]:
            for place in range(first, min(last, _COEFFICIENTS - 1) + 1):
                self._last_bits[component, place] = bits & 0xF


def _segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Marker, content, and the place behind it, of each segment from the start on."""
    place, scans = 2, 0
    while scans < _SCANS_LIMIT and (found := MARKER.search(data, place)):
        marker, place = data[found.start() + 1], found.end()
        length = int.from_bytes(data[place : place + 2], "big")
        yield marker, data[place + 2 : place + length], place + length
        place += length
        scans += marker == _SCAN


def _is_whole(body: bytes, is_one_scan: bool) -> bool:  # noqa: FBT001 - as `_Scans.is_one`
    """Whether the picture is the same, whatever follows."""
    end = b"" if is_one_scan else _END
    first = None
    for number, filler in enumerate(_FILLERS):
        picture = _decoded(body + filler + end, paper=255 * (number % 2))
        if first is not None and picture != first:
            return False
        first = picture
    return True


def _decoded(data: bytes, paper: int) -> bytes:
    """The rows that the decoder gave, on paper of that grey."""
    image = JpegImageFile(BytesIO(data))
    image.im = Image.new(image.mode, image.size, (paper,) * len(image.getbands())).im
    with contextlib.suppress(OSError):  # the end is missing
        image.load()
    # What was not decoded is not asked for again.
    image.tile = []
    return image.tobytes()
