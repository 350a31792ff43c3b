"""By what a file is known later: as few of its bytes as tell it from any other."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.filing.content import hash_to_keep
from gallery_daemon.filing.disk import Disk

if TYPE_CHECKING:
    from pathlib import Path

JPEG, HEIC = b"\xff\xd8\xff\xe1", b"\0\0\0\x18ftypheic"
FILM, AVI = b"\0\0\0\x14ftypqt  ", b"RIFF\0\0\0\0AVI "
BMP, TIFF, PNG = b"BM".ljust(14, b"\0") + b"\x28\0\0\0", b"II*\0\x08\0\0\0", b"\x89PNG\r\n\x1a\n"
XMP, RAW = b"<x:xmpmeta>", b"II*\0\x10\0\0\0CR\2\0"
ENDS = 128 << 10

KINDS = [
    (JPEG, ENDS + 1, True),
    (JPEG, ENDS, False),
    (JPEG, 1000, False),
    (HEIC, ENDS + 1, True),
    (FILM, ENDS + 1, True),
    (AVI, ENDS + 1, True),
    (BMP, ENDS + 1, False),
    (TIFF, ENDS + 1, False),
    (PNG, ENDS + 1, False),
    (XMP, ENDS + 1, False),
    (RAW, ENDS + 1, False),
    (b"", ENDS + 1, False),
    (b"", 0, False),
]


@pytest.mark.parametrize(("head", "size", "by_ends"), KINDS)
def test_only_what_is_compressed_and_long_is_known_by_its_ends(
    tmp_path: Path, head: bytes, size: int, by_ends: bool
) -> None:
    """And the hash says which it is."""
    content = head + os.urandom(max(0, size - len(head)))
    (tmp_path / "x").write_bytes(content)

    with Disk().folder(str(tmp_path), ()) as folder:
        source = os.open("x", os.O_RDONLY, dir_fd=folder)
        kept = hash_to_keep(Disk(), source)
        os.close(source)

    ends = content[: 64 << 10] + content[-64 << 10 :]
    whole = hashlib.sha256(content).hexdigest()
    assert kept == (f"ends:{hashlib.sha256(ends).hexdigest()}" if by_ends else whole)
