"""What a file is, by its content and never by its name: a `.MOV` may be a HEIC, a `.jpg` a PNG.

RAW files are TIFFs with a thumbnail in front; they are told apart by their tags and named as not
supported, so that nobody's DNG is filed for what its thumbnail shows. No decoder runs here: only
signatures and, in a TIFF, the first directory are read.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

_HEAD_BYTES = 64
_TIFF_ENTRIES_LIMIT = 512
_TIFF_ENTRY_BYTES, _TIFF_SHORT = 12, 3


class Support(StrEnum):
    """What we do with a kind of file."""

    PHOTO = "photo"
    UNSUPPORTED = "unsupported"
    NOT_A_PHOTO = "not a photo"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: `name` for machines ("heic"), `words` for people ("a HEIC photo")."""

    name: str
    support: Support
    words: str


def _photo(name: str, words: str) -> Kind:
    return Kind(name, Support.PHOTO, words)


def _unsupported(name: str, words: str) -> Kind:
    return Kind(name, Support.UNSUPPORTED, f"{words}, which is not supported")


def _other(name: str, words: str) -> Kind:
    return Kind(name, Support.NOT_A_PHOTO, words)


EMPTY = _other("empty", "an empty file")
UNKNOWN = _other("unknown", "a file of an unknown kind")

_JPEG = _photo("jpeg", "a JPEG photo")
_TIFF = _photo("tiff", "a TIFF photo")
_HEIC = _photo("heic", "a HEIC photo")
_BMP = _photo("bmp", "a BMP picture")
_AVIF = _photo("avif", "an AVIF photo")
_VIDEO = _other("video", "a video")
_JXL = _unsupported("jxl", "a JPEG XL picture")
_JPEG2000 = _unsupported("jpeg2000", "a JPEG 2000 picture")
_RAW = _unsupported("raw", "a camera's RAW file")
_EPS = _unsupported("eps", "an EPS drawing")
_CR3 = _unsupported("cr3", "a Canon RAW (CR3) file")

# Signatures at the start of the file; the first that fits. Sources: the formats' specifications and
# file(1)'s magic.
_SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", _JPEG),
    (b"\x89PNG\r\n\x1a\n", _photo("png", "a PNG picture")),
    (b"GIF87a", _photo("gif", "a GIF picture")),
    (b"GIF89a", _photo("gif", "a GIF picture")),
    (b"\xff\x0a", _JXL),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", _JXL),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", _JPEG2000),
    (b"\xff\x4f\xff\x51", _JPEG2000),
    (b"FUJIFILMCCD-RAW", _unsupported("raf", "a Fujifilm RAW (RAF) file")),
    (b"IIRO", _unsupported("orf", "an Olympus RAW (ORF) file")),
    (b"IIRS", _unsupported("orf", "an Olympus RAW (ORF) file")),
    (b"MMOR", _unsupported("orf", "an Olympus RAW (ORF) file")),
    (b"IIU\x00", _unsupported("rw2", "a Panasonic RAW (RW2) file")),
    (b"FOVb", _unsupported("x3f", "a Sigma RAW (X3F) file")),
    (b"\x00MRM", _unsupported("mrw", "a Minolta RAW (MRW) file")),
    (b"8BPS", _unsupported("psd", "a Photoshop file")),
    (b"%!PS", _EPS),
    (b"\xc5\xd0\xd3\xc6", _EPS),
    (b"%PDF", _other("pdf", "a PDF document")),
    (b"<?xpacket", _other("xmp", "an XMP sidecar")),
    (b"<x:xmpmeta", _other("xmp", "an XMP sidecar")),
    (b"<?xml", _other("xml", "an XML file")),
    (b"bplist", _other("plist", "a property list")),
    (b"\x1aE\xdf\xa3", _VIDEO),
    (b"PK\x03\x04", _other("zip", "a ZIP archive")),
)

# Brands of ISO base media files (ISO/IEC 14496-12, 23008-12 annex B; the AVIF specification).
_BRANDS: dict[bytes, Kind] = {
    b"crx ": _CR3,
    b"avif": _AVIF,
    b"avis": _AVIF,
    **dict.fromkeys(
        (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), _HEIC
    ),
}
# Boxes that may stand first in a QuickTime film older than `ftyp`.
_FILM_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")

