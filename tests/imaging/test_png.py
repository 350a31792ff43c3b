"""What a PNG has besides its picture never hides the picture; what is wrong with it still does."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gallery_daemon.errors import BadPhoto
from gallery_daemon.imaging.decode import read_picture
from gallery_daemon.imaging.png import TEXT_BYTES_LIMIT, used_chunks
from tests.imaging.pictures import drawn, exif_of, written
from tests.imaging.test_xmp import packet

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = written(drawn(), "png")
HEADER_END = 8 + 25
MIB = 1 << 20


def chunk(name: bytes, content: bytes, *, is_right: bool = True) -> bytes:
    """A chunk with its check sum, or another one."""
    total = zlib.crc32(name + content) ^ (0 if is_right else 1)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", total)


def with_chunks(*chunks: bytes, behind: bool = False, png: bytes = PLAIN) -> bytes:
    """A PNG with these chunks behind its header, or behind its pixels."""
    place = png.index(b"IEND") - 4 if behind else HEADER_END
    return png[:place] + b"".join(chunks) + png[place:]


def packed(text: bytes) -> bytes:
    """As in zTXt, iTXt and iCCP."""
    return zlib.compress(text)


def read(data: bytes) -> np.ndarray:
    """The picture's pixels."""
    return read_picture(data, max_pixels=10**7).pixels


LONG = b"a" * (2 * MIB)
ENDLESS = packed(bytes(TEXT_BYTES_LIMIT + MIB))
ITXT = b"key\0\1\0en\0key\0"
UNNEEDED = {
    "a text of 2 MiB": chunk(b"tEXt", b"Comment\0" + LONG),
    "a packed text of 2 MiB": chunk(b"zTXt", b"Comment\0\0" + packed(LONG)),
    "an international one": chunk(b"iTXt", ITXT + packed(LONG)),
    "one that is not packed": chunk(b"iTXt", b"key\0\0\0en\0key\0" + LONG),
    "one that would fill the memory": chunk(b"zTXt", b"Comment\0\0" + ENDLESS),
    "an international one that would": chunk(b"iTXt", ITXT + ENDLESS),
    "texts of 100 MiB in all": chunk(b"zTXt", b"Comment\0\0" + packed(bytes(10 * MIB))) * 10,
    "a text packed in an unknown way": chunk(b"zTXt", b"Comment\0\x07" + packed(LONG)),
    "an international one, too": chunk(b"iTXt", b"key\0\1\7en\0key\0" + packed(LONG)),
    "a text that cannot be unpacked": chunk(b"zTXt", b"Comment\0\0nonsense"),
    "a text without a keyword": chunk(b"tEXt", b""),
    "a packed text without anything": chunk(b"zTXt", b"Comment"),
    "a profile of 2 MiB": chunk(b"iCCP", b"ICC\0\0" + packed(LONG)),
    "a profile that would fill the memory": chunk(b"iCCP", b"ICC\0\0" + ENDLESS),
    "a profile packed in an unknown way": chunk(b"iCCP", b"ICC\0\x07" + packed(LONG)),
    "an empty profile": chunk(b"iCCP", b""),
    "a gamma that is cut": chunk(b"gAMA", b"\0\0"),
    "colours that are cut": chunk(b"cHRM", b"\0\0\0\0"),
    "no rendering intent": chunk(b"sRGB", b""),
    "a size that is cut": chunk(b"pHYs", b"\0\0"),
    "transparency that is cut": chunk(b"tRNS", b"\0"),
    "frames out of order": chunk(b"acTL", bytes(3)) + chunk(b"fcTL", struct.pack(">I", 7) * 7),
    "a frame beyond the picture": chunk(b"acTL", b"\0\0\0\2" + bytes(4))
    + chunk(b"fcTL", bytes(4) + struct.pack(">IIII", 9999, 9999, 9, 9) + bytes(6)),
    "a chunk that nobody knows": chunk(b"prVt", b"\0" * 100),
}
WRONG_SUMS = "tEXt zTXt iTXt iCCP gAMA cHRM sRGB pHYs tRNS bKGD tIME eXIf hIST sBIT sPLT acTL prVt"


@pytest.mark.parametrize("what", UNNEEDED)
@pytest.mark.parametrize("behind", [False, True], ids=["before the pixels", "behind them"])
def test_what_nobody_needs_does_not_hide_the_picture(what: str, behind: bool) -> None:
    """However long, however packed, however wrong: viewers show the picture."""
    assert np.array_equal(read(PLAIN), read(with_chunks(UNNEEDED[what], behind=behind)))


