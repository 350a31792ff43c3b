"""The datasets of IPTC-IIM, which scanners, the press and old Adobe programs write.

They stand alone (a TIFF's tag), or as one of Photoshop's image resources (a JPEG's APP13), and a
PNG has either as a text of hexadecimal digits. A TIFF may give them as 32-bit numbers in the
other byte order. What breaks off gives what stands before.

Sources: IPTC-IIM 4.2, chapter 3 (datasets); Adobe's Photoshop file format (image resources).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

DATE_CREATED, TIME_CREATED = 55, 60
DIGITAL_DATE, DIGITAL_TIME = 62, 63
_WANTED = frozenset({DATE_CREATED, TIME_CREATED, DIGITAL_DATE, DIGITAL_TIME})

RESOURCE_HEADERS = (b"Photoshop 3.0\0", b"Photoshop 2.5\0", b"Adobe_Photoshop2.5:")
_RESOURCE = frozenset({b"8BIM", b"PHUT", b"AgHg", b"DCSR", b"MeSa"})
_IPTC_RESOURCE = 0x0404
# And the checksum that tells whether other programs changed them.
_CAPTIONS = frozenset({_IPTC_RESOURCE, 0x0425})
_MARK, _APPLICATION_RECORD = 0x1C, 2
# A longer length is the length of the length.
_LONG = 0x8000
_DATASETS_LIMIT = 10_000
_TEXT_LIMIT = 64


def read_iptc(block: bytes) -> Mapping[int, str]:
    """The used datasets of record 2 by their numbers; of two with the same number the first.

    Args:
        block: the datasets, or Photoshop's resources that hold them.
    """
    block = _without_header(block)
    if block[:4] in _RESOURCE:
        block = _in_resources(block)
    block = block.lstrip(b"\0") if block[3:4] != bytes([_MARK]) else _swapped(block)
    found: dict[int, str] = {}
    place = 0
    for _ in range(_DATASETS_LIMIT):
        head = block[place : place + 5]
        if len(head) < 5 or head[0] != _MARK:  # noqa: PLR2004 - mark, record, number, length
            break
        length, place = int.from_bytes(head[3:], "big"), place + 5
        if length >= _LONG:
            digits = length - _LONG
            length, place = int.from_bytes(block[place : place + digits], "big"), place + digits
        if head[1] == _APPLICATION_RECORD and head[2] in _WANTED:
            value = block[place : place + min(length, _TEXT_LIMIT)].decode("latin-1").strip("\0 ")
            found.setdefault(head[2], value)
        place += length
    return found


def has_more_than_captions(segments: Iterable[bytes]) -> bool:
    """Whether these APP13 segments hold resources of Photoshop beside IPTC and its checksum."""
    return any(
        number not in _CAPTIONS
        for segment in segments
        if segment.startswith(RESOURCE_HEADERS)
        for number, _ in _resources(_without_header(segment))
    )


def _without_header(block: bytes) -> bytes:
    for header in RESOURCE_HEADERS:
        block = block.removeprefix(header)
    return block


def _in_resources(block: bytes) -> bytes:
    """The datasets among Photoshop's resources; empty if there are none."""
    return next((data for number, data in _resources(block) if number == _IPTC_RESOURCE), b"")


def _resources(block: bytes) -> Iterator[tuple[int, bytes]]:
    """The number and the bytes of each of Photoshop's resources."""
    place = 0
    while block[place : place + 4] in _RESOURCE:
        number = int.from_bytes(block[place + 4 : place + 6], "big")
        name_bytes = 1 + int.from_bytes(block[place + 6 : place + 7], "big")
        place += 6 + name_bytes + name_bytes % 2
        length, place = int.from_bytes(block[place : place + 4], "big"), place + 4
        yield number, block[place : place + length]
        place += length + length % 2


def _swapped(block: bytes) -> bytes:
    """Each four bytes the other way round, unless the block begins as it should."""
    if block[:1] == bytes([_MARK]):
        return block
    words = (block[place : place + 4] for place in range(0, len(block), 4))
    return b"".join(word[::-1] for word in words)
