"""The kernel's limits against what the watch folders need."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.doctor.watched import InotifyLimits, judge_inotify, look_at_inotify
from tests.doctor.lines import said, statuses

if TYPE_CHECKING:
    from pathlib import Path

ROOMY = InotifyLimits(192_536, 128, 16_384)
WATCHES = "echo fs.inotify.max_user_watches=524288 | sudo tee -a /etc/sysctl.d/60-inotify.conf"


@pytest.mark.parametrize(
    ("room", "folders", "expected", "says"),
    [
        (ROOMY, 1_000, ["ok"], "1000 folders to watch, room for 192536"),
        (InotifyLimits(8_192, 128, 16_384), 8_000, ["warn"], WATCHES),
        (InotifyLimits(8_192, 128, 16_384, used_watches=500), 8_000, ["warn"], "too few"),
        (InotifyLimits(8_192, 128, 16_384), 6_000, ["ok"], "room"),
        (InotifyLimits(400_000, 128, 16_384), 399_000, ["warn"], "max_user_watches=1048576"),
        (
            InotifyLimits(192_536, 128, 16_384, used_instances=127),
            10,
            ["warn"],
            "max_user_instances=512",
        ),
        (InotifyLimits(192_536, 128, 1_000), 10, ["warn", "ok"], "max_queued_events=16384"),
        (None, 10, ["warn"], "cannot be read"),
    ],
)
def test_each_limit_has_its_line(
    room: InotifyLimits | None, folders: int, expected: list[str], says: str
) -> None:
    """Too little or nearly too little is a warning with the line to type: photos come, but late."""
    findings = list(judge_inotify(room, folders, roots=1))

    assert expected == statuses(findings)
    assert says in said(findings)


def test_who_polls_needs_no_watches() -> None:
    """No limit matters, however low."""
    assert ["ok"] == statuses(judge_inotify(InotifyLimits(1, 1, 1), 0, roots=0))


def test_what_others_use_is_counted(tmp_path: Path) -> None:
    """Of a made-up /proc: two instances with three watches, ours left out, other files passed."""
    limits = tmp_path / "sys/fs/inotify"
    limits.mkdir(parents=True)
    for name, value in (("watches", 8192), ("instances", 128)):
        (limits / f"max_user_{name}").write_text(f"{value}\n")
    (limits / "max_queued_events").write_text("16384\n")
    for process, watches in ((7, 2), (8, 1), (9, 5)):
        for part in ("fd", "fdinfo"):
            (tmp_path / str(process) / part).mkdir(parents=True)
        (tmp_path / f"{process}/fd/3").symlink_to("anon_inode:inotify")
        (tmp_path / f"{process}/fd/4").symlink_to("/dev/null")
        text = "pos:\t0\n" + "inotify wd:1 ino:2\n" * watches
        (tmp_path / f"{process}/fdinfo/3").write_text(text)

    assert InotifyLimits(8192, 128, 16384, 3, 2) == look_at_inotify(frozenset({9}), tmp_path)


def test_this_machine_can_be_asked() -> None:
    """The real /proc: limits above nothing, and our own process may be left out."""
    room = look_at_inotify(frozenset({os.getpid()}))

    assert room is None or room.max_user_watches > 0
