"""When the daemon gives memory back: once, each time when work has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.daemon.rest import Rest, give_back

if TYPE_CHECKING:
    from tests.filing.conftest import World


def test_memory_is_given_back_when_work_has_ended() -> None:
    """After the first listing, not again while nothing happens, and after the next photo."""
    given: list[int] = []
    turns = [True, True, False, False, True, False, False]
    rest = Rest(lambda: turns[turn], lambda: given.append(turn))

    for turn in range(len(turns)):
        rest.run_due(float(turn))

    assert [2, 5] == given
    assert rest.next_deadline() is None


def test_a_daemon_that_has_nothing_to_do_gives_back_what_its_start_took() -> None:
    """Its folder may be gone, so that no listing ever ends."""
    given: list[str] = []

    Rest(lambda: False, lambda: given.append("all")).run_due(0.0)

    assert ["all"] == given


def test_the_journal_is_as_good_as_before(world: World) -> None:
    """Its caches are emptied, and it answers."""
    give_back(world.journal)

    assert [] == list(world.journal.newest_first())


def test_a_journal_that_is_in_trouble_is_no_trouble_here(world: World) -> None:
    """The next filing says what is wrong."""
    world.journal.close()

    give_back(world.journal)
