"""Whether the end of a film is there, for films that are not made of boxes.

What a film's header says of its length is compared with the file. A recorder that was still
writing says nothing, and then nobody can tell: such a film counts as whole.

Sources: RFC 8794 (EBML) and RFC 9559 (Matroska, and so WebM); the Microsoft RIFF specification.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

EBML, RIFF = b"\x1aE\xdf\xa3", b"RIFF"
_SEGMENT = b"\x18S\x80g"
# A header and what may stand before the segment.
_ELEMENTS_LIMIT = 16
_RIFF_HEAD_BYTES = 8


def missing_of_film(file: BinaryIO, size: int) -> str | None:
    """What is missing, as a sentence; None if the film is whole or cannot be judged.

    Args:
        file: a film; its position is moved.
        size: the file's size in bytes.

    Raises:
        OSError: the file cannot be read.
    """
    file.seek(0)
    start = file.read(4)
    if start == EBML:
        return _missing_of_matroska(file, size)
    if start == RIFF:
        says = int.from_bytes(file.read(4), "little") + _RIFF_HEAD_BYTES
        return f"the film has {size} of {says} bytes" if says > size else None
    return None


def _missing_of_matroska(file: BinaryIO, size: int) -> str | None:
    """The film is one segment behind a header."""
    place = 0
    for _ in range(_ELEMENTS_LIMIT):
        file.seek(place)
        head = file.read(12)
        name = head[: _length_of(head[:1])]
        behind = head[len(name) :]
        length_bytes = _length_of(behind[:1])
        if not name or not length_bytes or len(behind) < length_bytes:
            return "the film ends within its header" if len(head) < 12 else None  # noqa: PLR2004
        content = int.from_bytes(behind[:length_bytes], "big") & ((1 << 7 * length_bytes) - 1)
        if name == _SEGMENT:
            # All bits set: a recorder did not know the length when it began.
            says = place + len(name) + length_bytes + content
            is_unknown = content == (1 << 7 * length_bytes) - 1
            return None if is_unknown or says <= size else f"the film has {size} of {says} bytes"
        place += len(name) + length_bytes + content
    return None


def _length_of(first: bytes) -> int:
    """How many bytes a name or a number has, by the first of them; 0 for none."""
    return 9 - first[0].bit_length() if first and first[0] else 0
