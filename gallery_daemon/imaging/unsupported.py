"""What the decoders here cannot read although nothing is wrong with it.

A CIELAB TIFF or a lossless JPEG is not broken: it is left where it is, like a RAW file, and not
called so. Asked only when a decoder has failed on a file whose end is there. Then the header says
how the picture is coded; what is coded in a usual way and cannot be decoded is broken.

Sources: TIFF 6.0, the TIFF technical notes and the list of compressions of libtiff's tiff.h;
ITU-T T.81 table B.1 and T.87 (frames of a JPEG); Windows GDI, BITMAPINFOHEADER; what libheif and
libavif say of what they lack.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gallery_daemon.imaging import tiff

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import BytesIO

    from gallery_daemon.imaging.formats import FileKind

# libheif: "Unsupported feature", "Security limit exceeded"; libavif: "Not implemented", "No codec
# available", "Unsupported depth".
_SAYS_UNSUPPORTED = re.compile(
    r"unsupported (?:feature|depth|codec|bit depth|color|essential|item)|not supported|"
    r"not implemented|security limit|no codec|no decoding plugin",
    re.IGNORECASE,
)

# Of a TIFF: those that Pillow lacks, or libtiff may have been built without.
_COMPRESSIONS = {
    9: "JBIG",
    10: "JBIG",
    32766: "NeXT",
    32767: "Sony RAW",
    32809: "ThunderScan",
    32895: "IT8",
    32896: "IT8",
    32897: "IT8",
    32898: "IT8",
    32908: "Pixar",
    32909: "Pixar",
    32947: "DCS",
    33003: "JPEG 2000",
    33004: "JPEG 2000",
    33005: "JPEG 2000",
    34661: "JBIG",
    34676: "LogLuv",
    34677: "LogLuv",
    34712: "JPEG 2000",
    34715: "JBIG2",
    34718: "Microsoft Document Imaging",
    34719: "Microsoft Document Imaging",
    34887: "LERC",
    34892: "lossy JPEG",
    34925: "LZMA",
    34926: "Zstandard",
    34927: "WebP",
    34933: "PNG",
    34934: "JPEG XR",
    50000: "Zstandard",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL",
}
_USUAL_COMPRESSIONS = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 32771, 32773, 32946})
_COLOURS = {
    4: "transparency masks",
    8: "CIELAB colours",
    9: "ICCLAB colours",
    10: "ITULAB colours",
    32844: "LogL colours",
    32845: "LogLuv colours",
}
_USUAL_COLOURS = frozenset({0, 1, 2, 3, 5, 6})
_BIG_ENDIAN_BIGTIFF = b"MM\0+"
_SAMPLE_BITS = range(1, 65)
_SAMPLE_FORMATS = {2: "signed", 3: "floating-point", 4: "untyped", 5: "complex", 6: "complex"}
_SAMPLES_LIMIT = 1_000

# Of a JPEG: the frames that libjpeg-turbo, as Pillow has it, does not decode.
_FRAMES = {
    0xC3: "losslessly",
    0xC5: "hierarchically",
    0xC6: "hierarchically",
    0xC7: "hierarchically",
    0xC9: "arithmetically",
    0xCA: "arithmetically",
    0xCB: "arithmetically",
    0xCD: "hierarchically",
    0xCE: "hierarchically",
    0xCF: "hierarchically",
    0xF7: "as JPEG-LS",
}
_USUAL_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_USUAL_COMPONENTS = frozenset({1, 3, 4})
_BYTE_BITS = 8
# Source: libjpeg's JPEG_MAX_DIMENSION; the format allows 35 more.
_LONGEST_SIDE = 65_500
_SEGMENTS_LIMIT = 10_000
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_SCAN = 0xDA

# Of a BMP: compressions (JPEG, PNG, masks with alpha, CMYK), and the short header of OS/2.
_BMP_MASKS, _BMP_UNUSUAL = 3, frozenset({4, 5, 6, 11, 12, 13})
_BMP_UNUSUAL_HEADERS, _BMP_UNUSUAL_BITS = frozenset({16}), frozenset({2})
_APPLE_CHUNK = b"CgBI"


def what_is_unsupported(kind: FileKind, file: BytesIO, error: Exception) -> str | None:
    """`a TIFF picture in CIELAB colours, which is not supported`; None if it is broken.

    Args:
        kind: the file's.
        file: the whole file; its position is moved.
        error: what the decoder said.
    """
    look = _LOOKS.get(kind.name)
    found = look(file) if look else None
    if found is None and kind.name in {"heic", "avif"} and _SAYS_UNSUPPORTED.search(str(error)):
        found = "coded in a way"
    return f"{kind.words} {found}, which is not supported" if found else None


def _of_tiff(file: BytesIO) -> str | None:
    file.seek(0)
    if file.read(4) == _BIG_ENDIAN_BIGTIFF:
        return "in the form of a big-endian BigTIFF"
    directory = tiff.first_directory(file) or {}
    if not (_one(directory, tiff.WIDTH) and _one(directory, tiff.HEIGHT)):
        return None
    compression = _one(directory, tiff.COMPRESSION, 1)
    if compression in _COMPRESSIONS:
        return f"compressed by {_COMPRESSIONS[compression]}"
    if compression not in _USUAL_COMPRESSIONS:
        return None
    colours = _one(directory, tiff.PHOTOMETRIC)
    if colours in _COLOURS:
        return f"in {_COLOURS[colours]}"
    return _of_samples(directory) if colours in _USUAL_COLOURS else None


def _of_samples(directory: tiff.Directory) -> str | None:
    """How the samples of a TIFF of a usual colour space are unusual."""
    bits = set(directory.get(tiff.BITS, ())) or {1}
    forms = set(directory.get(tiff.SAMPLE_FORMAT, ())) or {1}
    count = _one(directory, tiff.SAMPLES, 1)
    if not all(each in _SAMPLE_BITS for each in bits) or not 1 <= count <= _SAMPLES_LIMIT:
        return None
    words = [_SAMPLE_FORMATS[form] for form in sorted(forms) if form in _SAMPLE_FORMATS]
    if not words and forms != {1}:
        return None
    sizes = " and ".join(str(each) for each in sorted(bits))
    of = f"of {count} samples, " if count not in _USUAL_COMPONENTS else "of "
    named = f"{' and '.join(words)} numbers of {sizes} bits" if words else f"{sizes} bits a sample"
    # Grey and palettes alone have fewer than 8 bits where Pillow reads them.
    usual = ({1}, {2}, {4}, {8}, {16}) if count == 1 else ({8}, {16})
    is_usual = not words and bits in usual and count in _USUAL_COMPONENTS
    return None if is_usual else of + named


def _of_jpeg(file: BytesIO) -> str | None:
    place = 2
    for _ in range(_SEGMENTS_LIMIT):
        file.seek(place)
        head = file.read(10)
        if len(head) < 10 or head[0] != 0xFF or head[1] == _SCAN:  # noqa: PLR2004 - a frame's head
            return None
        if head[1] in _FRAMES:
            return f"coded {_FRAMES[head[1]]}"
        if head[1] in _USUAL_FRAMES:
            return _of_usual_frame(head)
        place += _step(head)
    return None


def _of_usual_frame(head: bytes) -> str | None:
    bits, components = head[4], head[9]
    if max(int.from_bytes(head[5:7], "big"), int.from_bytes(head[7:9], "big")) > _LONGEST_SIDE:
        return f"with more than {_LONGEST_SIDE} pixels on a side"
    if bits != _BYTE_BITS and bits == 12:  # noqa: PLR2004 - the other that the standard has
        return f"of {bits} bits a sample"
    return None if components in _USUAL_COMPONENTS or not components else f"of {components} samples"


def _step(head: bytes) -> int:
    """To the next segment."""
    if head[1] == 0xFF:  # noqa: PLR2004 - a fill byte
        return 1
    return 2 if head[1] in _STANDALONE else 2 + int.from_bytes(head[2:4], "big")


def _of_bmp(file: BytesIO) -> str | None:
    file.seek(14)
    head = file.read(20)
    number = {at: int.from_bytes(head[at : at + 4], "little") for at in (0, 16)}
    bits = int.from_bytes(head[14:16], "little")
    if number[0] in _BMP_UNUSUAL_HEADERS or bits in _BMP_UNUSUAL_BITS:
        return "in an old form"
    if number[16] in _BMP_UNUSUAL:
        return "coded in a rare way"
    return "with rare masks of its colours" if number[16] == _BMP_MASKS else None


def _of_png(file: BytesIO) -> str | None:
    file.seek(12)
    return "in Apple's own form (CgBI)" if file.read(4) == _APPLE_CHUNK else None


def _one(directory: tiff.Directory, tag: int, otherwise: int = 0) -> int:
    return next(iter(directory.get(tag, ())), otherwise)


_LOOKS: dict[str, Callable[[BytesIO], str | None]] = {
    "tiff": _of_tiff,
    "jpeg": _of_jpeg,
    "bmp": _of_bmp,
    "png": _of_png,
}
