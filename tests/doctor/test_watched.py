"""Watch folders as the doctor sees them."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.settings import WatchFolder, WatchMode
from gallery_daemon.doctor.watched import Watched, judge_watched, look_at_watched
from gallery_daemon.intake.watch_mode import ChosenMode
from tests.doctor.lines import said, statuses

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
EVENTS = ChosenMode(WatchMode.INOTIFY, "ext4 gives events")
POLLED = ChosenMode(WatchMode.POLL, "NFS gives no events for others' writes")
ASKED = ChosenMode(WatchMode.INOTIFY, "as configured")
WELL = Watched("phone", "/in", EVENTS, EVENTS, 60.0, kind="ext4", folders=3, files=7)


@pytest.mark.parametrize(
    ("seen", "expected", "says"),
    [
        (WELL, ["ok"], "phone: /in: ext4, inotify (ext4 gives events), 7 files in 3 folders"),
        (replace(WELL, mode=POLLED, auto=POLLED), ["ok"], "waits up to 60 s"),
        (replace(WELL, mode=ASKED, auto=POLLED), ["warn"], "-> say mode: auto"),
        (replace(WELL, problem="it is not there"), ["fail"], "mount its disk"),
        (replace(WELL, problem="no permission to read it"), ["fail"], "chmod u+rx /in"),
        (replace(WELL, unreadable=("/in/a", "/in/b")), ["ok", "warn", "warn"], "/in/b cannot"),
        (replace(WELL, ahead=2), ["ok", "warn"], "2 files are dated in the future"),
        (replace(WELL, is_cut=True), ["ok"], "at least 7 files"),
    ],
)
def test_what_is_in_the_way_is_said(seen: Watched, expected: list[str], says: str) -> None:
    """One line for the folder, one for each trouble in it, with what to do."""
    findings = list(judge_watched(seen))

    assert expected == statuses(findings)
    assert says in said(findings)


def test_a_folder_is_walked_and_nothing_in_it_touched(tmp_path: Path) -> None:
    """Folders and files are counted, dates in the future too; a link is not followed."""
    (tmp_path / "trip/day").mkdir(parents=True)
    for name in ("a.jpg", "trip/b.jpg", "trip/day/c.jpg"):
        (tmp_path / name).write_bytes(b"x")
    os.utime(tmp_path / "a.jpg", (0, NOW.timestamp() + 3 * 86400))
    for name in ("trip/b.jpg", "trip/day/c.jpg"):
        os.utime(tmp_path / name, (0, NOW.timestamp()))
    (tmp_path / "loop").symlink_to(tmp_path)

    seen = look_at_watched(WatchFolder("phone", str(tmp_path)), "", NOW)
    flat = look_at_watched(WatchFolder("phone", str(tmp_path), recursive=False), "", NOW)

    assert (None, 3, 3, 1) == (seen.problem, seen.folders, seen.files, seen.ahead)
    assert (1, 1) == (flat.folders, flat.files)


@pytest.mark.parametrize(
    ("name", "problem"), [("gone", "it is not there"), ("file", "it is not a folder")]
)
def test_what_is_no_folder_is_named(tmp_path: Path, name: str, problem: str) -> None:
    """A missing folder, and a file in its place."""
    (tmp_path / "file").touch()

    seen = look_at_watched(WatchFolder("phone", str(tmp_path / name)), "", NOW)

    assert problem == seen.problem
