"""What the metadata say."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from gallery_daemon.config.settings import Limits
from gallery_daemon.imaging.decode import read_picture
from gallery_daemon.imaging.facts import facts_of
from gallery_daemon.imaging.metadata import XMP_USED, Metadata
from gallery_daemon.imaging.texts import clean
from gallery_daemon.imaging.xmp import read_xmp
from gallery_daemon.photo import Facts, Position, TakenFrom
from tests.imaging.pictures import drawn, written
from tests.imaging.test_xmp import packet

MTIME = datetime(2022, 1, 1, tzinfo=UTC)
TAGS, GPS = ExifTags.Base, ExifTags.GPS
XMP = packet(
    'xmp:CreateDate="2015-01-01T00:00:01" exif:DateTimeOriginal="2014-03-02T01:00:00+02:00"',
    "<photoshop:DateCreated>2013-09-23T10:09:46</photoshop:DateCreated>",
).encode()


def facts(metadata: Metadata, name: str = "x.jpg") -> Facts:
    """The facts of a photo with these metadata."""
    return facts_of(metadata, form="jpeg", size=(4, 3), orientation=6, name=name, mtime=MTIME)


def told(
    base: dict[int, object] | None = None,
    camera: dict[int, object] | None = None,
    gps: dict[int, object] | None = None,
    xmp: bytes = b"",
) -> Metadata:
    """Metadata with these tags alone."""
    return Metadata(base or {}, camera or {}, gps or {}, read_xmp(xmp, XMP_USED).properties)


def facts_of_file(data: bytes, name: str = "x.jpg") -> Facts:
    """The facts of a whole file."""
    picture = read_picture(data, max_pixels=Limits.photo_pixels)
    return facts(picture.metadata, name)


def test_a_photo_without_metadata_has_its_mtime() -> None:
    """Without EXIF and XMP the date is the mtime, and there is no camera."""
    known = facts(told())

    assert (known.taken.origin, known.taken.when) == (TakenFrom.MTIME, MTIME)
    assert (known.camera, known.has_exif, known.has_gps) == (None, False, False)
    assert (known.format, known.width, known.height, known.orientation) == ("jpeg", 4, 3, 6)


def test_the_shutters_time_comes_first() -> None:
    """Original before digitised; the last save only after GPS, where it is another moment."""
    camera: dict[int, object] = {
        TAGS.DateTimeOriginal: "2019:06:09 12:57:32",
        TAGS.SubsecTimeOriginal: "835",
        TAGS.OffsetTimeOriginal: "+03:00",
        TAGS.DateTimeDigitized: "2020:05:01 00:00:01",
    }
    base: dict[int, object] = {TAGS.DateTime: "2021:01:01 00:00:01"}
    gps: dict[int, object] = {
        GPS.GPSDateStamp: "2018:01:02", GPS.GPSTimeStamp: (3.0, 4.0, 5.0)
    }  # fmt: skip

    found = []
    for tag in (TAGS.DateTimeOriginal, TAGS.DateTimeDigitized, None):
        found.append(facts(told(base, dict(camera), gps)).taken.when)
        camera.pop(tag or 0, None)
    found.append(facts(told(base, camera)).taken.when)

    assert "2019-06-09T12:57:32.835000+03:00" == found[0].isoformat()
    assert "2020-05-01T00:00:01" == found[1].isoformat()
    assert datetime(2018, 1, 2, 3, 4, 5, tzinfo=UTC) == found[2]
    assert "2021-01-01T00:00:01" == found[3].isoformat()


def test_a_blank_date_lets_the_next_one_speak() -> None:
    """An unset camera date does not hide the digitised one, nor the name."""
    blank: dict[int, object] = {
        TAGS.DateTimeOriginal: "0000:00:00 00:00:00",
        TAGS.DateTimeDigitized: "    :  :  ",
    }

    known = facts(told(camera=blank), "IMG_20180725_163423.jpg")

    assert (known.taken.origin, known.taken.when.year) == (TakenFrom.NAME, 2018)


@pytest.mark.parametrize(
    ("xmp", "expected"),
    [
        (XMP, "2014-03-02T01:00:00+02:00"),
        (XMP.replace(b"exif:DateTimeOriginal", b"exif:Other"), "2013-09-23T10:09:46"),
        (
            XMP.replace(b"exif:Date", b"x:Date").replace(b"photoshop:Date", b"x:Date"),
            "2015-01-01T00:00:01",
        ),
        (packet("exif:DateTimeOriginal=' 2014-03-02 '").encode(), "2014-03-02"),
        (packet("exif:DateTimeOriginal='2014-03'").encode(), "2014-03"),
        (packet("xmp:CreateDate='2014:03:02 01:02:03'").encode(), "2014-03-02T01:02:03"),
        (packet("exif:DateTimeDigitized='2014-03-02T01:02Z'").encode(), "2014-03-02T01:02+00:00"),
    ],
)
def test_xmp_tells_the_date_taken(xmp: bytes, expected: str) -> None:
    """As attribute or element, the date taken before the date created."""
    known = facts(told(xmp=xmp))

    assert (TakenFrom.XMP, expected) == (known.taken.origin, known.taken.date.text)


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "tiff", "heic", "avif"])
def test_xmp_is_found_in_every_format(form: str) -> None:
    """Each plugin keeps XMP at its own place."""
    options: dict[str, Any] = {"xmp": XMP}
    if form == "png":
        from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415

        options = {"pnginfo": PngInfo()}
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", XMP.decode())
    if form == "tiff":
        options = {"tiffinfo": {700: XMP}}

    known = facts_of_file(written(drawn(64, 48), form, **options))

    assert (known.taken.origin, known.taken.when.year) == (TakenFrom.XMP, 2014)


@pytest.mark.parametrize(
    ("form", "options"),
    [
        *((form, {}) for form in ("jpeg", "png", "webp", "tiff", "heic", "avif")),
        ("tiff", {"save_all": True, "append_images": [drawn(9, 9)]}),
    ],
)
def test_exif_is_found_in_every_format(form: str, options: dict[str, Any]) -> None:
    """Camera, date and place come back from each format."""
    exif = Image.Exif()
    exif[TAGS.Make], exif[TAGS.Model] = "Apple", "iPhone 7"
    exif.get_ifd(ExifTags.IFD.Exif)[TAGS.DateTimeOriginal] = "2019:06:09 12:57:32"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[GPS.GPSLatitude], gps[GPS.GPSLongitude] = (52.0, 30.0, 0.0), (13.0, 15.0, 0.0)
    gps[GPS.GPSLatitudeRef], gps[GPS.GPSLongitudeRef] = "N", "W"

    known = facts_of_file(written(drawn(64, 48), form, exif=exif, **options))

    assert (
        known.taken.origin,
        known.taken.when.isoformat(),
    ) == (TakenFrom.EXIF, "2019-06-09T12:57:32")
    assert (known.camera, known.has_exif, known.has_gps) == ("Apple iPhone 7", True, True)
    assert known.position == Position(52.5, -13.25)


@pytest.mark.parametrize(
    ("make", "model", "expected"),
    [
        ("NIKON CORPORATION", "NIKON D70", "NIKON D70"),
        ("PENTAX Corporation ", "PENTAX K10D        ", "PENTAX K10D"),
        ("SAMSUNG            ", "GT-I9000", "SAMSUNG GT-I9000"),
        ("GoPro\0\0\0", "HERO6 Black\0\0junk", "GoPro HERO6 Black"),
        ("a\x1b[31mb\nc", None, "a [31mb c"),
        (None, "X" * 500, "X" * 64),
        (b"Apple\0", b"iPhone 7", "Apple iPhone 7"),
        (b"M\xfcller", "M\xfcller 1", "Müller 1"),
        (b"M\xc3\xbcller", 7, "Müller"),
        ("", " ", None),
        (7, (1, 2), None),
    ],
)
def test_the_camera_is_named_by_clean_texts(
    make: object, model: object, expected: str | None
) -> None:
    """Without padding and control characters; bytes are text of an unsaid type."""
    assert expected == facts(told({TAGS.Make: make, TAGS.Model: model})).camera


@pytest.mark.parametrize(
    ("base", "xmp", "expected"),
    [
        ({}, packet('tiff:Make="Canon" tiff:Model="Canon EOS R5"'), ("Canon EOS R5", True)),
        ({}, packet('tiff:Model="iPhone 7"'), ("iPhone 7", True)),
        ({TAGS.Make: "Apple"}, packet('tiff:Make="Canon"'), ("Apple", True)),
        ({TAGS.Make: " "}, packet('tiff:Make="Canon"'), ("Canon", True)),
        ({}, packet('exif:FNumber="18/10"'), (None, True)),
        ({}, packet('exif:DateTimeOriginal="2014-03-02"'), (None, True)),
        ({}, packet('exif:GPSLatitude="48,8.25N" exif:GPSLongitude="11,34.5E"'), (None, True)),
        # What any program writes.
        ({}, packet('xmp:CreateDate="2014-03-02" photoshop:DateCreated="2014"'), (None, False)),
        ({}, packet('tiff:Orientation="6"'), (None, False)),
        ({}, packet('tiff:Make=" "'), (None, False)),
    ],
)
def test_a_camera_in_xmp_alone_counts(
    base: dict[int, object], xmp: str, expected: tuple[str | None, bool]
) -> None:
    """Lightroom's PNGs have no EXIF; where both say it, EXIF does."""
    known = facts(told(base, xmp=xmp.encode()))

    assert expected == (known.camera, known.has_exif)


