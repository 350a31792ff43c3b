"""The systemd user unit: what is written, and what is never touched."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.daemon.unit import MARK, install_unit, remove_unit, unit_text
from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from pathlib import Path


def test_the_unit_starts_the_command_it_was_given() -> None:
    """The words of the command stand quoted in ExecStart, specifiers and variables disarmed."""
    text = unit_text(("/home/a b/100%/$x/python", "-m", "gallery_daemon", "run"))

    line = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    assert line == 'ExecStart="/home/a b/100%%/$$x/python" "-m" "gallery_daemon" "run"'


def test_the_journal_has_the_programs_name() -> None:
    """Not the interpreter's, which starts it."""
    assert "\nSyslogIdentifier=gallery-daemon\n" in unit_text(("/usr/bin/python3",))


def test_install_and_remove_leave_nothing_behind(tmp_path: Path) -> None:
    """What install wrote, remove takes away; installing twice is fine."""
    path = install_unit(tmp_path / "user", ("/usr/bin/python3",))
    install_unit(tmp_path / "user", ("/usr/bin/python3.13",))
    written = path.read_text("utf-8")

    assert written.startswith(MARK)
    assert "python3.13" in written
    assert path == remove_unit(tmp_path / "user")
    assert remove_unit(tmp_path / "user") is None


def test_a_unit_written_by_hand_is_not_touched(tmp_path: Path) -> None:
    """Install and remove both refuse a unit without our mark."""
    foreign = tmp_path / "gallery-daemon.service"
    foreign.write_text("[Service]\n", "utf-8")

    with pytest.raises(GalleryError, match="was not written by gallery-daemon"):
        install_unit(tmp_path, ("/usr/bin/python3",))
    with pytest.raises(GalleryError, match="was not written by gallery-daemon"):
        remove_unit(tmp_path)
    assert foreign.read_text("utf-8") == "[Service]\n"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    """`systemd-analyze --user verify` finds nothing to say about the installed unit."""
    path = install_unit(tmp_path, ("/bin/sh", "-c", "true"))

    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(path)],
        env=os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
