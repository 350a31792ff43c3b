"""The values that travel from room to room."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.photo import Candidate, Facts, Identity, Photo, Prediction, TakenFrom

if TYPE_CHECKING:
    from pathlib import Path

FILE = Identity(device=1, inode=2, size_bytes=3, mtime_ns=1_600_000_000_123_456_789)


@pytest.mark.parametrize(
    ("mtime_ns", "kept"),
    [
        (0, 0),
        (2**63 - 1, 2**63 - 1),
        (2**63, 2**63 - 1),
        (10**25, 2**63 - 1),
        (-(2**63) - 1, -(2**63)),
    ],
)
def test_an_mtime_fits_into_the_journal(mtime_ns: int, kept: int) -> None:
    """Sixty-four bits of nanoseconds; one far outside is still equal to itself."""
    identity = Identity(1, 2, 3, mtime_ns)

    assert kept == identity.mtime_ns
    assert Identity(1, 2, 3, mtime_ns) == identity


def test_an_identity_is_what_stat_says(tmp_path: Path) -> None:
    """Device, inode, size and nanoseconds, and nothing that a hard link changes."""
    file = tmp_path / "a.jpg"
    file.write_bytes(b"photo")
    os.utime(file, ns=(1, 1_600_000_000_123_456_789))
    before = Identity.of(file.stat())

    (tmp_path / "b.jpg").hardlink_to(file)

    assert (5, 1_600_000_000_123_456_789) == (before.size_bytes, before.mtime_ns)
    assert before == Identity.of(file.stat()) == Identity.of((tmp_path / "b.jpg").stat())


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (replace(FILE, device=7), True),
        (replace(FILE, inode=7), True),
        (replace(FILE, size_bytes=7), False),
        (replace(FILE, mtime_ns=7), False),
    ],
)
def test_the_same_bytes_are_known_by_size_and_mtime(other: Identity, is_same: bool) -> None:
    """On another mount, or copied with its times, a file has another device and inode."""
    assert is_same == FILE.has_same_bytes_as(other)
    assert is_same == other.has_same_bytes_as(FILE)


@pytest.mark.parametrize(
    ("there", "is_same"),
    [
        (1_600_000_000_000_000_000, True),  # FAT: two seconds, ext3 and exFAT by FUSE: one
        (1_600_000_000_120_000_000, True),  # exFAT: ten milliseconds
        (1_600_000_000_123_000_000, True),  # a server that keeps milliseconds
        (1_600_000_000_123_456_000, True),  # and microseconds
        (1_600_000_000_123_456_700, True),  # NTFS
        (1_600_000_002_000_000_000, True),  # rounded up
        (1_599_999_998_000_000_000, False),
        (1_600_000_001_500_000_000, False),  # no file system rounds to that
        (1_600_000_000_123_456_788, False),  # nor to that
        (1_600_000_000_124_456_789, False),
    ],
)
def test_an_mtime_is_the_same_where_a_file_system_rounds_it(there: int, is_same: bool) -> None:
    """One of the two is as fine as it was, the other a whole number of steps nearby."""
    fine = replace(FILE, mtime_ns=1_600_000_000_123_456_789)

    assert is_same == fine.has_same_bytes_as(replace(FILE, mtime_ns=there))
    assert is_same == replace(FILE, mtime_ns=there).has_same_bytes_as(fine)


def test_an_mtime_is_a_moment_to_the_microsecond() -> None:
    """A float would have rounded it."""
    moment = FILE.modified_at

    assert datetime(2020, 9, 13, 12, 26, 40, 123456, tzinfo=UTC) == moment
    assert moment.tzinfo is not None


@given(st.integers(-(2**80), 2**80))
def test_no_mtime_is_too_strange(mtime_ns: int) -> None:
    """File systems give any number; each becomes a moment, in this machine's time zone as well."""
    moment = Identity(1, 2, 3, mtime_ns).modified_at

    assert moment == moment.astimezone()


@pytest.mark.parametrize(
    ("root", "relative", "path", "name", "folders"),
    [
        ("/in", "a.jpg", "/in/a.jpg", "a.jpg", ()),
        ("/in/", "2024/05/a.jpg", "/in/2024/05/a.jpg", "a.jpg", ("2024", "05")),
        ("/", "a\udcff.jpg", "/a\udcff.jpg", "a\udcff.jpg", ()),
    ],
)
def test_a_candidate_says_where_it_is(
    root: str, relative: str, path: str, name: str, folders: tuple[str, ...]
) -> None:
    """Whatever slash its watch folder ends with, and however broken its name is."""
    candidate = Candidate("phone", root, relative)

    assert (path, name, folders) == (candidate.path, candidate.name, candidate.folders)


def test_a_photo_is_called_as_its_candidate() -> None:
    """Its path and its name are those that were seen."""
    photo = Photo(Candidate("phone", "/in", "x/a.jpg"), FILE, datetime(2026, 1, 1, tzinfo=UTC))

    assert ("/in/x/a.jpg", "a.jpg") == (photo.path, photo.name)


def test_a_file_that_was_not_read_has_its_mtime_for_a_date() -> None:
    """Nothing else is known of it, and nothing is made up."""
    facts = Facts.unread(FILE.modified_at)

    assert (FILE.modified_at, TakenFrom.MTIME) == (facts.taken.when, facts.taken.origin)
    assert (0, 0, False) == (facts.width, facts.height, facts.has_exif)


@pytest.mark.parametrize(
    ("probabilities", "top_class", "confidence", "margin"),
    [
        ({"cars": 0.25, "memes": 0.75}, "memes", 0.75, 0.5),
        ({"cars": 0.5, "memes": 0.5}, "cars", 0.5, 0.0),
        ({"cars": 1.0}, "cars", 1.0, 1.0),
    ],
)
def test_a_prediction_names_its_top_class(
    probabilities: dict[str, float], top_class: str, confidence: float, margin: float
) -> None:
    """Of equals the first; a model of one class is as sure as can be."""
    prediction = Prediction(probabilities, "default@00000000")

    found = prediction.top_class, prediction.confidence, prediction.margin
    assert (top_class, confidence, margin) == found
