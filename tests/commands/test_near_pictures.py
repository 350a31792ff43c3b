"""Which pictures are nearly the same: as if all were compared with all."""

from __future__ import annotations

from itertools import combinations

from hypothesis import example, given
from hypothesis import strategies as st

from gallery_daemon.commands.near_pictures import (
    NEAR_BITS,
    PIECES,
    NearGroup,
    NearSearch,
)
from gallery_daemon.rules.conditions import similar

BITS = 128
words = st.integers(0, (1 << BITS) - 1)
places = st.sets(st.integers(0, BITS - 1), max_size=10)


def _groups(pictures: dict[int, int]) -> list[NearGroup]:
    """All groups, searched for to the end."""
    search = NearSearch(pictures.items())
    assert PIECES == list(search.steps())[-1]
    return search.groups()


def turned(bits: int, over: set[int]) -> int:
    """With some of its bits the other way round."""
    return bits ^ sum(1 << place for place in over)


def by_comparing_all(pictures: dict[int, int], most: int) -> set[tuple[int, ...]]:
    """Groups of two and more, of which each is within so many bits of another one."""
    groups = {number: {number} for number in pictures}
    for one, other in combinations(pictures, 2):
        if (pictures[one] ^ pictures[other]).bit_count() <= most:
            both = groups[one] | groups[other]
            for number in both:
                groups[number] = both
    return {tuple(sorted(each)) for each in groups.values() if len(each) > 1}


@given(st.lists(words, min_size=1, max_size=3), st.lists(st.tuples(st.integers(0, 2), places)))
@example([0], [(0, set()), (0, set(range(7)))])
def test_every_group_of_nearly_equal_pictures_is_found(
    scenes: list[int], shots: list[tuple[int, set[int]]]
) -> None:
    """All that differ in fewer bits than there are pieces, and none that differ in more than 8."""
    pictures = {
        number: turned(scenes[scene % len(scenes)], over)
        for number, (scene, over) in enumerate(shots, 1)
    }

    found = {group.numbers for group in _groups(pictures)}

    sure = by_comparing_all(pictures, PIECES - 1)
    widest = by_comparing_all(pictures, NEAR_BITS)
    assert all(any(set(each) <= set(group) for group in found) for each in sure)
    assert all(any(set(group) <= set(each) for each in widest) for group in found)
    assert len({number for group in found for number in group}) == sum(map(len, found))


def test_the_most_alike_come_first_then_the_newest() -> None:
    """A group's bits are its widest step, not its widest pair."""
    scene, other = 0x5A5A << 100, 0x3C3C3C << 50
    pictures = {
        1: scene,
        2: scene ^ 0b11,
        3: scene ^ 0b1111,
        4: other,
        5: other,
        6: 1 << 127 | 0xFFFF << 32,
        7: 1 << 127 | 0xFFFF << 32,
    }

    assert [NearGroup((6, 7), 0), NearGroup((4, 5), 0), NearGroup((1, 2, 3), 2)] == _groups(
        pictures
    )


def test_what_is_the_same_is_there_before_anything_is_compared() -> None:
    """So a page has something to show at once."""
    search = NearSearch([(1, 5), (2, 5), (3, 4)])
    steps = search.steps()

    assert 0 == next(steps)
    assert [NearGroup((1, 2), 0)] == search.groups()
    assert list(range(1, PIECES + 1)) == list(steps)
    assert [NearGroup((1, 2, 3), 1)] == search.groups()


def test_a_thousand_black_frames_take_no_million_comparisons() -> None:
    """They share nearly all pieces; each is found by the nearest."""
    frames = {number: number << 3 for number in range(1, 1500)}

    (group,) = _groups(frames)

    assert 1499 == len(group.numbers)


def test_near_means_what_the_rules_mean() -> None:
    """One limit, in two layers that do not know each other."""
    assert similar.NEAR_BITS == NEAR_BITS
