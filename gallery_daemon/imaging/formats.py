"""What a file is, by its content and never by its name: a `.MOV` may be a HEIC, a `.jpg` a PNG.

No decoder runs here, so the daemon itself may ask: only signatures are read and, in a TIFF, the
first directory. RAW files are TIFFs with a preview in front; they are refused here, before a
decoder would take the preview. Files that are not photos are named where that is easy: "a Nikon RAW
(NEF) file, which is not supported" tells more than "cannot identify image file".

Sources: the formats' own specifications and the signatures of file(1); ISO/IEC 23008-12 annex B and
the AVIF specification (brands), DNG 1.7 (RAW tags).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from gallery_daemon.imaging import tiff


class Support(StrEnum):
    """What this program does with a kind of file."""

    PHOTO = "photo"
    UNSUPPORTED = "unsupported"
    NOT_A_PHOTO = "not a photo"


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: `name` for machines ("heic"), `words` for people ("a HEIC photo").

    The words of a kind that is refused are the reason in the log.
    """

    name: str
    support: Support
    words: str

    @property
    def is_photo(self) -> bool:
        """Whether this program can read it."""
        return self.support is Support.PHOTO


def _photo(name: str, words: str) -> FileKind:
    return FileKind(name, Support.PHOTO, words)


def _unsupported(name: str, words: str) -> FileKind:
    return FileKind(name, Support.UNSUPPORTED, f"{words}, which is not supported")


def _other(name: str, words: str) -> FileKind:
    return FileKind(name, Support.NOT_A_PHOTO, f"{words}, not a photo")


EMPTY = FileKind("empty", Support.NOT_A_PHOTO, "an empty file")
ZEROS = FileKind("zeros", Support.NOT_A_PHOTO, "a file that begins with nothing but zeros")
UNKNOWN = FileKind(
    "unknown", Support.NOT_A_PHOTO, "a file whose content is no known picture format"
)

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
_RADIANCE = _unsupported("hdr", "a Radiance picture")
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

# At the start of the file; the first that fits. Those of JPEG and PNG are short, so that a damaged
# file counts as a broken photo.
SIGNATURES: tuple[tuple[bytes, FileKind], ...] = (
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
    (b"#?RADIANCE", _RADIANCE),
    (b"#?RGBE", _RADIANCE),
    (b"II\xbc", _unsupported("jxr", "a JPEG XR picture")),
    (b"BPG\xfb", _unsupported("bpg", "a BPG picture")),
    (b"FLIF", _unsupported("flif", "a FLIF picture")),
    (b"\x8bJNG\r\n\x1a\n", _unsupported("jng", "a JNG picture")),
    (b"farbfeld", _unsupported("farbfeld", "a farbfeld picture")),
    (b"AT&TFORM", _unsupported("djvu", "a DjVu document")),
    (b"SIMPLE  =", _unsupported("fits", "a FITS picture")),
    (b"\xd7\xcd\xc6\x9a", _unsupported("wmf", "a Windows drawing (WMF)")),
    (b"%PDF", _other("pdf", "a PDF document")),
    (b"<?xpacket", SIDECAR),
    (b"<x:xmpmeta", SIDECAR),
    (b"bplist", _other("plist", "a property list")),
    (b"\x00\x05\x16\x07", _other("appledouble", "an AppleDouble file")),
    (b"\x1aE\xdf\xa3", VIDEO),
    (b"\x00\x00\x01\xba", VIDEO),
    (b"\x00\x00\x01\xb3", VIDEO),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", VIDEO),
    (b"FLV\x01", VIDEO),
    (b"OggS", SOUND),
    (b"ID3", SOUND),
    (b"fLaC", SOUND),
    (b"PK\x03\x04", _other("zip", "a ZIP archive")),
    (b"\x1f\x8b", _other("gzip", "a gzip archive")),
    (b"SQLite format 3\x00", _other("sqlite", "a database")),
)

# Within the first bytes of a text in angle brackets; the first that fits.
MARKS_IN_TEXT: tuple[tuple[bytes, FileKind], ...] = (
    (b"<x:xmpmeta", SIDECAR),
    (b"<rdf:RDF", SIDECAR),
    (b"<plist", _other("plist", "a property list")),
    (b"<svg", _unsupported("svg", "an SVG drawing")),
    (b"<!doctype html", HTML),
    (b"<html", HTML),
    (b"<?xml", XML),
)

