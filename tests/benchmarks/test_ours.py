"""A pass that loses or doubles a photo has no figures."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.inputs import copies
from tests.benchmarks.ours import filed_at, refuse_unfaithful
from tests.benchmarks.processes import Broken

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Three files of one source, each its own."""
    source = tmp_path / "source.jpg"
    source.write_bytes(b"a photo")
    return copies([source], tmp_path / "photos", 3)


@pytest.fixture
def library(tmp_path: Path, photos: list[Path]) -> Path:
    """All of them, filed once."""
    library = tmp_path / "library"
    library.mkdir()
    for photo in photos:
        os.link(photo, library / photo.name)
    return library


def test_copies_are_files_of_their_own(photos: list[Path]) -> None:
    """They differ in inode and in time, so the journal knows each of them."""
    assert 3 == len({path.stat().st_ino for path in photos})
    assert 3 == len({path.stat().st_mtime_ns for path in photos})


def test_a_faithful_pass_is_taken(photos: list[Path], library: Path) -> None:
    """Each photo has its line and its link."""
    refuse_unfaithful(photos, [(str(photo), 0.0) for photo in photos], library)


def test_a_photo_without_a_line_is_noticed(photos: list[Path], library: Path) -> None:
    """The library alone is not believed."""
    with pytest.raises(Broken, match="of 3 photos the log has 2 in 2 lines"):
        refuse_unfaithful(photos, [(str(photo), 0.0) for photo in photos[1:]], library)


def test_a_photo_with_two_lines_is_noticed(photos: list[Path], library: Path) -> None:
    """Filed twice is as wrong as not at all."""
    filed = [(str(photo), 0.0) for photo in (*photos, photos[0])]

    with pytest.raises(Broken, match="3 in 4 lines"):
        refuse_unfaithful(photos, filed, library)


def test_a_second_link_is_noticed(photos: list[Path], library: Path) -> None:
    """The log alone is not believed."""
    os.link(photos[0], library / "again.jpg")

    with pytest.raises(Broken, match="the library has 4 files, of 3 photos"):
        refuse_unfaithful(photos, [(str(photo), 0.0) for photo in photos], library)


def test_the_log_says_when_a_photo_was_filed() -> None:
    """Other events, and what is no event, are passed over."""
    events = [
        {"timestamp": "2026-01-01T00:00:00.500000Z", "event": "photo_filed", "photo": "/a.jpg"},
        {"timestamp": "2026-01-01T00:00:01.000000Z", "event": "rescan_finished"},
    ]
    log = "\n".join(["a warning", *map(json.dumps, events)])

    assert [("/a.jpg", 1_767_225_600.5)] == filed_at(log)
