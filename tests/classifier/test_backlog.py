"""Who is out, who is suspected, who is convicted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.classifier.backlog import Backlog, Job
from tests.classifier.loop import photo

if TYPE_CHECKING:
    from collections.abc import Iterable


def backlog_of(names: Iterable[str]) -> Backlog:
    """Photos of these names, waiting."""
    backlog = Backlog()
    for name in names:
        backlog.add(photo(f"/in/{name}"), want_hash=False)
    return backlog


def send_all(backlog: Backlog, now: float = 0.0) -> list[str]:
    """Whatever may be sent is sent; the names, in order."""
    names = []
    while (job := backlog.send(now)) is not None:
        names.append(job.photo.name)
    return names


def waiting(backlog: Backlog) -> list[str]:
    """The names of all photos without an answer."""
    return [photo.name for photo in backlog.photos]


def test_photos_are_sent_in_the_order_they_came() -> None:
    """And count until they are answered."""
    backlog = backlog_of("abc")

    assert ["a", "b", "c"] == send_all(backlog)
    assert 3 == len(backlog)
    assert not backlog.has_sendable

    job = backlog.finish(1, now=1.0)

    assert job is not None
    assert "b" == job.photo.name
    assert ["a", "c"] == waiting(backlog)


def test_an_answer_that_nobody_waits_for_is_nobodys() -> None:
    """A number never sent, or answered before."""
    backlog = backlog_of("a")

    assert backlog.finish(0, now=0.0) is None
    send_all(backlog)
    assert backlog.finish(0, now=0.0) is not None
    assert backlog.finish(0, now=0.0) is None
    backlog.start(0, now=0.0)
    assert backlog.overdue_at(30.0) is None


def test_after_a_crash_suspects_are_tried_alone() -> None:
    """Two of four were started: first one of them, then the other, then the rest in order."""
    backlog = backlog_of("abcd")
    send_all(backlog)
    backlog.start(1, now=1.0)
    backlog.start(2, now=1.0)

    verdict = backlog.bury_crashed()

    assert verdict.convicted is None
    assert 2 == verdict.suspected
    assert ["b"] == send_all(backlog)
    backlog.finish(1, now=2.0)
    assert ["c"] == send_all(backlog)
    backlog.finish(2, now=3.0)
    assert ["a", "d"] == send_all(backlog)


def test_a_suspect_that_kills_again_is_convicted() -> None:
    """It is gone from the backlog; the others stay."""
    backlog = backlog_of("ab")
    send_all(backlog)
    backlog.start(0, now=1.0)
    backlog.bury_crashed()
    send_all(backlog)
    backlog.start(0, now=2.0)

    verdict = backlog.bury_crashed()

    assert verdict.convicted is not None
    assert "a" == verdict.convicted.photo.name
    assert ["b"] == waiting(backlog)


def test_a_suspect_that_was_not_begun_again_stays_a_suspect() -> None:
    """A death before the look at its bytes proves nothing."""
    backlog = backlog_of("ab")
    send_all(backlog)
    backlog.start(0, now=1.0)
    backlog.bury_crashed()
    send_all(backlog)

    verdict = backlog.bury_crashed()

    assert verdict.accuses_no_photo
    assert ["a"] == send_all(backlog)


def test_a_death_with_nothing_started_accuses_no_photo() -> None:
    """All are sent again, in the old order and before those that came later."""
    backlog = backlog_of("ab")
    send_all(backlog)
    backlog.add(photo("/in/c"), want_hash=False)

    verdict = backlog.bury_crashed()

    assert verdict.accuses_no_photo
    assert ["a", "b", "c"] == send_all(backlog)


def test_only_the_overdue_are_to_blame_for_a_hang() -> None:
    """The others were started too, but later."""
    backlog = backlog_of("ab")
    send_all(backlog)
    backlog.start(0, now=10.0)
    backlog.start(1, now=20.0)

    assert 40.0 == backlog.overdue_at(30)
    verdict = backlog.bury_hung(30, now=40.0)

    assert 1 == verdict.suspected
    assert ["a"] == send_all(backlog)


def test_a_process_that_starts_nothing_has_hung_too() -> None:
    """The time counts from the last thing that moved: sent to an idle process, or answered."""
    backlog = backlog_of("ab")
    assert backlog.overdue_at(30) is None

    send_all(backlog, now=5.0)
    assert 35.0 == backlog.overdue_at(30)

    backlog.start(0, now=6.0)
    backlog.finish(0, now=8.0)
    assert 38.0 == backlog.overdue_at(30)
    assert backlog.bury_hung(30, now=38.0).accuses_no_photo


@given(
    photos=st.lists(st.booleans(), max_size=12),
    readers=st.integers(1, 4),
    choices=st.randoms(use_true_random=False),
)
def test_every_innocent_is_answered_once_and_every_poison_convicted(photos, readers, choices):
    """Whatever the order: no photo is lost or doubled, and two deaths find one poison at most."""
    poison = {str(number) for number, is_poison in enumerate(photos) if is_poison}
    backlog = backlog_of(str(number) for number in range(len(photos)))
    answered, convicted, deaths = [], [], 0

    while len(backlog):
        sent: list[Job] = []
        started: list[Job] = []
        died = False
        while not died and (backlog.has_sendable or sent or started):
            while (job := backlog.send(0.0)) is not None:
                sent.append(job)
            while sent and len(started) < readers:
                started.append(sent.pop(0))
                backlog.start(started[-1].id, 0.0)
            job = started.pop(choices.randrange(len(started)))
            died = job.photo.name in poison
            if not died:
                finished = backlog.finish(job.id, 0.0)
                assert finished is job
                answered.append(job.photo.name)
        if died:
            deaths += 1
            verdict = backlog.bury_crashed()
            if verdict.convicted is not None:
                convicted.append(verdict.convicted.photo.name)

    assert sorted(poison) == sorted(convicted)
    assert sorted({str(number) for number in range(len(photos))} - poison) == sorted(answered)
    assert deaths <= 2 * len(poison)
    assert backlog.overdue_at(math.inf) is None
