"""The power is cut before every effect of a refiling, and of its undo: no photo is lost."""

from __future__ import annotations

import os
from contextlib import closing
from itertools import product
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.undo import Undoing
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.decision import Action
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.recover import recover
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from tests.commands.refiled import filed_rows, refile, sort, undo_last
from tests.faults.belongings import Belongings
from tests.faults.household import Household
from tests.filing.conftest import read_files
from tests.filing.fuse import CrashError, Fuse

if TYPE_CHECKING:
    from pathlib import Path

ACTIONS = list(Action)
# Each sweep takes seconds; by every action, what comes after, and both places CI sweeps as well.
_SAMPLE = {
    (Action.MOVE, "run", False),
    (Action.HARDLINK, "refile", True),
    (Action.SYMLINK, "run", True),
}
_NEW = ["New/cars/cars.jpg", "New/cars/cars.mov", "New/memes/memes.jpg"]
_ROWS = ["cars.jpg", "cars.mov", "memes.jpg"]


def _filed(home: Path, monkeypatch: pytest.MonkeyPatch, action: Action) -> Household:
    """Two photos and a film were filed there."""
    home.mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(home / "state"))
    household = Household(home, home / "library")
    household.manner.action = action.value
    has = Belongings(household.watch, household.library)
    has.put("bystander.txt", b"not a photo")
    for name in ("cars.jpg", "memes.jpg"):
        has.put(name, has.photo())
    has.put("cars.mov", has.film())
    sort(household)
    return household


def _undo_in(household: Household, folder: str) -> None:
    """The person undoes all that is there, sidecars too."""
    with closing(Journal(journal_path())) as journal:
        recover(journal, Disk())
        rows = journal.find(Query(states=(State.FILED,)))
        rows = [row for row in rows if row.folder[0] == folder]
        outcomes = list(Undoing(journal, Disk(), household.clock).run(rows))
        assert not [outcome.error for outcome in outcomes if outcome.error]


def _folder_of(files: dict[str, bytes], name: str) -> str:
    """In which folder the file is."""
    (path,) = [path for path in files if path.endswith(f"/{name}")]
    return path.rpartition("/")[0]


@pytest.mark.faults
@pytest.mark.parametrize(
    ("action", "then", "is_home"),
    [
        pytest.param(*case, marks=() if case in _SAMPLE else pytest.mark.long)
        for case in product(ACTIONS, ["refile", "run"], [True, False])
        # A link to nothing is not filed anew.
        if case[0] is not Action.SYMLINK or case[2]
    ],
)
def test_no_crash_in_a_refiling_loses_or_doubles_a_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: Action, then: str, is_home: bool
) -> None:
    """Crash before effect n; every photo is in the library then, and the rest is done later."""
    for effects in range(200):
        home = tmp_path / str(effects)
        household = _filed(home, monkeypatch, action)
        if not is_home:
            for name in set(read_files(household.watch)) - {"bystander.txt"}:
                (household.watch / name).unlink()
        before = read_files(household.watch), sorted(read_files(household.library).values())
        household.manner.to = "New"
        fuse = Fuse(effects)

        try:
            refile(household, fuse=fuse)
        except CrashError:
            there = sorted(each for each in read_files(household.library).values())
            assert before == (read_files(household.watch), there)
        if then == "run":
            # Finishes what was begun, the sidecars of a photo included, and begins nothing.
            sort(household)
            assert 3 == len(filed_rows())
            library = read_files(household.library)
            assert _folder_of(library, "cars.jpg") == _folder_of(library, "cars.mov")
        refile(household)

        assert _NEW == list(read_files(household.library))
        assert before == (
            read_files(household.watch),
            sorted(read_files(household.library).values()),
        )
        assert _ROWS == [name for name, _ in filed_rows()]
        if not fuse.has_blown:
            return
    pytest.fail("the sweep did not end")


@pytest.mark.faults
@pytest.mark.parametrize(
    "action",
    [pytest.param(each, marks=() if each is Action.MOVE else pytest.mark.long) for each in ACTIONS],
)
def test_no_crash_in_the_undo_of_a_refiling_loses_or_doubles_a_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: Action
) -> None:
    """Crash before effect n, then undo again until all is as before."""
    for effects in range(200):
        home = tmp_path / str(effects)
        household = _filed(home, monkeypatch, action)
        before = read_files(household.watch), read_files(household.library)
        rows = filed_rows()
        household.manner.to = "New"
        refile(household)
        fuse = Fuse(effects)

        try:
            undo_last(household, 2, fuse=fuse)
        except CrashError:
            assert before[0] == read_files(household.watch)
            assert sorted(before[1].values()) == sorted(read_files(household.library).values())
            _undo_in(household, "New")

        assert before == (read_files(household.watch), read_files(household.library))
        assert rows == filed_rows()
        if not fuse.has_blown:
            return
    pytest.fail("the sweep did not end")
