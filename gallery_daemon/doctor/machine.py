"""The machine: its clock, the Python and the packages that run the program."""

from __future__ import annotations

import platform
import re
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING

from gallery_daemon import __version__
from gallery_daemon.doctor.finding import bad, well

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from gallery_daemon.doctor.finding import Finding

_NAME = re.compile(r"[A-Za-z0-9._-]+")
# A board without a battery wakes in 1970; this program is younger than that year.
_FIRST_YEAR = 2020


def look_at_packages() -> dict[str, str | None]:
    """The version of each package that the program needs; None: it is not installed."""
    found: dict[str, str | None] = {}
    for line in requires("gallery-daemon") or ():
        name = _NAME.match(line)
        if name is None or "extra ==" in line:
            continue
        try:
            found[name[0]] = version(name[0])
        except PackageNotFoundError:
            found[name[0]] = None
    return found


def judge_clock(now: datetime) -> Finding:
    """The time goes into the journal, and into folders by `{added}`."""
    if now.year < _FIRST_YEAR:
        advice = "set the clock: sudo timedatectl set-ntp true"
        return bad("clock", f"it says {now:%Y-%m-%d}", advice)
    return well("clock", f"{now:%Y-%m-%d %H:%M %z}")


def judge_packages(found: Mapping[str, str | None]) -> Iterator[Finding]:
    """What runs, in one line; and what is missing."""
    said = ", ".join(f"{name} {number}" for name, number in sorted(found.items()) if number)
    yield well(
        "versions",
        f"gallery-daemon {__version__}, Python {platform.python_version()}, {said}",
    )
    for name in sorted(name for name, number in found.items() if number is None):
        yield bad("versions", f"{name} is not installed", f"pip install {name}")
