"""Sidecars that wait for their photos."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.filing.disk import Disk
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journey.waiting_sidecars import WaitingSidecars
from gallery_daemon.photo import Candidate, Identity, Photo
from gallery_daemon.rules.decide import RuleSet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def file(name: str, size_bytes: int = 1) -> Photo:
    """A settled file."""
    identity = Identity(1, 2, size_bytes, 4)
    return Photo(Candidate("phone", "/in", name), identity, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[WaitingSidecars]:
    """Nobody waits yet."""
    journal = Journal(tmp_path / "journal.sqlite3")
    yield WaitingSidecars(journal, Disk(), "/library", RuleSet(()), list)
    journal.close()


def test_a_sidecar_that_is_seen_again_waits_once_and_as_it_is_now(waiting: WaitingSidecars) -> None:
    """A listing every quarter of an hour finds those that wait for a photo that fails for weeks."""
    for size_bytes in (1, 2, 3):
        waiting.wait(file("a.xmp", size_bytes), "/in/a.jpg")
    waiting.wait(file("a.mov"), "/in/a.jpg")

    waited = waiting.take(file("a.jpg"))

    assert (file("a.xmp", 3), file("a.mov")) == waited
    assert () == waiting.take(file("a.jpg")) == waiting.take_all()
