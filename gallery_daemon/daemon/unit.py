"""The systemd user unit: the shipped text with the interpreter in use, written and removed.

A unit that a person wrote by hand is never replaced or removed: only one that carries our mark.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import platformdirs

from gallery_daemon.daemon.shipped import UNIT, shipped_text
from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from pathlib import Path

MARK = "# Written by `gallery-daemon service install`; `service remove` takes it away.\n"
_SHIPPED_START = "ExecStart=/usr/bin/env gallery-daemon run"


def unit_folder() -> Path:
    """Where a user's units lie: systemd/user below the configuration home."""
    return platformdirs.user_config_path() / "systemd" / "user"


def start_command() -> tuple[str, ...]:
    """What the unit starts: this very installation."""
    return (sys.executable, "-m", "gallery_daemon", "run")


def unit_text(command: tuple[str, ...]) -> str:
    """The unit that starts `command`; every word is quoted for systemd."""
    shipped = shipped_text(UNIT)
    assert _SHIPPED_START in shipped
    start = "ExecStart=" + " ".join(_quoted(word) for word in command)
    return MARK + shipped.replace(_SHIPPED_START, start)


def install_unit(folder: Path, command: tuple[str, ...]) -> Path:
    """The unit lies in `folder` (systemd/user below the configuration home).

    Raises:
        GalleryError: another unit of that name lies there, or the folder cannot be written.
    """
    path = folder / UNIT
    _refuse_foreign(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(unit_text(command), "utf-8")
    except OSError as error:
        raise GalleryError(f"cannot write {path}: {error.strerror}") from error
    return path


def remove_unit(folder: Path) -> Path | None:
    """No unit of ours lies in `folder` any more; the path where it lay, None if there was none.

    Raises:
        GalleryError: the unit there is not ours, or cannot be removed.
    """
    path = folder / UNIT
    if not path.exists():
        return None
    _refuse_foreign(path)
    try:
        path.unlink()
    except OSError as error:
        raise GalleryError(f"cannot remove {path}: {error.strerror}") from error
    return path


def _refuse_foreign(path: Path) -> None:
    if path.is_symlink() or (path.exists() and not path.read_text("utf-8").startswith(MARK)):
        raise GalleryError(
            f"{path} was not written by gallery-daemon",
            hint="move it aside, then run the command again",
        )


def _quoted(word: str) -> str:
    r"""One word of ExecStart: systemd.syntax(7) quoting, `%` and `$` doubled (systemd.unit(5))."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'
