"""The journal of a person: opened whole, set aside when damaged, made anew of what is on disk."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.daemon.journals import (
    JournalOpener,
    journal_path,
    open_to_plan,
    set_aside_damaged,
    state_folder,
)
from gallery_daemon.errors import GalleryError, JournalDamaged
from gallery_daemon.filing.disk import Disk
from gallery_daemon.intake.candidate import WatchRoot
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from gallery_daemon.logs.events import JournalRebuilt
from tests.faults.household import HandClock
from tests.filing.conftest import make_files
from tests.logs.captured import CapturedLog

if TYPE_CHECKING:
    from pathlib import Path

NO_DATABASE = b"no database at all, and long enough to look like one" * 100
DAMAGED = JournalDamaged("the journal is damaged")


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder of the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(tmp_path / "state"))
    (tmp_path / "state" / "gallery-daemon").mkdir(parents=True)


def opener(home: Path, log: CapturedLog) -> JournalOpener:
    """For one watch folder and a library below `home`."""
    for name in ("watch", "library"):
        (home / name).mkdir(exist_ok=True)
    roots = (WatchRoot("phone", os.fspath(home / "watch")),)
    return JournalOpener(Disk(), os.fspath(home / "library"), roots, log, HandClock())


def aside() -> list[Path]:
    """The journals that were set aside."""
    return sorted(state_folder().glob("journal.sqlite3.damaged-*[0-9]"))


def test_it_is_below_the_state_home(tmp_path: Path) -> None:
    """One for each person, whatever is configured."""
    assert tmp_path / "state/gallery-daemon/journal.sqlite3" == journal_path()


def test_the_first_journal_is_made_without_a_word(tmp_path: Path) -> None:
    """There is nothing to recover."""
    log = CapturedLog()

    opener(tmp_path, log).open().close()

    assert journal_path().exists()
    assert ([], []) == (log.events, aside())


def test_a_damaged_journal_is_replaced_by_what_is_on_disk(tmp_path: Path) -> None:
    """A photo whose bytes are in the library was filed; the others are decided again."""
    log = CapturedLog()
    journals = opener(tmp_path, log)
    make_files(tmp_path / "watch", {"a.jpg": b"the same", "b.jpg": b"never filed"})
    (tmp_path / "library" / "Cars").mkdir()
    os.link(tmp_path / "watch/a.jpg", tmp_path / "library/Cars/a.jpg")
    journal_path().write_bytes(NO_DATABASE)

    journal = journals.open()
    filed = journal.find(Query(states=(State.FILED,)))
    journal.close()

    assert ["a.jpg"] == [row.relative for row in filed]
    (damaged,) = aside()
    assert NO_DATABASE == damaged.read_bytes()
    assert [JournalRebuilt(os.fspath(damaged), photos=1)] == log.events


def test_a_rebuilding_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    """The damaged journal is aside, and there is no new one."""
    log = CapturedLog()
    journal_path().write_bytes(NO_DATABASE)
    set_aside_damaged(DAMAGED, Disk(), HandClock())

    opener(tmp_path, log).open().close()

    assert [JournalRebuilt(os.fspath(aside()[0]), photos=0)] == log.events


def test_a_new_journal_beside_a_damaged_one_is_used(tmp_path: Path) -> None:
    """It was rebuilt then; the damaged one stays for whoever wants to look at it."""
    log = CapturedLog()
    journal_path().write_bytes(NO_DATABASE)
    opener(tmp_path, log).open().close()

    opener(tmp_path, log).open().close()

    assert 1 == len(log.events)
    assert 1 == len(aside())


def test_a_journal_that_cannot_be_made_anew_is_an_error_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder cannot be written: the person hears which."""
    journal_path().write_bytes(NO_DATABASE)
    set_aside_damaged(DAMAGED, Disk(), HandClock())

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("gallery_daemon.daemon.journals.rebuild", refuse)

    with pytest.raises(GalleryError, match="new journal cannot be made") as refused:
        opener(tmp_path, CapturedLog()).open()

    assert f"see that {state_folder()} can be written" == refused.value.hint


def test_one_that_another_program_made_meanwhile_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two start at once after a damage: one makes it, the other is content."""
    log = CapturedLog()
    journal_path().write_bytes(NO_DATABASE)
    set_aside_damaged(DAMAGED, Disk(), HandClock())

    def beaten(path: Path, *_: object, **__: object) -> int:
        Journal(path).close()
        raise FileExistsError

    monkeypatch.setattr("gallery_daemon.daemon.journals.rebuild", beaten)

    opener(tmp_path, log).open().close()

    assert [] == log.events


def test_setting_aside_what_cannot_be_renamed_says_both(tmp_path: Path) -> None:
    """What is wrong with the journal, and with its folder."""
    (tmp_path / "state/gallery-daemon").rmdir()

    with pytest.raises(GalleryError, match="the journal is damaged, and it cannot be set aside"):
        set_aside_damaged(DAMAGED, Disk(), HandClock())


def test_a_dry_run_makes_no_journal_in_place_of_a_damaged_one() -> None:
    """An empty one would know of no filing, and everything would be filed again."""
    journal_path().write_bytes(NO_DATABASE)
    set_aside_damaged(DAMAGED, Disk(), HandClock())

    with pytest.raises(GalleryError, match="there is no new one yet"):
        open_to_plan()

    assert not journal_path().exists()


def test_a_command_that_only_looks_opens_the_journal_there_is() -> None:
    """Or the first one."""
    open_to_plan().close()

    assert journal_path().exists()
