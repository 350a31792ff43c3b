"""Whether a preview's coded data are whole, as far as they say so themselves.

Decoders never give up: of a cut preview libjpeg makes the rest grey, and damaged codes become
another picture, without a word to Pillow. So this is asked before a preview counts for the picture.

- **JPEG**: libjpeg does know, and `simplejpeg` passes it on: the data end early, go on behind the
  last row, or have codes that mean nothing. It takes a tenth of a millisecond.
- **HEVC**, of a HEIC: the lengths of its units add up, and no unit has the bytes that H.265 forbids
  inside one. libheif does not pass on what else its decoder notices.
- **Both**: no row of zeros, as a hole in a file leaves it. Cameras' previews have none.

Not found: damage after which the codes still come out even. A changed byte mostly is of that kind,
as variable-length codes fall into step again: the picture is another from there on.
`python -m tests.faults.fuzz --thumbnails` counts how many.

Sources: ITU-T T.81, annex B; ITU-T H.265, 7.4.2 (bytes that no unit has); ISO/IEC 14496-15, 8.3
(units with their length before them).
"""

from __future__ import annotations

import re
from io import BytesIO

import simplejpeg

from gallery_daemon.imaging.ending import scan_start

# The shortest run of zeros that is called a hole. Flat pictures have some, of optimised codes: they
# are looked at as a whole.
_HOLE = bytes(16)
# The least that libjpeg can make of it: all codes are read, and few pixels made.
_SMALLEST = {"min_height": 1, "min_width": 1, "min_factor": 8}
_END = b"\xff\xd9"
_LENGTH_BYTES, _UNIT_HEAD_BYTES = 4, 2
_FORBIDDEN = re.compile(rb"\0\0[\0-\2]")


def is_intact_jpeg(coded: bytes, size: tuple[int, int]) -> bool:
    """Whether a JPEG has all of its picture, and nothing that libjpeg has to guess.

    Args:
        coded: from its start marker to behind its end marker.
        size: width and height that were found in it, and not too large.
    """
    start = scan_start(BytesIO(coded), 0)
    if start is None or _HOLE in coded[start:].partition(_END)[0]:
        return False
    try:
        height, width, *_ = simplejpeg.decode_jpeg_header(coded)
        if (width, height) != size:
            return False  # two readers, two sizes: nobody knows what it shows
        simplejpeg.decode_jpeg(coded, "RGB", strict=True, **_SMALLEST)
    except ValueError:
        return False
    return True


def is_intact_hevc(coded: bytes) -> bool:
    """Whether the coded data of a picture in HEVC are units that add up, with nothing forbidden.

    Args:
        coded: units, each with its length before it in four bytes, as every HEIC has them.
    """
    place = 0
    while place + _LENGTH_BYTES <= len(coded):
        start = place + _LENGTH_BYTES
        place = start + int.from_bytes(coded[place:start], "big")
        if place - start <= _UNIT_HEAD_BYTES or _FORBIDDEN.search(coded, start, place):
            return False
    return bool(coded) and place == len(coded)
