"""The journal: what is about to be done, before it is done, and what became of every file.

SQLite in WAL mode with full syncs: once an intent is recorded, it survives a power cut. There is
never a transaction around an act, because a crash would then roll back the memory of an act that
stays done.

A file is known by its path, size and mtime, or, renamed, by its inode; never by the device number,
which changes from mount to mount. Where these have changed and the bytes have not, `contents` knows
it by those. Several programs may have the journal open (`claims`).
"""

from __future__ import annotations

import contextlib
import os
from itertools import islice
from typing import TYPE_CHECKING

from gallery_daemon.errors import AlreadyFiled, JournalError
from gallery_daemon.journal import sql as statements
from gallery_daemon.journal.claims import Owner, known_among, refusals
from gallery_daemon.journal.contents import ContentTable
from gallery_daemon.journal.database import Database, as_journal_errors
from gallery_daemon.journal.filed_places import FiledPlaces
from gallery_daemon.journal.inferences import InferenceTable
from gallery_daemon.journal.lesson_places import LessonPlaces
from gallery_daemon.journal.lesson_table import LessonTable
from gallery_daemon.journal.made_folders import MadeFolders
from gallery_daemon.journal.overview_rows import OverviewRows
from gallery_daemon.journal.past_decisions import PastDecisions
from gallery_daemon.journal.record import (
    OPEN_STATES,
    IntentEnd,
    JournalEntry,
    Row,
    State,
    columns_of,
    rights_columns,
    row_of,
    signed,
    written,
)
from gallery_daemon.journal.review_rows import ReviewRows
from gallery_daemon.journal.settled_groups import SettledGroups
from gallery_daemon.journal.shot_rows import ShotRows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from gallery_daemon.journal.query import Query
    from gallery_daemon.journal.record import Rights
    from gallery_daemon.photo import Identity, Photo

# Seconds to wait for another program's write: a `sort` beside the daemon is no error.
_BUSY_S = 10.0


