"""Metadata come out of every container, wherever programs put them there."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pytest
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from gallery_daemon.config.settings import Limits
from gallery_daemon.imaging.decode import read_picture
from gallery_daemon.imaging.iptc import DATE_CREATED
from gallery_daemon.photo import TakenFrom
from tests.imaging.pictures import difference, drawn, exif_of, held, squashed, written
from tests.imaging.test_facts import facts_of_file
from tests.imaging.test_iptc import BOTH, resource
from tests.imaging.test_xmp import packet

TAGS = ExifTags.Base
XMP = packet('tiff:Make="Canon" exif:DateTimeOriginal="2014-03-02T01:00:00"').encode()
XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
TURNED = packet('tiff:Orientation="6" tiff:Make="Canon"').encode()
LONG = 4
WORDS = BOTH.ljust(len(BOTH) + -len(BOTH) % 4, b"\0")
PHOTOSHOP = b"Photoshop 3.0\0"
EXIF = exif_of(Make="Apple", Model="iPhone 7").tobytes()


def segment(marker: int, data: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2, "big") + data


def jpeg(*segments: bytes) -> bytes:
    """A JPEG that begins with those segments."""
    plain = written(drawn(64, 48), "jpeg")
    return plain[:2] + b"".join(segments) + plain[2:]


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def png(*chunks: bytes, at_end: bool = False) -> bytes:
    """A PNG with those chunks before its pixels, or behind them."""
    plain = written(drawn(64, 48), "png")
    place = len(plain) - 12 if at_end else 33
    return plain[:place] + b"".join(chunks) + plain[place:]


def profile(name: str, data: bytes, *, behind: str = "", kind: bytes = b"zTXt") -> bytes:
    """A raw profile as ImageMagick writes it, with 36 bytes in a line."""
    digits = data.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = f"\n{name}\n{len(data):8}\n{lines}{behind}\n".encode("latin-1")
    head = b"Raw profile type " + name.encode() + b"\0"
    return chunk(kind, head + (b"\0" + zlib.compress(text) if kind == b"zTXt" else text))


def tiff(number: int, form: int, value: bytes) -> bytes:
    """A TIFF of one grey line with a tag more: its number, its type, the bytes of its value."""
    tags = {
        256: (3, 1, b"\x40\0"), 257: (3, 1, b"\1\0"), 258: (3, 1, b"\x08\0"),
        262: (3, 1, b"\1\0"), 273: (4, 1, (8).to_bytes(4, "little")),
        279: (4, 1, (64).to_bytes(4, "little")),
        number: (form, len(value) // (4 if form == LONG else 1), value),
    }  # fmt: skip
    place = 8 + 64
    behind = place + 2 + 12 * len(tags) + 4
    directory, rest = len(tags).to_bytes(2, "little"), b""
    for tag, (kind, count, data) in sorted(tags.items()):
        field = data.ljust(4, b"\0")
        if len(data) > 4:
            field, rest = (behind + len(rest)).to_bytes(4, "little"), rest + data
        directory += struct.pack("<HHI", tag, kind, count) + field
    return b"II*\0" + place.to_bytes(4, "little") + bytes(range(64)) + directory + b"\0" * 4 + rest


def gif_with_xmp() -> bytes:
    """A GIF with Adobe's extension: the packet is no chain of sub-blocks, but ends one."""
    plain = written(drawn(64, 48), "gif")
    trailer = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    return plain[:-1] + b"!\xff\x0bXMP DataXMP" + XMP + trailer + b";"


@pytest.mark.parametrize(
    "data",
    [
        jpeg(segment(0xE1, XMP_HEADER + XMP)),
        jpeg(segment(0xE1, EXIF), segment(0xE1, XMP_HEADER + XMP)),
        jpeg(segment(0xE1, XMP_HEADER + packet().encode()), segment(0xE1, XMP_HEADER + XMP)),
        jpeg(segment(0xE1, XMP_HEADER + XMP.decode().encode("utf-16"))),
        # Under headers that are not the standard's.
        jpeg(segment(0xE1, b"XMP\0" + XMP)),
        jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/" + XMP)),
        tiff(700, 1, XMP),
        tiff(700, 7, XMP),
        png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)),
        png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(XMP))),
        png(chunk(b"tEXt", b"XML:com.adobe.xmp\0" + XMP)),
        png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP), at_end=True),
        png(profile("xmp", XMP)),
        png(profile("APP1", XMP_HEADER + XMP)),
        png(profile("app1", XMP_HEADER + XMP)),
        written(drawn(64, 48), "webp", xmp=XMP),
        written(drawn(64, 48), "heic", xmp=XMP),
        written(drawn(64, 48), "avif", xmp=XMP),
        gif_with_xmp(),
    ],
    ids=range(19),
)
def test_xmp_is_found_in_every_container(data: bytes) -> None:
    """Camera and date come from the packet."""
    known = facts_of_file(data)

    if known.camera != "Apple iPhone 7":
        assert "Canon" == known.camera
    assert (TakenFrom.XMP, "2014-03-02T01:00:00") == (known.taken.origin, known.taken.date.text)
    assert known.has_exif


