"""What a file is, by its content and never by its name: a `.MOV` may be a HEIC, a `.jpg` a PNG.

No decoder runs here, so the daemon itself may ask: only signatures are read and, in a TIFF, the
first directory. RAW files are TIFFs with a preview in front; they are refused here, before a
decoder would take the preview.

Sources: ISO/IEC 23008-12 annex B and the AVIF specification (brands), DNG 1.7 (RAW tags).
"""

from __future__ import annotations

from typing import BinaryIO

from gallery_daemon.imaging import kinds, tiff
from gallery_daemon.imaging.kinds import Kind, Support

__all__ = ["HEAD_BYTES", "Kind", "Support", "sniff"]

HEAD_BYTES = 256

# Brands of ISO base media files. The coding's own brand may stand anywhere; the structural ones
# say only "a picture", which is a HEIC by default.
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_PICTURE_BRANDS = frozenset({b"mif1", b"mif2", b"mif3", b"msf1", b"miaf"})
_SOUND_BRANDS = frozenset({b"M4A ", b"M4B "})
# Boxes that may stand first in a QuickTime film older than `ftyp`.
_FILM_BOXES = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_RIFF_FORMS = {b"WEBP": kinds.WEBP, b"AVI ": kinds.VIDEO, b"WAVE": kinds.SOUND}
_FLI_MAGIC = frozenset({b"\x11\xaf", b"\x12\xaf"})
# The sizes of the headers of Windows and OS/2; two letters alone would take many texts for a BMP.
_BMP_HEADERS = range(12, 125)

_CONTROLS_IN_TEXT = frozenset(b"\t\n\r\f")

# How RAW files are coded: the camera's sensor pattern, linear raw, and the makers' compressions.
_RAW_PHOTOMETRICS = frozenset({32803, 34892})
_RAW_COMPRESSIONS = frozenset({32767, 32769, 32770, 34713, 65535})


def sniff(file: BinaryIO) -> Kind:
    """What the file is; it is read from its start, and not far.

    Raises:
        OSError: the file cannot be read.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not head.strip(b"\0"):
        return kinds.ZEROS if head else kinds.EMPTY
    for signature, kind in kinds.SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[:4] in tiff.SIGNATURES:
        return _of_tiff(file, head)
    return _of_inner_mark(head) or _of_text(_narrow(head))


def _of_inner_mark(head: bytes) -> Kind | None:
    """The kinds whose mark does not stand at the very start."""
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    if head[4:8] in _FILM_BOXES:
        return kinds.VIDEO
    if head[:4] == b"RIFF":
        return _RIFF_FORMS.get(head[8:12], kinds.UNKNOWN)
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return kinds.BMP
    if head[4:6] in _FLI_MAGIC and head[14:16] in {b"\0\0", b"\3\0"}:
        return kinds.FLI
    is_ppm = head[:1] == b"P" and head[1:2] in b"1234567fF" and head[2:3].isspace()
    return kinds.PPM if is_ppm else None


def _of_brands(head: bytes) -> Kind:
    """The kind by the major brand, and by the compatible ones where that says too little."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    brands = {major, *(head[place : place + 4] for place in range(16, end, 4))}
    if major == b"crx ":
        return kinds.CR3
    # An AVIF lists `mif1`, too, and a film's brands say nothing of pictures.
    if brands & _AVIF_BRANDS:
        return kinds.AVIF
    if brands & (_HEIC_BRANDS | _PICTURE_BRANDS):
        return kinds.HEIC
    return kinds.SOUND if major in _SOUND_BRANDS else kinds.VIDEO


def _narrow(head: bytes) -> bytes:
    """UTF-16, which its byte order mark tells, as if it were ASCII."""
    return head[2:].replace(b"\0", b"") if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else head


def _of_text(head: bytes) -> Kind:
    lowered = head.lower()
    for mark, kind in kinds.MARKS_IN_TEXT:
        if mark.lower() in lowered and lowered.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"<"):
            return kind
    is_text = all(letter >= ord(" ") or letter in _CONTROLS_IN_TEXT for letter in head)
    return kinds.TEXT if is_text and _is_utf8(head) else kinds.UNKNOWN


def _is_utf8(head: bytes) -> bool:
    """Whether this is UTF-8, but for a letter that the end of `head` cuts."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start >= HEAD_BYTES - 3
    return True


def _of_tiff(file: BinaryIO, head: bytes) -> Kind:
    """A TIFF, or the RAW file that looks like one."""
    if head[8:10] == b"CR":
        return kinds.CR2
    directory = tiff.first_directory(file) or {}
    if tiff.DNG_VERSION in directory:
        return kinds.DNG
    is_preview = any(value & 1 for value in directory.get(tiff.NEW_SUBFILE_TYPE, ())[:1])
    if (
        (is_preview and tiff.SUB_IFDS in directory)
        or not _RAW_COMPRESSIONS.isdisjoint(directory.get(tiff.COMPRESSION, ()))
        or not _RAW_PHOTOMETRICS.isdisjoint(directory.get(tiff.PHOTOMETRIC, ()))
    ):
        make = tiff.text(directory, tiff.MAKE).lower()
        return next(
            (kind for start, kind in kinds.RAW_OF_MAKE if make.startswith(start)), kinds.RAW
        )
    return kinds.TIFF
