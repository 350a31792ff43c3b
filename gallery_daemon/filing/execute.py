"""Executing a plan: intent, act, done; for the photo, then for each sidecar.

The intent is in the journal before the first effect and says which temporaries the act may leave,
so a kill at any instruction is cleared up at the next start (`recover`).
"""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gallery_daemon.errors import FilingError, PhotoChanged
from gallery_daemon.filing import trouble
from gallery_daemon.filing.act import Act, Placed
from gallery_daemon.filing.plan import Plan, Step
from gallery_daemon.filing.record import Entry, Intent, Row, State
from gallery_daemon.filing.sidecars import name_beside
from gallery_daemon.photo import Action, OnConflict, Photo

if TYPE_CHECKING:
    from datetime import datetime

    from gallery_daemon.filing.journal import Journal
    from gallery_daemon.filing.place import Disk


@dataclass(frozen=True, slots=True)
class Filing:
    """An executed plan.

    `action` is what was really done (a hard link between file systems is a copy), `destination`
    absolute; `sidecars` were filed too, `problems` says which could not be and why.
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
        """The photo lies at its destination, with its sidecars, and the journal has it.

        Raises:
            PhotoChanged: it is not the photo that was classified.
            FilingError: it could not be filed; it lies where it was.
        """
        to = plan.destination
        step = Step(plan.photo, to.folder, to.name, to.action, to.on_conflict)
        entry = Entry(
            plan.photo,
            State.INTENT,
            decision=plan.decision,
            facts=plan.facts,
            prediction=plan.prediction,
        )
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

    def execute_late(self, sidecar: Photo, owner: Row, when: datetime) -> Filing:
        """A sidecar that arrived after its photo lies beside it.

        Raises:
            PhotoChanged: it changed since it settled.
            FilingError: it could not be filed; it lies where it was.
        """
        assert owner.name is not None
        assert owner.action is not None
        name = name_beside(sidecar.name, owner.relative.rpartition("/")[2], owner.name)
        step = Step(sidecar, owner.folder, name, Action(owner.action), OnConflict.DEDUPE)
        _, placed = self._file(step, Entry(sidecar, State.INTENT), owner.id, when)
        return self._filing(step, placed)

    def _with_sidecars(
        self, filing: Filing, steps: tuple[Step, ...], parent: int, when: datetime
    ) -> Filing:
        """The photo stays filed whatever becomes of its sidecars; they are tried again alone."""
        filed, problems = [], []
        for step in steps:
            try:
                self._file(step, Entry(step.file, State.INTENT), parent, when)
            except (FilingError, PhotoChanged) as error:
                problems.append(f"{step.file.name}: {error.sentence}")
            else:
                filed.append(step.file.name)
        return replace(filing, sidecars=tuple(filed), problems=tuple(problems))

    def _file(
        self, step: Step, entry: Entry, parent: int | None, when: datetime
    ) -> tuple[int, Placed]:
        """Intent, act, done."""
        token = secrets.token_hex(8)
        intent = Intent(step.action, step.folder, step.name, token, parent)
        row = self._journal.record(replace(entry, intent=intent), self._library, when)
        try:
            placed = self._act(step, token)
        except (FilingError, PhotoChanged) as error:
            # What is transient is tried again, so its row says no more than that it was tried.
            state = State.FAILED if isinstance(error, FilingError) else State.ABANDONED
            self._journal.close_intent(row, state, action=None, name=None, reason=error.sentence)
            raise
        self._journal.close_intent(
            row, placed.state, action=placed.action, name=placed.name, reason=placed.reason
        )
        return row, placed

    def _act(self, step: Step, token: str) -> Placed:
        candidate = step.file.candidate
        *folders, name = candidate.relative.split("/")
        with contextlib.ExitStack() as opened:
            with trouble.at_source():
                home = opened.enter_context(self._disk.folder(candidate.root, tuple(folders)))
                source = opened.enter_context(self._disk.source(home, name, step.file.identity))
            with trouble.at_library(self._library, step.folder):
                target = opened.enter_context(
                    self._disk.folder(self._library, step.folder, make=True)
                )
                act = Act(self._disk, step, token, home=(home, name), source=source, target=target)
                return act.run()

    def _filing(self, step: Step, placed: Placed) -> Filing:
        path = "/".join((self._library.rstrip("/"), *step.folder, placed.name))
        return Filing(placed.state, placed.action, path, placed.reason)
