"""Acts whose intents are in the journal: done one by one, synced and ended together.

An end is written only when its act is there for good: after the last act the folders whose names
were changed are synced, each once, and then all ends are one transaction. An act that the disk
refuses half-way is treated like a crash: the disk says whether it was done.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from gallery_daemon.decision import Action, library_path
from gallery_daemon.errors import (
    AlreadyFiled,
    FilingError,
    GalleryError,
    JournalError,
    PhotoChanged,
    PhotoGone,
)
from gallery_daemon.filing.act import Act, Placed
from gallery_daemon.filing.content import hash_to_keep
from gallery_daemon.filing.os_errors import library_errors, source_errors
from gallery_daemon.filing.recover import outcome_on_disk
from gallery_daemon.filing.shared_folders import FolderKey, SharedFolders
from gallery_daemon.journal.record import IntentEnd, JournalEntry, State

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.filing.steps import Step
    from gallery_daemon.journal.journal import Journal


@dataclass(frozen=True, slots=True)
class Filing:
    """An executed plan.

    `action` is the one that was done (a hard link between file systems becomes a copy),
    `destination` is absolute; `sidecars` names those that were filed too, `problems` says which
    could not be, and why.
    """

    state: State
    action: Action
    destination: str
    reason: str | None = None
    sidecars: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


Result: TypeAlias = Filing | GalleryError | None
"""What came of a deed: the filing of a plan; None for an entry, which is recorded; or an error.

That is AlreadyFiled, if another program has done it meanwhile; PhotoChanged, if it is not the photo
that was classified; FilingError, if it could not be filed, and is where it was; or JournalError, if
the journal cannot be used now.
"""


@dataclass(frozen=True, slots=True)
class Begun:
    """A deed as it goes into the journal; without a step to act on, `filing` is what came of it."""

    entry: JournalEntry
    step: Step | None = None
    filing: Filing | None = None


@dataclass(frozen=True, slots=True)
class _Acted:
    """What comes of an act once its intent has that end; None: it needs none, or stays open.

    `step` is that of the act; `folders` are to be synced before the end.
    """

    result: Result
    end: IntentEnd | None = None
    step: Step | None = None
    folders: Collection[FolderKey] = ()


class JointActs:
    """Does what was begun in one library."""

    def __init__(self, journal: Journal, disk: Disk, library: str) -> None:
        self._journal, self._disk, self._library = journal, disk, library

    def run(self, begun: Sequence[tuple[Begun, int | AlreadyFiled]]) -> list[Result]:
        """What was begun, as those rows of the journal, is done and has its end.

        Of one that was refused, or has no step, there is no act to do.
        """
        with SharedFolders(self._journal, self._disk, self._library) as folders:
            acted = [self._act(each, row, folders) for each, row in begun]
            failed = folders.sync()
        if failed:
            acted = [self._synced(each, failed) for each in acted]
        ends = [each.end for each in acted if each.end is not None]
        try:
            if ends:
                self._journal.close_intents(ends)
        except JournalError as error:
            # Their intents stay open, and `recover` asks the disk what came of them.
            return [each.result if each.end is None else error for each in acted]
        return [each.result for each in acted]

    def _synced(self, acted: _Acted, failed: dict[FolderKey, OSError]) -> _Acted:
        """The same, unless a folder of the act could not be synced: then the disk is asked."""
        error = next((failed[each] for each in acted.folders if each in failed), None)
        if error is None or acted.end is None or acted.step is None:
            return acted
        try:
            with library_errors(self._library, acted.step.folder):
                raise error
        except FilingError as refusal:
            return _Acted(self._resolved(acted.step, acted.end.row, refusal))

    def _act(self, begun: Begun, row: int | AlreadyFiled, folders: SharedFolders) -> _Acted:
        """The act of an intent, which is in the journal as `row`."""
        if isinstance(row, AlreadyFiled):
            return _Acted(row)
        step, intent, facts = begun.step, begun.entry.intent, begun.entry.facts
        if step is None or intent is None:
            return _Acted(begun.filing)
        touched: list[FolderKey] = []
        try:
            with contextlib.ExitStack() as opened:
                try:
                    sync = partial(_sync_later, folders, touched)
                    act = self._prepare(opened, step, intent.token, row, folders, sync=sync)
                except (FilingError, PhotoChanged) as error:
                    state = _state_after(error)
                    return _Acted(error, IntentEnd(row, state, None, None, error.sentence))
                is_known = facts is not None and facts.content_hash is not None
                before = None if is_known or act.will_copy else self._hash_of(act)
                try:
                    with library_errors(self._library, step.folder):
                        placed = act.run()
                except (FilingError, PhotoChanged) as error:
                    return _Acted(self._resolved(step, row, error))
                # What was copied was read already.
                found = None if is_known else before or act.content_hash or self._hash_of(act)
        except JournalError as error:
            return _Acted(error)
        end = IntentEnd(
            row,
            placed.state,
            placed.action,
            placed.name,
            placed.reason,
            content_hash=found,
            may_revert=intent.undoes is not None,
        )
        return _Acted(self._filing(step, placed), end, step, touched)

    def _resolved(self, step: Step, row: int, error: FilingError | PhotoChanged) -> Result:
        """What came of an act that failed; its intent is closed, or stays open."""
        try:
            name = outcome_on_disk(row, self._journal, self._disk, error, _state_after(error))
        except (FilingError, PhotoChanged, JournalError) as refusal:
            return refusal
        return self._filing(step, Placed(State.FILED, step.action, name, error.sentence))

    def _hash_of(self, act: Act) -> str | None:
        """By what the file is known if it is touched; None if it cannot be read."""
        try:
            return hash_to_keep(self._disk, act.source)
        except (OSError, FilingError):
            return None

    def _prepare(
        self,
        opened: contextlib.ExitStack,
        step: Step,
        token: str,
        row: int,
        folders: SharedFolders,
        *,
        sync: Callable[[int], None],
    ) -> Act:
        """Open all that the act needs; the only effect is that missing folders are made."""
        candidate = step.file.candidate
        with source_errors():
            home = opened.enter_context(self._disk.folder(candidate.root, candidate.folders))
            source = opened.enter_context(
                self._disk.source(home, candidate.name, step.file.identity)
            )
        with library_errors(self._library, step.folder):
            target = folders.target(step.folder)
        return Act(
            self._disk,
            step,
            token,
            (home, candidate.name),
            source,
            target,
            on_copied=partial(self._journal.copied, row),
            on_unfinished=partial(self._journal.unfinished, row),
            sync=sync,
        )

    def _filing(self, step: Step, placed: Placed) -> Filing:
        path = library_path(self._library, *step.folder, placed.name)
        return Filing(placed.state, placed.action, path, placed.reason)


def _state_after(error: FilingError | PhotoChanged) -> State:
    """A failure is remembered; a photo that changed or is gone was only tried."""
    is_over = isinstance(error, (PhotoChanged, PhotoGone))
    return State.ABANDONED if is_over else State.FAILED


def _sync_later(folders: SharedFolders, touched: list[FolderKey], folder: int) -> None:
    touched.append(folders.sync_later(folder))
