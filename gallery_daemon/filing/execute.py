"""Executing plans: intent, act, end; for the photo, then for each sidecar.

The intent is in the journal before the first effect and names the temporary files of the act, so
`recover` can end one that was killed at any instruction. An act that the disk refuses half-way is
treated like a crash: the disk says whether it was done.

Each commit of the journal waits for the disk, and each sync of a folder, so a group of photos that
are decided together shares them: one commit for all intents, before the first act; after the last
act the syncs, and then one commit for all ends. In between the acts go one by one, in the order of
the photos. A kill leaves as many open intents as it finds, and each of them is ended by itself.
"""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.errors import (
    AlreadyFiled,
    FilingError,
    GalleryError,
    JournalError,
    PhotoChanged,
)
from gallery_daemon.filing.beside import name_beside
from gallery_daemon.filing.content import hash_of, is_unchanged
from gallery_daemon.filing.joint_acts import Begun, Filing, JointActs
from gallery_daemon.filing.os_errors import source_errors
from gallery_daemon.filing.preconditions import linked_filing
from gallery_daemon.filing.relocate import Relocator, clear_up
from gallery_daemon.filing.steps import Plan, Step, groups_of, step_late, step_of
from gallery_daemon.filing.superseded import kept_as, superseded_by
from gallery_daemon.journal.claims import AlreadyClaimed
from gallery_daemon.journal.record import Intent, JournalEntry, Row, State
from gallery_daemon.photo import Photo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.filing.joint_acts import Result
    from gallery_daemon.filing.steps import Deed
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.logs.events import FilingRecovered
    from gallery_daemon.photo import Identity


class Filer:
    """Executes plans in one library."""

    def __init__(self, journal: Journal, disk: Disk, library: str) -> None:
        self._journal, self._disk, self._library = journal, disk, library
        self._acts = JointActs(journal, disk, library)

    def execute_all(self, deeds: Sequence[Deed], when: datetime) -> Iterator[Result]:
        """Each photo is at its destination, with its sidecars, and the journal has it.

        Gives what came of each deed, in their order and as soon as that is durable.
        """
        for group in groups_of(deeds):
            rest = group
            while rest:
                results = self._execute_group(rest, when)
                yield from results
                rest = rest[len(results) :]

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
            _, filing = self._file(step, entry, owner.id, when)
        except GalleryError:
            for older, before in made_room[-1:]:
                with contextlib.suppress(GalleryError):
                    relocator.take_back(older, before, when, older.parent)
            raise
        return replace(filing, reason=kept_as(made_room[-1][0].name)) if made_room else filing

    def redo(self, undo: Row, filed: Row, when: datetime, parent: int | None = None) -> Row:
        """What `undo` reverted is filed again where it was `filed`; its new row.

        Raises:
            AlreadyFiled: another program has done it meanwhile.
            PhotoChanged: the file has changed since it was put back.
            FilingError: it could not be filed; it is where it was.
            JournalError: the journal cannot be used now.
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

    def _execute_group(self, group: Sequence[Deed], when: datetime) -> list[Result]:
        """What came of the first deeds: one, or those before one that is claimed by another."""
        try:
            begun = [self._begin(deed) for deed in group]
            rows = self._claim([each.entry for each in begun], when)
        except AlreadyClaimed as error:
            return [error]
        except JournalError as error:
            return [error] * len(group)
        results = self._acts.run(list(zip(begun, rows, strict=False)))
        deed, filing, row = group[len(rows) - 1], results[-1], rows[-1]
        if isinstance(deed, Plan) and isinstance(filing, Filing) and isinstance(row, int):
            results[-1] = self._with_sidecars(deed, filing, row, when)
        return results

    def _begin(self, deed: Deed) -> Begun:
        """The deed as it goes into the journal; a plan is an intent, unless there is nothing to do.

        Raises:
            JournalError: the journal cannot be read now.
        """
        if isinstance(deed, JournalEntry):
            return Begun(deed)
        step = step_of(deed.photo, deed.destination)
        entry = JournalEntry(
            deed.photo,
            State.INTENT,
            decision=deed.decision,
            facts=deed.facts,
            prediction=deed.prediction,
            cache_entry=deed.cache_entry,
            said=deed.said,
        )
        linked = linked_filing(self._journal, self._disk, deed.photo.identity, self._library)
        if linked is None:
            return Begun(replace(entry, intent=_intent_of(step)), step)
        assert linked.destination is not None
        reason = f"it is the same file as {linked.destination}"
        found = hash_of(self._disk, deed.photo.candidate, deed.photo.identity)
        facts = replace(deed.facts, content_hash=deed.facts.content_hash or found)
        done = replace(entry, state=State.IDENTICAL, reason=reason, facts=facts)
        return Begun(done, filing=Filing(State.IDENTICAL, step.action, linked.destination, reason))

    def _with_sidecars(self, plan: Plan, filing: Filing, parent: int, when: datetime) -> Filing:
        """File the sidecars; one that fails is tried again alone, while the photo stays filed."""
        if filing.state is not State.FILED:
            return filing
        placed, filed, problems = filing.destination.rpartition("/")[2], [], []
        photo = step_of(plan.photo, plan.destination)
        for each in plan.sidecars:
            name = name_beside(each.name, plan.photo.name, placed)
            step = replace(photo, file=each, name=name, action=filing.action)
            try:
                self._file(step, JournalEntry(each, State.INTENT), parent, when)
            except AlreadyFiled:
                pass
            except (FilingError, PhotoChanged, JournalError) as error:
                problems.append(f"{each.name}: {error.sentence}")
            else:
                filed.append(each.name)
        return replace(filing, sidecars=tuple(filed), problems=tuple(problems))

    def _file(
        self,
        step: Step,
        entry: JournalEntry,
        parent: int | None,
        when: datetime,
        undoes: int | None = None,
    ) -> tuple[int, Filing]:
        """Intent, act, end; for one file."""
        begun = Begun(replace(entry, intent=_intent_of(step, parent, undoes)), step)
        (row,) = self._claim([begun.entry], when)
        if isinstance(row, AlreadyFiled):
            raise row
        (result,) = self._acts.run([(begun, row)])
        if isinstance(result, GalleryError):
            raise result
        assert result is not None
        return row, result

    def _claim(self, entries: Sequence[JournalEntry], when: datetime) -> list[int | AlreadyFiled]:
        """The entries are in the journal, as `record_each`; what is left open is ended first."""
        try:
            return self._journal.record_each(entries, self._library, when)
        except AlreadyClaimed:
            # None of these has begun, so of our own intents only such as could not be ended are
            # open.
            self.recover()
            return self._journal.record_each(entries, self._library, when)

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


def _intent_of(step: Step, parent: int | None = None, undoes: int | None = None) -> Intent:
    return Intent(step.action, step.folder, step.name, secrets.token_hex(8), parent, undoes)
