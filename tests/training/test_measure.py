"""Counting rights and wrongs, and making confidence true."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from gallery_daemon.training.calibrate import fit_temperature
from gallery_daemon.training.dataset import split
from gallery_daemon.training.measure import calibration_error, measure


def test_measures_are_those_of_a_table_done_by_hand() -> None:
    """Four pictures, one mistake: accuracy, precision, recall and confusion by hand."""
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]], dtype=np.float32)
    truth = np.array([0, 1, 1, 0])

    found = measure(probabilities, truth, ("cars", "trees"))

    assert found.confusion == ((2, 0), (1, 1))
    assert found.accuracy == 0.75
    assert found.macro_recall == 0.75
    assert pytest.approx(2 / 3) == found.per_class()["cars"].precision
    assert (
        found.per_class()["trees"].precision,
        found.per_class()["trees"].recall,
        found.per_class()["trees"].support,
    ) == (1.0, 0.5, 2)


def test_a_class_without_pictures_counts_for_nothing() -> None:
    """Macro recall is the mean over the classes that were there."""
    found = measure(np.array([[0.9, 0.1]], dtype=np.float32), np.array([0]), ("cars", "trees"))

    assert found.macro_recall == 1.0


def test_calibration_error_is_the_gap_between_sure_and_right() -> None:
    """Always 0.95 sure and right half of the time is 0.45 wrong about itself; 0.5 sure is not."""
    right = np.array([True, False] * 50)

    assert pytest.approx(0.45) == calibration_error(np.full(100, 0.95, dtype=np.float32), right)
    assert pytest.approx(0.0) == calibration_error(np.full(100, 0.5, dtype=np.float32), right)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
def test_the_temperature_is_found_again(temperature: float) -> None:
    """Labels drawn from known probabilities give back the temperature that was put in."""
    random = torch.Generator().manual_seed(0)
    true_logits = torch.randn(20_000, 5, generator=random)
    truth = torch.multinomial(true_logits.softmax(1), 1, generator=random)[:, 0]

    found = fit_temperature(true_logits * temperature, truth)

    assert pytest.approx(temperature, rel=0.05) == found


@settings(max_examples=10)  # each fit is 120 losses
@given(st.integers(0, 2**31), st.integers(2, 40), st.integers(2, 6))
def test_no_other_temperature_is_better(seed: int, count: int, classes: int) -> None:
    """For any logits and labels the fit is no worse than leaving them alone."""
    random = torch.Generator().manual_seed(seed)
    logits = torch.randn(count, classes, generator=random) * 3
    truth = torch.randint(classes, (count,), generator=random)

    temperature = fit_temperature(logits, truth)

    fitted, alone = (cross_entropy(logits / value, truth).item() for value in (temperature, 1.0))
    assert fitted <= alone + 1e-6


@given(st.integers(2, 300), st.floats(0.05, 0.9), st.integers(0, 2**31))
def test_a_split_is_a_partition(count: int, share: float, seed: int) -> None:
    """Every picture trains or validates, none does both, and the seed decides which."""
    train, validate = split(count, share, seed)

    assert list(range(count)) == sorted(train + validate)
    assert validate
    assert (train, validate) == split(count, share, seed)
