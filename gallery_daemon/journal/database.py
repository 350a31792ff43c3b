"""The journal's file: opened, written in transactions, and its troubles put into sentences.

What passes (locked by another program, a full disk) is told apart from what does not (a damaged
file): the first is waited out, the second ends with a new journal.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gallery_daemon.errors import JournalDamaged, JournalError
from gallery_daemon.journal.schema import bring_up_to_date, is_current

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class Database:
    """An open SQLite file of today's schema; for one thread."""

    def __init__(self, path: Path, *, read_only: bool, busy_s: float) -> None:
        """Open it, and make it unless `read_only`; wait `busy_s` seconds for others' writes.

        Raises:
            JournalDamaged: the file is damaged.
            GalleryError: it cannot be opened, or was made by a newer program.
        """
        self._path = path
        with in_sentences(path):
            self._connection = _connect(path, "ro" if read_only else "rwc", busy_s)
            try:
                if not read_only:
                    bring_up_to_date(self._connection, str(path))
                elif not is_current(self._connection):
                    # An old one is brought up to date by who may write, and read then.
                    Database(path, read_only=False, busy_s=busy_s).close()
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        """No more is read or written."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written meanwhile is on disk at the end, or none of it."""
        with in_sentences(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite may have taken it back already, on a full disk for one.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def execute(self, statement: str, values: Any = ()) -> sqlite3.Cursor:  # noqa: ANN401 - SQLite's
        """The statement is carried out."""
        with in_sentences(self._path):
            return self._connection.execute(statement, values)

    def rows(self, statement: str, values: Any = ()) -> Iterator[sqlite3.Row]:  # noqa: ANN401
        """The rows of a query, one after the other."""
        with in_sentences(self._path):
            yield from self._connection.execute(statement, values)


@contextmanager
def in_sentences(path: Path) -> Iterator[None]:
    """SQLite's errors become ours.

    Raises:
        JournalDamaged: the file is damaged.
        JournalError: it cannot be used now.
    """
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            raise JournalDamaged(
                f"the journal {path} is damaged: {error}",
                hint="`run` and `sort` set it aside and make a new one of what lies on disk",
            ) from error
        # SQLite's errors are words already; the system's are, without their number and file.
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise JournalError(
            f"the journal {path} cannot be used: {why}",
            hint="see that its folder can be written and the disk is not full",
        ) from error


def _connect(path: Path, mode: str, busy_s: float) -> sqlite3.Connection:
    quoted = str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    connection = sqlite3.connect(f"file:{quoted}?mode={mode}", uri=True, timeout=busy_s)
    connection.isolation_level = None
    connection.row_factory = sqlite3.Row
    return connection
