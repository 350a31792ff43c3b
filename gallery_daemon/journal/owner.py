"""Whose intent it is: each program that files holds a lock for as long as it lives.

An open intent means "died in the middle" only if nobody is in the middle any more. A `sort` that
starts beside the daemon must not clear up the daemon's half-made copy, and two programs must not
clear up after the same dead one. So a program draws a number, notes it in its intents, and locks
the byte at that place of one file beside the journal: the kernel lets go of it however the program
ends, and whoever can lock another's byte knows that it is gone, and has it for himself meanwhile.

Nothing is ever written to the file; a lock may lie beyond its end (fcntl(2)).
"""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# off_t is signed, and SQLite's integers are as well.
_BITS = 62


class Owner:
    """This program, for as long as it is open. A program opens one for a journal, not two."""

    def __init__(self, path: Path) -> None:
        """Draw a number and lock its byte of the file at `path`.

        Raises:
            OSError: the file cannot be made, or its file system knows no locks.
        """
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.number = secrets.randbits(_BITS)
        fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self.number)

    def close(self) -> None:
        """The number is nobody's any more."""
        os.close(self._file)

    @contextmanager
    def in_place_of(self, number: int | None) -> Iterator[bool]:
        """Whether the program of that number is gone, or is this one; held until the end.

        None is a program of the time before owners: gone.
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
