"""The order in which photos were seen, and what they look like.

With its first inference a photo gets a number. It keeps the number for as long as its file is the
same and is where it was seen, or in a library, whichever model ran and whatever other names it has,
so which photo came before which has one answer. A photo that is gone counts no more, whether it was
forgotten yet or not: a plan may forget it, and the run that follows must say the same. One that was
renamed before it was filed is seen anew. A file is known here as everywhere in the journal: by
path, size and mtime, or, renamed, by its inode; never by the device.

Fingerprints that are nearly the same are found by an index: where two halves of 64 bits differ in
at most 7, one of their four quarters differs in at most 1, and a quarter has only 17 such
neighbours. Source: M. Norouzi, A. Punjani, D. Fleet, "Fast Search in Hamming Space with Multi-Index
Hashing", 2012.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gallery_daemon.journal.database import QUARTER, QUARTERS
from gallery_daemon.journal.record import Fingerprint, signed
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from gallery_daemon.journal.database import Database

ROW_BITS = 7
"""The most bits of the first half in which two photos may differ and be found."""

_HALF_BITS = 64
_HALF = (1 << _HALF_BITS) - 1
_SHAPE = "size_bytes = :size AND mtime_ns = :mtime"
# Two SELECTs and not one with OR, so that each uses an index of its own.
_ROWS_OF = f"""
SELECT * FROM seen WHERE path = :path AND {_SHAPE}
UNION ALL
SELECT * FROM seen WHERE inode = :inode AND {_SHAPE}
ORDER BY number
"""  # noqa: S608 - our own words
_IS_FILED = f"SELECT 1 FROM filings WHERE path = :path AND state = 'filed' AND {_SHAPE}"  # noqa: S608 - our own words
_AT = "SELECT 1 FROM seen WHERE path = ?"
_FORGET_SEEN = "DELETE FROM seen WHERE path = :path AND number IS NOT :number"
_WRITE_SEEN = """
INSERT OR REPLACE INTO seen
(number, path, inode, size_bytes, mtime_ns, across, down, taken_ms, burst)
VALUES (:number, :path, :inode, :size, :mtime, :across, :down, :taken_ms, :burst)
"""
# The plus keeps SQLite from using the number's own index: most photos are below it.
_BEFORE = "SELECT * FROM seen WHERE +number < ? AND "
_EVERY = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class SeenPhoto:
    """A photo that was seen as the `number`th."""

    number: int
    path: str
    size_bytes: int
    mtime_ns: int
    fingerprint: Fingerprint

    @property
    def name(self) -> str:
        """The last component of the path."""
        return self.path.rpartition("/")[2]


def is_gone(path: str) -> bool:
    """Whether nothing is at the path; where its folder is gone too, its disk may be away."""
    return not os.path.lexists(path) and os.path.lexists(path.rpartition("/")[0] or "/")


class SeenTable:
    """The photos that were seen, of an open journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def number_of(self, path: str, identity: Identity) -> int | None:
        """The photo's number; None if it was not seen yet."""
        found = self._find(path, identity)
        return None if found is None else found.number

    def is_there(self, photo: SeenPhoto) -> bool:
        """Whether the photo is where it was seen; or nothing is there, and it is in a library."""
        if is_gone(photo.path):
            return self._is_filed(photo)
        return _is_at_its_path(photo) is not False

    def has(self, path: str) -> bool:
        """Whether a photo was seen at the path, whichever it was."""
        return next(self._database.rows(_AT, (os.fsencode(path),)), None) is not None

    def write(self, path: str, identity: Identity, fingerprint: Fingerprint) -> None:
        """The photo is seen, within the caller's transaction; it keeps a number that it has."""
        file, found = _file(path, identity), self._find(path, identity)
        if found is not None and found.path != path and _is_at_its_path(found):
            return  # a second name of it, which changes nothing
        number = None if found is None else found.number
        bits = fingerprint.bits
        across, down = (None, None) if bits is None else _halves(bits)
        # Another file that had the path is gone.
        self._database.execute(_FORGET_SEEN, {"path": file["path"], "number": number})
        file |= {"number": number, "across": across, "down": down}
        file |= {"taken_ms": fingerprint.taken_ms, "burst": fingerprint.burst}
        self._database.execute(_WRITE_SEEN, file)

    def forget(self, path: str) -> None:
        """No photo counts as seen at the path, within the caller's transaction."""
        self._database.execute(_FORGET_SEEN, {"path": os.fsencode(path), "number": None})

    def around(self, taken_ms: int, within_ms: int, before: int | None) -> Iterator[SeenPhoto]:
        """The photos taken within so many ms of that time, of those seen before that number."""
        ends = taken_ms - within_ms, taken_ms + within_ms
        return self._before(before, "taken_ms BETWEEN ? AND ?", *ends)

    def of_burst(self, burst: str, before: int | None) -> Iterator[SeenPhoto]:
        """The photos whose names are of that burst, in the order they were seen."""
        return self._before(before, "burst = ? ORDER BY number", burst)

    def like(self, bits: int, most: int, before: int | None) -> Iterator[tuple[int, SeenPhoto]]:
        """The photos that differ in at most `most` bits, each with the number of bits.

        No more than `ROW_BITS` of the first half's bits may differ.
        """
        found: set[int] = set()
        across = bits >> _HALF_BITS
        for place, quarter in enumerate(QUARTERS):
            near = _neighbours(across >> (16 * place) & QUARTER)
            marks = ", ".join("?" * len(near))
            for earlier in self._before(
                before, f"across IS NOT NULL AND {quarter} IN ({marks})", *near
            ):
                theirs = earlier.fingerprint.bits
                if theirs is None or earlier.number in found:
                    continue
                found.add(earlier.number)
                differ = bits ^ theirs
                is_found = (differ >> _HALF_BITS).bit_count() <= ROW_BITS
                if is_found and differ.bit_count() <= most:
                    yield differ.bit_count(), earlier

    def pictures(self) -> Iterator[tuple[int, int]]:
        """The number of each photo whose picture is known, and the picture's 128 bits."""
        # In the table's own order: an index would look up each row by itself.
        question = "SELECT number, across, down FROM seen NOT INDEXED WHERE across IS NOT NULL"
        for number, across, down in self._database.rows(question):
            yield number, (across & _HALF) << _HALF_BITS | (down & _HALF)

    def newest(self) -> int:
        """The number of the photo that was seen last; 0: none was."""
        ((number,),) = self._database.rows("SELECT max(number) FROM seen")
        return number or 0

    def _find(self, path: str, identity: Identity) -> SeenPhoto | None:
        """The photo as it was seen, at the path or under another name."""
        rows = map(_seen_photo, self._database.rows(_ROWS_OF, _file(path, identity)))
        return next((row for row in rows if row.path == path or self.is_there(row)), None)

    def _is_filed(self, photo: SeenPhoto) -> bool:
        file = {
            "path": os.fsencode(photo.path),
            "size": photo.size_bytes,
            "mtime": photo.mtime_ns,
        }
        return next(self._database.rows(_IS_FILED, file), None) is not None

    def _before(self, before: int | None, where: str, *values: object) -> Iterator[SeenPhoto]:
        limit = _EVERY if before is None else before
        return map(_seen_photo, self._database.rows(_BEFORE + where, (limit, *values)))


