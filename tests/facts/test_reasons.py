"""Each reason holds where both answers follow from it, and not where one of them is another."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PIL import ExifTags
from PIL.TiffImagePlugin import IFDRational

from gallery_daemon.photo import Facts
from tests.facts.compare import Compared, compare, date_of, facts_of_bytes
from tests.facts.exiftool import ask, is_installed
from tests.facts.reasons import reason_of
from tests.imaging.pictures import drawn, exif_of, written
from tests.imaging.test_metadata import XMP_HEADER, jpeg, segment
from tests.imaging.test_xmp import packet

if TYPE_CHECKING:
    from pathlib import Path

    from tests.facts.exiftool import Said

UNREAD = Facts.unread(datetime(2026, 1, 1, tzinfo=UTC))
ROTATED: Said = {"QuickTime:Rotation": 90}
WHOLE: Said = {"QuickTime:CompatibleBrands": ["mif1", "miaf"]}
CROPPED: Said = {"QuickTime:CleanAperture": "264 262 -18 0"}
NOTED: Said = {"IFD0:Orientation": 6}
BY_AXIS = b"\0\0\0\x09imir"
OS2_V1 = bytes(14) + struct.pack("<IHH", 12, 82, 112) + bytes(4)
OS2_V2 = bytes(14) + struct.pack("<Iii", 64, 82, -112)


def facts(form: str, size: str = "4x3", orientation: int = 1) -> Facts:
    """Facts of a photo of that format, size and orientation."""
    width, height = map(int, size.split("x"))
    return replace(UNREAD, format=form, width=width, height=height, orientation=orientation)


@pytest.mark.parametrize(
    ("ours", "orientation", "said", "file", "words"),
    [
        (facts("jpeg"), "0", {}, b"", "none of 1 to 8"),
        (facts("jpeg", orientation=6), "0", {}, b"", None),
        (facts("jpeg"), "6", {}, b"", None),
        (facts("heic"), "6", ROTATED, b"", "the HEIC turns"),
        (facts("heic"), "6", WHOLE, b"", "the HEIC turns"),
        (facts("heic"), "6", {}, BY_AXIS + b"\1", "the HEIC turns"),
        (facts("heic"), "6", {}, b"", None),
        (facts("heic", orientation=8), "6", ROTATED, b"", None),
        (facts("jpeg"), "6", ROTATED, b"", None),
        (facts("avif", orientation=8), "1", ROTATED, b"", "the AVIF turns"),
        (facts("avif", orientation=5), "1", ROTATED, BY_AXIS + b"\0", "the AVIF turns"),
        (facts("avif", orientation=7), "1", ROTATED, BY_AXIS + b"\1", "the AVIF turns"),
        (facts("avif", orientation=7), "1", ROTATED, BY_AXIS + b"\0", None),
        (facts("avif", orientation=6), "1", ROTATED, b"", None),
        (facts("avif", orientation=2), "6", {}, BY_AXIS + b"\1", "the AVIF turns"),
        (facts("avif"), "6", {}, b"", "the AVIF turns"),
        (facts("avif", orientation=6), "1", {}, b"", None),
    ],
)
def test_why_orientations_differ(
    tmp_path: Path, ours: Facts, orientation: str, said: Said, file: bytes, words: str | None
) -> None:
    """By what turns the picture, and by the number that comes of that."""
    assert_reason(tmp_path, ours, ("orientation", str(ours.orientation), orientation), said, file,
                  words)  # fmt: skip


@pytest.mark.parametrize(
    ("ours", "size", "said", "file", "words"),
    [
        (facts("avif", "264x262"), "300x300", CROPPED, b"", "crops the picture"),
        (facts("heic", "262x264"), "300x300", CROPPED | ROTATED, b"", "crops the picture"),
        (facts("heic", "264x262"), "300x300", CROPPED | ROTATED, b"", None),
        (facts("avif", "300x264"), "300x300", CROPPED, b"", None),
        (facts("jpeg", "264x262"), "300x300", CROPPED, b"", None),
        (facts("heic", "3x4", 6), "4x3", NOTED, b"", "EXIF turns"),
        (facts("heic", "3x5", 6), "4x3", NOTED, b"", None),
        (facts("heic", "3x4", 6), "4x3", NOTED | ROTATED, b"", None),
        (facts("heic", "3x4", 6), "4x3", NOTED | WHOLE, b"", None),
        (facts("heic", "3x4", 8), "4x3", NOTED, b"", None),
        (facts("heic", "512x512"), "4x3", {}, b"", None),
        (facts("jpeg", "3x4"), "4x3", {"XMP-tiff:Orientation": 6}, b"", None),
        (facts("bmp", "82x112"), "82x0", {}, OS2_V1, "OS/2"),
        (facts("bmp", "82x112"), "82x0", {}, OS2_V2, "OS/2"),
        (facts("bmp", "82x111"), "82x0", {}, OS2_V2, None),
        (facts("bmp", "82x112"), "83x0", {}, OS2_V2, None),
        (facts("bmp", "82x112"), "82x111", {}, OS2_V2, None),
    ],
)
def test_why_sizes_differ(
    tmp_path: Path, ours: Facts, size: str, said: Said, file: bytes, words: str | None
) -> None:
    """A size that no rule leads to is nobody's but ours."""
    own = f"{ours.width}x{ours.height}"

    assert_reason(tmp_path, ours, ("size", own, size), said, file, words)


