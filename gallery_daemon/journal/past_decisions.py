"""What was decided of a file, read back: by which model and which rules, and why.

A person names a file by where it came from or by its place in the library; a file that was renamed
since is found by its inode, one that was recognised by its bytes as it was then. At the path that a
file came from there may be another one by now, so, as everywhere in the journal, size and mtime
tell them apart.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from itertools import chain
from typing import TYPE_CHECKING, Any

from gallery_daemon.codec import CodecError, json_of, value_of
from gallery_daemon.decision import TraceEntry
from gallery_daemon.journal.record import row_of, signed
from gallery_daemon.journal.sql import FINAL, KEPT, NOT_REVERTED, OPEN, SELECT
from gallery_daemon.partial_date import Granularity, PartialDate
from gallery_daemon.photo import Identity, LookKind, Prediction, Taken, TakenFrom

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from gallery_daemon.journal.database import Database
    from gallery_daemon.journal.record import Row

# The row of an undo is no decision on a photo.
_FROM = f"{SELECT} WHERE path = ? AND state NOT IN ({OPEN}, 'undo') AND {NOT_REVERTED}"
_LATEST = f"{_FROM} ORDER BY id DESC LIMIT 1"
_PRESENT = f"{_FROM} AND size_bytes = ? AND mtime_ns = ? ORDER BY id DESC LIMIT 1"
_OTHER = f"{_FROM} AND NOT (size_bytes = ? AND mtime_ns IN (?, ?)) ORDER BY id DESC LIMIT 1"
_ALL = f"{SELECT} WHERE path = ? AND library = ? AND state NOT IN ({OPEN}) ORDER BY id"
_NAMED = f"{SELECT} WHERE name = ? AND state IN ({KEPT}) ORDER BY id DESC"
_SAME = "inode = ? AND size_bytes = ? AND mtime_ns = ?"
_RENAMED = f"{SELECT} WHERE {_SAME} AND state IN ({FINAL}) ORDER BY id DESC LIMIT 1"
_BY_ID = f"{SELECT} WHERE id = ?"
_RECOGNISED = """
SELECT filings.* FROM recognised JOIN filings ON filings.id = recognised.filing
WHERE recognised.path = ? AND recognised.size_bytes = ? AND recognised.mtime_ns = ?
"""


_FINENESS = tuple(Granularity).index


@dataclass(frozen=True, slots=True)
class PastDecision:
    """One decision as it was: `trace` has the rules of that time, up to the one that matched.

    `sidecar` is the row of the file that was asked about, if it went with the photo of `row`.
    """

    row: Row
    trace: tuple[TraceEntry, ...]
    prediction: Prediction | None
    taken: Taken | None
    sidecar: Row | None = None

    @property
    def asked(self) -> Row:
        """The row of the file that was asked about; the photo's own, or its sidecar's."""
        return self.sidecar or self.row


class PastDecisions:
    """The past decisions in an open journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def on(self, file: str) -> PastDecision | None:
        """The latest decision on the file at that absolute path; of a sidecar, on its photo.

        Raises:
            JournalError: the journal cannot be read.
        """
        columns = self._find(file)
        if columns is None or columns["parent"] is None:
            return None if columns is None else _past_decision(columns)
        photo = self._first(_BY_ID, columns["parent"])
        return None if photo is None else replace(_past_decision(photo), sidecar=row_of(columns))

    def of(self, row: Row) -> PastDecision:
        """The latest decision on the file that the row is about.

        Raises:
            JournalError: the journal cannot be read.
        """
        columns = next(self._latest(row), None) or self._first(_BY_ID, row.id)
        assert columns is not None
        return _past_decision(columns)

    def replaced_at(self, file: str, known: PastDecision | None = None) -> Row | None:
        """The latest decision on a file of that absolute path that is not the one there now.

        That is another file, or the same before its content changed; None if there was none, or
        there is no file now. `known` is the decision on the file that is there, whose mtime may
        have been another.

        Raises:
            JournalError: the journal cannot be read.
        """
        now = _identity(file)
        if now is None:
            return None
        was_ns = now.mtime_ns if known is None else known.asked.identity.mtime_ns
        columns = self._first(_OTHER, os.fsencode(file), now.size_bytes, now.mtime_ns, was_ns)
        return None if columns is None else row_of(columns)

    def history_of(self, row: Row) -> list[Row]:
        """All that became of the files that came from the row's path, the oldest first.

        Raises:
            JournalError: the journal cannot be read.
        """
        path = os.fsencode(row.path), os.fsencode(row.library)
        return list(map(row_of, self._database.rows(_ALL, path)))

    def _find(self, file: str) -> sqlite3.Row | None:
        now = _identity(file)
        found = chain(
            self._from(file, now), self._at(file), self._renamed(now), self._recognised(file, now)
        )
        return next(found, None)

    def _from(self, file: str, now: Identity | None) -> Iterator[sqlite3.Row]:
        """The decision on what came from that path."""
        path = os.fsencode(file)
        if now is None:
            return self._database.rows(_LATEST, (path,))
        return self._database.rows(_PRESENT, (path, now.size_bytes, now.mtime_ns))

    def _at(self, file: str) -> Iterator[sqlite3.Row]:
        """The decisions that put a file at that path in the library."""
        name = os.fsencode(file).rpartition(b"/")[2]
        rows = self._database.rows(_NAMED, (name,))
        return (columns for columns in rows if row_of(columns).destination == file)

    def _renamed(self, now: Identity | None) -> Iterator[sqlite3.Row]:
        """The decision on the same file under another name."""
        if now is not None:
            same = signed(now.inode), now.size_bytes, now.mtime_ns
            yield from self._database.rows(_RENAMED, same)

    def _recognised(self, file: str, now: Identity | None) -> Iterator[sqlite3.Row]:
        """The decision on the file that was recognised there by its bytes."""
        if now is not None:
            asked = os.fsencode(file), now.size_bytes, now.mtime_ns
            for columns in self._database.rows(_RECOGNISED, asked):
                yield from self._latest(row_of(columns))

    def _latest(self, row: Row) -> Iterator[sqlite3.Row]:
        """The latest decision on the row's file, which may have been filed anew since."""
        was = row.identity
        return self._database.rows(_PRESENT, (os.fsencode(row.path), was.size_bytes, was.mtime_ns))

    def _first(self, question: str, *values: object) -> sqlite3.Row | None:
        return next(self._database.rows(question, values), None)


