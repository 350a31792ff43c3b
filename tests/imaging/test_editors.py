"""The traces of programs that edit pictures, and what only looks like them."""

from __future__ import annotations

import struct
from collections import Counter
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import ExifTags, Image
from PIL.JpegImagePlugin import JpegImageFile

from gallery_daemon.imaging.editors import _BY_LIBJPEG, _MAKERS_WITH_TABLES, is_edited
from gallery_daemon.imaging.metadata import read_metadata
from tests.imaging.camera import TAKEN, camera_exif
from tests.imaging.pictures import drawn, written

if TYPE_CHECKING:
    from pathlib import Path

XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><rdf:RDF><rdf:Description %s</x:xmpmeta>"
HISTORY = b'xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#">'
CAPTION, CHECKSUM, RESOLUTION = 0x0404, 0x0425, 0x03ED


def leaves_traces(data: bytes) -> bool:
    """Whether this JPEG's header says that it was edited."""
    with JpegImageFile(BytesIO(data)) as image:
        return is_edited(image, read_metadata(image, BytesIO(data)))


def with_segment(marker: int, content: bytes) -> bytes:
    """A camera's photo with another segment behind its EXIF."""
    data = written(drawn(), "jpeg", exif=camera_exif((320, 240)))
    place = data.index(b"\xff\xdb")
    segment = struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
    return data[:place] + segment + data[place:]


def by(software: str) -> bytes:
    """A photo whose EXIF names that program."""
    exif = camera_exif((320, 240))
    exif[ExifTags.Base.Software] = software
    return written(drawn(), "jpeg", exif=exif)


def resource(*numbers: int) -> bytes:
    """Photoshop's resources of those numbers, of three bytes each."""
    each = (struct.pack(">4sHxxI", b"8BIM", number, 3) + b"abc\0" for number in numbers)
    return b"Photoshop 3.0\0" + b"".join(each)


@pytest.mark.parametrize(
    "software",
    [
        "Adobe Photoshop 21.2 (Macintosh)", "GIMP 2.10.30", "Snapseed 2.0", "Picasa", "PicsArt",
        "Adobe Photoshop Lightroom Classic 10.2 (Windows)", "paint.net 4.3.12", "IrfanView",
        "Capture NX 1.0.0 M", "Nikon Capture Editor 4.3.1 W", "Microsoft Windows Photo Viewer 6.1",
        "Windows Photo Editor 10.0.10011.16384",
    ],
)  # fmt: skip
def test_an_editors_name_is_a_trace(software: str) -> None:
    """As these write it."""
    assert leaves_traces(by(software))


@pytest.mark.parametrize(
    "software",
    [
        "HDR+ 1.0.585804401zd", "14.4.2", "J327T1UVS4ASH2", "Ver.1.02", "V 05.50",
        "fw 05.15 prm 07.53", "K10D Ver 1.30", "Digital Camera FinePix2400Zoom Ver1.70",
    ],
)  # fmt: skip
def test_a_cameras_own_program_is_none(software: str) -> None:
    """As real ones write it."""
    assert not leaves_traces(by(software))


@pytest.mark.parametrize(
    ("numbers", "is_trace"),
    [
        ((CAPTION,), False),
        ((CAPTION, CHECKSUM), False),
        ((RESOLUTION,), True),
        ((CAPTION, RESOLUTION), True),
        ((), False),
    ],
)
def test_photoshops_resources_are_a_trace_but_for_captions(
    numbers: tuple[int, ...], is_trace: bool
) -> None:
    """Who only writes a caption does not touch the picture."""
    assert is_trace is leaves_traces(with_segment(0xED, resource(*numbers)))


@pytest.mark.parametrize(
    ("content", "is_trace"),
    [
        (HISTORY, True),
        (b'xmp:ModifyDate="2024-05-06T07:08:09"/>', False),
        (b'xmp:ModifyDate="2024-05-06T07:08:09+02:00"/>', False),
        (b'xmp:ModifyDate="2024-05-06T05:08:09Z"/>', False),
        (b'xmp:ModifyDate="2024-05-06T05:08:09.123Z"/>', False),
        (b'xmp:ModifyDate="2024-05-07T20:00:00"/>', True),
        (b"><xmp:ModifyDate>2024-05-07T20:00:00+02:00</xmp:ModifyDate>", True),
        (b'xmp:ModifyDate="2024"/>', False),
        (b'xmp:Rating="5"/>', False),
    ],
)
def test_a_history_and_another_time_in_xmp_are_traces(content: bytes, is_trace: bool) -> None:
    """The photo was taken on 6 May 2024, at 7:08:09."""
    assert TAKEN == "2024:05:06 07:08:09"
    assert is_trace is leaves_traces(with_segment(0xE1, XMP % content))


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "is_trace"),
    [
        ("20220514_102409.jpg", True),
        ("IMG_4120.JPG", True),
        ("fin de journ\N{LATIN SMALL LETTER E WITH ACUTE}e.jpg", True),
        ("seine_sdr_gainmap_srgb.jpg", True),
        ("florida_beach.jpg", False),
        ("train.jpg", False),
        ("ultraHDR.jpg", False),
        ("Samsung SM-J327T1.jpg", False),
        ("Samsung GT-I9000 (Galaxy S).jpg", False),
        ("PXL_20200710_061629144.MP.jpg", False),
    ],
)
def test_a_real_edit_is_told_from_a_real_photo(phone: Path, name: str, is_trace: bool) -> None:
    """Of GIMP, Photoshop and Lightroom, and of phones."""
    assert is_trace is leaves_traces((phone / name).read_bytes())


def coded(make: str, quality: int | None) -> bytes:
    """A photo of that maker in libjpeg's quality, or by tables of the camera's own."""
    exif = camera_exif((320, 240))
    exif[ExifTags.Base.Make] = make
    own = {"qtables": [list(range(2, 66)), list(range(3, 67))]}
    return written(drawn(), "jpeg", exif=exif, **({"quality": quality} if quality else own))


@pytest.mark.parametrize("quality", [1, 30, 49, 50, 75, 90, 95, 99, 100])
@pytest.mark.parametrize("make", ["Apple", "samsung", "SAMSUNG", "Google"])
def test_libjpegs_tables_are_a_trace_in_photos_of_makers_with_their_own(
    make: str, quality: int
) -> None:
    """In every quality that a program may save in."""
    assert leaves_traces(coded(make, quality))
    assert not leaves_traces(coded(make, None))


def test_of_other_makers_libjpegs_tables_say_nothing() -> None:
    """Their cameras may have them as well: Sony's phones do."""
    assert not leaves_traces(coded("Sony", 95))


@pytest.mark.data
def test_no_phones_photo_has_anothers_tables(shared_data: Path) -> None:
    """Of those that no program has touched, and that are as large as the camera wrote them."""
    makes = Counter[str]()
    for path in sorted((shared_data / "phone").glob("*.[jJ][pP]*[gG]")):
        with Image.open(path) as image:
            assert isinstance(image, JpegImageFile)
            exif = image.getexif()
            make = str(exif.get(ExifTags.Base.Make, "")).strip("\0 ").lower()
        if make in _MAKERS_WITH_TABLES and path.name not in SAVED_AGAIN:
            makes[make] += 1
            assert tuple(image.quantization[0]) not in _BY_LIBJPEG, path.name

    assert {"apple": 7, "google": 6, "samsung": 3} == makes


SAVED_AGAIN = {
    "20220514_102409.jpg",  # by GIMP
    "IMG_20180725_163423-tiny.jpg", "panorama360.jpg",  # made smaller
}  # fmt: skip
