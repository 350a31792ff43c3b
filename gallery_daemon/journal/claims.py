"""Claims: an intent is written only if no other program has filed the file or is filing it.

Three parts. `refusals` checks that in the transaction that writes the intent, so of two
programs one is refused. `known_among` finds which of many files are in a final state: a listing
asks for every file it sees, and a query costs more than its answer, so a hundred share one. A file
that was recognised by its bytes is found by what it was then (`contents`).

`Owner` tells whether the program that wrote an intent is still alive. A `sort` that starts beside
the daemon must not clear up the daemon's half-made copy, and two programs must not clear up after
the same dead one. So each program draws a number, writes it into its intents, and locks the byte at
that offset of a file beside the journal. The kernel drops the lock however the program ends. A
program that can lock another's byte knows that the other is gone, and keeps a third away meanwhile.
The file stays empty: a lock may be beyond its end (fcntl(2)).
"""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from gallery_daemon.errors import AlreadyFiled, JournalError
from gallery_daemon.journal.record import JournalEntry, State, signed
from gallery_daemon.journal.sql import KEPT, OPEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gallery_daemon.journal.database import Database
    from gallery_daemon.photo import Identity

# off_t is signed, and so are SQLite's integers.
_OWNER_BITS = 62
# 3 microseconds of one core a file, and as many with 500. Measured: 100,000 rows, SQLite 3.40.
_FILES_A_QUERY = 100
# They are few, and have an index of their own.
_OPEN = f"SELECT path FROM filings WHERE library = ? AND state IN ({OPEN})"  # noqa: S608 - our own words
_OPEN_FOR_ROW = f"SELECT 1 FROM filings WHERE undoes = ? AND state IN ({OPEN})"  # noqa: S608 - our own words
_STILL_FILED = "SELECT 1 FROM filings WHERE id = ? AND state = 'filed'"


class AlreadyClaimed(JournalError):
    """An intent for the same file is open: another program's, or one that a crash cut short."""


def refusals(
    database: Database, entries: Sequence[JournalEntry], library: str
) -> dict[int, AlreadyFiled | AlreadyClaimed]:
    """By their place, those of the entries that are intents which may not begin, and why.

    AlreadyFiled: another program has done it meanwhile, or what it would revert is gone.
    AlreadyClaimed: another program is at it, or an open intent for it is left over.
    """
    found: dict[int, AlreadyFiled | AlreadyClaimed] = {}
    intents = [place for place, entry in enumerate(entries) if entry.state is State.INTENT]
    photos = [entries[place].photo for place in intents]
    files = [(photo.path, photo.identity) for photo in photos]
    open_now = {path for (path,) in database.rows(_OPEN, (os.fsencode(library),))} if files else ()
    filed = known_among(database, KEPT, files, library)
    for number, place in enumerate(intents):
        if number in filed:
            found[place] = AlreadyFiled("it was filed by another program meanwhile")
        elif os.fsencode(files[number][0]) in open_now:
            found[place] = AlreadyClaimed("another program is filing it")
    for place, entry in enumerate(entries):
        if entry.state is State.REFILING:
            refusal = _of_refiling(database, entry)
            if refusal is not None:
                found[place] = refusal
    return found


def _of_refiling(database: Database, entry: JournalEntry) -> AlreadyFiled | AlreadyClaimed | None:
    assert entry.intent is not None
    if not _any(database, _STILL_FILED, entry.intent.undoes):
        return AlreadyFiled("it was undone or filed anew by another program meanwhile")
    if _any(database, _OPEN_FOR_ROW, entry.intent.undoes):
        return AlreadyClaimed("another program is undoing it or filing it anew")
    return None


def _any(database: Database, question: str, *values: object) -> bool:
    return next(database.rows(question, values), None) is not None


def known_among(
    database: Database, states: str, files: Sequence[tuple[str, Identity]], library: str
) -> set[int]:
    """The indexes of the files that are in one of `states`, by their path or by their inode."""
    return {
        start + number
        for start in range(0, len(files), _FILES_A_QUERY)
        for number in _numbers(database, states, files[start : start + _FILES_A_QUERY], library)
    }


def _numbers(
    database: Database, states: str, files: Sequence[tuple[str, Identity]], library: str
) -> Iterator[int]:
    values: list[bytes | int | None] = []
    for path, identity in files:
        values += (os.fsencode(path), signed(identity.inode))
        values += (identity.size_bytes, identity.mtime_ns)
    # SQLite keeps each text that it compiles, so there are only two: for one file, and for many.
    asked = 1 if len(files) == 1 else _FILES_A_QUERY
    # NULL equals nothing, so the places beyond the files match no row.
    values += (None,) * (4 * (asked - len(files)))
    values.append(os.fsencode(library))
    return (number for (number,) in database.rows(_question(states, asked), values))


@cache
def _question(states: str, files: int) -> str:
    """SQL whose values are path, inode, size and mtime of each file, then the library."""
    asked = ", ".join(f"({number}, ?, ?, ?, ?)" for number in range(files))
    library = f"?{4 * files + 1}"
    ended = f"filings.library = {library} AND filings.state IN ({states})"
    filed = f"SELECT 1 FROM filings WHERE {ended} AND {_same('filings')}"  # noqa: S608 - our own words
    recognised = "recognised JOIN filings ON filings.id = recognised.filing"
    again = f"SELECT 1 FROM {recognised} WHERE {ended} AND {_same('recognised')}"  # noqa: S608 - the same
    # Four EXISTS and not one with OR, so that each uses an index of its own.
    return f"""
WITH asked (number, path, inode, size, mtime) AS (VALUES {asked})
SELECT number FROM asked WHERE
    EXISTS ({filed} AND filings.path = asked.path)
    OR EXISTS ({filed} AND filings.inode = asked.inode)
    OR EXISTS ({again} AND recognised.path = asked.path)
    OR EXISTS ({again} AND recognised.inode = asked.inode)
"""  # noqa: S608 - our own words


def _same(table: str) -> str:
    """SQL: a row of the table has size and mtime of the file that is asked for."""
    return f"{table}.size_bytes = asked.size AND {table}.mtime_ns = asked.mtime"


class Owner:
    """This program, for as long as it is open. A program opens one for a journal, not two."""

    def __init__(self, path: Path) -> None:
        """Draw a number and lock its byte of the file at `path`.

        Raises:
            OSError: the file cannot be made, or its file system has no locks.
        """
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.number = secrets.randbits(_OWNER_BITS)
        fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self.number)

    def close(self) -> None:
        """The lock is dropped."""
        os.close(self._file)

    @contextmanager
    def take_over(self, number: int | None) -> Iterator[bool]:
        """Whether the program of that number is gone, or is this one; no other can take over now.

        None stands for a program from before there were owners: gone.
        """
        if number is None or number == self.number:
            yield True
            return
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, number)
