"""The photos that are filed while the program is killed: real ones, or else drawn ones.

A live photo with its film, a photo in a folder of its own that is copied in more than one piece,
and one whose name is not ASCII and is taken in the library.
"""

from __future__ import annotations

import struct
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from tests.conftest import SHARED_DATA
from tests.imaging.pictures import drawn, written

if TYPE_CHECKING:
    from collections.abc import Mapping

LIVE, FILM = "LIVE_0001.HEIC", "LIVE_0001.MOV"
LARGE = "Trip/ultraHDR.jpg"
NAMESAKE = "fin de journée.jpg"

_REAL = {
    LIVE: "grid_960x640.heic",
    FILM: "dolbyVision-hdr.MOV",
    LARGE: "ultraHDR.jpg",
    NAMESAKE: "fin de journée.jpg",
}


@cache
def material() -> Mapping[str, bytes]:
    """The bytes of each file, by its path below the watch folder."""
    phone = SHARED_DATA / "phone"
    if not phone.is_dir():
        return _drawn()
    return {relative: (phone / name).read_bytes() for relative, name in _REAL.items()}


def _drawn() -> Mapping[str, bytes]:
    noise = np.random.default_rng(0).integers(0, 256, (1200, 1200, 3), np.uint8)
    return {
        LIVE: written(drawn(), "heic"),
        FILM: _box(b"ftyp", b"qt  \0\0\0\0") + _box(b"mdat", bytes(50_000)) + _box(b"moov"),
        LARGE: written(Image.fromarray(noise), "jpeg", quality=95),
        NAMESAKE: written(drawn(), "jpeg"),
    }


def _box(kind: bytes, content: bytes = b"") -> bytes:
    """ISO/IEC 14496-12: size, type, content."""
    return struct.pack(">I", 8 + len(content)) + kind + content
