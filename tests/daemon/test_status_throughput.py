"""Files a minute, by a table of times."""

from __future__ import annotations

from gallery_daemon.daemon.status import MINUTES, Throughput
from gallery_daemon.journey.pass_counts import PassCounts


def test_a_pace_is_that_of_the_last_minutes() -> None:
    """60 a minute for ten minutes, then nothing for two: each span forgets it in its time."""
    tally = PassCounts()
    throughput = Throughput(tally)
    for second in range(601):
        tally.filed = second
        throughput.run_due(float(second))

    assert 60.0 == throughput.per_minute(1, 600.0) == throughput.per_minute(5, 600.0)
    for second in range(601, 721):
        throughput.run_due(float(second))

    assert (0.0, 36.0, 40.0) == tuple(throughput.per_minute(each, 720.0) for each in MINUTES)


def test_before_the_start_there_were_no_files() -> None:
    """Thirty files in half a minute are thirty in a minute, and two a minute in fifteen."""
    tally = PassCounts()
    throughput = Throughput(tally)
    assert 0.0 == throughput.per_minute(1, 0.0)
    throughput.run_due(100.0)
    tally.left = 30

    assert (30.0, 6.0, 2.0) == tuple(throughput.per_minute(each, 130.0) for each in MINUTES)


def test_a_pace_takes_no_more_room_with_the_years() -> None:
    """A mark a minute, and sixteen are kept."""
    throughput = Throughput(PassCounts())
    for second in range(0, 10_000, 7):
        throughput.run_due(float(second))

    assert 16 == len(throughput._marks)
