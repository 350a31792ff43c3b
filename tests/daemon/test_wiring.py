"""What is constructed for a configuration, and what is refused before anything is touched."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.load import check_text
from gallery_daemon.config.settings import Batch, EngineChoice, Limits, ModelChoice
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.daemon.wiring import build, make_library, root_of, setup_of
from gallery_daemon.errors import GalleryError
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import Intent, JournalEntry, State
from gallery_daemon.logs.events import FilingRecovered
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.photo import Candidate, Identity, Photo
from tests.config.texts import RULES, default_classes
from tests.faults.household import HandClock
from tests.filing.conftest import NOW, World, make_files
from tests.logs.captured import CapturedLog

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.config.settings import Config

IDENTITY = Identity(1, 2, 3, 4)


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder of the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(tmp_path / "state"))


def config_in(home: Path, more: str = "") -> Config:
    """A watch folder and a library below `home`."""
    (home / "watch").mkdir(exist_ok=True)
    head = f"version: 1\nwatch: {home}/watch\nlibrary: {home}/library\n"
    return check_text(head + RULES + more, "c.yaml", default_classes)


def test_building_starts_nothing(tmp_path: Path) -> None:
    """Journal and library are made; the classifier process waits for a photo."""
    log, clock = CapturedLog(), HandClock()

    runtime = build(config_in(tmp_path), log, clock)
    made = (journal_path().exists(), (tmp_path / "library").is_dir())
    pid = runtime.host.pid
    runtime.close()

    assert ((True, True), None) == (made, pid)
    assert [] == log.events
    assert clock.wall() == runtime.since
    assert runtime.stop.is_set()


def test_what_a_crash_cut_short_is_cleared_up_and_logged(tmp_path: Path) -> None:
    """Before the first photo comes."""
    config = config_in(tmp_path)
    make_files(tmp_path / "watch", {"a.jpg": b"a"})
    (tmp_path / "library").mkdir()
    path = tmp_path / "watch" / "a.jpg"
    photo = Photo(Candidate("watch", str(tmp_path / "watch"), "a.jpg"), IDENTITY, NOW)
    journal_path().parent.mkdir(parents=True)
    journal = Journal(journal_path())
    intent = Intent("hardlink", ("All",), "a.jpg", "t0")
    journal.record(JournalEntry(photo, State.INTENT, intent=intent), config.library, NOW)
    journal.close()
    log = CapturedLog()

    build(config, log, HandClock()).close()

    assert [FilingRecovered(os.fspath(path), "it lies where it was")] == log.events


def test_a_pass_tries_nothing_again(tmp_path: Path) -> None:
    """Its failures wait for ever, which ends it; a daemon's are due again soon."""
    config, clock = config_in(tmp_path), HandClock()
    candidate = Candidate("watch", str(tmp_path / "watch"), "a.jpg")
    waits = []
    for is_pass in (True, False):
        runtime = build(config, CapturedLog(), clock, is_pass=is_pass)
        failed = runtime.retries.failed
        waits.append(failed(candidate, IDENTITY, "full", clock.now, is_transient=True))
        runtime.close()

    once, again = waits
    assert once is None
    assert again is not None
    assert 0 < again < math.inf


def test_a_library_that_cannot_be_made_leaves_the_journal_free(tmp_path: Path) -> None:
    """The error says which and what to do; the next attempt finds nothing locked."""
    config = config_in(tmp_path)
    (tmp_path / "library").write_bytes(b"a file in its place")

    with pytest.raises(GalleryError, match="library cannot be made: File exists") as refused:
        build(config, CapturedLog(), HandClock())
    (tmp_path / "library").unlink()
    build(config, CapturedLog(), HandClock()).close()

    assert "make the folder, or choose another `library`" == refused.value.hint


def test_a_library_is_made_unless_it_was_used(world: World) -> None:
    """One that is gone after photos were filed into it is a disk that is not mounted."""
    new = world.home / "new" / "library"
    make_files(world.watch, {"a.jpg": b"a"})
    used = world.home / "used"
    world.journal.record(
        JournalEntry(
            world.photo("a.jpg"), State.FILED, intent=Intent("copy", ("A",), "a.jpg", "t0")
        ),
        os.fspath(used),
        NOW,
    )

    make_library(os.fspath(new), world.journal)
    make_library(os.fspath(used), world.journal)

    assert new.is_dir()
    assert not used.exists()


def test_the_library_and_the_journal_are_no_part_of_a_watch_folder(tmp_path: Path) -> None:
    """Both may be inside it: what was filed must not come in again, nor the journal be filed."""
    folder = config_in(tmp_path).watch[0]

    root = root_of(folder, f"{tmp_path}/watch/sorted/")

    assert (folder.name, folder.path) == (root.source, root.path)
    assert root.why_not("sorted") is not None
    assert (f"{tmp_path}/watch/sorted", f"{tmp_path}/state/gallery-daemon") == root.skipped


def test_the_classifier_process_is_told_the_limits() -> None:
    """Those of the configuration, and one decoder for each core that may be used."""
    model = ModelChoice(engine=EngineChoice.TORCH)
    limits = Limits(photo_bytes=7, photo_pixels=8)

    setup = setup_of(model, Batch(size=3, wait_s=0.5), limits)

    assert (7, 8, 3, 0.5) == (
        setup.max_bytes,
        setup.max_pixels,
        setup.batch_size,
        setup.batch_wait_s,
    )
    assert os.fspath(find_bundle("default").resolve()) == setup.bundle
    assert "torch" == setup.engine
    assert len(os.sched_getaffinity(0)) == setup.reading_threads
