"""Counting rights and wrongs: by hand, and what holds for any predictions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.training.measures import bins_of, calibration_error, measure
from gallery_daemon.training.predictions import Predictions
from tests.training.some_predictions import predictions

if TYPE_CHECKING:
    from random import Random


def _judged(
    probabilities: list[list[float]], truth: list[int], classes: tuple[str, ...]
) -> Predictions:
    return Predictions(np.array(probabilities, dtype=np.float32), np.array(truth), classes)


def test_measures_are_those_of_a_table_done_by_hand() -> None:
    """Four pictures, one mistake: accuracy, precision, recall, F1 and confusion by hand."""
    probabilities = [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]]

    found = measure(_judged(probabilities, [0, 1, 1, 0], ("cars", "trees")))

    assert found.confusion == ((2, 0), (1, 1))
    assert found.accuracy == 0.75
    assert found.macro_recall == 0.75
    cars, trees = found.per_class["cars"], found.per_class["trees"]
    assert pytest.approx(2 / 3) == cars.precision
    assert (trees.precision, trees.recall, trees.support) == (1.0, 0.5, 2)
    assert pytest.approx((0.8 + 2 / 3) / 2) == found.macro_f1


def test_a_class_without_pictures_counts_for_nothing() -> None:
    """Macro figures are means over the classes that were there."""
    found = measure(_judged([[0.9, 0.1]], [0], ("cars", "trees")))

    assert found.macro_recall == found.macro_f1 == 1.0


def test_wrongly_filed_is_wrong_and_sure() -> None:
    """Of four trees two are called cars, one of them with 0.80 and more: a rule files that one."""
    probabilities = [[0.8, 0.2], [0.79, 0.21], [0.1, 0.9], [0.3, 0.7], [0.99, 0.01]]

    found = measure(_judged(probabilities, [1, 1, 1, 1, 0], ("cars", "trees")))

    assert (found.per_class["trees"].filed_wrongly, found.per_class["cars"].filed_wrongly) == (
        0.25,
        0,
    )


def test_calibration_error_is_the_gap_between_sure_and_right() -> None:
    """Always 0.95 sure and right half of the time is 0.45 wrong about itself; 0.5 sure is not."""
    right = np.array([True, False] * 50)

    assert pytest.approx(0.45) == calibration_error(np.full(100, 0.95, dtype=np.float32), right)
    assert pytest.approx(0.0) == calibration_error(np.full(100, 0.5, dtype=np.float32), right)


def test_the_threshold_is_the_line_to_copy_into_a_rule() -> None:
    """Sure ones right, unsure ones wrong: the lowest hundredth that leaves the unsure ones out."""
    sure, unsure = [[0.7, 0.3]] * 40, [[0.554, 0.446]] * 10

    found = measure(_judged([*sure, *unsure], [0] * 40 + [1] * 10, ("cars", "trees")))

    threshold = found.per_class["cars"].thresholds[0.95]
    assert threshold is not None
    assert (threshold.confidence, threshold.precision, threshold.pictures) == (0.56, 1.0, 40)
    assert threshold.share == 0.8
    assert found.per_class["trees"].thresholds == dict.fromkeys((0.9, 0.95, 0.98, 0.99))


def test_of_few_calls_no_threshold_is_known() -> None:
    """Twenty-nine that are all right say too little."""
    found = measure(_judged([[0.9, 0.1]] * 29, [0] * 29, ("cars", "trees")))

    assert set(found.per_class["cars"].thresholds.values()) == {None}


@given(predictions())
def test_the_confusion_adds_up(some: Predictions) -> None:
    """Rows to the pictures of a class, columns to the calls, the diagonal to what is right."""
    found = measure(some)
    table = np.array(found.confusion)

    assert len(some.truth) == table.sum() == found.pictures
    assert [score.support for score in found.per_class.values()] == table.sum(1).tolist()
    assert pytest.approx(table.trace() / table.sum()) == found.accuracy == some.is_right().mean()


@given(predictions())
def test_every_share_is_one(some: Predictions) -> None:
    """Between 0 and 1; F1 between precision and recall; wrongly filed at most what is wrong."""
    found = measure(some)

    assert 0 <= found.ece <= 1
    assert 0 <= found.ece_before <= 1
    for score in found.per_class.values():
        low, high = sorted((score.precision, score.recall))
        assert 0 <= low <= score.f1 + 1e-9 <= high + 2e-9 <= 1 + 3e-9 or 0 == low == score.f1
        assert score.filed_wrongly <= 1 - score.recall + 1e-9


@given(predictions(), st.randoms(use_true_random=False))
def test_the_order_of_pictures_does_not_matter(some: Predictions, random: Random) -> None:
    """Nor does it for thresholds and sources."""
    order = list(range(len(some.truth)))
    random.shuffle(order)
    shuffled = replace(
        some,
        probabilities=some.probabilities[order],
        truth=some.truth[order],
        sources=tuple(some.sources[place] for place in order),
    )

    assert measure(some).to_json() == measure(shuffled).to_json()


def test_bins_are_equal_and_the_last_has_the_surest() -> None:
    """Fifteen of them; 1.0 is no bin of its own."""
    confidence = np.array([0, 0.0666, 0.0667, 0.5, 0.9999, 1.0], dtype=np.float32)

    assert [0, 0, 1, 7, 14, 14] == bins_of(confidence).tolist()


def test_calibration_error_weighs_each_bin_by_its_pictures() -> None:
    """By hand: three of four in a bin 0.05 off, the fourth in another, 0.4 off."""
    confidence = np.array([0.95, 0.95, 0.95, 0.4], dtype=np.float32)
    right = np.array([True, True, True, False])

    assert pytest.approx(0.75 * 0.05 + 0.25 * 0.4, abs=1e-6) == calibration_error(confidence, right)


def test_overconfidence_in_one_bin_is_not_paid_for_by_modesty_in_another() -> None:
    """On average as sure as right, and still wrong about itself."""
    confidence = np.array([0.9] * 10 + [0.6] * 10, dtype=np.float32)
    right = np.array([True] * 6 + [False] * 4 + [True] * 9 + [False])

    assert pytest.approx(0.3, abs=1e-6) == calibration_error(confidence, right)


def test_the_error_before_calibration_is_that_of_the_undivided_logits() -> None:
    """A network that was three times too sure: after the temperature it is better."""
    logits = np.array([[3.0, 0], [3, 0], [0, 3]])
    hot = np.exp(logits / 3) / np.exp(logits / 3).sum(1, keepdims=True)
    some = Predictions(hot.astype(np.float32), np.array([0, 1, 1]), ("a", "b"), temperature=3.0)

    found = measure(some)

    sure = float(np.exp(3) / (np.exp(3) + 1))
    assert pytest.approx(sure - 2 / 3, abs=1e-4) == found.ece_before
    assert pytest.approx(float(hot[0, 0]) - 2 / 3, abs=1e-4) == found.ece


def test_the_json_has_the_public_names_and_is_rounded() -> None:
    """What `evaluate --json` prints and the manifest keeps."""
    said = measure(
        replace(_judged([[0.95, 0.05], [0.62, 0.38], [0.3, 0.7]], [0, 1, 1], ("a", "b")))
    ).to_json()

    assert [
        "pictures", "accuracy", "macro_recall", "macro_recall_without_other", "macro_f1",
        "expected_calibration_error", "expected_calibration_error_before", "other_filed",
        "at_confidence", "risk_coverage", "classes", "per_class", "per_source", "confusion",
    ] == list(said)  # fmt: skip
    assert 0.6667 == said["accuracy"]
    assert (None, None) == (said["macro_recall_without_other"], said["other_filed"])
    assert {"pictures": 1, "share": 0.3333, "right": 1.0} == said["at_confidence"]["0.8"]  # type: ignore[index]
    assert {
        "precision": 0.5, "recall": 1.0, "f1": 0.6667, "pictures": 1, "filed_wrongly": 0.0,
        "at_precision": {"0.9": None, "0.95": None, "0.98": None, "0.99": None},
        "at_confidence": {
            str(each): {"pictures": 1, "share": 1.0, "right": 1.0} for each in (0.6, 0.7, 0.8, 0.9)
        },
    } == said["per_class"]["a"]  # type: ignore[index]  # fmt: skip
    curve = said["risk_coverage"]
    assert [100, 100, 100] == list(map(len, curve.values()))  # type: ignore[attr-defined]


def test_other_is_left_out_of_one_mean_and_counted_by_itself() -> None:
    """Of two others one is called a car, surely; the mean of cars and trees does not mind."""
    rows = [[0.9, 0.05, 0.05], [0.9, 0.05, 0.05], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]]

    found = measure(_judged(rows, [0, 1, 1, 2], ("cars", "other", "trees")))

    assert 1.0 == found.macro_recall_without_other
    assert pytest.approx(2.5 / 3) == found.macro_recall
    assert 0.5 == found.other_filed
