"""The feature bank: how far a picture is from all that is known, and what that means."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.model.bank import FeatureBank, familiarity
from gallery_daemon.model.manifest import QUANTILES, FamiliarityScale
from gallery_daemon.photo import LookKind

AXES = np.eye(4, dtype=np.float32)
BANK = FeatureBank(
    np.repeat(AXES[:2], 3, axis=0).astype(np.float16) * 5,
    np.repeat(AXES[2:], 3, axis=0).astype(np.float16),
    np.array([0, 0, 0, 1, 1, 1]),
)
HUNDREDTHS = FamiliarityScale(1, tuple(n / 100 for n in range(QUANTILES)))


def test_a_distance_is_an_angle_and_not_a_length() -> None:
    """The same direction is near however bright it is, another is one away, the opposite two."""
    features = np.stack([AXES[0] * 0.01, AXES[1] * 99, AXES[3], -AXES[0]])

    np.testing.assert_allclose([0, 0, 1, 1], BANK.distances(features, 3), atol=1e-6)
    alone = FeatureBank(AXES[:1].astype(np.float16), AXES[:1].astype(np.float16), np.array([0]))
    np.testing.assert_allclose([0, 1, 1, 2], alone.distances(features, 1), atol=1e-6)


def test_more_neighbours_than_are_near_reach_farther() -> None:
    """The fourth nearest is of the other kind: a mean over four is a quarter."""
    np.testing.assert_allclose([0.25], BANK.distances(AXES[:1], 4), atol=1e-6)
    np.testing.assert_allclose([0.5], BANK.distances(AXES[:1], 6), atol=1e-6)


def test_a_quick_look_is_compared_with_quick_looks() -> None:
    """A picture of few pixels has other features; the bank has seen both."""
    assert 1 == BANK.distances(AXES[2:3], 3)[0]
    assert 0 == BANK.distances(AXES[2:3], 3, LookKind.QUICK)[0]


def test_a_picture_without_features_is_far_from_everything() -> None:
    """And is a number, not none."""
    np.testing.assert_allclose([1], BANK.distances(np.zeros((1, 4), np.float32), 3))


def test_familiarity_is_the_share_that_is_at_least_as_strange() -> None:
    """Nearer than all is 1, farther than all 0, and between two quantiles between both."""
    assert [1.0, 1.0, 0.5, 0.0, 0.0] == [
        familiarity(distance, HUNDREDTHS) for distance in (-0.1, 0.0, 0.5, 1.0, 1.5)
    ]
    assert pytest.approx(0.025) == familiarity(0.975, HUNDREDTHS)


def test_where_many_are_equally_far_all_of_them_count() -> None:
    """Half are at 0.2 exactly: of those at 0.2 or farther there are all."""
    scale = FamiliarityScale(1, (0.2,) * 51 + (0.9,) * 50)

    assert 1.0 == familiarity(0.2, scale)
    assert pytest.approx(0.5, abs=0.01) == familiarity(0.21, scale)
    assert pytest.approx(0.49) == familiarity(0.9, scale)


@given(
    held_out=st.lists(st.floats(0, 2), min_size=1, max_size=300),
    one=st.floats(0, 2),
    other=st.floats(0, 2),
)
def test_what_is_farther_is_never_more_familiar(
    held_out: list[float], one: float, other: float
) -> None:
    """And it is close to the share that a person would count."""
    found = np.quantile(held_out, np.linspace(0, 1, QUANTILES))
    scale = FamiliarityScale(1, tuple(np.maximum.accumulate(found).tolist()))
    near, far = sorted((one, other))

    assert 1 >= familiarity(near, scale) >= familiarity(far, scale) >= 0
    counted = sum(each >= near for each in held_out) / len(held_out)
    assert abs(familiarity(near, scale) - counted) <= 1 / 100 + 1 / len(held_out)
