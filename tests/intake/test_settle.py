"""Who has been still long enough: tables and properties, no clock and no disk."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.intake.settle import FileState, Settling
from gallery_daemon.photo import Candidate, Identity

ONE = Candidate("phone", "/in", "1.jpg")
SETTLE_S = 5.0


def state(size: int, ctime_s: float = 1_000.0) -> FileState:
    """A file of this size, last changed at `ctime_s` of the wall clock."""
    return FileState(Identity(1, 2, size, 3), int(ctime_s * 1e9))


def look(settling: Settling, size: int, now: float, *, wall: float = 0.0) -> None:
    """The file had this size now."""
    settling.observe(ONE, state(size), settle_s=SETTLE_S, now=now, wall_ns=int(wall * 1e9))


def test_a_quiet_file_is_due_after_the_settle_time() -> None:
    """Seen at 10, quiet: due at 15, not a moment before."""
    settling = Settling()

    look(settling, 1, 10.0)

    assert 15.0 == settling.next_deadline()
    assert [] == settling.due(14.999, 9)
    assert [ONE] == settling.due(15.0, 9)


def test_events_alone_do_not_start_the_window_anew() -> None:
    """A chatty watcher that reports an unchanged file again and again cannot starve it."""
    settling = Settling()
    for now in (10.0, 12.0, 14.0, 14.9):
        look(settling, 1, now)

    assert [ONE] == settling.due(15.0, 9)


def test_a_file_that_lay_still_before_need_not_wait() -> None:
    """Last changed a minute ago by the wall clock: due at once; a clock set back is no harm."""
    settling = Settling()
    look(settling, 1, 10.0, wall=1_060.0)
    assert [ONE] == settling.due(10.0, 9)

    set_back = Settling()
    look(set_back, 1, 10.0, wall=500.0)
    assert 15.0 == set_back.next_deadline()


def test_those_that_lay_still_are_due_in_the_order_of_being_seen() -> None:
    """The older ctime has no say: so a listing's order, by name, is the order of filing."""
    settling = Settling()
    names = [Candidate("phone", "/in", name) for name in ("a.jpg", "b.jpg", "c.jpg")]
    for name, ctime_s in zip(names, (1_040.0, 1_000.0, 1_020.0), strict=True):
        file = state(1, ctime_s)
        settling.observe(name, file, settle_s=SETTLE_S, now=10.0, wall_ns=int(1_060e9))

    assert names == settling.due(10.0, 9)


def test_a_forgotten_candidate_is_not_due() -> None:
    """Gone before its window ended: nothing is due and there is no deadline."""
    settling = Settling()
    look(settling, 1, 10.0)

    settling.forget(ONE)

    assert settling.next_deadline() is None
    assert [] == settling.due(99.0, 9)


def test_ten_thousand_come_in_the_order_of_their_deadlines() -> None:
    """A handful at a time, the earliest first."""
    settling = Settling()
    many = [Candidate("phone", "/in", f"{number}.jpg") for number in range(10_000)]
    for place, candidate in enumerate(many):
        settling.observe(candidate, state(place), settle_s=SETTLE_S, now=place / 1000, wall_ns=0)

    taken: list[Candidate] = []
    while handful := settling.due(100.0, 64):
        taken += handful

    assert many == taken


def test_a_change_of_content_or_of_ctime_starts_the_wait_anew() -> None:
    """Even where the size stays: a tool can set mtime back, and never ctime."""
    settling = Settling()
    for now, file in ((10.0, state(1)), (12.0, state(1, 1_002.0)), (13.0, state(2, 1_002.0))):
        settling.observe(ONE, file, settle_s=SETTLE_S, now=now, wall_ns=0)

    assert 18.0 == settling.next_deadline()
    assert state(2, 1_002.0) == settling.state(ONE)
    assert 2.0 == settling.quiet_for(ONE, 15.0)


def test_a_postponed_candidate_counts_as_quiet_since_before() -> None:
    """A file without its end is checked again later; its quiet time goes on."""
    settling = Settling()
    look(settling, 1, 10.0)
    assert [ONE] == settling.due(15.0, 9)

    settling.postpone(ONE, 22.0)

    assert [] == settling.due(21.9, 9)
    assert 12.0 == settling.quiet_for(ONE, 22.0)
    assert [ONE] == settling.due(22.0, 9)
    assert 1 == len(settling)


def test_no_more_than_asked_for_are_due_at_once() -> None:
    """The others are due at the next call."""
    settling = Settling()
    for number in range(5):
        candidate = Candidate("phone", "/in", f"{number}.jpg")
        settling.observe(candidate, state(1), settle_s=SETTLE_S, now=10.0, wall_ns=0)

    assert [2, 2, 1, 0] == [len(settling.due(20.0, 2)) for _ in range(4)]


@given(st.lists(st.tuples(st.floats(0.01, 8.0), st.integers(1, 3)), min_size=1, max_size=30))
def test_no_file_is_handed_out_before_its_settle_time(
    looks: list[tuple[float, int]],
) -> None:
    """Whatever is seen when: between the last change and being due lies the settle time."""
    settling = Settling()
    now, changed, size = 100.0, 100.0, 0
    for pause, new_size in looks:
        now += pause
        if settling.due(now, 9):
            assert now >= changed + SETTLE_S
            return
        if new_size != size:
            changed, size = now, new_size
        look(settling, size, now)
    assert settling.next_deadline() == changed + SETTLE_S
