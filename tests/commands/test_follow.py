"""Following a journal that somebody writes: each row once, when it has come to its end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.follow import Follower
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import Intent, JournalEntry, State
from gallery_daemon.photo import Facts, Prediction
from tests.filing.conftest import NOW, World, make_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gallery_daemon.journal.record import Row

ALL = Query(is_photo=True)


class Scribe:
    """Writes rows as the daemon does."""

    def __init__(self, world: World, at: datetime = NOW) -> None:
        self._world = world
        self._journal = world.journal
        self._at = at

    def write(self, name: str, state: State, confidence: float = 0.9) -> int:
        """A row of the file called `name`."""
        make_files(self._world.watch, {name: name.encode()})
        self._at += timedelta(seconds=1)
        intent = Intent("copy", ("A",), name, "t") if state is State.INTENT else None
        prediction = Prediction({"cars": confidence, "memes": 1 - confidence}, "m@0")
        entry = JournalEntry(
            self._world.photo(name),
            state,
            facts=Facts.unread(NOW),
            prediction=prediction,
            intent=intent,
        )
        return self._journal.record(entry, str(self._world.library), self._at)

    def end(self, row: int, state: State = State.FILED) -> None:
        """What was begun has come to its end."""
        self._journal.close_intent(row, state, action="copy", name="x", reason=None)


@pytest.fixture
def scribe(world: World) -> Scribe:
    """Nothing is written yet."""
    return Scribe(world)


def following(world: World, query: Query = ALL) -> Follower:
    """A follower of the world's journal."""
    return Follower(world.journal_path, query)


def names(rows: list[Row]) -> list[str]:
    """The files, in order."""
    return [row.relative for row in rows]


def test_what_comes_is_told_once_and_in_order(world: World, scribe: Scribe) -> None:
    """First the last ones, the oldest first; then what is new, and nothing twice."""
    for name in "abc":
        scribe.write(name, State.LEFT)
    with following(world, Query(is_photo=True, limit=2)) as follower:
        assert ["b", "c"] == names(follower.latest())
        assert [] == follower.fresh()
        scribe.write("d", State.LEFT)
        scribe.write("e", State.LEFT)

        assert ["d", "e"] == names(follower.fresh())
        assert [] == follower.fresh()


def test_no_old_line_is_told_where_none_was_asked_for(world: World, scribe: Scribe) -> None:
    """`-n 0`: only what comes from now on."""
    scribe.write("a", State.LEFT)
    with following(world, Query(is_photo=True, limit=0)) as follower:
        assert [] == follower.latest()
        assert [] == follower.fresh()
        scribe.write("b", State.LEFT)

        assert ["b"] == names(follower.fresh())


def test_a_filing_that_ends_after_a_later_one_is_not_missed(world: World, scribe: Scribe) -> None:
    """Open while others came and ended; it is given when it ends, and once."""
    slow = scribe.write("slow", State.INTENT)
    with following(world) as follower:
        assert [] == follower.latest()
        late = scribe.write("late", State.INTENT)
        scribe.write("a", State.LEFT)
        assert ["a"] == names(follower.fresh())
        scribe.write("b", State.LEFT)
        assert ["b"] == names(follower.fresh())
        scribe.end(slow)
        assert ["slow"] == names(follower.fresh())
        scribe.end(late)

        assert ["late"] == names(follower.fresh())
        assert [] == follower.fresh()


def test_a_failure_that_is_tried_again_is_told_again(world: World, scribe: Scribe) -> None:
    """Its row is forgotten and the number given away anew: it is another row all the same."""
    first = scribe.write("a", State.FAILED)
    with following(world) as follower:
        assert ["a"] == names(follower.latest())
        second = scribe.write("a", State.FAILED)

        assert first == second
        assert ["a"] == names(follower.fresh())
        assert [] == follower.fresh()


def test_what_is_undone_later_is_old_news(world: World, scribe: Scribe) -> None:
    """The last row changes its state, and is no new one."""
    row = scribe.write("a", State.INTENT)
    scribe.end(row)
    with following(world) as follower:
        follower.latest()
        world.journal._database.execute("UPDATE filings SET state = 'undone'")

        assert [] == follower.fresh()


def test_only_what_is_asked_for_is_given(world: World, scribe: Scribe) -> None:
    """By confidence, at the beginning and while following."""
    query = Query(is_photo=True, min_confidence=0.6, max_confidence=0.8)
    for name, confidence in (("a", 0.5), ("b", 0.6), ("c", 0.8), ("d", 0.9)):
        scribe.write(name, State.LEFT, confidence)
    with following(world, query) as follower:
        assert ["b", "c"] == names(follower.latest())
        for name, confidence in (("e", 0.59), ("f", 0.7), ("g", 0.95)):
            scribe.write(name, State.LEFT, confidence)

        assert ["f"] == names(follower.fresh())
        assert [] == follower.fresh()


@pytest.fixture
def later(world: World) -> Iterator[World]:
    """A world whose journal is not there yet."""
    world.journal.close()
    for path in world.home.glob("journal.sqlite3*"):
        path.unlink()
    yield world
    world.journal = Journal(world.journal_path)


def test_a_journal_may_come_later_and_be_replaced(later: World) -> None:
    """Nobody waits for it in vain, and a new one in its place is read."""
    with following(later) as follower:
        assert [] == follower.latest()
        assert [] == follower.fresh()
        for hour, name in enumerate("ab"):
            later.journal = Journal(later.journal_path)
            Scribe(later, NOW + timedelta(hours=hour)).write(name, State.LEFT)
            assert [name] == names(follower.fresh())
            later.journal.close()
            aside = later.home / f"{name}-aside"
            for end in ("", "-wal", "-shm"):
                if (path := later.journal_path.with_name(f"journal.sqlite3{end}")).exists():
                    path.rename(f"{aside}{end}")
