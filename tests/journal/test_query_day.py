"""A day, counted in the journal."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action
from gallery_daemon.journal.query import day_of
from gallery_daemon.journal.record import JournalEntry, State
from tests.filing.conftest import NOW, make_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.journal.record import Row
    from tests.filing.conftest import World

DAY = date(2026, 3, 4)


def test_a_day_is_counted_by_end_outcome_and_class(world: World) -> None:
    """Photos by their last end; copies take space, sidecars too, and are no photos."""
    make_files(world.watch, dict.fromkeys(("a.jpg", "a.xmp", "b.jpg", "c.jpg"), b"12345"))
    make_files(world.watch, {"d.jpg": b"other"})
    library = os.fspath(world.library)
    world.journal.record(JournalEntry(world.photo("b.jpg"), State.FAILED, "full"), library, NOW)
    world.execute(world.plan("a.jpg", Action.COPY, sidecars=("a.xmp",)))
    world.execute(world.plan("b.jpg", Action.HARDLINK, rename="e.jpg", to="Other"))
    world.journal.record(JournalEntry(world.photo("c.jpg"), State.FAILED, "full"), library, NOW)
    world.journal.record(JournalEntry(world.photo("d.jpg"), State.LEFT, "no rule"), library, NOW)

    day = day_of(world.journal.newest_first(), DAY)

    assert day is not None
    assert (2, 1, 0, 1, 0) == (day.filed, day.left, day.quarantined, day.failed, day.undone)
    assert ({"rule": 2}, {"memes": 2}, 10) == (day.outcomes, day.classes, day.copied_bytes)


def test_a_day_is_the_day_of_the_place(world: World) -> None:
    """By the date as it was written, whatever offset it had; nothing on a day is no day."""
    make_files(world.watch, dict.fromkeys(("late", "early"), b"x"))
    zone = timezone(timedelta(hours=9))
    for name, when in (
        ("late", datetime(2026, 3, 4, 23, 59, tzinfo=zone)),
        ("early", datetime(2026, 3, 5, 0, 1, tzinfo=zone)),
    ):
        entry = JournalEntry(world.photo(name), State.LEFT, "no rule")
        world.journal.record(entry, os.fspath(world.library), when)

    for day in (DAY, date(2026, 3, 5)):
        found = day_of(world.journal.newest_first(), day)
        assert found is not None
        assert 1 == found.left
    assert day_of(world.journal.newest_first(), date(2026, 3, 3)) is None


def test_no_more_is_read_than_the_day(world: World) -> None:
    """Of a journal of years, not one row beyond the first of the day before."""
    names = [f"{number}" for number in range(10)]
    make_files(world.watch, dict.fromkeys(names, b"x"))
    for number, name in enumerate(names):
        when = NOW - timedelta(days=len(names) - 1 - number)
        entry = JournalEntry(world.photo(name), State.LEFT, "no rule")
        world.journal.record(entry, os.fspath(world.library), when)
    read: list[int] = []

    def noted() -> Iterator[Row]:
        for row in world.journal.newest_first():
            read.append(row.id)
            yield row

    day_of(noted(), DAY)

    assert 2 == len(read)
