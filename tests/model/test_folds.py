"""Folds: each class in each of them, and near duplicates together."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.model.folds import folds_of, groups_of


@given(st.integers(0, 2**20), st.integers(2, 12), st.integers(1, 4))
def test_near_duplicates_share_a_fold(seed: int, things: int, shots: int) -> None:
    """Whatever else there is, all shots of a thing are left out together."""
    random = np.random.default_rng(seed)
    thing = np.repeat(np.arange(things), shots)
    rows = np.eye(things, 16, dtype="f4")[thing] + random.normal(0, 0.01, (len(thing), 16))
    order = random.permutation(len(thing))

    groups = groups_of(rows[order].astype("f4"))
    folds = folds_of(thing[order] % 2, groups, 5)

    for each in range(things):
        assert 1 == len(set(groups[thing[order] == each].tolist()))
        assert 1 == len(set(folds[thing[order] == each].tolist()))
    assert things == len(set(groups.tolist()))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=80))
def test_each_class_is_spread_evenly(labels: list[int]) -> None:
    """No fold has two more of a class than another."""
    folds = folds_of(labels, np.arange(len(labels)), 5)

    for label in set(labels):
        counts = np.bincount(folds[np.array(labels) == label], minlength=5)
        assert counts.max() - counts.min() <= 1


def test_a_picture_of_nothing_is_alone() -> None:
    """All its features are zero, so it resembles none."""
    assert [0, 1] == groups_of(np.zeros((2, 4), np.float32)).tolist()
