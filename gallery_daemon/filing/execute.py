"""Executing a plan: intent, act, end; for the photo, then for each sidecar.

The intent is in the journal before the first effect and names the temporary files of the act, so
`recover` can end one that was killed at any instruction. An act that the disk refuses half-way is
treated like a crash: the disk says whether it was done.
"""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action, OnConflict, library_path
from gallery_daemon.errors import (
    AlreadyFiled,
    FilingError,
    GalleryError,
    JournalError,
    PhotoChanged,
    PhotoGone,
)
from gallery_daemon.filing.act import Act, Placed
from gallery_daemon.filing.beside import name_beside
from gallery_daemon.filing.content import hash_of, hash_to_keep, is_unchanged
from gallery_daemon.filing.emptied import note_made
from gallery_daemon.filing.os_errors import library_errors, source_errors
from gallery_daemon.filing.preconditions import linked_filing, refuse_emptied
from gallery_daemon.filing.recover import outcome_on_disk
from gallery_daemon.filing.relocate import Relocator, clear_up
from gallery_daemon.filing.steps import Plan, Step, step_late, step_of
from gallery_daemon.filing.superseded import kept_as, superseded_by
from gallery_daemon.journal.claims import AlreadyClaimed
from gallery_daemon.journal.record import Intent, JournalEntry, Row, State
from gallery_daemon.photo import Photo

if TYPE_CHECKING:
    from datetime import datetime

    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.logs.events import FilingRecovered
    from gallery_daemon.photo import Identity


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


