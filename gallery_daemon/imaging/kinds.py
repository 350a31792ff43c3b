"""The kinds of files that lie in a photo folder, and the signatures most of them begin with.

Whatever is not ours is named where that is easy, because "a Nikon RAW (NEF) file, which is not
supported" tells a person more than "cannot identify image file".

Sources: the formats' own specifications and the signatures of file(1).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Support(StrEnum):
    """What we do with a kind of file."""

    PHOTO = "photo"
    UNSUPPORTED = "unsupported"
    NOT_A_PHOTO = "not a photo"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: `name` for machines ("heic"), `words` for people ("a HEIC photo").

    The words of a kind that is refused say so, and can stand as the reason in the log.
    """

    name: str
    support: Support
    words: str

    @property
    def is_photo(self) -> bool:
        """Whether we can read it."""
        return self.support is Support.PHOTO


def _photo(name: str, words: str) -> Kind:
    return Kind(name, Support.PHOTO, words)


def _unsupported(name: str, words: str) -> Kind:
    return Kind(name, Support.UNSUPPORTED, f"{words}, which is not supported")


def _other(name: str, words: str) -> Kind:
    return Kind(name, Support.NOT_A_PHOTO, f"{words}, not a photo")


EMPTY = Kind("empty", Support.NOT_A_PHOTO, "an empty file")
ZEROS = Kind("zeros", Support.NOT_A_PHOTO, "a file that begins with nothing but zeros")
UNKNOWN = Kind("unknown", Support.NOT_A_PHOTO, "a file whose content is no known picture format")

JPEG = _photo("jpeg", "a JPEG photo")
PNG = _photo("png", "a PNG picture")
GIF = _photo("gif", "a GIF picture")
WEBP = _photo("webp", "a WebP picture")
BMP = _photo("bmp", "a BMP picture")
TIFF = _photo("tiff", "a TIFF picture")
HEIC = _photo("heic", "a HEIC photo")
AVIF = _photo("avif", "an AVIF photo")
VIDEO = _other("video", "a video")

_JXL = _unsupported("jxl", "a JPEG XL picture")
_JPEG2000 = _unsupported("jpeg2000", "a JPEG 2000 picture")
_EPS = _unsupported("eps", "an EPS drawing")
_DDS = _unsupported("dds", "a DDS texture")
_ICON = _unsupported("ico", "a Windows icon")
_BLP = _unsupported("blp", "a BLP texture")
_SGI = _unsupported("sgi", "an SGI picture")
PPM = _unsupported("ppm", "a PPM picture")
FLI = _unsupported("fli", "a FLI animation")
CR2 = _unsupported("cr2", "a Canon RAW (CR2) file")
CR3 = _unsupported("cr3", "a Canon RAW (CR3) file")
DNG = _unsupported("dng", "a RAW (DNG) file")
_ORF = _unsupported("orf", "an Olympus RAW (ORF) file")
RAW = _unsupported("raw", "a camera's RAW file")
SIDECAR = _other("xmp", "an XMP sidecar")
XML = _other("xml", "an XML file")
HTML = _other("html", "a web page")
TEXT = _other("text", "a text file")
SOUND = _other("sound", "a sound recording")

# At the start of the file; the first that fits. Those of JPEG and PNG are kept short: a damaged one
# shall be called a broken photo.
SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8", JPEG),
    (b"\x89PNG", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"\xff\x0a", _JXL),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", _JXL),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", _JPEG2000),
    (b"\xff\x4f\xff\x51", _JPEG2000),
    (b"FUJIFILMCCD-RAW", _unsupported("raf", "a Fujifilm RAW (RAF) file")),
    (b"IIRO", _ORF),
    (b"IIRS", _ORF),
    (b"MMOR", _ORF),
    (b"IIU\x00", _unsupported("rw2", "a Panasonic RAW (RW2) file")),
    (b"FOVb", _unsupported("x3f", "a Sigma RAW (X3F) file")),
    (b"\x00MRM", _unsupported("mrw", "a Minolta RAW (MRW) file")),
    (b"II\x1a\x00\x00\x00HEAPCCDR", _unsupported("crw", "a Canon RAW (CRW) file")),
    (b"8BPS", _unsupported("psd", "a Photoshop file")),
    (b"gimp xcf", _unsupported("xcf", "a GIMP file")),
    (b"%!PS", _EPS),
    (b"\xc5\xd0\xd3\xc6", _EPS),
    (b"\x00\x00\x01\x00", _ICON),
    (b"\x00\x00\x02\x00", _ICON),
    (b"icns", _unsupported("icns", "an Apple icon")),
    (b"DDS ", _DDS),
    (b"BLP1", _BLP),
    (b"BLP2", _BLP),
    (b"\x01\xda", _SGI),
    (b"qoif", _unsupported("qoi", "a QOI picture")),
    (b"\x8aMNG\r\n\x1a\n", _unsupported("mng", "an MNG animation")),
    (b"\x76\x2f\x31\x01", _unsupported("exr", "an OpenEXR picture")),
    (b"#?RADIANCE", _unsupported("hdr", "a Radiance picture")),
    (b"%PDF", _other("pdf", "a PDF document")),
    (b"<?xpacket", SIDECAR),
    (b"<x:xmpmeta", SIDECAR),
    (b"bplist", _other("plist", "a property list")),
    (b"\x00\x05\x16\x07", _other("appledouble", "an AppleDouble file")),
    (b"\x1aE\xdf\xa3", VIDEO),
    (b"\x00\x00\x01\xba", VIDEO),
    (b"\x00\x00\x01\xb3", VIDEO),
    (b"OggS", SOUND),
    (b"ID3", SOUND),
    (b"fLaC", SOUND),
    (b"PK\x03\x04", _other("zip", "a ZIP archive")),
    (b"\x1f\x8b", _other("gzip", "a gzip archive")),
    (b"SQLite format 3\x00", _other("sqlite", "a database")),
)

# Within the first bytes of a text in angle brackets; the first that fits.
MARKS_IN_TEXT: tuple[tuple[bytes, Kind], ...] = (
    (b"<x:xmpmeta", SIDECAR),
    (b"<rdf:RDF", SIDECAR),
    (b"<plist", _other("plist", "a property list")),
    (b"<svg", _unsupported("svg", "an SVG drawing")),
    (b"<!doctype html", HTML),
    (b"<html", HTML),
    (b"<?xml", XML),
)

# By how the maker calls itself in a TIFF, in lower case.
RAW_OF_MAKE: tuple[tuple[str, Kind], ...] = (
    ("nikon", _unsupported("nef", "a Nikon RAW (NEF) file")),
    ("sony", _unsupported("arw", "a Sony RAW (ARW) file")),
    ("canon", CR2),
    ("pentax", _unsupported("pef", "a Pentax RAW (PEF) file")),
    ("ricoh", _unsupported("pef", "a Pentax RAW (PEF) file")),
    ("samsung", _unsupported("srw", "a Samsung RAW (SRW) file")),
    ("hasselblad", _unsupported("3fr", "a Hasselblad RAW (3FR) file")),
    ("kodak", _unsupported("dcr", "a Kodak RAW (DCR) file")),
    ("eastman kodak", _unsupported("dcr", "a Kodak RAW (DCR) file")),
    ("epson", _unsupported("erf", "an Epson RAW (ERF) file")),
)
