"""The service: is the unit installed and of today, does it start by itself, without a login too?"""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.daemon.unit import MARK, UNIT, start_command, unit_folder, unit_text
from gallery_daemon.doctor.finding import odd, well

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.doctor.finding import Finding

ABOUT = "service"
# Source: sd_booted(3); loginctl(1), enable-linger makes this file.
_BOOTED = Path("/run/systemd/system")
_LINGER = Path("/var/lib/systemd/linger")
_WANTS = Path("default.target.wants") / UNIT


@dataclass(frozen=True, slots=True)
class Service:
    """The user's unit as it was found.

    `is_ours` if `service install` wrote it, `is_of_today` if it would write the same now.
    """

    path: str
    has_systemd: bool
    is_there: bool = False
    is_ours: bool = False
    is_of_today: bool = False
    is_enabled: bool = False
    lingers: bool = False


def look_at_unit() -> Service:
    """The unit, and what systemd's own files say of it."""
    path = unit_folder() / UNIT
    has_systemd = _BOOTED.is_dir()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return Service(str(path), has_systemd)
    return Service(
        str(path),
        has_systemd,
        is_there=True,
        is_ours=text.startswith(MARK),
        is_of_today=text == unit_text(start_command()),
        is_enabled=(unit_folder() / _WANTS).is_symlink(),
        lingers=(_LINGER / getpass.getuser()).exists(),
    )


def judge_unit(seen: Service) -> Iterator[Finding]:
    """Whether photos are filed after the next start of the machine as well."""
    if not seen.has_systemd:
        yield well(ABOUT, "this machine does not run systemd; start the daemon as you like")
        return
    if not seen.is_there:
        yield odd(ABOUT, "no unit is installed", "gallery-daemon service install")
        return
    if seen.is_ours and not seen.is_of_today:
        what = f"{seen.path} was written by another version or installation"
        yield odd(
            ABOUT, what, "gallery-daemon service install, then systemctl --user daemon-reload"
        )
    if not seen.is_enabled:
        what = "the unit is not started at login"
        yield odd(ABOUT, what, "systemctl --user enable --now gallery-daemon")
    elif not seen.lingers:
        what = "the daemon ends when you log out, and waits for your login after a start"
        yield odd(ABOUT, what, "loginctl enable-linger")
    else:
        yield well(ABOUT, f"{seen.path} is enabled, and needs no login")
