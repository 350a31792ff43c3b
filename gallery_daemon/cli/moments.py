"""Moments as a person types and reads them: `2h` ago, a day, or a day and a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import typer

from gallery_daemon.config.kinds.quantity import parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable

# The largest number of a row or a limit: SQLite counts no further.
MOST = 2**63 - 1
_FORMS = "2h, 3d or 2w (ago), 2026-11-24, or 2026-11-24T18:30"
HOW = f"A time: {_FORMS}."


def moment_of(now: Callable[[], datetime]) -> Callable[[str], datetime]:
    """A parser for typer; `now` gives the local time with its offset."""

    def parse(text: str) -> datetime:
        present = now()
        seconds = parse_duration(text)
        try:
            if seconds is not None:
                return present - timedelta(seconds=seconds)
            given = datetime.fromisoformat(text)
        except (ValueError, OverflowError) as error:
            raise typer.BadParameter(f"{text!r} is no time; say {_FORMS}") from error
        # Without an offset it is local time, daylight saving included.
        return given if given.tzinfo else given.astimezone()

    return parse


def to_the_second(moment: str) -> str:
    """An ISO 8601 moment as a person reads it: `2026-11-24 18:30:05`."""
    return moment[:19].replace("T", " ")
