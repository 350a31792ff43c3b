"""The photos that could not be filed, or not be read, and still lie where they lay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.journal.query import Query

if TYPE_CHECKING:
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row, State


def in_trouble(journal: Journal, state: State) -> list[Row]:
    """The rows in that state whose photo has not come to another end since, the newest first."""
    rows = journal.find(Query(states=(state,)))
    latest = [journal.latest_of(row.path, row.library) for row in rows]
    return [
        row
        for row, last in zip(rows, latest, strict=True)
        if last is not None and last.id == row.id and Path(row.path).exists()
    ]