@pytest.mark.parametrize(
    "data",
    [
        jpeg(segment(0xED, PHOTOSHOP + resource(0x0404, BOTH))),
        jpeg(segment(0xED, PHOTOSHOP + resource(0x03ED, b"12345", b"x") + resource(0x0404, BOTH))),
        # A resource that goes on in the next segment.
        jpeg(
            segment(0xED, PHOTOSHOP + resource(0x040C, b"\0" * 60_000)[:50_000]),
            segment(
                0xED, PHOTOSHOP + resource(0x040C, b"\0" * 60_000)[50_000:] + resource(0x0404, BOTH)
            ),
        ),
        jpeg(segment(0xED, BOTH)),
        tiff(33723, 7, BOTH),
        tiff(33723, 1, BOTH),
        tiff(33723, LONG, WORDS),
        tiff(33723, LONG, b"".join(WORDS[at : at + 4][::-1] for at in range(0, len(WORDS), 4))),
        tiff(34377, 1, resource(0x0404, BOTH)),
        png(profile("iptc", resource(0x0404, BOTH))),
        png(profile("iptc", BOTH)),
        png(profile("8bim", resource(0x0404, BOTH))),
        png(profile("iptc", PHOTOSHOP + resource(0x0404, BOTH), kind=b"tEXt"), at_end=True),
    ],
    ids=range(13),
)  # fmt: skip
def test_iptc_is_found_in_every_container(data: bytes) -> None:
    """The date in IPTC alone."""
    known = facts_of_file(data)

    expected = "2015-08-22T14:08:19+02:00"
    assert (TakenFrom.IPTC, expected) == (known.taken.origin, known.taken.date.text)
    assert not known.has_exif


@pytest.mark.parametrize(
    "chunks",
    [
        (profile("exif", EXIF),),
        (profile("exif", EXIF[6:]),),
        (profile("APP1", EXIF),),
        (profile("exif", EXIF, behind="00" * 40),),
        (profile("exif", EXIF, behind="\0\0 rest of a buffer"),),
        (profile("exif", EXIF, behind="a"),),
        (profile("exif", EXIF, kind=b"tEXt"),),
        (profile("xmp", XMP), profile("exif", EXIF)),
        (chunk(b"eXIf", EXIF[6:]), profile("exif", exif_of(Make="B").tobytes())),
        (chunk(b"eXIf", EXIF),),
        (profile("exif", b"nothing of use"), profile("APP1", EXIF)),
    ],
    ids=range(11),
)
@pytest.mark.parametrize("at_end", [False, True])
def test_exif_is_found_in_a_raw_profile(chunks: tuple[bytes, ...], at_end: bool) -> None:
    """Under each name, with anything behind its digits; eXIf goes first."""
    assert "Apple iPhone 7" == facts_of_file(png(*chunks, at_end=at_end)).camera


@pytest.mark.parametrize(
    "broken",
    [b"", b"\n", b"\nexif\n", b"\nexif\n  12\nxyz", b"\nexif\n999999999\n45", b"\nexif\n-3\n4578"],
)
def test_a_broken_raw_profile_costs_no_photo(broken: bytes) -> None:
    """It says nothing, and the picture is read."""
    known = facts_of_file(png(chunk(b"tEXt", b"Raw profile type exif\0" + broken)))

    assert (None, False) == (known.camera, known.has_exif)


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "tiff", "avif", "heic"])
@pytest.mark.parametrize("exif", [1, 8, None])
def test_only_exif_turns_a_picture(form: str, exif: int | None) -> None:
    """An orientation in the XMP text does nothing, to the size as to the picture."""
    image = drawn(320, 240)
    stored = held(image, exif or 1)
    options: dict[str, Any] = {"exif": exif_of(exif)} if exif else {}
    if form == "png":
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", TURNED.decode())
    elif form == "tiff":
        options["tiffinfo"] = {700: TURNED} | ({274: exif} if exif else {})
        options.pop("exif", None)
    else:
        options["xmp"] = TURNED
    data = written(stored, form, **options)
    if form == "heic":
        # The writer takes XMP's word and turns the container.
        stored = image if exif else held(image, 6)
        data = written(stored, form, **options)

    photo = read_picture(data, max_pixels=Limits.photo_pixels)

    assert photo.orientation == (1 if form == "heic" else exif or 1)
    assert {"tiff:Make": "Canon"}.items() <= dict(photo.metadata.xmp).items()
    if form != "heic":
        assert (320, 240) == photo.size
        assert difference(squashed(image), photo.pixels) < 6


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (b"Pixel 7\0", "Pixel 7"),
        ("Kamera Öl".encode(), "Kamera Öl"),
        ("写真機".encode() + b"\0", "写真機"),
        ("Kamera Öl".encode("latin-1"), "Kamera Öl"),
        (b"x" * 400, "x" * 64),
        (("ö" * 600).encode(), "ö" * 64),
        (b"\0\0", None),
    ],
)
@pytest.mark.parametrize("form", [2, 129, 7])
def test_texts_are_read_in_every_encoding(block: bytes, form: int, expected: str | None) -> None:
    """ASCII's type with UTF-8 or Latin-1 in it, Exif 3.0's type, and none."""
    entry = b"\x01\x10" + form.to_bytes(2, "big") + len(block).to_bytes(4, "big")
    value = block.ljust(4, b"\0") if len(block) <= 4 else (26).to_bytes(4, "big")
    directory = b"MM\0*\0\0\0\x08\0\1" + entry + value + b"\0\0\0\0" + block

    for data in (
        jpeg(segment(0xE1, b"Exif\0\0" + directory)),
        png(chunk(b"eXIf", directory)),
        written(drawn(16, 16), "webp", exif=directory),
    ):
        assert expected == facts_of_file(data).camera