@pytest.mark.parametrize("name", WRONG_SUMS.split())
@pytest.mark.parametrize("behind", [False, True], ids=["before the pixels", "behind them"])
def test_a_wrong_check_sum_of_an_ancillary_chunk_is_passed_over(name: str, behind: bool) -> None:
    """As libpng does, with a warning; what the chunk says is not believed."""
    wrong = chunk(name.encode(), b"\0\0\0\0\0\0\0\0\0", is_right=False)

    assert np.array_equal(read(PLAIN), read(with_chunks(wrong, behind=behind)))


def test_transparency_and_metadata_are_kept() -> None:
    """They are used: the one changes the picture, the others are facts."""
    exif = exif_of(6, Model="Camera").tobytes().removeprefix(b"Exif\0\0")
    xmp = packet('tiff:Make="Canon"', " " * (2 * MIB)).encode()
    data = with_chunks(
        chunk(b"eXIf", exif),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + packed(xmp)),
        chunk(b"iCCP", b"ICC\0\0" + packed(LONG)),
    )
    # A colour key, in a picture of that colour alone.
    keyed = with_chunks(
        chunk(b"tRNS", b"\0\1\0\2\0\3"),
        chunk(b"gAMA", b""),
        png=written(drawn().point(lambda _: 0).convert("RGB"), "png"),
    )

    found = read_picture(data, max_pixels=10**7)

    assert (6, "Camera") == (found.orientation, found.metadata.base[272])
    assert {"tiff:Make": "Canon"} == found.metadata.xmp
    assert b"tRNS" in used_chunks(keyed)
    assert b"gAMA" not in used_chunks(keyed)


def test_a_usual_png_is_handed_on_as_it_is() -> None:
    """No copy is made where nothing is left out; what follows the end is nobody's business."""
    assert used_chunks(PLAIN) is PLAIN
    assert PLAIN + b"foreign" == used_chunks(PLAIN + b"foreign")


def damaged(name: bytes) -> bytes:
    """The plain PNG with a wrong check sum of its first chunk of that name."""
    start = PLAIN.index(name) - 4
    end = start + 12 + int.from_bytes(PLAIN[start : start + 4], "big")
    return PLAIN[: end - 1] + bytes([PLAIN[end - 1] ^ 1]) + PLAIN[end:]


WRONG: dict[str, Callable[[], bytes]] = {
    "the header's check sum": lambda: damaged(b"IHDR"),
    "the palette's check sum": lambda: with_chunks(chunk(b"PLTE", b"\0\0\0", is_right=False)),
    "an unknown critical chunk's": lambda: with_chunks(chunk(b"ABCD", b"", is_right=False)),
    "a name that is none": lambda: with_chunks(chunk(b"a\0b\1", b"")),
    "half of it": lambda: PLAIN[: len(PLAIN) // 2],
    "half, behind a chunk that is left out": lambda: with_chunks(UNNEEDED["a gamma that is cut"])[
        : len(PLAIN) // 2
    ],
    "cut in a text": lambda: with_chunks(UNNEEDED["a text of 2 MiB"])[:MIB],
    "no pixels": lambda: PLAIN[:HEADER_END] + chunk(b"IEND", b""),
    "pixels that are broken": lambda: (
        PLAIN[:HEADER_END] + chunk(b"IDAT", b"\0" * 1000) + chunk(b"IEND", b"")
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_with_the_picture_is_still_refused(what: str) -> None:
    """The neighbours: a critical chunk, a missing end, a half-written file."""
    with pytest.raises(BadPhoto):
        read(WRONG[what]())


def test_a_chunk_between_pixels_is_not_hidden() -> None:
    """Such a PNG is wrong in itself, and libpng refuses it as well."""
    raw = zlib.compress(bytes(20 * 61), 0)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 20, 20, 8, 2, 0, 0, 0))
    pixels = (chunk(b"IDAT", raw[:100]), chunk(b"IDAT", raw[100:]))
    end = chunk(b"IEND", b"")
    text = chunk(b"gAMA", b"\0\0\0\1")

    assert (224, 224, 3) == read(PLAIN[:8] + header + b"".join(pixels) + end).shape
    with pytest.raises(BadPhoto):
        read(PLAIN[:8] + header + text.join(pixels) + end)
