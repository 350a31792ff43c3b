"""The day's sum: at midnight, once, and not for a day without photos."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from gallery_daemon.daemon.summary import Summary, Today
from gallery_daemon.journal.record import JournalEntry, State
from gallery_daemon.logs.setup import LogFormat, LogLevel, make_log
from tests.filing.conftest import make_files

if TYPE_CHECKING:
    from gallery_daemon.clock import Clock
    from tests.filing.conftest import World

EVENING = datetime(2026, 3, 4, 23, 58, 30, tzinfo=timezone(timedelta(hours=1)))


@dataclass
class Watch:
    """A clock that is turned by hand."""

    now: datetime = EVENING
    seconds: float = 0.0

    def monotonic(self) -> float:
        """Seconds that do not run while the machine sleeps."""
        return self.seconds

    def wall(self) -> datetime:
        """The time of the place."""
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Time goes by."""
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds


@dataclass
class Evening:
    """A summary in the last minutes of a day."""

    world: World
    clock: Watch = field(default_factory=Watch)
    out: io.StringIO = field(default_factory=io.StringIO)
    today: Today = field(default_factory=lambda: Today(EVENING.date()))

    def summary(self) -> Summary:
        """As a session makes one."""
        log = make_log(LogFormat.JSON, LogLevel.INFO, self.out)
        clock: Clock = self.clock
        return Summary(self.today, self.world.journal, log, clock)

    def leave(self, name: str) -> None:
        """A photo comes to its end now."""
        make_files(self.world.watch, {name: b"x"})
        entry = JournalEntry(self.world.photo(name), State.LEFT, "no rule")
        self.world.journal.record(entry, str(self.world.library), self.clock.wall())

    def events(self) -> list[dict[str, Any]]:
        """The events so far."""
        return [json.loads(line) for line in self.out.getvalue().splitlines()]


@pytest.fixture
def evening(world: World) -> Evening:
    """Nothing has happened on this day."""
    return Evening(world)


def test_a_day_is_summed_up_when_it_has_ended(evening: Evening) -> None:
    """At the deadline that the loop is asked to wake at, exactly at midnight; and once."""
    summary = evening.summary()
    evening.leave("a")
    deadlines = []
    for _ in range(4):
        summary.run_due(evening.clock.monotonic())
        deadlines.append(summary.next_deadline())
        assert deadlines[-1] is not None
        evening.clock.pass_by(deadlines[-1] - evening.clock.monotonic())

    (event,) = evening.events()
    assert [60.0, 90.0, 150.0, 210.0] == deadlines
    assert ("daily_summary", "2026-03-04", 1, 0, {}) == (
        event["event"],
        event["day"],
        event["left"],
        event["filed"],
        event["classes"],
    )


def test_a_machine_that_slept_sums_up_when_it_wakes(evening: Evening) -> None:
    """Days later, by the first turn: the day that it fell asleep on, and none of the others."""
    summary = evening.summary()
    evening.leave("a")
    summary.run_due(0.0)
    evening.clock.now += timedelta(days=3)

    summary.run_due(61.0)

    assert ["2026-03-04"] == [event["day"] for event in evening.events()]


def test_a_day_without_photos_is_not_mentioned(evening: Evening) -> None:
    """Three quiet days, no line."""
    summary = evening.summary()
    for _ in range(3):
        summary.run_due(evening.clock.monotonic())
        evening.clock.pass_by(86_400)

    assert [] == evening.events()


def test_a_new_configuration_does_not_forget_the_day(evening: Evening) -> None:
    """The old session ended before midnight and the new one began after it."""
    evening.leave("a")
    evening.summary().run_due(0.0)
    evening.clock.pass_by(600)
    second = evening.summary()

    second.run_due(600.0)
    evening.summary().run_due(601.0)

    assert ["2026-03-04"] == [event["day"] for event in evening.events()]
