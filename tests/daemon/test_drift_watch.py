"""Drift is looked for once a day when nothing waits, and told once a week."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from gallery_daemon.daemon.drift_watch import DriftWatch
from gallery_daemon.journal.record import Row, State
from gallery_daemon.logs.model_events import ModelDrifted
from gallery_daemon.photo import Identity
from tests.logs.captured import CapturedLog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gallery_daemon.clock import Clock
    from gallery_daemon.journal.journal import Journal

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY_S = 24 * 3600.0


@dataclass
class Days:
    """A journal of so many days, and a clock."""

    model: str = "m@1"
    at: datetime = NOW
    rows: list[Row] = field(default_factory=list)

    def wall(self) -> datetime:
        """The clock's."""
        return self.at

    def newest_first(self) -> Iterator[Row]:
        """The journal's: eight photos a day, surer before the last two weeks."""
        for day in range(70):
            for _ in range(8):
                confidence, folder = (0.5, "Review") if day < 14 else (0.9, "Memes")
                yield row(self.at - timedelta(days=day, hours=1), confidence, folder, self.model)


def row(when: datetime, confidence: float, folder: str, model: str) -> Row:
    """A photo that was filed."""
    return Row(
        1, None, when.isoformat(), "phone", "/in", "a.jpg", Identity(1, 2, 3, 4), "/library",
        State.FILED, "rule", "x", "memes", confidence, model, "hardlink", (folder,), "a.jpg", None,
        None, familiarity=0.5,
    )  # fmt: skip


def watch(days: Days, told: Path, log: CapturedLog, *, busy: bool = False) -> DriftWatch:
    """The task on that journal."""
    return DriftWatch(
        cast("Journal", days),
        log,
        cast("Clock", days),
        library="/library",
        model="m@1",
        told=told,
        is_busy=lambda: busy,
    )


def test_it_is_told_once_a_week_also_after_a_start(tmp_path: Path) -> None:
    """With the folder to look at; `status` has it every day."""
    days, log, told = Days(), CapturedLog(), tmp_path / "models" / "drifted"
    for start in range(3):  # a session each
        task = watch(days, told, log)
        for turn in range(1, 5):
            days.at = NOW + timedelta(days=4 * start + turn)
            task.run_due(turn * (DAY_S + 60.0) + 60.0)
        assert task.drift is not None

    events = [event for event in log.events if isinstance(event, ModelDrifted)]
    assert 2 == len(events)
    assert ("Review", "m@1") == (events[0].folder, events[0].model)
    assert events[0].confidence < 0.6 < events[0].confidence_before
    assert "gallery-daemon learn" in events[0].hint


def test_what_another_model_judged_says_nothing(tmp_path: Path) -> None:
    """It had another measure; and while photos wait nothing is looked at."""
    log = CapturedLog()
    other = watch(Days(model="m@2"), tmp_path / "a", log)
    busy = watch(Days(), tmp_path / "b", log, busy=True)
    for task in (other, busy):
        task.run_due(0.0)
        task.run_due(2 * DAY_S)

    assert (None, None, []) == (other.drift, busy.drift, log.events)
    assert not list(tmp_path.iterdir())