class Filer:
    """Executes plans in one library."""

    def __init__(self, journal: Journal, disk: Disk, library: str) -> None:
        self._journal, self._disk, self._library = journal, disk, library

    def execute(self, plan: Plan, when: datetime) -> Filing:
        """The photo is at its destination, with its sidecars, and the journal has it.

        Raises:
            AlreadyFiled: another program has done it meanwhile.
            PhotoChanged: it is not the photo that was classified.
            FilingError: it could not be filed; it is where it was.
            JournalError: the journal cannot be used now.
        """
        step = step_of(plan.photo, plan.destination)
        entry = JournalEntry(
            plan.photo,
            State.INTENT,
            decision=plan.decision,
            facts=plan.facts,
            prediction=plan.prediction,
            cache_entry=plan.cache_entry,
        )
        linked = linked_filing(self._journal, self._disk, plan.photo.identity, self._library)
        if linked is not None:
            assert linked.destination is not None
            reason = f"it is the same file as {linked.destination}"
            found = hash_of(self._disk, plan.photo.candidate, plan.photo.identity)
            facts = replace(plan.facts, content_hash=plan.facts.content_hash or found)
            done = replace(entry, state=State.IDENTICAL, reason=reason, facts=facts)
            self._journal.record(done, self._library, when)
            return Filing(State.IDENTICAL, step.action, linked.destination, reason)
        row, placed = self._file(step, entry, None, when)
        filing = self._filing(step, placed)
        if placed.state is not State.FILED:
            return filing
        beside = tuple(
            replace(
                step,
                file=sidecar,
                name=name_beside(sidecar.name, plan.photo.name, placed.name),
                action=placed.action,
            )
            for sidecar in plan.sidecars
        )
        return self._with_sidecars(filing, beside, row, when)

    def execute_late(
        self, sidecar: Photo, owner: Row, when: datetime, *, completes: bool = False
    ) -> Filing:
        """A sidecar that arrived after its photo is filed beside it; `completes` as in `step_late`.

        An older version of it makes room, and has its name again if this one cannot be filed.

        Raises:
            PhotoChanged: it changed since it settled.
            FilingError: it could not be filed; it is where it was.
            JournalError: the journal cannot be used now.
        """
        step = step_late(sidecar, owner, completes=completes)
        entry, relocator = JournalEntry(sidecar, State.INTENT), Relocator(self._journal, self._disk)
        superseded = superseded_by(sidecar, owner, self._journal, self._disk)
        made_room = [(relocator.set_aside(each, when), each.row) for each in superseded]
        try:
            _, placed = self._file(step, entry, owner.id, when)
        except GalleryError:
            for older, before in made_room[-1:]:
                with contextlib.suppress(GalleryError):
                    relocator.take_back(older, before, when, older.parent)
            raise
        filing = self._filing(step, placed)
        return replace(filing, reason=kept_as(made_room[-1][0].name)) if made_room else filing

    def redo(self, undo: Row, filed: Row, when: datetime, parent: int | None = None) -> Row:
        """What `undo` reverted is filed again where it was `filed`; its new row.

        Raises:
            PhotoChanged: the file has changed since it was put back.
            GalleryError: as `execute`.
        """
        assert filed.action is not None
        assert filed.name is not None
        photo = Photo(filed.candidate, self._as_put_back(filed), when)
        step = Step(photo, filed.folder, filed.name, Action(filed.action), OnConflict.DEDUPE)
        entry = JournalEntry(photo, State.INTENT, redoes=undo.id)
        number, _ = self._file(step, entry, parent, when, undoes=undo.id)
        return self._journal.existing_row(number)

    def recover(self) -> list[FilingRecovered]:
        """End the intents of programs that are gone."""
        return clear_up(self._journal, self._disk)

    def _with_sidecars(
        self, filing: Filing, steps: tuple[Step, ...], parent: int, when: datetime
    ) -> Filing:
        """File the sidecars; one that fails is tried again alone, while the photo stays filed."""
        filed, problems = [], []
        for step in steps:
            try:
                self._file(step, JournalEntry(step.file, State.INTENT), parent, when)
            except AlreadyFiled:
                pass
            except (FilingError, PhotoChanged, JournalError) as error:
                problems.append(f"{step.file.name}: {error.sentence}")
            else:
                filed.append(step.file.name)
        return replace(filing, sidecars=tuple(filed), problems=tuple(problems))

    def _file(
        self,
        step: Step,
        entry: JournalEntry,
        parent: int | None,
        when: datetime,
        undoes: int | None = None,
    ) -> tuple[int, Placed]:
        """Intent, act, end."""
        token = secrets.token_hex(8)
        intent = Intent(step.action, step.folder, step.name, token, parent, undoes)
        row = self._claim(replace(entry, intent=intent), when)
        with contextlib.ExitStack() as opened:
            try:
                act = self._prepare(opened, step, token, row)
            except (FilingError, PhotoChanged) as error:
                self._journal.close_intent(
                    row, _state_after(error), action=None, name=None, reason=error.sentence
                )
                raise
            is_known = entry.facts is not None and entry.facts.content_hash is not None
            before = None if is_known or act.will_copy else self._hash_of(act)
            try:
                with library_errors(self._library, step.folder):
                    placed = act.run()
            except (FilingError, PhotoChanged) as error:
                name = outcome_on_disk(row, self._journal, self._disk, error, _state_after(error))
                return row, Placed(State.FILED, step.action, name, error.sentence)
            # What was copied was read already.
            content_hash = None if is_known else before or act.content_hash or self._hash_of(act)
        self._journal.close_intent(
            row,
            placed.state,
            action=placed.action,
            name=placed.name,
            reason=placed.reason,
            content_hash=content_hash,
        )
        return row, placed

    def _hash_of(self, act: Act) -> str | None:
        """By what the file is known if it is touched; None if it cannot be read."""
        try:
            return hash_to_keep(self._disk, act.source)
        except (OSError, FilingError):
            return None

    def _claim(self, entry: JournalEntry, when: datetime) -> int:
        """Write the intent; an open one of a program that is gone is ended first."""
        try:
            return self._journal.record(entry, self._library, when)
        except AlreadyClaimed:
            self.recover()
            return self._journal.record(entry, self._library, when)

    def _as_put_back(self, filed: Row) -> Identity:
        """The file's identity, which must be that of what was filed and put back."""
        candidate = filed.candidate
        with source_errors(), self._disk.folder(candidate.root, candidate.folders) as home:
            found = self._disk.identity(home, candidate.name)
        if found is None:
            raise FilingError(
                f"it lies at {candidate.path} no more: moved or deleted since", transient=False
            )
        if not is_unchanged(self._disk, filed, candidate, found):
            raise FilingError(
                f"{candidate.path} was changed since it was put back", transient=False
            )
        return found

    def _prepare(self, opened: contextlib.ExitStack, step: Step, token: str, row: int) -> Act:
        """Open all that the act needs; the only effect is that missing folders are made."""
        candidate = step.file.candidate
        with source_errors():
            home = opened.enter_context(self._disk.folder(candidate.root, candidate.folders))
            source = opened.enter_context(
                self._disk.source(home, candidate.name, step.file.identity)
            )
        with library_errors(self._library, step.folder):
            refuse_emptied(self._journal, self._disk, self._library)
            target = opened.enter_context(self._disk.folder(self._library, step.folder, make=True))
        note_made(self._journal, self._disk, self._library)
        return Act(
            self._disk,
            step,
            token,
            (home, candidate.name),
            source,
            target,
            on_copied=partial(self._journal.copied, row),
            on_unfinished=partial(self._journal.unfinished, row),
        )

    def _filing(self, step: Step, placed: Placed) -> Filing:
        path = library_path(self._library, *step.folder, placed.name)
        return Filing(placed.state, placed.action, path, placed.reason)


def _state_after(error: FilingError | PhotoChanged) -> State:
    """A failure is remembered; a photo that changed or is gone was only tried."""
    is_over = isinstance(error, (PhotoChanged, PhotoGone))
    return State.ABANDONED if is_over else State.FAILED