def _file(path: str, identity: Identity) -> dict[str, Any]:
    return {
        "path": os.fsencode(path),
        "inode": signed(identity.inode),
        "size": identity.size_bytes,
        "mtime": identity.mtime_ns,
    }


def _seen_photo(row: sqlite3.Row) -> SeenPhoto:
    across, down = row["across"], row["down"]
    bits = None if across is None else (across & _HALF) << _HALF_BITS | (down & _HALF)
    fingerprint = Fingerprint(bits, row["taken_ms"], row["burst"])
    path, size_bytes = os.fsdecode(row["path"]), row["size_bytes"]
    return SeenPhoto(row["number"], path, size_bytes, row["mtime_ns"], fingerprint)


def _is_at_its_path(photo: SeenPhoto) -> bool | None:
    """Whether the file that is there now is the photo, by size and mtime; None: there is none."""
    try:
        now = Identity.of(os.lstat(photo.path))
    except OSError:
        return None
    return (photo.size_bytes, photo.mtime_ns) == (now.size_bytes, now.mtime_ns)


def _halves(bits: int) -> tuple[int, int]:
    return signed(bits >> _HALF_BITS), signed(bits & _HALF)


def _neighbours(quarter: int) -> tuple[int, ...]:
    """The 16 bits, and all that differ from them in one bit."""
    return (quarter, *(quarter ^ (1 << place) for place in range(16)))