def _identity(file: str) -> Identity | None:
    """The identity of what is at the path; None if nothing is."""
    try:
        return Identity.of(os.lstat(file))
    except OSError:
        return None


def _past_decision(columns: sqlite3.Row) -> PastDecision:
    row = row_of(columns)
    return PastDecision(
        row,
        trace=_read(tuple[TraceEntry, ...], columns["trace"]) or (),
        prediction=_prediction(row, columns["probabilities"]),
        taken=_taken(columns["taken"], columns["taken_from"]),
    )


def _prediction(row: Row, text: str | None) -> Prediction | None:
    probabilities = _read(Mapping[str, float], text)
    if not probabilities:
        return None
    look = row.look or LookKind.FULL
    return Prediction(probabilities, row.model or "", row.precision, row.familiarity, look)


def _read(wanted: Any, text: str | None) -> Any:  # noqa: ANN401 - as the codec
    """The text's value; None for one that was saved out of a damaged journal and is broken."""
    try:
        return None if text is None else value_of(wanted, json_of(text), "text", exact=False)
    except CodecError:
        return None


def _taken(text: str | None, origin: str | None) -> Taken | None:
    if text is None or origin is None:
        return None
    try:
        date, source = PartialDate.parse(text), TakenFrom(origin)
    except ValueError:
        return None
    # An older program wrote the day in a name as its midnight; hardly a photo is of that second.
    if source is TakenFrom.NAME and date.when.time() == time():
        date = PartialDate(date.when, min(date.granularity, Granularity.DAY, key=_FINENESS))
    return Taken(date.when, source, date.granularity)