@given(st.text())
def test_a_cleaned_text_is_one_short_printable_line(text: str) -> None:
    """Whatever EXIF says can stand in a log line."""
    cleaned = clean(text)

    assert cleaned.isprintable()
    assert len(cleaned) <= 64
    assert cleaned == " ".join(cleaned.split())


def test_a_text_of_any_length_costs_little() -> None:
    """A TIFF may call its camera by a name of 400 MB; its beginning is enough."""
    text = "X" * 10_000_000
    tracemalloc.start()

    cleaned = clean(text)

    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "X" * 64 == cleaned
    assert most_bytes < 100_000


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        (told(), False),
        (told({TAGS.Orientation: 6, TAGS.DateTime: "2020:07:11 19:45:37"}), False),
        (told({TAGS.Make: "  "}), False),
        (told({TAGS.Model: "Pixel"}), True),
        (told(camera={TAGS.DateTimeOriginal: "2020:07:11 19:45:37"}), True),
        (told(camera={TAGS.FNumber: 1.8}), True),
        (told({TAGS.DateTimeOriginal: "2020:07:11 19:45:37"}), True),
        (told({TAGS.DateTimeOriginal: "  "}), False),
    ],
)
def test_exif_is_what_a_camera_writes(metadata: Metadata, expected: bool) -> None:
    """An orientation and a date of saving, which editors leave, are no EXIF to speak of."""
    assert expected is facts(metadata).has_exif


@given(st.integers(0, 600), st.binary(min_size=1, max_size=40))
def test_broken_exif_never_makes_a_photo_unreadable(place: int, other: bytes) -> None:
    """Whatever is in the EXIF block, a good picture is read and has facts."""
    exif = Image.Exif()
    exif[TAGS.Make], exif[TAGS.Model] = "Apple", "iPhone 7"
    exif.get_ifd(ExifTags.IFD.Exif)[TAGS.DateTimeOriginal] = "2019:06:09 12:57:32"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    block = exif.tobytes()
    place %= len(block)
    broken = block[:6] + (block[:place] + other + block[place + len(other) :])[6:]

    facts_of_file(written(drawn(16, 16), "jpeg", exif=broken[:65000]))


def test_an_xmp_bomb_is_not_expanded() -> None:
    """A packet that declares entities says nothing, and the photo is read."""
    bomb = b'<!DOCTYPE x [<!ENTITY a "' + b"x" * 1000 + b'"><!ENTITY b "&a;&a;">]><x>&b;</x>'

    known = facts_of_file(written(drawn(16, 16), "webp", xmp=bomb * 500))

    assert TakenFrom.MTIME is known.taken.origin
