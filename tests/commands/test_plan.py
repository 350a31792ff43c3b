"""A forecast says what a pass then does, and does nothing itself."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.classifier.results import Classified
from gallery_daemon.commands.plan import Forecast, changes, forecast, scopes_of
from gallery_daemon.daemon.journals import journal_path, open_to_plan
from gallery_daemon.daemon.wiring import root_of
from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.errors import GalleryError
from gallery_daemon.intake.scan import Listed, scan
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from gallery_daemon.journey.inference_cache import InferenceCache
from gallery_daemon.photo import Facts, Identity, Photo, Prediction
from tests.faults.belongings import Belongings
from tests.faults.household import MODEL, Household, sure_of
from tests.filing.conftest import read_files

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEMORY = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None


class Blind:
    """Shows nothing."""

    def update(self, done: int, expected: int, waits_for: str = "") -> None:
        """It is not shown."""


def look_around(household: Household) -> None:
    """All photos were looked at before, as the oracle would: no classifier process is needed."""
    config = household.config()
    root = root_of(config.watch[0], config.library)
    facts = Facts.unread(datetime(2024, 1, 1, tzinfo=UTC))
    with closing(Journal(journal_path())) as journal:
        looks = InferenceCache.of(config, journal)
        for found in scan(root):
            if isinstance(found, Listed) and found.candidate.name.endswith(".jpg"):
                identity = Identity.of(found.stat)
                photo = Photo(found.candidate, identity, household.clock.wall())
                says = Prediction(sure_of(photo.name), MODEL)
                note = looks.entry_for(Classified(photo, facts, says, 1, 1.0))
                assert note is not None
                journal.inferences.remember([(photo.path, photo.identity, note)])


def foretell(household: Household, *, include_known: bool = False) -> Forecast:
    """What a pass would do."""
    config = household.config()
    return forecast(
        config, scopes_of(config), household.clock, Blind(), include_known=include_known
    )


@contextmanager
def moved_in() -> Iterator[Household]:
    """A household of its own for each example that hypothesis draws, in memory if possible."""
    home = Path(tempfile.mkdtemp(prefix="gallery-daemon-plan-", dir=_MEMORY))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", os.fspath(home / "state"))
        household = Household(home, home / "library")
        yield household
        household.stop()
    shutil.rmtree(home)


_folders = st.sampled_from(["", "a/", "b/", "a/deep/"])
_names = st.sampled_from(["cars.jpg", "memes.jpg", "keep.jpg", "x.jpg", "notes.txt", "broken.png"])
_files = st.dictionaries(st.tuples(_folders, _names).map("".join), st.integers(0, 3), max_size=8)
_library = st.dictionaries(
    st.tuples(st.sampled_from(["All/cars/", "All/other/"]), _names).map("".join),
    st.integers(0, 3),
    max_size=3,
)
_templates = st.sampled_from(["All", "{stem}", "{date:%Y/%m}/{ext}", "{source}"])


@given(
    files=_files,
    there=_library,
    to=_templates,
    action=st.sampled_from(Action),
    on_conflict=st.sampled_from(OnConflict),
    with_films=st.booleans(),
)
def test_a_pass_does_what_was_foretold(
    files: dict[str, int],
    there: dict[str, int],
    to: str,
    action: Action,
    on_conflict: OnConflict,
    with_films: bool,
) -> None:
    """The same places are taken and the same files stay, for any tree and rules; nothing before."""
    with moved_in() as household:
        has = Belongings(household.watch, household.library)
        contents = [has.photo() for _ in range(4)]
        for name, number in files.items():
            has.put(name, contents[number] if name.endswith(".jpg") else b"text" * number)
        if with_films:
            has.put("single cars.jpg", has.photo())
            has.put("single cars.mov", has.film())
            has.put("alone.mov", has.film())
        for name, number in there.items():
            has.own(household.library / name, contents[number])
        manner = household.manner
        manner.to, manner.action, manner.on_conflict = to, action.value, on_conflict.value
        look_around(household)
        before = read_files(household.watch), read_files(household.library)

        foretold = foretell(household)

        assert before == (read_files(household.watch), read_files(household.library))
        household.start()
        household.rescan(60.0)
        rows = household.present.journal.find(Query())
        is_done = {row.path: row for row in rows}
        assert 0 == foretold.classified
        assert set(is_done) == {each.photo for each in foretold.files}
        assert sorted(row.destination or "" for row in rows if row.state is State.FILED) == sorted(
            each.destination or "" for each in foretold.files if each.state is State.FILED
        )
        for each in foretold.files:
            # Of files just written that want one name, who is due first is a matter of chance.
            if len({Path(name).name for name in files}) == len(files):
                done = is_done[each.photo]
                assert (each.state, each.rule) == (done.state, done.rule)
                if each.state is State.FILED:
                    assert each.destination == done.destination


def test_what_is_known_is_passed_over_unless_all_is_asked_for(household: Household) -> None:
    """After a pass there is nothing to do; all of it is where it would go."""
    has = Belongings(household.watch, household.library)
    for name in ("cars.jpg", "keep.jpg"):
        has.put(name, has.photo())
    household.start()
    household.rescan()

    now, everything = foretell(household), foretell(household, include_known=True)

    assert ((), 2) == (now.files, now.known)
    assert {"cars.jpg": State.IDENTICAL, "keep.jpg": State.LEFT} == {
        Path(each.photo).name: each.state for each in everything.files
    }
    assert (2, 0) == (everything.remembered, everything.classified)


def test_a_changed_configuration_changes_what_goes_elsewhere(household: Household) -> None:
    """Also of photos that were filed before; what stays, is not among them."""
    has = Belongings(household.watch, household.library)
    for name in ("cars.jpg", "memes.jpg", "keep.jpg"):
        has.put(name, has.photo())
    household.start()
    household.rescan()
    was, config = foretell(household, include_known=True), household.config()
    household.manner.to = "New"
    now = foretell(household, include_known=True)

    changed = changes(was, now)

    assert ["cars.jpg", "memes.jpg"] == [Path(each.photo).name for each in changed]
    assert changed[0].was is not None
    assert changed[0].now is not None
    assert f"{config.library}/All/cars/cars.jpg" == changed[0].was.wanted
    assert f"{config.library}/New/cars/cars.jpg" == changed[0].now.wanted
    assert () == changes(now, now)
    assert 3 == len(changes(replace(now, files=()), now))


def test_a_part_of_a_watch_folder_is_looked_at_as_that_folder_s(household: Household) -> None:
    """Paths and the source's name are those of the watch folder; other folders are their own."""
    config = household.config()
    (household.watch / "trips").mkdir()
    (household.home / "other").mkdir()

    part, other = scopes_of(
        config, [os.fspath(household.watch / "trips"), os.fspath(household.home / "other")]
    )

    assert ("phone", os.fspath(household.watch), "trips") == (
        part.root.source,
        part.root.path,
        part.start,
    )
    assert ("other", "") == (other.root.source, other.start)
    with pytest.raises(GalleryError, match="there is no folder /nowhere"):
        scopes_of(config, ["/nowhere"])


def test_an_unmounted_library_is_a_warning(household: Household) -> None:
    """A plan for an empty folder below a mount would be a wrong one."""
    has = Belongings(household.watch, household.library)
    has.put("cars.jpg", has.photo())
    household.start()
    household.rescan()
    household.stop()
    household.library.rename(household.home / "away")

    gone = foretell(household).warning
    household.library.mkdir()
    empty = foretell(household).warning

    assert gone is not None
    assert "is its disk mounted?" in gone
    assert empty is not None
    assert "is empty" in empty


@pytest.mark.usefixtures("household")
def test_no_journal_is_made_where_a_damaged_one_lies_aside() -> None:
    """An empty one would know of no filing; `sort` makes one of what is on disk."""
    path = journal_path()
    path.parent.mkdir(parents=True)
    path.with_name(f"{path.name}.damaged-20260101T000000.000000").write_bytes(b"garbage")

    with pytest.raises(GalleryError, match="damaged"):
        open_to_plan()

    assert not path.exists()
