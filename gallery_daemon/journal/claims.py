"""Who may begin: an intent is also a claim, made only if nobody else is at the file or has done it.

Asked in the transaction that writes the intent, so that of two programs one comes second.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gallery_daemon.errors import AlreadyFiled, JournalError
from gallery_daemon.journal.known import known_among
from gallery_daemon.journal.record import Entry, State
from gallery_daemon.journal.sql import KEPT, OPEN

if TYPE_CHECKING:
    from gallery_daemon.journal.database import Database

_OPEN_FOR_FILE = f"SELECT 1 FROM filings WHERE path = ? AND library = ? AND state IN ({OPEN})"  # noqa: S608 - our own words
_OPEN_FOR_ROW = f"SELECT 1 FROM filings WHERE undoes = ? AND state IN ({OPEN})"  # noqa: S608 - our own words
_STILL_FILED = "SELECT 1 FROM filings WHERE id = ? AND state = 'filed'"


class Claimed(JournalError):
    """An intent for the same file is open: another program's, or one that a crash cut short."""


def refuse_claimed(database: Database, entry: Entry, library: str) -> None:
    """The entry may be begun, if it is anything to begin.

    Raises:
        AlreadyFiled: another program has done it meanwhile, or what it would take back is gone.
        Claimed: another program is at the file.
    """
    photo = entry.photo
    if entry.state is State.INTENT:
        if known_among(database, KEPT, [(photo.path, photo.identity)], library):
            raise AlreadyFiled("it was filed by another program meanwhile")
        if _any(database, _OPEN_FOR_FILE, os.fsencode(photo.path), os.fsencode(library)):
            raise Claimed("another program is filing it")
    elif entry.state is State.REFILING:
        assert entry.intent is not None
        if not _any(database, _STILL_FILED, entry.intent.undoes):
            raise AlreadyFiled("it was undone or filed anew by another program meanwhile")
        if _any(database, _OPEN_FOR_ROW, entry.intent.undoes):
            raise Claimed("another program is undoing it or filing it anew")


def _any(database: Database, question: str, *values: object) -> bool:
    return next(database.rows(question, values), None) is not None