class Journal:
    """An open journal; for one thread."""

    def __init__(self, path: Path, *, read_only: bool = False, busy_s: float = _BUSY_S) -> None:
        """Open it, and make it unless `read_only`; wait `busy_s` seconds for others' writes.

        Raises:
            JournalDamaged: its file is damaged.
            GalleryError: it cannot be opened, or was made by a newer program.
        """
        self._owner = None if read_only else _owner(path)
        try:
            self._database = Database(path, read_only=read_only, busy_s=busy_s)
        except BaseException:
            self._disown()
            raise
        self.inferences = InferenceTable(self._database)
        self.past_decisions = PastDecisions(self._database)
        self.contents = ContentTable(self._database)
        self.made_folders = MadeFolders(self._database)
        self.lessons = LessonTable(self._database)
        self.filed_places = FiledPlaces(self._database)
        self.review_rows = ReviewRows(self._database)
        self.lesson_places = LessonPlaces(self._database)
        self.overview = OverviewRows(self._database)
        self.settled_groups = SettledGroups(self._database)
        self.shots = ShotRows(self._database)

    def empty_caches(self) -> None:
        """Pages of the file that are held in case they are asked for again are let go.

        Raises:
            JournalError: the journal cannot be used.
        """
        self._database.execute("PRAGMA shrink_memory")

    def version(self) -> tuple[int, int]:
        """What changes whenever something is written; as `Database.version`."""
        return self._database.version()

    def close(self) -> None:
        """The file is closed, and other programs may recover the intents that are open."""
        self._database.close()
        self._disown()

    def is_known(self, path: str, identity: Identity, library: str, *, again: bool = False) -> bool:
        """Whether this file is in a final state already, under this name or another.

        With `again` only a state counts that leaves its bytes in the library.
        """
        states = statements.KEPT if again else statements.FINAL
        return bool(known_among(self._database, states, [(path, identity)], library))

    def unknown(self, photos: Sequence[Photo], library: str, *, again: bool = False) -> list[Photo]:
        """The files that are not known, as `is_known` tells; many are asked for in one query."""
        files = [(photo.path, photo.identity) for photo in photos]
        states = statements.KEPT if again else statements.FINAL
        known = known_among(self._database, states, files, library)
        return [photo for number, photo in enumerate(photos) if number not in known]

    def has_used(self, library: str) -> bool:
        """Whether anything was ever filed into the library."""
        filed = "WHERE library = ? AND state = 'filed' LIMIT 1"
        return bool(self._rows(filed, os.fsencode(library)))

    def libraries(self) -> list[str]:
        """Those that files lie in which were filed there, in order."""
        names = self._database.rows(statements.LIBRARIES, ())
        return [os.fsdecode(row["library"]) for row in names]

    def filed_by_others(self, library: str, rules: Collection[str]) -> dict[str, int]:
        """How many photos lie in the library by rules that are none of these, by rule."""
        counted = self._database.rows(statements.FILED_BY_RULE, (os.fsencode(library),))
        return {rule: count for rule, count in counted if rule not in rules}

    def record(self, entry: JournalEntry, library: str, when: datetime) -> int:
        """Write the entry and return its row's id; earlier failures of the file are deleted.

        Raises:
            AlreadyFiled: it is an intent, and another program has filed the file.
            AlreadyClaimed: it is an intent, and another for the same file is open.
            JournalError: it cannot be written now.
        """
        (number,) = self.record_each((entry,), library, when)
        if isinstance(number, AlreadyFiled):
            raise number
        return number

    def record_each(
        self, entries: Sequence[JournalEntry], library: str, when: datetime
    ) -> list[int | AlreadyFiled]:
        """Write entries in one transaction, up to one that is claimed; their rows' ids.

        In the place of an entry that another program has filed is that refusal. No two entries may
        be of one file.

        Raises:
            AlreadyClaimed: the first is an intent, and another for the same file is open.
            JournalError: they cannot be written now; none is.
        """
        numbers: list[int | AlreadyFiled] = []
        with self._database.transaction():
            refused = refusals(self._database, entries, library)
            for place, entry in enumerate(entries):
                refusal = refused.get(place)
                if isinstance(refusal, AlreadyFiled):
                    numbers.append(refusal)
                elif refusal is None:
                    numbers.append(self._insert(entry, library, when))
                elif numbers:
                    break
                else:
                    raise refusal
        return numbers

    def record_all(self, entries: Iterable[JournalEntry], library: str, when: datetime) -> None:
        """All entries are written, or none."""
        with self._database.transaction():
            for entry in entries:
                self._insert(entry, library, when)

    def adopt(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Rows of another journal are in this one, column by column; of two with one id, the first.

        A row that is too damaged to be one is passed over.
        """
        with self._database.transaction():
            for row in rows:
                if row.get("state") not in set(State):
                    continue
                with contextlib.suppress(JournalError):
                    self._database.execute(statements.insert(row, "OR IGNORE"), row)

    def unfinished(self, row: int, name: str | None, inode: int | None) -> None:
        """Note the name under which a copy is about to be begun; None: it was not, after all.

        `inode` is that of the file, once it is there.
        """
        values = name and os.fsencode(name), None if inode is None else signed(inode), row
        with self._database.transaction():
            self._database.execute(statements.UNFINISHED, values)

    def copied(self, row: int, inode: int, rights: Rights | None) -> None:
        """Note the inode of a whole copy, so that recovery knows it; it is not unfinished now.

        `rights` are those that the copy cannot have where it lies.
        """
        values = {"id": row, "inode": signed(inode), **rights_columns(rights)}
        with self._database.transaction():
            self._database.execute(statements.COPIED, values)

    def close_intent(
        self, row: int, state: State, *, action: str | None, name: str | None, reason: str | None
    ) -> None:
        """The intent ends; as `close_intents`."""
        self.close_intents((IntentEnd(row, state, action, name, reason),))

    def close_intents(self, ends: Iterable[IntentEnd]) -> None:
        """The intents end, in one transaction.

        The row that one reverts or refiles, if any, is undone or refiled in that transaction.

        Raises:
            JournalError: they cannot be written now; all intents stay open.
        """
        with self._database.transaction():
            for end in ends:
                self._close(end)

    def forget(self, row: int) -> None:
        """The intent is deleted, and the row before it stays as it is."""
        with self._database.transaction():
            self._database.execute(statements.FORGET, (row,))

    def update_inode(self, row: int, identity: Identity) -> None:
        """The row's file, of the same size and mtime, has that inode now."""
        now = signed(identity.device), signed(identity.inode)
        self._database.execute(
            statements.UPDATE_INODE, (*now, row, identity.size_bytes, identity.mtime_ns)
        )

    def take_over(self, row: Row) -> AbstractContextManager[bool]:
        """Whether the program of the intent is gone, or is this one; as `Owner.take_over`."""
        assert self._owner is not None
        return self._owner.take_over(row.owner)

    def open_intents(self) -> list[Row]:
        """The rows that are begun and not ended, the oldest first."""
        return self._rows(f"WHERE state IN ({statements.OPEN}) ORDER BY id")

    def row(self, number: int) -> Row | None:
        """The row with that id."""
        rows = self._rows("WHERE id = ?", number)
        return rows[0] if rows else None

    def existing_row(self, number: int) -> Row:
        """The row with that id, which was written before."""
        row = self.row(number)
        assert row is not None
        return row

    def newest_first(self) -> Iterator[Row]:
        """All rows, open ones too, read one by one."""
        return map(row_of, self._database.rows(f"{statements.SELECT}ORDER BY id DESC"))

    def sidecars_of(self, row: Row, state: State) -> list[Row]:
        """The rows of the photo's sidecars that are in `state`."""
        return self._rows("WHERE parent = ? AND state = ? ORDER BY id", row.id, state)

    def find(self, query: Query) -> list[Row]:
        """The rows that fit, the newest first."""
        return list(self.each(query))

    def each(self, query: Query) -> Iterator[Row]:
        """The rows that fit, the newest first, read one by one."""
        where, values = query.where()
        question = f"{statements.SELECT}{where} ORDER BY id DESC"
        found = map(row_of, self._database.rows(question, values))
        return islice(filter(query.fits, found), query.limit)

    def latest_of(self, path: str, library: str) -> Row | None:
        """The latest row of a file that was at `path`, whatever its bytes were."""
        where = f"WHERE path = ? AND library = ? AND state NOT IN ({statements.OPEN})"
        last = f"{where} AND {statements.NOT_REVERTED} ORDER BY id DESC LIMIT 1"
        rows = self._rows(last, os.fsencode(path), os.fsencode(library))
        return rows[0] if rows else None

    def known_as(self, identity: Identity, library: str) -> Row | None:
        """What makes a file known whatever its name is: its filing, or else its latest end."""
        rows = self._rows(
            "WHERE inode = ? AND size_bytes = ? AND mtime_ns = ? AND library = ?"
            f" AND state IN ({statements.FINAL}) ORDER BY state = 'filed' DESC, id DESC LIMIT 1",
            signed(identity.inode),
            identity.size_bytes,
            identity.mtime_ns,
            os.fsencode(library),
        )
        return rows[0] if rows else None

    def refiled_as(self, row: Row) -> Row | None:
        """The filing that took the place of the row's."""
        rows = self._rows("WHERE path = ? AND undoes = ?", os.fsencode(row.path), row.id)
        return next((each for each in rows if each.state is State.FILED), None)

    def orphan_sidecars(self) -> list[Row]:
        """The filed sidecars whose photo was filed anew without them."""
        return list(map(row_of, self._database.rows(statements.ORPHAN_SIDECARS)))

    def left_behind(self) -> list[tuple[Row, int]]:
        """The filed sidecars whose photo was undone without them, the newest first; by which undo.

        A crash came in between, or they could not follow.
        """
        pairs = self._database.rows(statements.LEFT_BEHIND)
        return [(self.existing_row(sidecar), undo) for sidecar, undo in list(pairs)]

    def hard_links_of(self, identity: Identity, library: str) -> list[Row]:
        """The filings by hard link of a file with that inode, the latest first."""
        return self._rows(
            "WHERE inode = ? AND library = ? AND state = 'filed' AND action = 'hardlink'"
            " ORDER BY id DESC",
            signed(identity.inode),
            os.fsencode(library),
        )

    def filed_at(self, library: str, folder: tuple[str, ...], name: str) -> Row | None:
        """The filing of the file that lies there, if it is one of this program's."""
        rows = self._rows(
            "WHERE name = ? AND folder = ? AND library = ? AND state = 'filed'"
            " ORDER BY id DESC LIMIT 1",
            os.fsencode(name),
            os.fsencode("/".join(folder)),
            os.fsencode(library),
        )
        return rows[0] if rows else None

    def filed_from(self, prefix: str, library: str) -> list[Row]:
        """The filed photos whose path began with `prefix`, the latest last."""
        start = os.fsencode(prefix)
        # Such paths are one range of the index.
        return self._rows(
            "WHERE path >= ? AND path < ? AND library = ? AND state = 'filed' AND parent IS NULL"
            " ORDER BY id",
            start,
            start + b"\xff",
            os.fsencode(library),
        )

    def _close(self, end: IntentEnd) -> None:
        if end.may_revert and end.state is State.FILED:
            self._database.execute(statements.KEEP_IDENTITY, (end.row,))
        name, reason = end.name and os.fsencode(end.name), written(end.reason)
        ended = end.state, end.action, name, reason, end.content_hash, end.row
        self._database.execute(statements.CLOSE, ended)
        if end.may_revert and end.state in {State.FILED, State.IDENTICAL, State.UNDO}:
            self._database.execute(statements.REVERT, (end.state, end.row))
        if end.state is State.UNDO:
            self._database.execute(statements.RESTORE_FILED, (end.row,))
            self.lesson_places.undone(end.row)
        elif end.state is State.FILED:
            self.lesson_places.filed(end.row)

    def _insert(self, entry: JournalEntry, library: str, when: datetime) -> int:
        values = columns_of(entry) | {
            "library": os.fsencode(library),
            "decided_at": when.isoformat(timespec="milliseconds"),
        }
        if entry.state in OPEN_STATES and self._owner is not None:
            values["owner"] = self._owner.number
        self._database.execute(statements.FORGET_FAILURES, (values["path"], values["library"]))
        cursor = self._database.execute(statements.insert(values), values)
        assert cursor.lastrowid is not None
        if entry.cache_entry is not None:
            self.inferences.write(entry.photo.path, entry.photo.identity, entry.cache_entry)
        if entry.redoes is not None:
            self._database.execute(statements.COPY_DECISION, (entry.redoes, cursor.lastrowid))
        return cursor.lastrowid

    def _rows(self, clause: str, *values: object) -> list[Row]:
        return list(map(row_of, self._database.rows(statements.SELECT + clause, values)))

    def _disown(self) -> None:
        # Once: the number of a closed file may be another file's by then.
        owner, self._owner = self._owner, None
        if owner is not None:
            owner.close()


def _owner(journal: Path) -> Owner:
    with as_journal_errors(journal):
        journal.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Owner(journal.with_name(f"{journal.name}-owners"))
