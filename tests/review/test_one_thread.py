"""The thread that owns the journal."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

import pytest

from gallery_daemon.errors import FilingError, JournalDamaged, JournalError
from gallery_daemon.review.one_thread import OneThread


@dataclass
class Thing:
    """Something that is opened and closed, and knows in which threads."""

    stale: bool = False
    closed: int = 0
    threads: set[int] = field(default_factory=lambda: {threading.get_ident()})

    def close(self) -> None:
        """Closed once more."""
        self.threads.add(threading.get_ident())
        self.closed += 1

    def is_stale(self) -> bool:
        """As it was set."""
        return self.stale


@dataclass
class Opener:
    """Opens things, and may refuse to."""

    opened: list[Thing] = field(default_factory=list)
    error: Exception | None = None

    def __call__(self) -> Thing:
        """A new thing."""
        if self.error is not None:
            raise self.error
        self.opened.append(Thing())
        return self.opened[-1]


def me(_: Thing) -> int:
    """The thread that answers."""
    return threading.get_ident()


def test_one_thread_opens_asks_and_closes() -> None:
    """And that is none of the loop's."""
    opener = Opener()

    async def asked() -> list[int]:
        thread = OneThread(opener)
        assert not opener.opened
        answers = await asyncio.gather(*(thread.ask(me) for _ in range(20)))
        await thread.close()
        return answers

    threads = set(asyncio.run(asked()))

    (thing,) = opener.opened
    assert thing.threads == threads
    assert len(threads) == 1
    assert threading.get_ident() not in threads
    assert thing.closed == 1


def test_what_is_stale_is_opened_anew() -> None:
    """The configuration was saved, say."""
    opener = Opener()

    async def asked() -> Thing:
        thread = OneThread(opener)
        first = await thread.ask(lambda thing: thing)
        assert await thread.ask(lambda thing: thing) is first
        first.stale = True
        second = await thread.ask(lambda thing: thing)
        await thread.close()
        return second

    assert asyncio.run(asked()) is opener.opened[1]
    assert [thing.closed for thing in opener.opened] == [1, 1]


@pytest.mark.parametrize("error", [JournalError("locked"), JournalDamaged("damaged")])
def test_after_a_fault_of_the_journal_it_is_opened_anew(error: Exception) -> None:
    """It may be another one by then."""
    opener = Opener()

    def fails(_: Thing) -> None:
        raise error

    async def asked() -> None:
        thread = OneThread(opener)
        with pytest.raises(type(error)):
            await thread.ask(fails)
        await thread.ask(me)
        await thread.close()

    asyncio.run(asked())

    assert [thing.closed for thing in opener.opened] == [1, 1]


def test_other_errors_leave_it_open() -> None:
    """One photo's fault is no fault of the journal."""
    opener = Opener()

    def fails(_: Thing) -> None:
        raise FilingError("the disk is full", transient=True)

    async def asked() -> None:
        thread = OneThread(opener)
        with pytest.raises(FilingError):
            await thread.ask(fails)
        await thread.ask(me)
        await thread.close()

    asyncio.run(asked())

    assert [thing.closed for thing in opener.opened] == [1]


def test_what_cannot_be_opened_now_is_tried_again() -> None:
    """At the next question."""
    opener = Opener(error=JournalError("locked"))

    async def asked() -> None:
        thread = OneThread(opener)
        with pytest.raises(JournalError):
            await thread.ask(me)
        opener.error = None
        await thread.ask(me)
        await thread.close()

    asyncio.run(asked())

    assert len(opener.opened) == 1
