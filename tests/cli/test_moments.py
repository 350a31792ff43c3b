"""A moment as it is typed after `--since`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import typer

from gallery_daemon.cli.moments import moment_of

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
read = moment_of(lambda: NOW)


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("3d", timedelta(days=3)),
        ("2w", timedelta(weeks=2)),
        ("1.5 w", timedelta(days=10, hours=12)),
    ],
)
def test_a_duration_is_so_long_ago(text: str, ago: timedelta) -> None:
    """In every unit that durations have in the configuration."""
    assert NOW - ago == read(text)


def test_a_day_begins_at_midnight_of_the_place() -> None:
    """A date alone, or with a time, with an offset or without."""
    assert datetime(2026, 11, 1).astimezone() == read("2026-11-01")
    assert datetime(2026, 11, 1, 18, 30).astimezone() == read("2026-11-01T18:30")
    assert NOW == read("2026-11-24T19:30+01:00")


@pytest.mark.parametrize("text", ["yesterday", "2", "2y", "2026-13-01", "9" * 15 + "w", ""])
def test_what_is_no_time_is_answered_with_the_forms(text: str) -> None:
    """All of them in one sentence."""
    with pytest.raises(typer.BadParameter) as caught:
        read(text)

    assert "say 2h, 3d or 2w (ago), 2026-11-24, or 2026-11-24T18:30" in str(caught.value)
