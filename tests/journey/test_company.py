"""Sidecars that wait for their photos."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.journal.journal import Journal
from gallery_daemon.journey.company import Company
from gallery_daemon.photo import Candidate, Identity, Photo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def file(name: str, size_bytes: int = 1) -> Photo:
    """A settled file."""
    identity = Identity(1, 2, size_bytes, 4)
    return Photo(Candidate("phone", "/in", name), identity, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """Nobody waits yet."""
    journal = Journal(tmp_path / "journal.sqlite3")
    yield Company(journal, "/library")
    journal.close()


def test_a_sidecar_that_is_seen_again_waits_once_and_as_it_is_now(company: Company) -> None:
    """A listing every quarter of an hour finds those that wait for a photo that fails for weeks."""
    for size_bytes in (1, 2, 3):
        company.wait(file("a.xmp", size_bytes), "/in/a.jpg")
    company.wait(file("a.mov"), "/in/a.jpg")

    waited = company.take(file("a.jpg"))

    assert (file("a.xmp", 3), file("a.mov")) == waited
    assert () == company.take(file("a.jpg")) == company.take_all()
