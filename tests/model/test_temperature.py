"""Temperature scaling: a temperature that makes confidence true, and no more than that."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gallery_daemon.model.engines.probes import softmax
from gallery_daemon.model.temperature import cross_entropies, fit_temperature


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
def test_the_temperature_is_found_again(temperature: float) -> None:
    """Labels drawn from known probabilities give back the temperature that was put in."""
    random = np.random.default_rng(0)
    true_logits = random.normal(size=(20_000, 5)).astype(np.float32)
    passed = random.uniform(size=(20_000, 1)) > softmax(true_logits).cumsum(1)
    truth = passed.sum(1).clip(max=4)

    found = fit_temperature(true_logits * temperature, truth)

    assert pytest.approx(temperature, rel=0.05) == found


def test_few_pictures_that_are_all_right_do_not_make_it_sure_of_everything() -> None:
    """Eighteen rights are no reason to believe in certainty; ten thousand nearly are."""
    logits, truth = np.array([[2.0, 0.0]]), np.array([0])

    few, many = (fit_temperature(logits.repeat(n, 0), truth.repeat(n)) for n in (18, 10_000))

    assert 0.5 < few < 1
    assert many < 0.3


@settings(max_examples=10)  # each fit is 120 losses
@given(st.integers(0, 2**31), st.integers(2, 40), st.integers(2, 6))
def test_a_fitted_temperature_is_no_worse_than_none(seed: int, count: int, classes: int) -> None:
    """For any logits and labels the fit is no worse than leaving them alone."""
    random = np.random.default_rng(seed)
    logits, truth = random.normal(0, 3, (count, classes)), random.integers(classes, size=count)

    temperature = fit_temperature(logits, truth)

    fitted, alone = (cross_entropies(logits / value, truth).mean() for value in (temperature, 1.0))
    assert fitted <= alone + 1e-6


@given(st.floats(0.05, 20), st.integers(1, 50))
def test_a_temperature_is_within_reason(scale: float, count: int) -> None:
    """However sure and however wrong, the network is trusted twenty times less or more at most."""
    logits = np.array([[scale * 50, 0.0]]).repeat(count, 0)
    for truth in (0, 1):
        found = fit_temperature(logits, np.full(count, truth))
        assert 0.05 <= found <= 20.001


def test_a_temperature_changes_no_class() -> None:
    """Only how sure the network is."""
    random = np.random.default_rng(1)
    logits, truth = random.normal(size=(50, 4)), random.integers(4, size=50)

    divided = logits / fit_temperature(logits, truth)

    assert logits.argmax(1).tolist() == divided.argmax(1).tolist()


def test_the_more_pictures_the_less_the_prior_says() -> None:
    """Ten times as many of the same: further from 1."""
    logits, truth = np.array([[2.0, 0.0], [0.0, 2.0], [2.0, 0.0]]), np.array([0, 1, 0])

    found = [fit_temperature(logits.repeat(n, 0), truth.repeat(n)) for n in (1, 10, 100)]

    assert 1 > found[0] > found[1] > found[2]


def test_a_picture_that_counts_for_three_is_like_three() -> None:
    """Shares are numbers of pictures."""
    logits, truth = np.array([[2.0, 0.0], [0.0, 2.5]]), np.array([0, 0])

    three = fit_temperature(logits[[0, 0, 0, 1]], truth[[0, 0, 0, 1]])

    assert pytest.approx(three, rel=1e-6) == fit_temperature(logits, truth, np.array([3.0, 1.0]))
