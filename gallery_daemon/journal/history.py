"""What was decided of a file, read back from the journal: by which model, which rules, and why.

A file is found by where it came from or by where it lies in the library, whichever a person names;
one that was renamed since, by its inode, as the daemon knows it too. Where it came from another one
may lie by now: like the daemon, `remembered` tells them apart by size and mtime, and `replaced`
finds the one before.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from gallery_daemon.codec import CodecError, json_of, value_of
from gallery_daemon.decision import TraceEntry
from gallery_daemon.journal.columns import row_of, signed
from gallery_daemon.journal.database import Database
from gallery_daemon.journal.sql import FINAL, KEPT, NOT_REVERTED, OPEN, SELECT
from gallery_daemon.photo import Identity, Prediction, Taken, TakenFrom

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from gallery_daemon.journal.record import Row

_BUSY_S = 10.0
# An undo's row is no decision on a photo.
_FROM = f"{SELECT} WHERE path = ? AND state NOT IN ({OPEN}, 'undo') AND {NOT_REVERTED}"
_LATEST = f"{_FROM} ORDER BY id DESC LIMIT 1"
_PRESENT = f"{_FROM} AND size_bytes = ? AND mtime_ns = ? ORDER BY id DESC LIMIT 1"
_OTHER = f"{_FROM} AND NOT (size_bytes = ? AND mtime_ns = ?) ORDER BY id DESC LIMIT 1"
_NAMED = f"{SELECT} WHERE name = ? AND state IN ({KEPT}) ORDER BY id DESC"
_SAME = "inode = ? AND size_bytes = ? AND mtime_ns = ?"
_RENAMED = f"{SELECT} WHERE {_SAME} AND state IN ({FINAL}) ORDER BY id DESC LIMIT 1"
_NUMBERED = f"{SELECT} WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Remembered:
    """One decision as it was: `trace` has the rules of that time, up to the one that matched."""

    row: Row
    trace: tuple[TraceEntry, ...]
    prediction: Prediction | None
    taken: Taken | None


def remembered(journal: Path, file: str) -> Remembered | None:
    """The latest decision on the file at that absolute path; of a sidecar, on its photo.

    Raises:
        GalleryError: the journal cannot be read.
    """
    if not journal.exists():
        return None
    with contextlib.closing(Database(journal, read_only=True, busy_s=_BUSY_S)) as database:
        columns = _find(database, file)
        if columns is not None and columns["parent"] is not None:
            columns = next(database.rows(_NUMBERED, (columns["parent"],)), None)
        return None if columns is None else _decision(columns)


def replaced(journal: Path, file: str) -> Row | None:
    """The latest decision on what lay at that absolute path and is not as the file there is now.

    That is another file, or the same before its content or its mtime changed; None if none was.

    Raises:
        GalleryError: the journal cannot be read.
    """
    now = _identity(file)
    if now is None or not journal.exists():
        return None
    values = (os.fsencode(file), now.size_bytes, now.mtime_ns)
    with contextlib.closing(Database(journal, read_only=True, busy_s=_BUSY_S)) as database:
        columns = next(database.rows(_OTHER, values), None)
        return None if columns is None else row_of(columns)


def _find(database: Database, file: str) -> sqlite3.Row | None:
    path, now = os.fsencode(file), _identity(file)
    from_there = (
        database.rows(_LATEST, (path,))
        if now is None
        else database.rows(_PRESENT, (path, now.size_bytes, now.mtime_ns))
    )
    name = os.fsencode(file).rpartition(b"/")[2]
    lies_there = (
        columns for columns in database.rows(_NAMED, (name,)) if row_of(columns).destination == file
    )
    return next(chain(from_there, lies_there, _renamed(database, now)), None)


def _identity(file: str) -> Identity | None:
    """What lies there; None if nothing does."""
    try:
        return Identity.of(os.lstat(file))
    except OSError:
        return None


def _renamed(database: Database, now: Identity | None) -> Iterator[sqlite3.Row]:
    """The same file under a name that the journal does not know."""
    if now is not None:
        yield from database.rows(_RENAMED, (signed(now.inode), now.size_bytes, now.mtime_ns))


def _decision(columns: sqlite3.Row) -> Remembered:
    row = row_of(columns)
    probabilities = _read(Mapping[str, float], columns["probabilities"])
    return Remembered(
        row,
        trace=_read(tuple[TraceEntry, ...], columns["trace"]) or (),
        prediction=Prediction(probabilities, row.model or "") if probabilities else None,
        taken=_taken(columns["taken"], columns["taken_from"]),
    )


def _read(wanted: Any, text: str | None) -> Any:  # noqa: ANN401 - as the codec
    """What the text says; a row that was saved out of a damaged journal may say nothing."""
    try:
        return None if text is None else value_of(wanted, json_of(text), "text", exact=False)
    except CodecError:
        return None


def _taken(text: str | None, origin: str | None) -> Taken | None:
    if text is None or origin is None:
        return None
    try:
        return Taken(datetime.fromisoformat(text), TakenFrom(origin))
    except ValueError:
        return None
