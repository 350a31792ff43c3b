"""What a file's name claims: that it is a photo, and which burst it is of.

Names are conventions of phones and apps, so each is a table of shapes with the programs that write
them. What a file *is*, only its content decides (`formats`).

Sources: immich-go's info_test.go, Samsung's names in the test data of Apache Commons Imaging, and
files from real phones.
"""

from __future__ import annotations

import re

_PHOTO_ENDINGS = (
    ".jpg", ".jpeg", ".jpe", ".mpo", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic",
    ".heif", ".hif", ".avif",
)  # fmt: skip

_BURSTS = tuple(
    re.compile(shape, re.IGNORECASE | re.ASCII)
    for shape in (
        # 00015IMG_00015_BURST20171111030039_COVER (Google), DSC_0001_BURST20230709220904977 (Sony)
        r"_(?P<burst>BURST\d{14,17})(?!\d)",
        # IMG_20190221_112112042_BURST000_COVER_TOP (Motorola), with the burst's own time
        r"^(?P<burst>.*\d{8}_\d{6,9}_BURST)\d{1,4}(?!\d)",
        # Samsung, as in 20220514_102409_031
        r"^(?P<burst>\d{8}_\d{6})_\d{3}(?!\d)",
    )
)


def claims_to_be_a_photo(name: str) -> bool:
    """Whether a person would expect a readable photo under this name."""
    return name.lower().endswith(_PHOTO_ENDINGS)


def burst_of(name: str) -> str | None:
    """The part that all names of one burst share, in capitals; None if the name is of no burst."""
    found = (shape.search(name) for shape in _BURSTS)
    return next((each["burst"].upper() for each in found if each), None)
