"""The queue that knows whether more is on its way."""

from __future__ import annotations

import threading

from gallery_daemon.classifier.batcher import BoundedQueue
from tests.classifier.loop import DEADLINE_S


def in_background(work: threading.Thread) -> threading.Thread:
    """The thread, started."""
    work.start()
    return work


def test_items_come_out_in_the_order_given() -> None:
    """First in, first out."""
    handover: BoundedQueue[str] = BoundedQueue(limit=3)
    for item in "abc":
        handover.announce()
        handover.give(item)

    assert ["a", "b", "c"] == [handover.take(0) for _ in range(3)]


def test_nobody_waits_when_nothing_is_announced() -> None:
    """However long the timeout, the answer comes at once."""
    handover: BoundedQueue[str] = BoundedQueue(limit=3)

    assert handover.take(DEADLINE_S * 100) is None


def test_an_announced_item_is_waited_for() -> None:
    """It comes from another thread while `take` waits."""
    handover: BoundedQueue[str] = BoundedQueue(limit=3)
    handover.announce()

    giver = in_background(threading.Thread(target=handover.give, args=("a",)))

    assert "a" == handover.take(DEADLINE_S)
    giver.join()


def test_a_withdrawn_item_ends_the_wait() -> None:
    """The last photo on its way could not be read: the batch goes without it."""
    handover: BoundedQueue[str] = BoundedQueue(limit=3)
    handover.announce()

    withdrawer = in_background(threading.Thread(target=handover.withdraw))

    assert handover.take(DEADLINE_S * 100) is None
    withdrawer.join()


def test_an_announced_item_is_waited_for_no_longer_than_asked() -> None:
    """The timeout is the upper bound."""
    handover: BoundedQueue[str] = BoundedQueue(limit=3)
    handover.announce()

    assert handover.take(0.01) is None


def test_a_full_queue_holds_the_giver_back() -> None:
    """The second item is given only when the first has been taken."""
    handover: BoundedQueue[str] = BoundedQueue(limit=1)
    for _ in range(2):
        handover.announce()
    handover.give("a")
    giver = in_background(threading.Thread(target=handover.give, args=("b",)))

    giver.join(0.05)
    assert giver.is_alive()
    assert ["a", "b"] == [handover.take(DEADLINE_S) for _ in range(2)]
    giver.join(DEADLINE_S)
    assert not giver.is_alive()
