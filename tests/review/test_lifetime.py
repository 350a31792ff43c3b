"""When the server ends by itself."""

from __future__ import annotations

import asyncio

from gallery_daemon.review.lifetime import Lifetime
from tests.faults.household import HandClock


def test_it_ends_when_nobody_has_used_it_for_so_long() -> None:
    """A request sets the time back."""
    clock = HandClock()
    lifetime = Lifetime(clock, 900.0)

    clock.wait(800.0)
    assert lifetime.left_s() == 100.0
    lifetime.touch()
    assert lifetime.left_s() == 900.0
    clock.wait(901.0)
    asyncio.run(lifetime.wait())

    assert lifetime.is_over


def test_an_open_page_keeps_it_alive() -> None:
    """And when it is closed, the time begins."""
    clock = HandClock()
    lifetime = Lifetime(clock, 900.0)

    with lifetime.page(), lifetime.page():
        clock.wait(5000.0)
        assert lifetime.open_pages == 2
        assert lifetime.left_s() == 900.0
        clock.wait(5000.0)

    assert lifetime.left_s() == 900.0
    clock.wait(900.0)
    assert lifetime.left_s() == 0.0


def test_it_ends_at_once_when_it_is_told() -> None:
    """Whoever pauses is woken."""

    async def told() -> None:
        lifetime = Lifetime(HandClock(), 900.0)
        waiting = asyncio.create_task(lifetime.wait())
        pausing = asyncio.create_task(lifetime.pause(600.0))
        await asyncio.sleep(0)
        lifetime.end()
        await asyncio.wait_for(asyncio.gather(waiting, pausing), 10.0)

    asyncio.run(told())
