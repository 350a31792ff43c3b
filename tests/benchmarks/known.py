"""A watch folder full of photos that the journal knows, made in seconds and without a daemon."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gallery_daemon.decision import Check, Decision, Outcome, TraceEntry, Truth
from gallery_daemon.intake.candidate import WatchRoot
from gallery_daemon.intake.scan import Listed, scan
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import Intent, JournalEntry, State
from gallery_daemon.photo import Facts, Identity, Photo, Prediction
from tests.faults.flooding import pour

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WHEN = datetime(2025, 6, 1, 12, tzinfo=UTC)
_DECISION = Decision(
    Outcome.RULE,
    "all",
    None,
    (TraceEntry("all", Truth.YES, (Check("class", Truth.YES, "class is cars, 0.97 >= 0.80"),)),),
)
_PREDICTION = Prediction({"cars": 0.97, "memes": 0.02, "trees": 0.01}, "default@00000000")
_INTENT = Intent("hardlink", ("All", "2025"), "IMG.jpg", "0123456789ab")


def fill(watch: Path, library: Path, journal: Path, files: int) -> None:
    """The folder holds `files` photos, filed long ago as the journal has it."""
    pour(watch, range(files))
    # Nothing is filed into an empty library that was used: its disk is not mounted.
    (library / "All").mkdir(parents=True)
    opened = Journal(journal)
    opened.record_all(_entries(watch), str(library), _WHEN)
    opened.close()


def _entries(watch: Path) -> Iterator[JournalEntry]:
    facts = Facts.unread(_WHEN)
    for found in scan(WatchRoot("watch", str(watch))):
        assert isinstance(found, Listed)
        photo = Photo(found.candidate, Identity.of(found.stat), _WHEN)
        yield JournalEntry(photo, State.FILED, None, _DECISION, facts, _PREDICTION, _INTENT)
