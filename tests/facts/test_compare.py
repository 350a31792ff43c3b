"""The comparison tells agreement from disagreement, and knows its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import ExifTags

from tests.facts.__main__ import main
from tests.facts.compare import compare, facts_of_bytes
from tests.facts.exiftool import ask, is_installed
from tests.facts.reasons import reason_of
from tests.imaging.pictures import drawn, exif_of, written

if TYPE_CHECKING:
    from pathlib import Path

    from tests.facts.exiftool import Said

SAID: Said = {
    "IFD0:Make": "NIKON CORPORATION", "IFD0:Model": "NIKON D70", "IFD0:Orientation": 6,
    "ExifIFD:DateTimeOriginal": "2015:08:22 14:08:19",
    "GPS:GPSLatitude": 48.1375, "GPS:GPSLatitudeRef": "S",
    "GPS:GPSLongitude": 11.575, "GPS:GPSLongitudeRef": "E",
    "File:ImageWidth": 64, "File:ImageHeight": 48,
}  # fmt: skip


def photo(orientation: int = 6) -> bytes:
    """The file of which ExifTool says so."""
    exif = exif_of(orientation, Make="NIKON CORPORATION", Model="NIKON D70")
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2015:08:22 14:08:19"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "S", (48.0, 8.0, 15.0)
    gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (11.575, 0.0, 0.0)
    return written(drawn(64, 48), "jpeg", exif=exif)


def differences(said: Said, data: bytes | None = None) -> dict[str, tuple[str | None, str | None]]:
    """What ExifTool's word about the file differs in, and the reason."""
    ours, is_quick_same = facts_of_bytes(data or photo(), "x.jpg")
    assert ours is not None
    assert is_quick_same
    return {
        each.fact: (each.theirs, reason_of(each, ours, said))
        for each in compare("x.jpg", ours, said)
        if not each.agrees
    }


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, {}),
        ({"ExifIFD:DateTimeOriginal": "2015:08:22 14:08"}, {}),
        ({"ExifIFD:DateTimeOriginal": "2015:08:22 14:08:20"}, {"date": ("20150822140820", None)}),
        ({"ExifIFD:DateTimeOriginal": ""}, {"date": (None, None)}),
        ({"IFD0:Model": "NIKON D80"}, {"camera": ("NIKON D80", None)}),
        ({"GPS:GPSLatitudeRef": "N"}, {"position": ("48.137500 11.575000", None)}),
        ({"File:ImageWidth": 65}, {"size": ("48x65", None)}),
    ],
)
def test_a_disagreement_is_told(
    other: Said, expected: dict[str, tuple[str | None, str | None]]
) -> None:
    """Each fact by itself; half a date agrees with a whole one."""
    assert expected == differences(SAID | other)


def test_a_known_reason_is_named() -> None:
    """An orientation that is none, in both."""
    found = differences(SAID | {"IFD0:Orientation": 0}, photo(0))

    theirs, reason = found.pop("orientation")
    assert ("0", {}) == (theirs, found)
    assert reason
    assert "none of 1 to 8" in reason


@pytest.mark.skipif(not is_installed(), reason="needs ExifTool")
def test_exiftool_agrees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On a photo of our own, from the command down."""
    path = tmp_path / "a b.jpg"
    path.write_bytes(photo())
    (tmp_path / "no photo.txt").write_text("text")

    status = main([str(tmp_path)])

    assert "NIKON D70" == ask([path])[str(path)]["IFD0:Model"]
    printed = capsys.readouterr().out
    assert 0 == status
    assert "2 files, 1 refused" in printed
    assert "| position | 1 | 0 | 0 |" in printed
