"""A new journal without the making of its tables, which takes longer than most tests of it."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from gallery_daemon.journal.journal import Journal


def lay_empty_journal(path: Path) -> None:
    """An empty journal lies there, as a program leaves it that has made and closed it."""
    path.write_bytes(_made())


def new_journal(path: Path) -> Journal:
    """A new journal."""
    lay_empty_journal(path)
    return Journal(path)


@cache
def _made() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite3"
        Journal(path).close()
        return path.read_bytes()
