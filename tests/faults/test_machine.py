"""A random life: photos come, change and go; the daemon files, dies, starts, takes back, reloads.

After every step: no bytes that lay anywhere are gone by the program's doing, nothing of the
person's in the library is touched, no bytes lie there twice, what was undone stays undone, nothing
half-made is left once the program has recovered, and the journal says where filed photos lie.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gallery_daemon.commands import inspection
from gallery_daemon.commands.refile import Refile, Refiling
from gallery_daemon.commands.undo import Undoing
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import Row, State
from gallery_daemon.photo import Identity
from tests.commands.test_plan import Blind
from tests.faults.belongings import Belongings
from tests.faults.household import CLASSES, AtOnce, Household, Manner
from tests.filing.conftest import read_files
from tests.filing.fuse import CrashError, Fuse, disk_on, journal_on

if TYPE_CHECKING:
    from collections.abc import Callable

_NAMES = ["cars.jpg", "memes.jpg", "keep.jpg", "sub/cars.jpg"]
_MEMORY = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None

names = st.sampled_from(_NAMES)
fuses = st.one_of(st.none(), st.integers(0, 60))


class Life(RuleBasedStateMachine):
    """One household and what the person has in it."""

    def __init__(self) -> None:
        super().__init__()
        self.undone: set[bytes] = set()
        self.state_home = os.environ.get("XDG_STATE_HOME")

    @initialize(is_far=st.sampled_from([False, False, True]))
    def moves_in(self, is_far: bool) -> None:
        """A new household, its library perhaps on another disk."""
        self.homes = [Path(tempfile.mkdtemp(prefix="gallery-daemon-life-", dir=_MEMORY))]
        if is_far:
            self.homes.append(Path(tempfile.mkdtemp(prefix="gallery-daemon-life-")))
        self.household = Household(self.homes[0], self.homes[-1] / "library")
        self.has = Belongings(self.household.watch, self.household.library)
        self.household.start()

    def teardown(self) -> None:
        """Nothing is left of the household."""
        self.household.stop()
        for home in self.homes:
            shutil.rmtree(home)
        os.environ.pop("XDG_STATE_HOME", None)
        if self.state_home is not None:
            os.environ["XDG_STATE_HOME"] = self.state_home

    # What the person and the sync tool do.

    @rule(name=names, with_film=st.booleans())
    def arrives(self, name: str, with_film: bool) -> None:
        """A new photo, or a new version of one, perhaps with its film."""
        self.has.put(name, self.has.photo())
        if with_film:
            self.has.put(name.replace(".jpg", ".mov"), self.has.film())

    @rule(name=names)
    def is_edited_in_place(self, name: str) -> None:
        """An editor writes into the file itself."""
        self.has.edit(name)

    @rule(name=names)
    def is_deleted(self, name: str) -> None:
        """The phone deletes its photo."""
        self.has.place(name).unlink(missing_ok=True)

    @rule(old=names, new=names)
    def is_renamed(self, old: str, new: str) -> None:
        """A photo gets another name, perhaps another's."""
        if old != new and self.has.place(old).exists():
            self.has.place(old).rename(self.has.place(new))

    @rule(how=st.sampled_from(["delete", "move", "replace"]), which=st.integers(0, 9))
    def library_is_tidied(self, how: str, which: int) -> None:
        """The person is at work in the library."""
        self.has.tidy(how, which)

    @rule(folder=st.sampled_from(["All", "Other"]), name=st.sampled_from(CLASSES))
    def library_has_the_name(self, folder: str, name: str) -> None:
        """A bystander takes a name that a photo may want."""
        path = self.household.library / folder / name / f"{name}.jpg"
        if not path.exists():
            self.has.own(path, self.has.photo())

    @rule(seconds=st.integers(1, 10_000))
    def clock_is_set_back(self, seconds: int) -> None:
        """The wall clock jumps into the past."""
        self.household.clock.date -= timedelta(seconds=seconds)

    # What the program does.

    @rule(crash_at=fuses)
    def files(self, crash_at: int | None) -> None:
        """The daemon works for a while, and perhaps dies before one of its effects."""
        self.household.stop()
        self.household.start(None if crash_at is None else Fuse(crash_at))
        self.lets(self.household.rescan)

    @rule(
        action=st.sampled_from(["hardlink", "copy", "move"]),
        on_conflict=st.sampled_from(["dedupe", "rename", "keep-both", "skip"]),
        identical=st.sampled_from(["merge", "keep", "leave"]),
        to=st.sampled_from(["All", "Other"]),
        called=st.sampled_from(["{name}", "{sequence:2}.{ext}"]),
    )
    def reloads(self, **said: str) -> None:
        """The configuration changes while the daemon runs."""
        self.household.manner = Manner(**said)
        self.lets(self.household.rescan)

    @rule(last=st.integers(1, 3), state=st.sampled_from([State.FILED, State.UNDO]), crash_at=fuses)
    def is_undone(self, last: int, state: State, crash_at: int | None) -> None:
        """The last filings, or undos, are undone, by a program that perhaps dies in the middle."""
        journal = self.household.present.journal
        rows = journal.find(Query(states=(state,), is_photo=True, limit=last))
        moved = [*rows, *(each for row in rows for each in journal.sidecars_of(row, state))]
        may_go = {row.destination or "" for row in moved} if state is State.FILED else set()
        disk = Disk() if crash_at is None else disk_on(Fuse(crash_at))
        before = set(self.has.in_library())

        self.lets(lambda: list(Undoing(journal, disk, self.household.clock).run(rows)), may_go)

        self.undone |= before - set(self.has.in_library())
        if state is State.UNDO:
            self.undone -= set(self.has.in_library())

    @rule(
        to=st.sampled_from(["All", "Other", "Third"]),
        on_conflict=st.sampled_from(["dedupe", "keep-both", "skip"]),
        crash_at=fuses,
    )
    def is_refiled(self, to: str, on_conflict: str, crash_at: int | None) -> None:
        """What was filed goes where other rules say, in the library only, or the program dies."""
        self.household.manner = replace(self.household.manner, to=to, on_conflict=on_conflict)
        may_go = {row.destination or "" for row in self.filed()}
        before = read_files(self.household.watch), self.has.in_library()
        path, fuse = journal_path(), Fuse(10_000 if crash_at is None else crash_at)

        def refile() -> None:
            with contextlib.closing(journal_on(fuse, path)) as journal:
                disk, clock = disk_on(fuse), self.household.clock
                refiling = Refiling(self.household.config(), journal, disk, clock, Blind())
                found = list(refiling.plan(None, None))
                moves = [each for each in found if isinstance(each, Refile)]
                done = list(refiling.run(moves))
            # Nobody else was at work, so the plan has foretold it all.
            assert [] == [each for each in done if not each.is_well]
            assert [dict(each.ways)[each.was].destination for each in moves] == [
                each.moved.row.destination for each in done if each.moved
            ]

        with patch.object(inspection, "Answers", AtOnce):
            self.lets(refile, may_go)

        assert before == (read_files(self.household.watch), self.has.in_library())

    @rule()
    def is_sorted_again(self) -> None:
        """The person says that what was undone or left shall be looked at once more."""
        self.household.stop()
        self.household.start(again=True)
        self.undone.clear()
        self.lets(self.household.rescan)

    @rule()
    def library_is_unmounted_for_a_while(self) -> None:
        """Photos that come meanwhile wait; back, all come to an end within a quarter of an hour."""
        library = self.household.library
        before = self.has.everything()
        library.rename(library.with_name("away"))
        self.household.rescan(60)
        assert not library.exists()
        library.with_name("away").rename(library)
        assert before == self.has.everything()

        self.household.rescan(1000)

        assert before <= self.has.everything()
        assert [] == [path for path in self.household.watch.rglob("*.jpg") if self.is_open(path)]

    # What must hold.

    @invariant()
    def nothing_of_the_person_s_was_touched(self) -> None:
        """What the person has in the library lies where it lay, byte for byte."""
        assert self.has.owned == {path: Path(path).read_bytes() for path in self.has.owned}

    @invariant()
    def nothing_lies_in_the_library_twice(self) -> None:
        """Every photo was made once, so its bytes are there at most once."""
        assert [] == [content for content, count in self.has.in_library().items() if count > 1]

    @invariant()
    def what_was_undone_is_not_filed_again(self) -> None:
        """Neither a start nor other rules nor another name bring it back into the library."""
        assert set() == self.undone & set(self.has.in_library())

    @invariant()
    def nothing_half_made_is_left(self) -> None:
        """The program has recovered: no hidden name of ours, no open intent."""
        folders = (self.household.watch, self.household.library)
        assert [] == [path for folder in folders for path in folder.rglob("*.gallery-daemon-*")]
        assert [] == self.household.present.journal.open_intents()

    @invariant()
    def the_journal_says_where_filed_photos_lie(self) -> None:
        """Each file in the library that is not the person's has exactly one row that it is filed.

        Unless it was, and the person deleted it and a later photo took its name.
        """
        rows = Counter(row.destination for row in self.filed())
        files = self.has.library_files() - set(self.has.owned)
        assert {} == {path: rows[path] for path in files if rows[path] < 1}

    def lets(self, act: Callable[[], object], may_go: set[str] | None = None) -> None:
        """The program acts, perhaps dies, and starts again.

        No bytes are gone that lay anywhere, nor any file of the library but those that may.
        """
        before, files = self.has.everything(), self.has.library_files()
        with contextlib.suppress(CrashError, GalleryError):
            act()
        self.household.stop()
        self.household.start()
        assert before <= self.has.everything()
        assert files - self.has.library_files() <= (may_go or set())

    def filed(self) -> list[Row]:
        """The rows of what is filed now."""
        return self.household.present.journal.find(Query(states=(State.FILED,)))

    def is_open(self, path: Path) -> bool:
        """Whether a photo has not come to its end."""
        journal, library = self.household.present.journal, os.fspath(self.household.library)
        return not journal.is_known(os.fspath(path), Identity.of(path.lstat()), library)


def lives(examples: int, *marks: pytest.MarkDecorator) -> type:
    """A test of so many lives of 25 steps each."""
    told = settings(
        max_examples=examples,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    all_marks = [pytest.mark.faults, pytest.mark.timeout(3600), *marks]
    return type("Lives", (Life.TestCase,), {"settings": told, "pytestmark": all_marks})


TestLife = lives(12)
# As many as the environment says.
TestManyLives = lives(int(os.environ.get("LIVES", "300")), pytest.mark.long)
