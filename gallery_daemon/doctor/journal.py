"""The journal: whole, readable, and what in it waits for somebody."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gallery_daemon.daemon.status import in_trouble
from gallery_daemon.doctor.finding import bad, counted, odd, well
from gallery_daemon.doctor.space import size
from gallery_daemon.errors import GalleryError
from gallery_daemon.journal.database import Database
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gallery_daemon.doctor.finding import Finding

ABOUT = "journal"
_BUSY_S = 10.0


@dataclass(frozen=True, slots=True)
class Book:
    """The journal as it was found; `libraries` are those of the configuration that it knows.

    `flaw` is what SQLite finds wrong with it. `begun` filings are not ended; `failed` and
    `quarantined` photos still lie where they lay.
    """

    path: str
    is_there: bool = False
    problem: str | None = None
    hint: str | None = None
    flaw: str | None = None
    size_bytes: int = 0
    begun: int = 0
    failed: int = 0
    quarantined: int = 0
    has_used_library: bool = False


def look_at_journal(path: Path, library: str | None) -> Book:
    """The journal, read from beginning to end; none is made."""
    seen = Book(str(path))
    if not path.exists():
        return seen
    beside = (path, path.with_name(f"{path.name}-wal"))
    size_bytes = sum(each.stat().st_size for each in beside if each.exists())
    seen = replace(seen, is_there=True, size_bytes=size_bytes)
    try:
        flaw = _flaw(path)
        with contextlib.closing(Journal(path, read_only=True)) as journal:
            return replace(
                seen,
                flaw=flaw,
                begun=len(journal.open_intents()),
                failed=len(in_trouble(journal, State.FAILED)),
                quarantined=len(in_trouble(journal, State.QUARANTINED)),
                has_used_library=library is not None and journal.has_used(library),
            )
    except GalleryError as error:
        return replace(seen, problem=error.sentence, hint=error.hint)


def judge_journal(seen: Book, *, is_running: bool) -> Iterator[Finding]:
    """Its health, and what it has to say."""
    if not seen.is_there:
        yield well(ABOUT, f"{seen.path} is not there yet: nothing was filed")
        return
    if seen.problem is not None or seen.flaw is not None:
        what = seen.problem or f"{seen.path} is damaged: {seen.flaw}"
        advice = seen.hint or "stop the daemon and start it: it makes a new one of what is left"
        yield bad(ABOUT, what, advice)
        return
    yield well(ABOUT, f"{seen.path} is whole, {size(seen.size_bytes)}")
    # While the daemon runs, an intent is what it is doing at this moment.
    if seen.begun and not is_running:
        what = f"{counted(seen.begun, 'filing was', 'filings were')} cut short"
        yield odd(ABOUT, what, "start the daemon, or sort: it ends them")
    if seen.failed:
        what = f"{counted(seen.failed, 'photo')} could not be filed yet"
        yield odd(ABOUT, what, "gallery-daemon status says why")
    if seen.quarantined:
        what = f"{counted(seen.quarantined, 'file')} cannot be read as photos"
        yield odd(ABOUT, what, "gallery-daemon status names them; replace or remove them")


def _flaw(path: Path) -> str | None:
    """What SQLite finds wrong with the file, all of which it reads; None if it is whole."""
    with contextlib.closing(Database(path, read_only=True, busy_s=_BUSY_S)) as database:
        (first, *_) = database.rows("PRAGMA quick_check(1)")
    return None if first[0] == "ok" else str(first[0])
