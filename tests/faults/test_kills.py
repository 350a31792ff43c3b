"""A sample of `python -m tests.faults.kills`, around the calls where most is at stake."""

from __future__ import annotations

import pytest

from gallery_daemon.decision import Action
from tests.faults import anew, undone
from tests.faults.oracle import Broken
from tests.faults.running import QUICK, warm_up
from tests.faults.scene import Case, Where, why_not_there
from tests.faults.tracing import Kill, why_not
from tests.faults.trial import Program, try_kills

pytestmark = pytest.mark.faults

_MOVE, _MOVE_FAR = Case(Action.MOVE, Where.NEAR), Case(Action.MOVE, Where.FAR)
_INTO_EXFAT = Case(Action.MOVE, Where.INTO_EXFAT)
_FROM_EXFAT = Case(Action.MOVE, Where.FROM_EXFAT)
_COPY, _HARDLINK = Case(Action.COPY, Where.NEAR), Case(Action.HARDLINK, Where.NEAR)
_POINTS: tuple[tuple[Case, list[Kill]], ...] = (
    (_MOVE_FAR, [Kill("renameat2", 2)]),  # it is tried whether renames are safe there
    (_MOVE_FAR, [Kill("renameat2", 3)]),  # a copy gets its name
    (_MOVE_FAR, [Kill("renameat2", 7)]),  # a source gets its parting name
    (_MOVE_FAR, [Kill("unlinkat", 2), Kill("unlinkat", 3)]),  # a source goes; again, in recovery
    (_INTO_EXFAT, [Kill("write", 13)]),  # a copy is half there, under its final name
    (_INTO_EXFAT, [Kill("write", 13), Kill("renameat2", 1)]),  # and is removed again
    (_FROM_EXFAT, [Kill("unlinkat", 2)]),  # a source goes that no link can be made of
    (_MOVE, [Kill("pwrite64", 20)]),  # the journal is made
    (_MOVE, [Kill("fsync", 4)]),  # a moved name is made safe
    (_COPY, [Kill("write", 8)]),
    (_HARDLINK, [Kill("fdatasync", 8)]),  # an intent or an end is written down
)
# Each takes seconds of a processor: these are the kinds of instant that there are, CI has all.
_SAMPLE = (
    (_MOVE_FAR, [Kill("unlinkat", 2), Kill("unlinkat", 3)]),
    (_INTO_EXFAT, [Kill("write", 13)]),
    (_MOVE, [Kill("fsync", 4)]),
    (_HARDLINK, [Kill("fdatasync", 8)]),
)


@pytest.fixture(autouse=True, scope="module")
def tracing() -> None:
    """Nothing is proved where nothing can be traced."""
    if reason := why_not():
        pytest.skip(reason)
    warm_up(QUICK)


@pytest.mark.parametrize(
    ("case", "kills"),
    [
        pytest.param(
            case,
            kills,
            marks=() if (case, kills) in _SAMPLE else pytest.mark.long,
            id=f"{case}, {', '.join(map(str, kills))}",
        )
        for case, kills in _POINTS
    ],
)
def test_a_killed_daemon_files_every_photo_exactly_once(case: Case, kills: list[Kill]) -> None:
    """Killed there and started again: all whole, in one place, with one row, and no leftovers."""
    if reason := why_not_there(case.where):
        pytest.skip(reason)

    trial = try_kills(case, kills, Program())

    assert len(kills) == len(trial.cuts)
    assert () == trial.findings


@pytest.mark.parametrize(
    "action",
    [
        Action.HARDLINK,
        # Inside the library a refile is the same rename, whatever the filing was.
        pytest.param(Action.MOVE, marks=pytest.mark.long),
        pytest.param(Action.COPY, marks=pytest.mark.long),
        pytest.param(Action.SYMLINK, marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize(
    "kill",
    [
        Kill("renameat2", 2),  # a photo goes to its new place
        # An intent or an end is written down; a new name is made safe.
        pytest.param(Kill("fdatasync", 5), marks=pytest.mark.long),
        pytest.param(Kill("fsync", 6), marks=pytest.mark.long),
    ],
    ids=str,
)
def test_a_killed_refile_moves_every_photo_exactly_once(action: Action, kill: Kill) -> None:
    """Killed there and said again: all lie anew, once; again does nothing, and undo leads back."""
    trial = anew.try_kills(Case(action, Where.NEAR), [kill], Program())

    assert 1 == len(trial.cuts)
    assert () == trial.findings


@pytest.mark.parametrize(
    "kill",
    [
        Kill("unlinkat", 5),  # a photo is home, and its sidecar in the library
        # A photo is half there; its name in the library goes.
        pytest.param(Kill("write", 8), marks=pytest.mark.long),
        pytest.param(Kill("unlinkat", 3), marks=pytest.mark.long),
    ],
    ids=str,
)
def test_a_killed_undo_brings_every_photo_home(kill: Kill) -> None:
    """Killed there and said again: all are where they were, as private as they were."""
    if reason := why_not_there(Where.INTO_EXFAT):
        pytest.skip(reason)

    trial = undone.try_kills(_INTO_EXFAT, [kill], Program())

    assert 1 == len(trial.cuts)
    assert () == trial.findings


@pytest.mark.long
def test_a_bug_in_refile_is_found() -> None:
    """An intent that is never closed is seen in the journal, kill or not."""
    program = Program(environ={"PLANTED": "an intent is never closed"})

    trial = anew.try_kills(_HARDLINK, [Kill("renameat2", 2)], program)

    assert {Broken.JOURNAL, Broken.STUCK} & {finding.broken for finding in trial.findings}


def test_a_planted_bug_is_found() -> None:
    """A temporary that recovery forgets is seen; only a copy sets times, so it is there."""
    program = Program(environ={"PLANTED": "recovery leaves temporaries behind"})

    trial = try_kills(_COPY, [Kill("utimensat", 1)], program)

    assert Broken.STRAY in {finding.broken for finding in trial.findings}
