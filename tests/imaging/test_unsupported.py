"""What cannot be decoded here although nothing is wrong with it is not called broken."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from gallery_daemon.errors import BadPhoto, NotAPhoto
from gallery_daemon.imaging.decode import read_picture
from tests.imaging.pictures import drawn, written

if TYPE_CHECKING:
    from collections.abc import Callable

SIDE = 8


def tiff(
    *,
    bits: tuple[int, ...] = (8,),
    photometric: int = 1,
    compression: int = 1,
    form: tuple[int, ...] = (),
    order: str = "<",
    pixels: bytes | None = None,
) -> bytes:
    """A TIFF of 8 x 8 with pixels that are all there."""
    data = bytes(SIDE * SIDE * max(1, sum(bits) // 8)) if pixels is None else pixels
    tags = {256: (3, (SIDE,)), 257: (3, (SIDE,)), 258: (3, bits), 259: (3, (compression,))}
    tags |= {262: (3, (photometric,)), 277: (3, (len(bits),)), 278: (3, (SIDE,))}
    tags |= {279: (4, (len(data),))} | ({339: (3, form)} if form else {})
    directory_bytes = 2 + 12 * (len(tags) + 1) + 4
    place = 8 + directory_bytes
    longer = b""
    entries = {}
    for tag, (kind, values) in tags.items():
        raw = struct.pack(f"{order}{len(values)}{'HI'[kind == 4]}", *values)
        if len(raw) > 4:
            entries[tag] = (kind, len(values), struct.pack(f"{order}I", place + len(longer)))
            longer += raw
        else:
            entries[tag] = (kind, len(values), raw.ljust(4, b"\0"))
    entries[273] = (4, 1, struct.pack(f"{order}I", place + len(longer)))
    body = b"".join(
        struct.pack(f"{order}HHI", tag, kind, count) + field
        for tag, (kind, count, field) in sorted(entries.items())
    )
    mark = b"II*\0" if order == "<" else b"MM\0*"
    head = mark + struct.pack(f"{order}IH", 8, len(entries))
    return head + body + bytes(4) + longer + data


def big_tiff() -> bytes:
    """A whole big-endian BigTIFF, as far as anyone looks."""
    tags = {256: SIDE, 257: SIDE, 258: 8, 259: 1, 262: 1, 273: 200, 277: 1, 279: 64}
    entries = b"".join(struct.pack(">HHQH6x", tag, 3, 1, value) for tag, value in tags.items())
    head = b"MM\0+" + struct.pack(">HHQQ", 8, 0, 16, len(tags))
    return (head + entries + bytes(8)).ljust(264, b"\0")


def jpeg(frame: int = 0xC0, bits: int = 8, components: int = 3) -> bytes:
    """A JPEG with another frame header, whose end is there."""
    whole = written(drawn(), "jpeg", subsampling=0)
    place = whole.index(b"\xff\xc0")
    length = int.from_bytes(whole[place + 2 : place + 4], "big")
    content = bytearray(whole[place + 4 : place + 2 + length][:6])
    content[0], content[5] = bits, components
    content += b"".join(bytes((number + 1, 0x11, number > 0)) for number in range(components))
    segment = struct.pack(">BBH", 0xFF, frame, len(content) + 2) + bytes(content)
    return whole[:place] + segment + whole[place + 2 + length :]


def bmp(compression: int, bits: int = 32, header: int = 40) -> bytes:
    """A BMP that says so; with masks that nobody uses."""
    pixels = bytes(SIDE * SIDE * 4)
    head = struct.pack("<IiiHHIIiiII", header, SIDE, SIDE, 1, bits, compression, 256, 0, 0, 0, 0)
    masks = struct.pack("<4I", 0x3, 0xC, 0x30, 0xC0)
    start = 14 + len(head) + len(masks)
    return struct.pack("<2sIHHI", b"BM", start + 256, 0, 0, start) + head + masks + pixels


def apple_png() -> bytes:
    """As Xcode writes them into an app: another first chunk, and pixels without a zlib head."""
    png = written(drawn(), "png")
    return png[:8] + struct.pack(">I4s4sI", 4, b"CgBI", bytes(4), 0x2CB8779E) + png[8:]


UNSUPPORTED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a big-endian BigTIFF": (big_tiff, "big-endian BigTIFF"),
    "CIELAB of 16 bits": (lambda: tiff(bits=(16,) * 3, photometric=8), "CIELAB colours"),
    "ICCLAB": (lambda: tiff(bits=(8,) * 3, photometric=9), "ICCLAB colours"),
    "ITULAB": (lambda: tiff(bits=(8,) * 3, photometric=10), "ITULAB colours"),
    "LogLuv": (lambda: tiff(bits=(16,) * 3, photometric=32845), "LogLuv colours"),
    "floats of 16 bits": (lambda: tiff(bits=(16,), form=(3,)), "floating-point numbers of 16"),
    "floats of 64 bits": (lambda: tiff(bits=(64,), form=(3,)), "floating-point numbers of 64"),
    "RGB of floats": (
        lambda: tiff(bits=(32,) * 3, photometric=2, form=(3,) * 3),
        "floating-point numbers of 32 bits",
    ),
    "complex numbers": (lambda: tiff(bits=(64,), form=(6,)), "complex numbers of 64 bits"),
    "whole numbers of 64 bits": (lambda: tiff(bits=(64,)), "64 bits a sample"),
    "RGB of 32 bits": (lambda: tiff(bits=(32,) * 3, photometric=2), "32 bits a sample"),
    "RGB of 10 bits": (lambda: tiff(bits=(10,) * 3, photometric=2), "10 bits a sample"),
    "RGB of 4 bits": (lambda: tiff(bits=(4,) * 3, photometric=2), "4 bits a sample"),
    "RGB of 1 bit": (lambda: tiff(bits=(1,) * 3, photometric=2), "1 bits a sample"),
    "grey of 6 bits": (lambda: tiff(bits=(6,)), "6 bits a sample"),
    "seven colours": (lambda: tiff(bits=(8,) * 7, photometric=5), "7 samples"),
    "WebP in a TIFF": (lambda: tiff(compression=50001, bits=(8,) * 3, photometric=2), "by WebP"),
    "JPEG XL in a TIFF": (lambda: tiff(compression=50002), "by JPEG XL"),
    "JPEG 2000 in a TIFF": (lambda: tiff(compression=34712), "by JPEG 2000"),
    "Aperio's JPEG 2000": (lambda: tiff(compression=33005), "by JPEG 2000"),
    "LERC": (lambda: tiff(compression=34887), "by LERC"),
    "JBIG": (lambda: tiff(compression=34661, bits=(1,)), "by JBIG"),
    "Pixar": (lambda: tiff(compression=32909), "by Pixar"),
    "a lossless JPEG": (lambda: jpeg(0xC3, components=7), "coded losslessly"),
    "a JPEG of 12 bits": (lambda: jpeg(0xC1, bits=12), "12 bits a sample"),
    "a JPEG of two samples": (lambda: jpeg(components=2), "2 samples"),
    "a hierarchical JPEG": (lambda: jpeg(0xC5, bits=12), "hierarchically"),
    "a JPEG too wide for the library": (
        lambda: jpeg().replace(b"\x00\xf0\x01\x40\x03", b"\x00\x01\xff\xff\x03", 1),
        "more than 65500 pixels on a side",
    ),
    "a JPEG-LS": (lambda: jpeg(0xF7), "JPEG-LS"),
    "a JPEG in a BMP": (lambda: bmp(4), "rare way"),
    "a PNG in a BMP": (lambda: bmp(5, bits=0), "rare way"),
    "a BMP with rare masks": (lambda: bmp(3), "rare masks"),
    "Apple's PNG": (apple_png, "CgBI"),
}


@pytest.mark.parametrize("what", UNSUPPORTED)
def test_a_rare_coding_is_not_supported_and_not_broken(what: str) -> None:
    """It is left where it is, with a sentence that says what it is."""
    make, words = UNSUPPORTED[what]
    with pytest.raises(NotAPhoto, match="which is not supported") as refused:
        read_picture(make(), max_pixels=10**6)

    assert words in refused.value.reason


READ: dict[str, Callable[[], bytes]] = {
    "grey": tiff,
    "big-endian": lambda: tiff(order=">"),
    "RGB of 16 bits": lambda: tiff(bits=(16,) * 3, photometric=2),
    "CIELAB of 8 bits": lambda: tiff(bits=(8,) * 3, photometric=8),
    "floats of 32 bits": lambda: tiff(bits=(32,), form=(3,)),
    "a TIFF packed by LZW": lambda: written(drawn(), "tiff", compression="tiff_lzw"),
    "a TIFF packed by Zstandard": lambda: written(drawn(), "tiff", compression="zstd"),
    "a usual JPEG": jpeg,
}


@pytest.mark.parametrize("what", READ)
def test_what_can_be_read_is_read(what: str) -> None:
    """The table of rare codings is asked only where a decoder has failed."""
    assert (224, 224, 3) == read_picture(READ[what](), max_pixels=10**6).pixels.shape


def _broken_lzw() -> bytes:
    return tiff(compression=5, pixels=b"\xff" * 64)


BROKEN: dict[str, Callable[[], bytes]] = {
    "broken LZW": _broken_lzw,
    "a compression that is none": lambda: tiff(compression=198),
    "colours that are none": lambda: tiff(photometric=77),
    "samples of no bits": lambda: tiff(bits=(0,), pixels=bytes(64)),
    "samples of a thousand bits": lambda: tiff(bits=(1000,)),
    "a form of samples that is none": lambda: tiff(form=(99,)),
    "a JPEG without pixels": lambda: b"\xff\xd8\xff\xd9",
    "a JPEG of 9 bits": lambda: jpeg(bits=9),
    "a JPEG without samples": lambda: jpeg(components=0),
    "a BMP of 9 bits": lambda: bmp(0, bits=9),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_stays_broken(what: str) -> None:
    """Nothing in its header says that another program could read it."""
    with pytest.raises(BadPhoto):
        read_picture(BROKEN[what](), max_pixels=10**6)


@pytest.mark.parametrize("form", ["tiff", "jpeg", "bmp"])
def test_a_cut_file_of_a_rare_coding_is_cut(form: str) -> None:
    """Its rest may still come."""
    whole = {"tiff": tiff(bits=(64,)), "jpeg": jpeg(0xC3, components=7), "bmp": bmp(3)}[form]
    with pytest.raises(BadPhoto, match="end early"):
        read_picture(whole[: len(whole) - 100], max_pixels=10**6)


@pytest.mark.parametrize(
    ("words", "is_supported"),
    [
        ("Unsupported feature: Unsupported codec", False),
        ("Security limit exceeded: Maximum number of items", False),
        ("Invalid input: No 'meta' box", True),
    ],
)
def test_what_libheif_says_it_lacks_is_believed(
    words: str, is_supported: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows more codings than anyone could list."""
    from gallery_daemon.imaging import decode  # noqa: PLC0415 - patched

    def fail(_file: object) -> None:
        raise ValueError(words)

    monkeypatch.setitem(decode._OPENERS, "heic", fail)
    heic = written(Image.fromarray(np.zeros((64, 64, 3), np.uint8)), "heic")

    with pytest.raises(BadPhoto if is_supported else NotAPhoto):
        read_picture(heic, max_pixels=10**6)


def test_no_name_of_the_library_reaches_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """A constant of Pillow tells nobody what to do."""
    from gallery_daemon.imaging import decode  # noqa: PLC0415 - patched

    def fail(_file: object) -> None:
        raise ValueError("Decompressed data too large for PngImagePlugin.MAX_TEXT_CHUNK")

    monkeypatch.setitem(decode._OPENERS, "png", fail)

    with pytest.raises(BadPhoto, match=r"^the PNG data are broken$"):
        read_picture(written(drawn(), "png"), max_pixels=10**6)
