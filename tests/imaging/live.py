"""Live photos as phones write them, made by hand: what their still and their film carry."""

from __future__ import annotations

import struct

KEY = b"com.apple.quicktime.content.identifier"
UUID = "570F1469-09C7-4E50-9875-05F21D5BD166"
OTHER_UUID = "1745E022-9712-43C7-B024-F308EC6413CB"


def box(name: bytes, *inside: bytes) -> bytes:
    """A box with that in it."""
    content = b"".join(inside)
    return struct.pack(">I", 8 + len(content)) + name + content


def keys_of(*keys: bytes) -> bytes:
    """The names of a film's keys."""
    return box(
        b"keys", bytes(4), struct.pack(">I", len(keys)), *(box(b"mdta", each) for each in keys)
    )


def values_of(*values: bytes) -> bytes:
    """Their values, by their numbers."""
    return box(
        b"ilst",
        *(
            box(struct.pack(">I", number), box(b"data", struct.pack(">II", 1, 0), value))
            for number, value in enumerate(values, start=1)
        ),
    )


def film(
    identifier: str = UUID, *, iso: bool = False, keys: tuple[bytes, ...] = (b"com.apple.x", KEY)
) -> bytes:
    """A film with that identifier, its table at the end; `iso`: as MP4 has `meta`."""
    meta = box(
        b"meta",
        bytes(4) if iso else b"",
        box(b"hdlr", bytes(8), b"mdta", bytes(12)),
        keys_of(*keys),
        values_of(b"17.0", identifier.encode()),
    )
    table = box(b"moov", box(b"mvhd", bytes(100)), meta)
    return box(b"ftyp", b"qt  ", bytes(4), b"qt  ") + box(b"wide") + box(b"mdat", b"x" * 64) + table


def note_of(identifier: str = UUID, order: str = ">") -> bytes:
    """A maker's note of Apple's with two tags, the second one the identifier."""
    text = identifier.encode() + b"\0"
    mark = b"MM" if order == ">" else b"II"
    head = b"Apple iOS\0" + b"\0\1" + mark
    place = len(head) + 2 + 2 * 12 + 4
    return (
        head
        + struct.pack(f"{order}H", 2)
        + struct.pack(f"{order}HHII", 0x0001, 9, 1, 14)
        + struct.pack(f"{order}HHII", 0x0011, 2, len(text), place)
        + bytes(4)
        + text
    )


def exif_with(note: bytes, order: str = ">") -> bytes:
    """The TIFF of an EXIF block with that maker's note."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    return (
        mark
        + struct.pack(f"{order}I", 8)
        + struct.pack(f"{order}H", 1)
        + struct.pack(f"{order}HHII", 0x8769, 4, 1, 26)
        + bytes(4)
        + struct.pack(f"{order}H", 1)
        + struct.pack(f"{order}HHII", 0x927C, 7, len(note), 44)
        + bytes(4)
        + note
    )


def with_identifier(jpeg: bytes, identifier: str = UUID) -> bytes:
    """The JPEG with such an EXIF block."""
    block = b"Exif\0\0" + exif_with(note_of(identifier))
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + jpeg[2:]
