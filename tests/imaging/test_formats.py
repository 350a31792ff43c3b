"""What a file is, by its content."""

from __future__ import annotations

import struct
import subprocess
import sys
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.imaging import formats
from gallery_daemon.imaging.formats import Support, sniff
from tests.imaging.pictures import FORMATS, drawn, written


def brands(major: bytes, *compatible: bytes) -> bytes:
    """The first box of an ISO base media file."""
    return struct.pack(">I4s4sI", 16 + 4 * len(compatible), b"ftyp", major, 0) + b"".join(
        compatible
    )


def tiff(order: str, *entries: tuple[int, int, int, int], tail: bytes = b"") -> bytes:
    """A TIFF with one directory of (tag, type, count, value) at 8, and bytes behind it."""
    mark = {"<": b"II*\0", ">": b"MM\0*"}[order]
    body = b"".join(
        struct.pack(order + "HHIHH", tag, form, count, value, 0)
        if form == 3
        else struct.pack(order + "HHII", tag, form, count, value)
        for tag, form, count, value in entries
    )
    return (
        mark
        + struct.pack(order + "IH", 8, len(entries))
        + body
        + struct.pack(order + "I", 0)
        + tail
    )


def raw_of(make: bytes) -> bytes:
    """A RAW file as most makers write it: a preview first, the picture in a directory below."""
    place = 8 + 2 + 3 * 12 + 4
    return tiff("<", (254, 4, 1, 1), (271, 2, len(make), place), (330, 4, 1, 0), tail=make)


TABLE = [
    (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "jpeg", Support.PHOTO),
    (brands(b"heic", b"mif1", b"heic"), "heic", Support.PHOTO),
    (brands(b"mif1", b"mif1", b"heic"), "heic", Support.PHOTO),
    (brands(b"mif1"), "heic", Support.PHOTO),
    (brands(b"msf1", b"hevc"), "heic", Support.PHOTO),
    (brands(b"heix"), "heic", Support.PHOTO),
    (brands(b"mif1", b"miaf", b"avif"), "avif", Support.PHOTO),
    (brands(b"avis", b"msf1"), "avif", Support.PHOTO),
    (brands(b"crx ", b"crx ", b"isom"), "cr3", Support.UNSUPPORTED),
    (brands(b"qt  "), "video", Support.NOT_A_PHOTO),
    (brands(b"isom", b"iso2", b"mp41"), "video", Support.NOT_A_PHOTO),
    (brands(b"mp42", b"isom"), "video", Support.NOT_A_PHOTO),
    (brands(b"M4A ", b"mp42"), "sound", Support.NOT_A_PHOTO),
    (b"\0\0\0\x08wide\0\0\x10\0mdat", "video", Support.NOT_A_PHOTO),
    (b"RIFF\x24\0\0\0WEBPVP8 ", "webp", Support.PHOTO),
    (b"RIFF\x24\0\0\0AVI LIST", "video", Support.NOT_A_PHOTO),
    (b"RIFF\x24\0\0\0ACON", "unknown", Support.NOT_A_PHOTO),
    (b"\xff\x0a\x00\x10", "jxl", Support.UNSUPPORTED),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "jxl", Support.UNSUPPORTED),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "jpeg2000", Support.UNSUPPORTED),
    (b"FUJIFILMCCD-RAW 0201", "raf", Support.UNSUPPORTED),
    (b"IIRO\x08\0\0\0", "orf", Support.UNSUPPORTED),
    (b"IIU\0\x18\0\0\0", "rw2", Support.UNSUPPORTED),
    (b"II*\0\x10\0\0\0CR\x02\0", "cr2", Support.UNSUPPORTED),
    (raw_of(b"NIKON CORPORATION\0"), "nef", Support.UNSUPPORTED),
    (raw_of(b"SONY\0"), "arw", Support.UNSUPPORTED),
    (raw_of(b"SAMSUNG\0"), "srw", Support.UNSUPPORTED),
    (raw_of(b"Nobody\0"), "raw", Support.UNSUPPORTED),
    (tiff(">", (50706, 1, 4, 0x01040000)), "dng", Support.UNSUPPORTED),
    (tiff("<", (262, 3, 1, 32803)), "raw", Support.UNSUPPORTED),
    (tiff("<", (259, 3, 1, 34713)), "raw", Support.UNSUPPORTED),
    (tiff("<", (254, 4, 1, 0), (259, 3, 1, 5), (330, 4, 1, 0)), "tiff", Support.PHOTO),
    (tiff(">", (254, 4, 1, 1), (259, 3, 1, 1)), "tiff", Support.PHOTO),
    (b"8BPS\0\x01", "psd", Support.UNSUPPORTED),
    (b"%!PS-Adobe-3.0 EPSF-3.0", "eps", Support.UNSUPPORTED),
    (b"\0\0\x01\0\x01\0\x10\x10", "ico", Support.UNSUPPORTED),
    (b"P6\n10 10\n255\n", "ppm", Support.UNSUPPORTED),
    (b"DDS |\0\0\0", "dds", Support.UNSUPPORTED),
    (b"\0\0\0\0\x11\xaf" + bytes(8) + b"\3\0", "fli", Support.UNSUPPORTED),
    (b"%PDF-1.7", "pdf", Support.NOT_A_PHOTO),
    (b"<?xpacket begin", "xmp", Support.NOT_A_PHOTO),
    (b'\xef\xbb\xbf<?xml version="1.0"?>\n<x:xmpmeta>', "xmp", Support.NOT_A_PHOTO),
    ("\ufeff<?xml?><x:xmpmeta>".encode("utf-16-le"), "xmp", Support.NOT_A_PHOTO),
    (b'<?xml version="1.0"?>\n<!DOCTYPE plist><plist>', "plist", Support.NOT_A_PHOTO),
    (b'<?xml version="1.0"?><svg>', "svg", Support.UNSUPPORTED),
    (b"<!DOCTYPE html><html>", "html", Support.NOT_A_PHOTO),
    (b"bplist00", "plist", Support.NOT_A_PHOTO),
    (b"\0\x05\x16\x07\0\x02\0\0", "appledouble", Support.NOT_A_PHOTO),
    (b"BM, the text of nobody's bitmap", "text", Support.NOT_A_PHOTO),
    ("Grüße vom Meer".encode(), "text", Support.NOT_A_PHOTO),
    (("x" * (formats.HEAD_BYTES - 1) + "ü").encode(), "text", Support.NOT_A_PHOTO),
    (bytes(4096), "zeros", Support.NOT_A_PHOTO),
    (b"", "empty", Support.NOT_A_PHOTO),
    (b"\x93\x01\x02 nothing known", "unknown", Support.NOT_A_PHOTO),
]