_RIFF_FORMS = {b"WEBP": _photo("webp", "a WebP picture"), b"AVI ": _VIDEO}
_TIFF_SIGNATURES = frozenset({b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"})

# TIFF tags (TIFF 6.0, DNG 1.7) and the compressions that only RAW files have.
_NEW_SUBFILE_TYPE, _COMPRESSION, _MAKE, _SUB_IFDS, _DNG_VERSION = 254, 259, 271, 330, 50706
_RAW_COMPRESSIONS = {32767: "arw", 32769: "raw", 32770: "srw", 34713: "nef", 65535: "pef"}
_RAW_OF_MAKE: tuple[tuple[bytes, str, str], ...] = (
    (b"NIKON", "nef", "a Nikon RAW (NEF) file"),
    (b"SONY", "arw", "a Sony RAW (ARW) file"),
    (b"Canon", "cr2", "a Canon RAW (CR2) file"),
    (b"PENTAX", "pef", "a Pentax RAW (PEF) file"),
    (b"SAMSUNG", "srw", "a Samsung RAW (SRW) file"),
)


def sniff(file: BinaryIO) -> Kind:
    """What the file is; it is read from its start, and not far.

    Raises:
        OSError: the file cannot be read.
    """
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    if not head:
        return EMPTY
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[:4] in _TIFF_SIGNATURES:
        return _sniff_tiff(file, head)
    return _sniff_inside(head)


def _sniff_inside(head: bytes) -> Kind:
    """The kinds whose signature does not stand at the very start."""
    if head[:4] == b"RIFF":
        return _RIFF_FORMS.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _sniff_brands(head)
    if head[4:8] in _FILM_BOXES:
        return _VIDEO
    return _BMP if _is_bmp(head) else UNKNOWN


def _sniff_brands(head: bytes) -> Kind:
    """The kind by the major brand, else by the first compatible one that we know."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[place : place + 4] for place in range(16, end, 4))]
    # An AVIF lists `mif1` too: the coding's own brand comes first.
    for wanted in (_CR3, _AVIF, _HEIC):
        if any(_BRANDS.get(brand) == wanted for brand in brands):
            return wanted
    return _VIDEO


def _is_bmp(head: bytes) -> bool:
    """`BM` and one of the known header sizes: two letters alone would take many texts for it."""
    known_headers = {12, 16, 40, 52, 56, 64, 108, 124}
    return head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in known_headers


def _sniff_tiff(file: BinaryIO, head: bytes) -> Kind:
    if head[8:10] == b"CR":
        return _unsupported("cr2", "a Canon RAW (CR2) file")
    if head[2:3] == b"+" or head[3:4] == b"+":
        return _TIFF  # BigTIFF: no camera writes RAW as one
    tags = _first_directory(file, "<" if head[:2] == b"II" else ">")
    if _DNG_VERSION in tags:
        return _unsupported("dng", "a RAW (DNG) file")
    is_preview = bool(tags.get(_NEW_SUBFILE_TYPE, 0) & 1)
    if is_preview or tags.get(_COMPRESSION, 0) in _RAW_COMPRESSIONS or _SUB_IFDS in tags:
        return _raw_of_make(file, tags)
    return _TIFF


def _raw_of_make(file: BinaryIO, tags: dict[int, int]) -> Kind:
    """The RAW of the camera's make; a TIFF with pages below it and no camera is a TIFF."""
    file.seek(tags.get(_MAKE, 0))
    make = file.read(32) if _MAKE in tags else b""
    for start, name, words in _RAW_OF_MAKE:
        if make.startswith(start):
            return _unsupported(name, words)
    return _RAW if tags.get(_COMPRESSION, 0) in _RAW_COMPRESSIONS else _TIFF


def _first_directory(file: BinaryIO, order: str) -> dict[int, int]:
    """The first directory's tags with their first value, or its place in the file."""
    file.seek(4)
    file.seek(_number(file, order + "I"))
    tags: dict[int, int] = {}
    for _ in range(min(_number(file, order + "H"), _TIFF_ENTRIES_LIMIT)):
        entry = file.read(_TIFF_ENTRY_BYTES)
        if len(entry) < _TIFF_ENTRY_BYTES:
            break
        tag, form = struct.unpack_from(order + "HH", entry)
        tags[tag] = struct.unpack_from(order + ("H" if form == _TIFF_SHORT else "I"), entry, 8)[0]
    return tags


def _number(file: BinaryIO, layout: str) -> int:
    """The next number, 0 where the file ends before it."""
    raw = file.read(struct.calcsize(layout))
    if len(raw) < struct.calcsize(layout):
        return 0
    number: int = struct.unpack(layout, raw)[0]
    return number
