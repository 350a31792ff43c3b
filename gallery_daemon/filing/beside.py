"""What a sidecar is called beside its photo, where that has another name than it came with.

Programs find a sidecar by its name, so what it has in common with its photo's follows that:

    IMG_1.HEIC -> IMG_1 (2).HEIC     IMG_1.MOV        -> IMG_1 (2).MOV
                                     IMG_1.HEIC.xmp   -> IMG_1 (2).HEIC.xmp
                                     IMG_1_HEVC.MOV   -> IMG_1 (2)_HEVC.MOV
                                     IMG_E1.HEIC      -> IMG_E1 (2).HEIC
    IMG_1.HEIC -> 2024-05-01.HEIC    IMG_O1.AAE       -> 2024-05-01_O.AAE

An older version that had to make room for a newer one has a name that no program reads: the numbers
of GNU's backups, `IMG_1.xmp.~1~`.
"""

from __future__ import annotations

import re
from typing import Final

from gallery_daemon.rules.component import NUMBER

_APPLE_MARK = re.compile(r"(IMG_)([EO])(\d.*)", re.IGNORECASE)
_PIXEL_MARK = re.compile(r"(?:\.MP(?:\.COVER)?|-01\.COVER)$", re.IGNORECASE)
_OLDER = re.compile(r"\.~\d+~$")
_JSON: Final = ".json"
_SUPPLEMENT: Final = ".supplemental-metadata"


def name_beside(sidecar: str, photo: str, placed: str) -> str:
    """The sidecar's name beside its photo, which was called `photo` and is now called `placed`."""
    if photo == placed:
        return sidecar
    if sidecar.lower().startswith(photo.lower()):
        # IMG_1.jpg.xmp
        return placed + sidecar[len(photo) :]
    stem, placed_stem = _stem(photo), _stem(placed)
    if not stem:
        return sidecar
    if sidecar.lower().startswith(stem.lower()) and not sidecar[len(stem) :][:1].isalnum():
        # Of PXL_1.MP.jpg the film is PXL_1.MP.
        return placed_stem + (sidecar[len(stem) :] or _ending(sidecar))
    if sidecar.lower().endswith(_JSON):
        # What Takeout cut off is in the photo's own name.
        supplement = _SUPPLEMENT if _SUPPLEMENT[:4] in sidecar.lower() else ""
        return placed + supplement + _ending(sidecar)
    return _of_apple(sidecar, stem, placed_stem) or _of_pixel(sidecar, stem, placed_stem) or sidecar


def older_name(name: str) -> str:
    """The name for an older version, with a place for the number that makes it free."""
    return f"{name}.~{NUMBER}~"


def is_older_name(name: str) -> bool:
    """Whether a file in the library has the name of an older version."""
    return _OLDER.search(name) is not None


def _of_apple(sidecar: str, stem: str, placed_stem: str) -> str | None:
    """`IMG_E1.HEIC` is IMG_1's edited version, `IMG_O1.AAE` its original's recipe."""
    found = _APPLE_MARK.fullmatch(sidecar)
    if found is None or not (found[1] + found[3]).lower().startswith(stem.lower()):
        return None
    rest = (found[1] + found[3])[len(stem) :]
    if placed_stem.lower().startswith("img_"):
        return placed_stem[:4] + found[2] + placed_stem[4:] + rest
    return f"{placed_stem}_{found[2]}{rest}"


def _of_pixel(sidecar: str, stem: str, placed_stem: str) -> str | None:
    """`PXL_1.mp4` is the film of `PXL_1.MP.jpg`, `PXL_1-02.ORIGINAL.jpg` of `PXL_1-01.COVER.jpg`.

    The mark in the photo's name goes, if it is still there.
    """
    shot = _PIXEL_MARK.sub("", stem)
    if shot == stem or not sidecar.lower().startswith(shot.lower()):
        return None
    return _PIXEL_MARK.sub("", placed_stem) + sidecar[len(shot) :]


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


def _ending(name: str) -> str:
    """The last dot, and what follows."""
    return "".join(name.rpartition(".")[1:])