@pytest.mark.parametrize(("head", "name", "support"), TABLE)
def test_signatures_name_the_kind(head: bytes, name: str, support: Support) -> None:
    """Each signature is known by its name, and by what we do with it."""
    kind = sniff(BytesIO(head))

    assert (name, support) == (kind.name, kind.support)


@pytest.mark.parametrize("form", FORMATS)
def test_what_encoders_write_is_recognised(form: str) -> None:
    """Whole files of every format that we read are photos of that format."""
    kind = sniff(BytesIO(written(drawn(), form)))

    assert form == kind.name
    assert kind.is_photo


def test_big_tiffs_are_tiffs() -> None:
    """BigTIFF has eight-byte places; its directory is read as well."""
    kind = sniff(BytesIO(written(drawn(), "tiff", big_tiff=True)))

    assert formats.TIFF == kind


def test_a_refusal_reads_as_a_reason() -> None:
    """The words of a kind that is refused can stand in the log as they are."""
    nef, film = sniff(BytesIO(raw_of(b"NIKON\0"))), sniff(BytesIO(brands(b"qt  ")))

    assert "a Nikon RAW (NEF) file, which is not supported" == nef.words
    assert "a video, not a photo" == film.words


@given(
    st.binary(max_size=600), st.sampled_from([b"", b"II*\0", b"MM\0*", b"II+\0", b"BM", b"RIFF"])
)
def test_no_bytes_are_too_strange(tail: bytes, start: bytes) -> None:
    """Any bytes have a kind, and never an error."""
    sniff(BytesIO(start + tail))


def test_the_daemon_does_not_pay_for_decoders() -> None:
    """What the daemon itself uses imports neither Pillow nor numpy."""
    program = (
        "import sys, gallery_daemon.imaging.ending, gallery_daemon.imaging.formats,"
        " gallery_daemon.imaging.names, gallery_daemon.imaging.dates;"
        "print(sorted({'PIL', 'numpy', 'pillow_heif', 'torch'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert "[]\n" == done.stdout