@pytest.mark.parametrize(
    ("own", "said", "words"),
    [
        (None, {"ExifIFD:DateTimeOriginal": "1970:01:01 00:00:05"}, "never set"),
        (None, {"ExifIFD:DateTimeOriginal": "2000:01:01 00:00:00"}, "never set"),
        ("20000101000000", {"ExifIFD:DateTimeOriginal": "2002:12:08 12:00:00"}, None),
        (
            "20230615",
            {"ExifIFD:DateTimeOriginal": "1980:01:01 00:00:00", "XMP-xmp:CreateDate": "2023:06:15"},
            "never set",
        ),
        (
            None,
            {"ExifIFD:DateTimeOriginal": "1980:01:01 00:00:00", "XMP-xmp:CreateDate": "2023:06:15"},
            None,
        ),
        (
            "20230616",
            {"ExifIFD:DateTimeOriginal": "1980:01:01 00:00:00", "XMP-xmp:CreateDate": "2023:06:15"},
            None,
        ),
        (None, {"ExifIFD:DateTimeOriginal": "05:10:2009 10:11:12"}, "no date"),
        (None, {"ExifIFD:DateTimeOriginal": "2107:12:31 23:59:58"}, "no date"),
        (None, {"ExifIFD:DateTimeOriginal": "2009:10:05 10:11:12"}, None),
        (None, {"XMP-xmp:CreateDate": "2009"}, None),
        (None, {"IPTC:DateCreated": "20091005"}, None),
        (
            "20091005",
            {"ExifIFD:DateTimeOriginal": "5.10.2009", "IPTC:DateCreated": "2009:10:05"},
            "no date",
        ),
        ("20091005101112", {}, None),
    ],
)
def test_why_dates_differ(tmp_path: Path, own: str | None, said: Said, words: str | None) -> None:
    """What is none is taken away, and the first of the others must be ours."""
    theirs = date_of(said)

    assert_reason(tmp_path, facts("jpeg"), ("date", own, theirs), said, b"", words)


def test_a_doubtful_day_that_the_name_says_is_a_date(tmp_path: Path) -> None:
    """There the clock is believed, and we are wrong without it."""
    said: Said = {"ExifIFD:DateTimeOriginal": "2000:01:01 10:00:00"}
    path = tmp_path / "IMG_20000101_100000.jpg"

    assert None is reason_of(
        Compared(str(path), "date", None, "20000101100000"), facts("jpeg"), said
    )


