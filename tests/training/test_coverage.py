"""How many photos reach a confidence, how many are right, and whether a quick look agrees."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given

from gallery_daemon.training.coverage import (
    CONFIDENCES,
    agreement_of,
    at_usual,
    coverages,
    coverages_json,
    risk_coverage,
)
from gallery_daemon.training.predictions import Predictions
from tests.training.some_predictions import predictions


def _sure(*sure: float, right: int) -> Predictions:
    """Two classes; the first `right` pictures are right."""
    confidence = np.array(sure, dtype=np.float32)
    truth = np.array([0] * right + [1] * (len(sure) - right))
    return Predictions(np.stack([confidence, 1 - confidence], 1), truth, ("a", "b"))


def test_coverages_are_those_of_a_table_done_by_hand() -> None:
    """Four pictures: three reach 0.6, two of them right; one reaches 0.9, and it is right."""
    some = _sure(0.95, 0.72, 0.85, 0.55, right=2)

    found = coverages(some.hundredths(), some.is_right())

    assert {
        "0.6": {"pictures": 3, "share": 0.75, "right": 0.6667},
        "0.7": {"pictures": 3, "share": 0.75, "right": 0.6667},
        "0.8": {"pictures": 2, "share": 0.5, "right": 0.5},
        "0.9": {"pictures": 1, "share": 0.25, "right": 1.0},
    } == coverages_json(found)
    assert 0.8 == at_usual(found).confidence


def test_where_nothing_is_so_sure_nothing_is_said_of_it() -> None:
    """No share of none is 100%."""
    some = _sure(0.55, right=1)

    assert {None} == {each.accuracy for each in coverages(some.hundredths(), some.is_right())}


@given(predictions())
def test_the_curve_falls_and_counts_as_a_rule_does(some: Predictions) -> None:
    """All pictures reach 0; each hundredth is reached by no more than the one before."""
    curve = risk_coverage(some)

    assert len(some.truth) == curve[0].reached
    assert pytest.approx(some.is_right().mean()) == curve[0].accuracy
    confidence = some.probabilities.max(1).astype(float)
    for each in curve:
        assert int((confidence >= each.confidence).sum()) == each.reached >= each.right
    for before, after in pairwise(curve):
        assert before.reached >= after.reached
        assert before.right >= after.right
    at = {each.confidence: each for each in curve}
    assert [at[each] for each in CONFIDENCES] == list(coverages(some.hundredths(), some.is_right()))


def test_a_quick_look_is_trusted_from_where_it_agrees() -> None:
    """Sure ones agree, unsure ones do not: the confidence between them is its threshold."""
    quick = _sure(*[0.9] * 60, *[0.6] * 20, right=80)
    full = _sure(*[0.9] * 60, *[0.4] * 20, right=80)

    found = agreement_of(quick, full)

    assert 0.75 == found.overall.accuracy
    threshold = found.thresholds["a"]
    assert threshold is not None
    assert (0.61, 60) == (threshold.confidence, threshold.pictures)
    assert found.thresholds["b"] is None
    assert (60, 60, 80) == (
        found.at_threshold.reached, found.at_threshold.right, found.at_threshold.pictures
    )  # fmt: skip
    said = found.to_json()
    assert {"pictures": 60, "share": 0.75, "same": 1.0} == said["at_quick_threshold"]
    assert {"pictures", "same", "at_confidence", "at_quick_threshold", "quick_threshold"} == set(
        said
    )


@given(predictions())
def test_a_look_agrees_with_itself(some: Predictions) -> None:
    """Whatever it says: every picture, at every confidence."""
    found = agreement_of(some, some)

    assert 1.0 == found.overall.accuracy
    assert {each.accuracy for each in found.at_confidence} <= {1.0, None}
