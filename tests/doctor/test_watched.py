"""Watch folders as the doctor sees them."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.settings import WatchFolder, WatchMode
from gallery_daemon.doctor import watched
from gallery_daemon.doctor.watched import Watched, judge_stuck, judge_watched, look_at_watched
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

    seen = look_at_watched(WatchFolder("phone", str(tmp_path)), "/library", "", NOW)
    flat = look_at_watched(
        WatchFolder("phone", str(tmp_path), recursive=False), "/library", "", NOW
    )

    assert (None, 3, 3, 1) == (seen.problem, seen.folders, seen.files, seen.ahead)
    assert (1, 1) == (flat.folders, flat.files)


def test_what_is_passed_over_is_not_counted_as_watched_and_is_said(tmp_path: Path) -> None:
    """Folders one by one, but for hidden ones; files by the reason. A person's folders count."""
    for name in (
        "a.jpg", "Wedding_original/b.jpg", "Scans.tmp/c.jpg", "x~/d.jpg",
        "@eaDir/a.jpg/THUMB.jpg", "deep/b.zip.download/b.jpg", ".stfolder/e.jpg",
        "e.jpg.part", "f.jpg.part", "Wedding_original/g.jpg_original", "library/h.jpg",
        "old/i.jpg",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (0, NOW.timestamp()))
    folder = WatchFolder("phone", str(tmp_path), ignore=("old/**",))

    seen = look_at_watched(folder, f"{tmp_path}/library", "", NOW)

    assert (4, 6) == (seen.files, seen.folders)
    found = said(judge_watched(seen))
    for words in (
        f"{tmp_path}/@eaDir is passed over with all that is in it: Synology's thumbnails (@eadir)",
        f"{tmp_path}/deep/b.zip.download is passed over",
        f"4 files are passed over in {tmp_path} (2: a download in progress",
        "1: ExifTool's backup (*_original)",
        "1: ignored by the configuration (old/**)",
    ):
        assert words in found
    assert ".stfolder" not in found
    assert "library is passed" not in found


@pytest.mark.parametrize(
    ("name", "problem"), [("gone", "it is not there"), ("file", "it is not a folder")]
)
def test_what_is_no_folder_is_named(tmp_path: Path, name: str, problem: str) -> None:
    """A missing folder, and a file in its place."""
    (tmp_path / "file").touch()

    seen = look_at_watched(WatchFolder("phone", str(tmp_path / name)), "/library", "", NOW)

    assert problem == seen.problem


def test_a_folder_without_permission_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there, and may not be listed; the advice is the command that mends it."""

    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", refuse)

    seen = look_at_watched(WatchFolder("phone", str(tmp_path)), "/library", "", NOW)

    assert "no permission to read it" == seen.problem
    assert f"chmod u+rx {tmp_path}" in said(judge_watched(seen))


def test_a_folder_below_that_cannot_be_listed_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is counted; three such folders are enough to see what is the matter."""
    for name in "abcd":
        (tmp_path / name).mkdir()
    (tmp_path / "e.jpg").touch()
    os.utime(tmp_path / "e.jpg", (0, NOW.timestamp()))
    scandir = os.scandir

    def refuse_below(path: str) -> object:
        if os.fspath(path) != str(tmp_path):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse_below)
    seen = look_at_watched(WatchFolder("phone", str(tmp_path)), "/library", "", NOW)

    assert {f"{tmp_path}/{name}" for name in "abcd"} == set(seen.unreadable)
    assert (1, ["ok", "warn", "warn", "warn"]) == (seen.files, statuses(judge_watched(seen)))


def test_a_very_large_folder_is_walked_up_to_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few seconds at most, and the count is one of at least so many."""
    monkeypatch.setattr(watched, "_FILES_LIMIT", 3)
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        for number in range(3):
            (tmp_path / folder / f"{number}.jpg").touch()

    seen = look_at_watched(WatchFolder("phone", str(tmp_path)), "/library", "", NOW)

    assert (True, 3) == (seen.is_cut, seen.files)


def test_the_file_system_and_the_mode_are_those_of_the_mount(tmp_path: Path) -> None:
    """By the kernel's list of mounts; a network disk gives no events and is polled."""
    mounts = f"1 1 8:1 / {tmp_path} rw - nfs4 server:/photos rw\n"

    seen = look_at_watched(WatchFolder("phone", str(tmp_path)), "/library", mounts, NOW)
    asked = WatchFolder("phone", str(tmp_path), mode=WatchMode.INOTIFY)

    assert ("nfs4", WatchMode.POLL) == (seen.kind, seen.mode.mode)
    assert ["warn"] == statuses(judge_watched(look_at_watched(asked, "/library", mounts, NOW)))


def test_folders_that_photos_cannot_leave_are_told_to_who_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closed ones, with the words of the failure; and not where all may leave."""
    for name in ("open", "shut"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.jpg").touch()
    real = os.access
    monkeypatch.setattr(
        os,
        "access",
        lambda path, mode: not (str(path).endswith("shut") and mode & os.W_OK) and real(path, mode),
    )

    seen = look_at_watched(WatchFolder("phone", str(tmp_path)), "/library", "", NOW)

    assert (1, ["warn"]) == (seen.stuck, statuses(judge_stuck(seen)))
    assert "photos in 1 folder cannot be moved: no permission to take" in said(judge_stuck(seen))
    assert [] == list(judge_stuck(WELL))
