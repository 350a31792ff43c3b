"""The systemd user unit, written and removed, and the files that come with the program.

A unit that a person wrote by hand is never replaced or removed, only one that carries our mark. The
unit and the example configuration are at the top of the repository, where people look; a wheel has
copies of them in `gallery_daemon/share` (pyproject.toml, `force-include`). Apart from `systemd`,
which the daemon imports: nothing here is needed while it runs.
"""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLE_CONFIG = "config.example.yaml"
UNIT = "gallery-daemon.service"

_IN_CHECKOUT = {EXAMPLE_CONFIG: EXAMPLE_CONFIG, UNIT: f"systemd/{UNIT}"}

ENABLED_AS = f"default.target.wants/{UNIT}"
"""What `systemctl enable` makes of the unit's WantedBy=default.target, beside the unit."""

MARK = "# Written by `gallery-daemon service install`; `service remove` takes it away.\n"
_SHIPPED_START = "ExecStart=/usr/bin/env gallery-daemon run"


def unit_folder() -> Path:
    """The folder of a user's units: systemd/user below the configuration home."""
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
    """The unit is in `folder` and starts `command`.

    Raises:
        GalleryError: another unit of that name is there, or the folder cannot be written.
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
    """No unit of ours is in `folder`; returns the path of the one removed, None if there was none.

    It is disabled, too, as `systemctl disable` does it: systemd would keep a link to nowhere.

    Raises:
        GalleryError: the unit there is not ours, or cannot be removed.
    """
    path, link = folder / UNIT, folder / ENABLED_AS
    if not path.exists():
        return None
    _refuse_foreign(path)
    try:
        if link.is_symlink():
            link.unlink()
        path.unlink()
    except OSError as error:
        raise GalleryError(f"cannot remove {path}: {error.strerror}") from error
    return path


def has_user_manager(environ: Mapping[str, str]) -> bool:
    """Whether systemd runs for this user, so that `systemctl --user` does not fail.

    Source: systemctl speaks to it at this socket (systemd's `bus_connect_user_systemd`).
    """
    runtime = environ.get("XDG_RUNTIME_DIR")
    return bool(runtime) and Path(runtime or "", "systemd", "private").exists()


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


def shipped_text(name: str) -> str:
    """The text of a shipped file, `EXAMPLE_CONFIG` or `UNIT`."""
    package = resources.files("gallery_daemon")
    packaged = package / "share" / name
    if packaged.is_file():
        return packaged.read_text("utf-8")
    return (Path(str(package)).parent / _IN_CHECKOUT[name]).read_text("utf-8")
