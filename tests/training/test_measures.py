"""Counting rights and wrongs, and making confidence true."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from gallery_daemon.training.calibration import fit_temperature
from gallery_daemon.training.measures import (
    Predictions,
    SourceScore,
    calibration_error,
    measure,
    threshold_for,
    uncalibrated,
)


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


def test_sources_are_told_apart_where_there_are_several() -> None:
    """Cars of the shop are right, one of two from the street is taken for a tree, and surely."""
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.2, 0.8]], dtype=np.float32)
    truth, classes = np.array([0, 0, 0, 1]), ("cars", "trees")
    sources = ("shop", "street", "street", "street")

    found = measure(Predictions(probabilities, truth, classes, sources)).per_source

    assert [
        SourceScore("shop", "cars", 1, 1.0, 0.0),
        SourceScore("street", "cars", 2, 0.5, 0.5),
        SourceScore("street", "trees", 1, 1.0, 0.0),
    ] == list(found)
    assert () == measure(Predictions(probabilities, truth, classes, ("shop",) * 4)).per_source


def test_calibration_error_is_the_gap_between_sure_and_right() -> None:
    """Always 0.95 sure and right half of the time is 0.45 wrong about itself; 0.5 sure is not."""
    right = np.array([True, False] * 50)

    assert pytest.approx(0.45) == calibration_error(np.full(100, 0.95, dtype=np.float32), right)
    assert pytest.approx(0.0) == calibration_error(np.full(100, 0.5, dtype=np.float32), right)


@given(st.integers(0, 2**31), st.floats(0.2, 5))
def test_a_temperature_can_be_taken_back(seed: int, temperature: float) -> None:
    """What the temperature did to the probabilities is undone, whatever it was."""
    logits = torch.randn(8, 4, generator=torch.Generator().manual_seed(seed))

    back = uncalibrated((logits / temperature).softmax(1).numpy(), temperature)

    np.testing.assert_allclose(logits.softmax(1).numpy(), back, atol=1e-4)


def test_the_threshold_is_the_line_to_copy_into_a_rule() -> None:
    """Sure ones right, unsure ones wrong: the lowest hundredth that leaves the unsure ones out."""
    confidence = np.array([0.3, 0.554, 0.7, 0.9], dtype=np.float32)
    right = np.array([False, False, True, True])

    found = threshold_for(0.95, confidence, right)

    assert found is not None
    assert (found.confidence, found.precision, found.share, found.pictures) == (0.56, 1.0, 0.5, 2)


def test_a_class_that_is_never_precise_has_no_threshold() -> None:
    """The surest call is wrong, so no confidence is enough; neither is one for no calls."""
    sure = np.array([0.2, 1.0], dtype=np.float32)

    assert threshold_for(0.95, sure, np.array([True, False])) is None
    assert threshold_for(0.95, sure[:0], np.array([], dtype=bool)) is None


@given(
    st.floats(0.5, 1),
    st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans()), min_size=1, max_size=60),
)
def test_a_threshold_keeps_what_it_promises(wanted: float, calls: list[tuple[float, bool]]) -> None:
    """What is left above it is as precise as wanted, and no lower hundredth is."""
    confidence = np.array([sure for sure, _ in calls], dtype=np.float32)
    right = np.array([is_right for _, is_right in calls])

    found = threshold_for(wanted, confidence, right)

    steps = range(100) if found is None else range(round(found.confidence * 100))
    for step in steps:
        left = confidence >= np.float32(step / 100)
        assert not left.any() or right[left].mean() < wanted
    if found:
        left = confidence >= np.float32(found.confidence)
        assert right[left].mean() >= wanted
        assert found.share == left.mean()


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
def test_the_temperature_is_found_again(temperature: float) -> None:
    """Labels drawn from known probabilities give back the temperature that was put in."""
    random = torch.Generator().manual_seed(0)
    true_logits = torch.randn(20_000, 5, generator=random)
    truth = torch.multinomial(true_logits.softmax(1), 1, generator=random)[:, 0]

    found = fit_temperature(true_logits * temperature, truth)

    assert pytest.approx(temperature, rel=0.05) == found


def test_few_pictures_that_are_all_right_do_not_make_it_sure_of_everything() -> None:
    """Eighteen rights are no reason to believe in certainty; ten thousand nearly are."""
    logits, truth = torch.tensor([[2.0, 0.0]]), torch.tensor([0])

    few, many = (fit_temperature(logits.repeat(n, 1), truth.repeat(n)) for n in (18, 10_000))

    assert 0.5 < few < 1
    assert many < 0.3


@settings(max_examples=10)  # each fit is 120 losses
@given(st.integers(0, 2**31), st.integers(2, 40), st.integers(2, 6))
def test_a_fitted_temperature_is_no_worse_than_none(seed: int, count: int, classes: int) -> None:
    """For any logits and labels the fit is no worse than leaving them alone."""
    random = torch.Generator().manual_seed(seed)
    logits = torch.randn(count, classes, generator=random) * 3
    truth = torch.randint(classes, (count,), generator=random)

    temperature = fit_temperature(logits, truth)

    fitted, alone = (cross_entropy(logits / value, truth).item() for value in (temperature, 1.0))
    assert fitted <= alone + 1e-6
