"""In which order photos were seen, and what each is recognised by: its bits, its time, its name.

A photo keeps its number for as long as its file is the same, whatever it is called, whichever model
looked at it and wherever it was filed; so who was seen before whom has one answer for ever. It is
written with the look, in the same transaction.

Bits that are nearly the same are found without going through all photos: where two first halves
differ in at most 7 of 64 bits, one of their four quarters differs in at most 1, and of a quarter
there are only 17 that do. Source: M. Norouzi, A. Punjani, D. Fleet, "Fast Search in Hamming Space
with Multi-Index Hashing", 2012.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gallery_daemon.journal.columns import signed
from gallery_daemon.journal.record import Sign
from gallery_daemon.journal.schema import QUARTER, QUARTERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Row

    from gallery_daemon.journal.database import Database
    from gallery_daemon.photo import Identity

ROW_BITS = 7
"""In so many bits of the first half two photos may differ and be found."""

_HALF_BITS = 64
_HALF = (1 << _HALF_BITS) - 1
_SHAPE = "size_bytes = :size AND mtime_ns = :mtime"
# Two questions and not one with OR, so that each is answered by an index of its own.
_NUMBER = f"""
SELECT number FROM seen WHERE path = :path AND {_SHAPE}
UNION ALL
SELECT number FROM seen WHERE inode = :inode AND {_SHAPE}
ORDER BY number LIMIT 1
"""  # noqa: S608 - our own words
_FORGET = "DELETE FROM seen WHERE path = :path AND number IS NOT :number"
_WRITE = """
INSERT OR REPLACE INTO seen
(number, path, inode, size_bytes, mtime_ns, across, down, taken_ms, burst)
VALUES (:number, :path, :inode, :size, :mtime, :across, :down, :taken_ms, :burst)
"""
# The plus: never by the number's own index, for most photos are below it.
_BEFORE = "SELECT * FROM seen WHERE +number < ? AND "
_EVERY = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Earlier:
    """A photo that was seen, the `number`th."""

    number: int
    path: str
    size_bytes: int
    sign: Sign

    @property
    def name(self) -> str:
        """The last component of the path."""
        return self.path.rpartition("/")[2]


class SeenTable:
    """The photos that were seen, in an open journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def number_of(self, path: str, identity: Identity) -> int | None:
        """The photo's number; None: it was not seen yet."""
        found = self._database.rows(_NUMBER, _file(path, identity))
        return next((int(row["number"]) for row in found), None)

    def write(self, path: str, identity: Identity, sign: Sign) -> None:
        """The photo is seen, within the caller's transaction; it keeps the number that it has."""
        file, number = _file(path, identity), self.number_of(path, identity)
        across, down = (None, None) if sign.bits is None else _halves(sign.bits)
        # Another file that had the path is gone.
        self._database.execute(_FORGET, {"path": file["path"], "number": number})
        told = {"number": number, "across": across, "down": down, "taken_ms": sign.taken_ms}
        self._database.execute(_WRITE, file | told | {"burst": sign.burst})

    def forget(self, path: str) -> None:
        """No photo was seen at the path, within the caller's transaction."""
        self._database.execute(_FORGET, {"path": os.fsencode(path), "number": None})

    def around(self, taken_ms: int, within_ms: int, before: int | None) -> Iterator[Earlier]:
        """The photos taken so near that time, of those seen before that number."""
        ends = taken_ms - within_ms, taken_ms + within_ms
        return self._before(before, "taken_ms BETWEEN ? AND ?", *ends)

    def of_burst(self, burst: str, before: int | None) -> Iterator[Earlier]:
        """The photos whose names are of that burst, the first first."""
        return self._before(before, "burst = ? ORDER BY number", burst)

    def like(self, bits: int, most: int, before: int | None) -> Iterator[tuple[int, Earlier]]:
        """The photos that differ in at most `most` bits, with in how many.

        Of the first half's bits no more than `ROW_BITS` may differ.
        """
        found: set[int] = set()
        across = bits >> _HALF_BITS
        for place, quarter in enumerate(QUARTERS):
            near = _neighbours(across >> (16 * place) & QUARTER)
            marks = ", ".join("?" * len(near))
            for earlier in self._before(
                before, f"across IS NOT NULL AND {quarter} IN ({marks})", *near
            ):
                theirs = earlier.sign.bits
                if theirs is None or earlier.number in found:
                    continue
                found.add(earlier.number)
                differ = bits ^ theirs
                is_found = (differ >> _HALF_BITS).bit_count() <= ROW_BITS
                if is_found and differ.bit_count() <= most:
                    yield differ.bit_count(), earlier

    def _before(self, before: int | None, where: str, *values: object) -> Iterator[Earlier]:
        limit = _EVERY if before is None else before
        return map(_earlier, self._database.rows(_BEFORE + where, (limit, *values)))


def _file(path: str, identity: Identity) -> dict[str, Any]:
    return {
        "path": os.fsencode(path),
        "inode": signed(identity.inode),
        "size": identity.size_bytes,
        "mtime": identity.mtime_ns,
    }


def _earlier(row: Row) -> Earlier:
    across, down = row["across"], row["down"]
    bits = None if across is None else (across & _HALF) << _HALF_BITS | (down & _HALF)
    sign = Sign(bits, row["taken_ms"], row["burst"])
    return Earlier(row["number"], os.fsdecode(row["path"]), row["size_bytes"], sign)


def _halves(bits: int) -> tuple[int, int]:
    return signed(bits >> _HALF_BITS), signed(bits & _HALF)


def _neighbours(quarter: int) -> tuple[int, ...]:
    """The 16 bits, and all that differ from them in one."""
    return (quarter, *(quarter ^ (1 << place) for place in range(16)))