# By the maker's name in a TIFF, in lower case.
RAW_OF_MAKE: tuple[tuple[str, FileKind], ...] = (
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

HEAD_BYTES = 256

# Brands of ISO base media files. The coding's own brand may be anywhere; the structural ones say
# only "a picture", which is a HEIC by default.
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_PICTURE_BRANDS = frozenset({b"mif1", b"mif2", b"mif3", b"msf1", b"miaf"}) | frozenset(
    # Of other codings, which the decoder names if it lacks them.
    {b"avci", b"avcs", b"jpeg", b"jpgs", b"j2ki", b"j2is", b"vvic", b"vvis", b"evbi", b"evbs"}
)
_SOUND_BRANDS = frozenset({b"M4A ", b"M4B "})
# Boxes that may stand first in a QuickTime film older than `ftyp`.
_FILM_BOXES = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_RIFF_FORMS = {b"WEBP": WEBP, b"AVI ": VIDEO, b"WAVE": SOUND}
_FLI_MAGIC = frozenset({b"\x11\xaf", b"\x12\xaf"})
# The sizes of the headers of Windows and OS/2; two letters alone would take many texts for a BMP.
_BMP_HEADERS = range(12, 125)

_CONTROLS_IN_TEXT = frozenset(b"\t\n\r\f")

# How RAW files are coded: the camera's sensor pattern, linear raw, and the makers' compressions.
_RAW_PHOTOMETRICS = frozenset({32803, 34892})
_RAW_COMPRESSIONS = frozenset({32767, 32769, 32770, 34713, 65535})


def sniff(file: BinaryIO) -> FileKind:
    """The file's kind, from its first bytes.

    Raises:
        OSError: the file cannot be read.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not head.strip(b"\0"):
        return ZEROS if head else EMPTY
    for signature, kind in SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[:4] in tiff.SIGNATURES:
        return _of_tiff(file, head)
    return _of_inner_mark(head) or _of_text(_narrow(head))


def _of_inner_mark(head: bytes) -> FileKind | None:
    """The kinds whose mark is not at the very start."""
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    if head[4:8] in _FILM_BOXES:
        return VIDEO
    if head[:4] == b"RIFF":
        return _RIFF_FORMS.get(head[8:12], UNKNOWN)
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return BMP
    if head[4:6] in _FLI_MAGIC and head[14:16] in {b"\0\0", b"\3\0"}:
        return FLI
    is_ppm = head[:1] == b"P" and head[1:2] in b"1234567fF" and head[2:3].isspace()
    return PPM if is_ppm else None


def brands_of(head: bytes) -> set[bytes]:
    """The brands that a file of boxes begins with, the major one and the compatible ones."""
    end = min(int.from_bytes(head[:4], "big"), HEAD_BYTES, len(head))
    return {head[8:12], *(head[place : place + 4] for place in range(16, end, 4))}


def _of_brands(head: bytes) -> FileKind:
    """The kind by the major brand, and by the compatible ones where that says too little."""
    major, brands = head[8:12], brands_of(head)
    if major == b"crx ":
        return CR3
    # An AVIF lists `mif1`, too, and a film's brands say nothing of pictures.
    if brands & _AVIF_BRANDS:
        return AVIF
    if brands & (_HEIC_BRANDS | _PICTURE_BRANDS):
        return HEIC
    return SOUND if major in _SOUND_BRANDS else VIDEO


def _narrow(head: bytes) -> bytes:
    """UTF-16, known by its byte order mark, as if it were ASCII."""
    return head[2:].replace(b"\0", b"") if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else head


def _of_text(head: bytes) -> FileKind:
    lowered = head.lower()
    for mark, kind in MARKS_IN_TEXT:
        if mark.lower() in lowered and lowered.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"<"):
            return kind
    is_text = all(letter >= ord(" ") or letter in _CONTROLS_IN_TEXT for letter in head)
    return TEXT if is_text and _is_utf8(head) else UNKNOWN


def _is_utf8(head: bytes) -> bool:
    """Whether this is UTF-8, except for a letter that the end of `head` cuts."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start >= HEAD_BYTES - 3
    return True


def _of_tiff(file: BinaryIO, head: bytes) -> FileKind:
    """A TIFF, or the RAW file that looks like one."""
    if head[8:10] == b"CR":
        return CR2
    directory = tiff.first_directory(file) or {}
    if tiff.DNG_VERSION in directory:
        return DNG
    is_preview = any(value & 1 for value in directory.get(tiff.NEW_SUBFILE_TYPE, ())[:1])
    if (
        (is_preview and tiff.SUB_IFDS in directory)
        or not _RAW_COMPRESSIONS.isdisjoint(directory.get(tiff.COMPRESSION, ()))
        or not _RAW_PHOTOMETRICS.isdisjoint(directory.get(tiff.PHOTOMETRIC, ()))
    ):
        make = tiff.text(directory, tiff.MAKE).lower()
        return next((kind for start, kind in RAW_OF_MAKE if make.startswith(start)), RAW)
    return TIFF
