"""What counts as strange, and the pictures that should."""

from __future__ import annotations

import numpy as np
import pytest

from gallery_daemon.photo import LookKind
from gallery_daemon.training.predictions import LeftOutPredictions, Predictions
from tests.benchmarks.familiar import Strangeness, sure_and_wrong
from tests.benchmarks.strange import KINDS, SIDE, drawn


def test_strange_is_below_one_in_twenty() -> None:
    """As `familiar: false` has it: the limit itself is familiar."""
    some = Strangeness((0.0, 0.049, 0.05, 1.0))

    assert 0.5 == some.strange
    assert pytest.approx(0.0495) == some.median


def test_how_often_one_is_stranger_counts_every_pair() -> None:
    """Equal ones count half, and nothing depends on the limit."""
    low, high = Strangeness((0.1, 0.2)), Strangeness((0.3, 0.9, 0.3))

    assert (1.0, 0.0, 0.5) == (
        low.stranger_than(high), high.stranger_than(low), low.stranger_than(low)
    )  # fmt: skip
    assert 0.75 == Strangeness((0.1, 0.3)).stranger_than(Strangeness((0.3,)))


def test_the_strange_may_be_wrong_less_often_than_the_familiar() -> None:
    """Only those that are sure count: two strange ones, of which one is right, and one familiar."""
    said = Predictions(
        np.array([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.6, 0.4]], np.float32),
        np.array([0, 1, 1, 1]),
        ("a", "b"),
    )
    familiarity = {LookKind.FULL: np.array([0.01, 0.02, 0.5, 0.5], np.float16)}
    folds = np.zeros(4, np.int64)

    found = sure_and_wrong(LeftOutPredictions({LookKind.FULL: said}, folds, folds, familiarity))

    assert (0.5, 0.0) == found


@pytest.mark.parametrize("kind", KINDS)
def test_drawn_pictures_are_the_same_each_time_and_unlike_each_other(kind: str) -> None:
    """Their figures can be had again."""
    once, again = list(drawn(kind, 3)), list(drawn(kind, 3))

    assert [(SIDE, SIDE, 3)] * 3 == [each.shape for each in once]
    assert all(map(np.array_equal, once, again))
    assert not np.array_equal(once[0], once[1])