def test_a_date_in_the_first_directory_counts() -> None:
    """TIFF/EP has DateTimeOriginal there; EXIF's own goes first."""
    exif = exif_of(DateTimeOriginal="2015:08:22 14:08:19")
    both = exif_of(DateTimeOriginal="2015:08:22 14:08:19")
    both.get_ifd(ExifTags.IFD.Exif)[TAGS.DateTimeOriginal] = "2016:01:02 03:04:05"

    ep = facts_of_file(written(drawn(16, 16), "jpeg", exif=exif)).taken
    own = facts_of_file(written(drawn(16, 16), "jpeg", exif=both)).taken
    tagged = facts_of_file(tiff(TAGS.DateTimeOriginal, 2, b"2015:08:22 14:08:19\0")).taken

    assert (TakenFrom.EXIF, "2015-08-22T14:08:19") == (ep.origin, ep.date.text)
    assert (TakenFrom.EXIF, "2016-01-02T03:04:05") == (own.origin, own.date.text)
    assert (TakenFrom.EXIF, "2015-08-22T14:08:19") == (tagged.origin, tagged.date.text)


def test_blocks_in_exif_are_read_as_in_a_tiff() -> None:
    """An EXIF block in a JPEG may hold XMP and IPTC by their tags."""
    exif = Image.Exif()
    exif[700], exif[33723] = XMP, BOTH

    photo = read_picture(written(drawn(16, 16), "jpeg", exif=exif), max_pixels=Limits.photo_pixels)

    assert "Canon" == photo.metadata.xmp["tiff:Make"]
    assert "20150822" == photo.metadata.iptc[DATE_CREATED]


def test_the_dates_of_the_three_go_in_order() -> None:
    """EXIF, XMP, IPTC."""
    exif = exif_of()
    exif.get_ifd(ExifTags.IFD.Exif)[TAGS.DateTimeOriginal] = "2016:01:02 03:04:05"
    parts = [
        segment(0xE1, exif.tobytes()),
        segment(0xE1, XMP_HEADER + XMP),
        segment(0xED, PHOTOSHOP + resource(0x0404, BOTH)),
    ]

    origins = [facts_of_file(jpeg(*parts[start:])).taken.origin for start in range(4)]

    assert [TakenFrom.EXIF, TakenFrom.XMP, TakenFrom.IPTC, TakenFrom.MTIME] == origins


DEEP = XMP_HEADER + packet('tiff:Make="Canon"', "<a>" * 150_000).encode()[:60_000]


@pytest.mark.parametrize("is_ended", [True, False])
def test_a_photo_whose_xmp_is_refused_is_a_photo_without_it(*, is_ended: bool) -> None:
    """It says so beside whatever else is wrong; EXIF counts as ever."""
    data = jpeg(segment(0xE1, b"Exif\0\0" + EXIF.removeprefix(b"Exif\0\0")), segment(0xE1, DEEP))
    unended = "its end marker is missing, but all of the picture is there; "

    found = read_picture(data if is_ended else data[:-2], max_pixels=Limits.photo_pixels)

    assert {} == found.metadata.xmp
    assert "iPhone 7" == found.metadata.base[TAGS.Model]
    assert (
        f"{'' if is_ended else unended}its XMP is not read: "
        "more than 100 of its elements stand in one another"
    ) == found.remark


@pytest.mark.parametrize(("before", "camera"), [(7, "Canon"), (8, None)])
def test_only_so_many_packets_are_read(before: int, camera: str | None) -> None:
    """A JPEG may have thousands, each of which takes its time."""
    empty = segment(0xE1, XMP_HEADER + packet().encode())

    facts = facts_of_file(jpeg(*[empty] * before, segment(0xE1, XMP_HEADER + XMP)))

    assert camera == facts.camera
