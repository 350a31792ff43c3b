"""The order of the review: doubt, strangeness, and no ten shots of one burst in a row."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.commands.review_order import (
    Lookalikes,
    ReviewOrder,
    ToOrder,
    families_of,
    usefulness_of,
)

SHARE = st.floats(0, 1)
KIN = st.lists(st.integers(0, 5), max_size=2).map(tuple)
PHOTOS = st.lists(
    st.tuples(st.integers(1, 60), st.floats(0, 1.5), KIN), max_size=40, unique_by=lambda one: one[0]
).map(lambda found: [ToOrder(*each) for each in found])


def ordered(photos: list[ToOrder]) -> ReviewOrder:
    """The order of photos of which none was known before."""
    order = ReviewOrder()
    order.add(photos)
    return order


@given(photos=PHOTOS, stays=st.sets(st.integers(1, 60)), parts=st.integers(1, 4))
def test_who_comes_and_goes_changes_nothing_among_the_others(
    photos: list[ToOrder], stays: set[int], parts: int
) -> None:
    """The worth of each stays as it was; all that wait are there, and nobody else."""
    order = ReviewOrder()
    for part in range(parts):
        order.add(photos[part::parts])
    before = list(order._ids)

    order.keep(stays)

    assert [each for each in before if each in stays] == list(order._ids)
    assert stays & {each.id for each in photos} == order.known() == set(order.ids())
    order.keep(stays | {1000})
    assert len(order.known()) == len(order.ids())


@given(photos=PHOTOS)
def test_each_photo_is_shown_once(photos: list[ToOrder]) -> None:
    """And the same photos have the same order, in whichever they came."""
    order = ordered(photos)

    assert sorted(each.id for each in photos) == sorted(order.ids())
    assert order.ids() == ordered(photos[::-1]).ids()


@given(photos=PHOTOS)
def test_no_two_kin_follow_one_another_while_there_are_others(photos: list[ToOrder]) -> None:
    """Only at the end, where one family is left."""
    order = ordered(photos)

    families = [order.families()[number] for number in order.ids()]
    for place, (one, other) in enumerate(pairwise(families)):
        if one == other:
            assert {one} == set(families[place:])


@given(photos=PHOTOS)
def test_of_one_family_the_more_useful_comes_first(photos: list[ToOrder]) -> None:
    """Whatever variety asks for, a burst is shown by its most doubtful shot."""
    useful = {each.id: each.usefulness for each in photos}
    order = ordered(photos)

    for family in set(order.families().values()):
        shots = [useful[each] for each in order.ids() if order.families()[each] == family]
        assert sorted(shots, reverse=True) == shots


@given(photos=PHOTOS)
def test_kin_are_of_one_family_and_nobody_else(photos: list[ToOrder]) -> None:
    """Which is called after its first photo."""
    families = families_of(photos)

    for one in photos:
        assert families[one.id] == families[families[one.id]] <= one.id
        for other in photos:
            if set(one.kin) & set(other.kin):
                assert families[one.id] == families[other.id]
        if not one.kin:
            assert one.id == families[one.id]
            assert 1 == list(families.values()).count(one.id)


@given(margins=st.tuples(SHARE, SHARE), familiarities=st.tuples(SHARE, SHARE))
def test_doubt_and_strangeness_are_useful(
    margins: tuple[float, float], familiarities: tuple[float, float]
) -> None:
    """The smaller the margin, and the less familiar; what is not known counts as familiar."""
    sure, unsure = max(margins), min(margins)
    known, strange = max(familiarities), min(familiarities)

    assert usefulness_of(unsure, known) >= usefulness_of(sure, known) >= 0
    assert usefulness_of(sure, strange) >= usefulness_of(sure, known)
    assert usefulness_of(sure, None) == usefulness_of(sure, 1.0)


def test_a_burst_of_ten_is_shown_by_its_best_and_the_others_wait() -> None:
    """Though each of them is more useful than what comes between."""
    burst = [ToOrder(number, 1.4, ("burst",)) for number in range(1, 11)]
    others = [ToOrder(number, 0.5) for number in range(20, 30)]

    ids = ordered([*burst, *others]).ids()

    assert [1, 20, 2, 21, 22] == ids[:5]
    assert 29 == ids[11]


def test_pictures_that_look_the_same_are_found_whatever_the_last_bits_are() -> None:
    """Up to seven bits of 128, in both halves, negative numbers too; black frames are no kin."""
    looks = Lookalikes()
    first = looks.mark_of(1, (0x1234_5678_9ABC_DEF0, -2))

    assert 1 == first
    assert 1 == looks.mark_of(2, (0x1234_5678_9ABC_DEF0 ^ 0b111, -2 ^ (0b1111 << 40)))
    assert 3 == looks.mark_of(3, (0x0F0F_0F0F_0F0F_0F0F, 0x0F0F_0F0F_0F0F_0F0F))
    assert looks.mark_of(4, None) is None


@given(
    bits=st.integers(0, (1 << 128) - 1),
    flipped=st.lists(st.integers(0, 127), max_size=7, unique=True),
)
def test_seven_bits_never_hide_a_lookalike(bits: int, flipped: list[int]) -> None:
    """One of the eight pieces of sixteen bits is the same then."""
    looks, other = Lookalikes(), bits
    for place in flipped:
        other ^= 1 << place

    looks.mark_of(1, _halves(bits))

    assert 1 == looks.mark_of(2, _halves(other))


def _halves(bits: int) -> tuple[int, int]:
    return bits >> 64, bits & ((1 << 64) - 1)