@pytest.mark.skipif(not is_installed(), reason="needs ExifTool")
@pytest.mark.parametrize(
    ("own", "said", "words"),
    [
        ("20240506070809", {}, "passes over the EXIF item"),
        ("20240506070810", {}, None),
        ("20240506070809", {"IFD0:Make": "Apple"}, None),
    ],
)
def test_a_heic_whose_exif_is_passed_over(
    tmp_path: Path, own: str, said: Said, words: str | None
) -> None:
    """The item by itself says what we say."""
    exif = exif_of()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2024:05:06 07:08:09"

    assert_reason(
        tmp_path, facts("heic"), ("date", own, None), said, b"ftypheic" + exif.tobytes(), words
    )


@pytest.mark.parametrize(
    ("own", "theirs", "words"),
    [
        (None, "213.640009 103.480000", "no place on earth"),
        (None, "48.000000 -180.100000", "no place on earth"),
        (None, "48.000000 11.500000", None),
        ("48.000000 11.500000", "213.640009 103.480000", None),
    ],
)
def test_what_is_no_place_on_earth(
    tmp_path: Path, own: str | None, theirs: str, words: str | None
) -> None:
    """Latitude and longitude have limits of their own."""
    if words is None and own is None and not is_installed():
        pytest.skip("needs ExifTool")
    assert_reason(tmp_path, facts("jpeg"), ("position", own, theirs), {}, b"", words)


@pytest.mark.skipif(not is_installed(), reason="needs ExifTool")
@pytest.mark.parametrize(
    ("latitude", "longitude", "words"),
    [
        ("48,1375", "11,5", "decimal commas"),
        ("48,8", "11,5", None),
    ],
)
def test_decimal_commas_are_no_minutes(
    tmp_path: Path, latitude: str, longitude: str, words: str | None
) -> None:
    """Where one of the fractions is sixty or more; otherwise they may be minutes."""
    said = packet(f'exif:GPSLatitude="{latitude}" exif:GPSLongitude="{longitude}"')
    path = tmp_path / "x.jpg"
    path.write_bytes(jpeg(segment(0xE1, XMP_HEADER + said.encode())))
    theirs = ask([path])[str(path)]

    place = next(each for each in compare(str(path), facts("jpeg"), theirs)
                 if each.fact == "position")  # fmt: skip

    assert place.theirs is not None
    assert_words(words, reason_of(place, facts("jpeg"), theirs))


@pytest.mark.skipif(not is_installed(), reason="needs ExifTool")
@pytest.mark.parametrize("moved", [0.0, 0.1])
def test_minutes_that_are_not_given(tmp_path: Path, moved: float) -> None:
    """The degrees and what else is given must be our place."""
    exif = exif_of()
    gps, none = exif.get_ifd(ExifTags.IFD.GPSInfo), IFDRational(0, 0)
    gps[ExifTags.GPS.GPSLatitudeRef] = "S"
    gps[ExifTags.GPS.GPSLatitude] = (IFDRational(48), IFDRational(8), none)
    gps[ExifTags.GPS.GPSLongitudeRef] = "E"
    gps[ExifTags.GPS.GPSLongitude] = (IFDRational(11), none, none)
    path = tmp_path / "x.jpg"
    path.write_bytes(written(drawn(64, 48), "jpeg", exif=exif))
    ours, _ = facts_of_bytes(path.read_bytes(), path.name)
    theirs = ask([path])[str(path)]

    assert ours is not None
    assert ours.position is not None
    elsewhere = replace(
        ours, position=replace(ours.position, latitude=ours.position.latitude + moved)
    )
    (place,) = (each for each in compare(str(path), elsewhere, theirs) if not each.agrees)
    assert_words("0/0 for minutes" if not moved else None, reason_of(place, elsewhere, theirs))


def assert_reason(
    folder: Path,
    ours: Facts,
    compared: tuple[str, str | None, str | None],
    said: Said,
    file: bytes,
    words: str | None,
) -> None:
    """The disagreement about a file with those bytes has that reason."""
    path = folder / "x.bin"
    path.write_bytes(file)
    assert_words(words, reason_of(Compared(str(path), *compared), ours, said))


def assert_words(words: str | None, reason: str | None) -> None:
    """The reason has those words, or there is none."""
    assert (words or "") in (reason or "")
    assert (words is None) == (reason is None)
