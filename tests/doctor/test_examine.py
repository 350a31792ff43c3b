"""All that is looked at, in turn, on real folders."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.clock import SystemClock
from gallery_daemon.config.load import check_text
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.doctor.examine import examine, examine_without
from gallery_daemon.doctor.finding import Status
from gallery_daemon.errors import ConfigError, ConfigErrors
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import Intent, JournalEntry, State
from tests.config.texts import RULES, default_classes
from tests.doctor.lines import said
from tests.filing.conftest import NOW, World, make_files, read_files

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.config.settings import Config


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """State and configuration of the test's own, and no daemon on them."""
    for name in ("STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", os.fspath(tmp_path / name.lower()))


def config_in(home: Path, more: str = "") -> Config:
    """A watch folder and a library below `home`, of which neither is made."""
    head = f"version: 1\nwatch: {home}/watch\nlibrary: {home}/library\n"
    return check_text(head + RULES + more, f"{home}/c.yaml", default_classes)


def test_a_photo_s_way_is_followed_and_nothing_is_changed(tmp_path: Path) -> None:
    """Configuration, the way in, the way out, the model, the journal, then what runs it all."""
    make_files(tmp_path / "watch", {"a.jpg": b"a", "trip/b.jpg": b"b"})
    (tmp_path / "library").mkdir()
    before = read_files(tmp_path)

    findings = list(examine(config_in(tmp_path), SystemClock()))

    assert [
        *("configuration", "watch folder", "inotify", "library", "hard links", "space", "space"),
        *("model", "model", "journal", "daemon", "service", "clock", "versions"),
    ] == [finding.about for finding in findings]
    assert Status.FAIL not in {finding.status for finding in findings}
    assert before == read_files(tmp_path)


def test_polled_folders_need_no_watches_of_the_kernel(tmp_path: Path) -> None:
    """Its limits do not matter then."""
    make_files(tmp_path / "watch", {"a.jpg": b"a"})
    text = (
        f"version: 1\nwatch: {{path: {tmp_path}/watch, mode: poll}}\nlibrary: {tmp_path}/library\n"
    )
    config = check_text(text + RULES, "c.yaml", default_classes)

    findings = list(examine(config, SystemClock()))

    assert "not needed: every watch folder is polled" in said(findings)


def test_where_nothing_is_linked_links_are_not_looked_at(tmp_path: Path) -> None:
    """Who copies has no use for the line."""
    (tmp_path / "watch").mkdir()

    findings = examine(config_in(tmp_path, "defaults: {action: copy}\n"), SystemClock())

    assert "hard links" not in {finding.about for finding in findings}


def test_a_folder_that_is_gone_fails_and_has_no_line_on_links(tmp_path: Path) -> None:
    """One problem is one finding."""
    findings = list(examine(config_in(tmp_path), SystemClock()))

    failed = [finding.about for finding in findings if finding.status is Status.FAIL]
    assert ["watch folder"] == failed
    assert "hard links" not in {finding.about for finding in findings}


def test_a_library_that_was_used_and_is_gone_is_an_unmounted_disk(
    tmp_path: Path, world: World
) -> None:
    """The journal knows that photos were filed into it."""
    make_files(world.watch, {"a.jpg": b"a"})
    intent = Intent("copy", ("Memes",), "a.jpg", "t0")
    entry = JournalEntry(world.photo("a.jpg"), State.FILED, intent=intent)
    journal_path().parent.mkdir(parents=True)
    journal = Journal(journal_path())
    journal.record(entry, f"{tmp_path}/library", NOW)
    journal.close()
    world.library.rmdir()

    findings = list(examine(config_in(tmp_path), SystemClock()))

    (library,) = (finding for finding in findings if finding.about == "library")
    assert Status.FAIL is library.status
    assert "photos were filed into it" in library.what


def test_a_wrong_configuration_is_told_and_the_rest_looked_at() -> None:
    """Each mistake with its hint, then what needs no configuration."""
    mistakes = (
        ConfigError("no such key", file="c.yaml", line=3, column=1, hint="did you mean `rules`?"),
        ConfigError("no such class", file="c.yaml", line=7, column=5),
    )

    findings = list(examine_without(ConfigErrors(mistakes), SystemClock()))

    first, second, *others = findings
    assert ("c.yaml:3:1: no such key", "did you mean `rules`?") == (first.what, first.advice)
    assert ("c.yaml:7:5: no such class", None) == (second.what, second.advice)
    assert {Status.FAIL} == {first.status, second.status}
    assert ["journal", "service", "clock", "versions"] == [each.about for each in others]
