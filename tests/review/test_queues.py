"""The queues that open pages show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from gallery_daemon.review.queues import Queues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gallery_daemon.commands.review import ReviewQueue


@dataclass(frozen=True)
class Numbered:
    """A photo that has nothing but its number."""

    id: int


@dataclass
class Ids:
    """A queue of numbers; those that are `lost` are in no journal any more."""

    ids: tuple[int, ...]
    lost: set[int] = field(default_factory=set)

    def of(self, ids: Sequence[int]) -> tuple[Numbered, ...]:
        """The photos that there are."""
        return tuple(Numbered(each) for each in ids if each not in self.lost)


@dataclass
class Waits:
    """What waits, which is set by hand."""

    ids: tuple[int, ...]
    version: int = 1
    made: int = 0
    lost: set[int] = field(default_factory=set)

    def queue(self) -> ReviewQueue:
        """The queue as it is now."""
        self.made += 1
        return cast("ReviewQueue", Ids(self.ids, self.lost))

    def queues(self) -> Queues:
        """No page is open."""
        return Queues(self.queue, lambda: self.version)


def test_the_queue_is_made_once_while_the_journal_stays_the_same() -> None:
    """It costs the more, the more photos wait."""
    waits = Waits((1, 2))
    queues = waits.queues()

    names = {queues.begin()[0], queues.begin()[0]}
    assert (2, 1) == (len(names), waits.made)
    waits.version = 2
    queues.now()
    queues.now()
    assert waits.made == 2


def test_a_page_s_queue_stays_as_it_was() -> None:
    """Whatever leaves it or comes; what became of it is told."""
    waits = Waits((5, 3, 8, 1))
    queues = waits.queues()
    name, _ = queues.begin()
    waits.ids, waits.version = (9, 8, 5, 7), 2

    part = queues.part(name, 1, 2)
    changes = queues.changes(name)

    assert part is not None
    assert {1: 3, 2: 8} == {place: photo.id for place, photo in part.items()}
    assert changes is not None
    assert ((3, 1), (9, 7)) == (changes.gone, changes.new)


def test_places_count_those_that_are_lost() -> None:
    """The photos behind them keep theirs."""
    waits = Waits((5, 3, 8), lost={3})
    queues = waits.queues()
    name, _ = queues.begin()

    part = queues.part(name, 0, 9)

    assert part is not None
    assert {0: 5, 2: 8} == {place: photo.id for place, photo in part.items()}


def test_the_queue_that_was_asked_for_least_lately_is_given_up() -> None:
    """For a ninth page; that one says so, and begins anew."""
    waits = Waits((1,))
    queues = waits.queues()
    names = [queues.begin()[0] for _ in range(8)]
    assert queues.part(names[0], 0, 1) is not None

    names.append(queues.begin()[0])

    assert queues.changes(names[1]) is None
    assert queues.part(names[1], 0, 1) is None
    assert None not in [queues.changes(name) for name in (names[0], *names[2:])]
    assert queues.part("", 0, 1) is None
