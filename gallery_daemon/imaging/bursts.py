"""The names that cameras give to the photos of one burst.

Source: the table of camera and app names in ../shared/SYNC-NAMES.md, section 3.
"""

from __future__ import annotations

import re

_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE | re.ASCII)
    for shape in (
        # 00015IMG_00015_BURST20171111030039_COVER (Google), DSC_0001_BURST20230709220904977 (Sony)
        r"_(?P<burst>BURST\d{14,17})(?!\d)",
        # IMG_20190221_112112042_BURST000_COVER_TOP (Motorola): the time is the burst's
        r"^(?P<burst>.*\d{8}_\d{6,9}_BURST)\d{1,4}(?!\d)",
        # Samsung, as in 20220514_102409_031
        r"^(?P<burst>\d{8}_\d{6})_\d{3}(?!\d)",
    )
)


def burst_of(name: str) -> str | None:
    """What is the same in the names of all photos of the burst; None: it says of none."""
    found = (shape.search(name) for shape in _SHAPES)
    return next((each["burst"].upper() for each in found if each), None)
