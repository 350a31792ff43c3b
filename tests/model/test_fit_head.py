"""A fitted head: the best there is for its features, whatever their scale, and always the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gallery_daemon.model.engines.probes import softmax
from gallery_daemon.model.fit_head import PENALTY, fit_head, fit_towards, one_hot
from gallery_daemon.model.head import Head

SMOOTHING = 0.05


def _clouds(count: int, seed: int = 0, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Points around three corners, `count` of each."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(3), count)
    points = np.eye(3, 6)[labels] + random.normal(0, 0.2, (3 * count, 6))
    return (points * scale).astype(np.float32), labels


def _loss(head: Head, features: np.ndarray, labels: np.ndarray, shares: np.ndarray) -> float:
    """What is made smallest: the cross-entropy and the penalty."""
    logits = head.logits(features)
    logs = logits - logits.max(1, keepdims=True)
    logs -= np.log(np.exp(logs).sum(1, keepdims=True))
    smooth = -logs.mean(1) * SMOOTHING
    right = -logs[np.arange(len(labels)), labels] * (1 - SMOOTHING)
    length = np.sqrt((features**2).sum(1).mean())
    penalty = PENALTY / 2 * float(((head.weight * length) ** 2).sum())
    return float(((smooth + right) * shares).sum() / shares.sum()) + penalty


def test_clouds_that_are_apart_are_told_apart() -> None:
    """Each point by the class of its corner."""
    features, labels = _clouds(30)

    head = fit_head(features, labels, np.ones(90, np.float32), 3)

    assert ((3, 6), (3,)) == (head.weight.shape, head.bias.shape)
    assert np.float32 == head.weight.dtype == head.bias.dtype
    assert labels.tolist() == head.logits(features).argmax(1).tolist()


@settings(max_examples=15)
@given(st.integers(0, 2**31), st.floats(0.01, 100))
def test_no_other_head_has_a_smaller_loss(seed: int, scale: float) -> None:
    """Nudged in any direction it becomes worse: the problem has one valley."""
    features, labels = _clouds(10, seed, scale)
    random = np.random.default_rng(seed)
    shares = random.uniform(0.1, 1, 30).astype(np.float32)

    head = fit_head(features, labels, shares, 3, smoothing=SMOOTHING)

    best = _loss(head, features, labels, shares)
    for _ in range(5):
        nudge = random.normal(0, 0.3, head.weight.shape) / scale
        other = Head((head.weight + nudge).astype(np.float32), head.bias)
        assert _loss(other, features, labels, shares) > best - 1e-3


def test_the_scale_of_features_does_not_matter() -> None:
    """A body whose features are a hundred times as large gets the same predictions."""
    (small, labels), (large, _) = _clouds(20), _clouds(20, scale=100)
    shares = np.ones(60, np.float32)

    one, other = fit_head(small, labels, shares, 3), fit_head(large, labels, shares, 3)

    np.testing.assert_allclose(one.logits(small), other.logits(large), atol=2e-2)


def test_what_counts_more_weighs_more() -> None:
    """Between two labels of the same point the one with the larger share wins."""
    features = np.ones((2, 4), np.float32)
    for shares, winner in (((1, 9), 1), ((9, 1), 0)):
        head = fit_head(features, np.array([0, 1]), np.array(shares, np.float32), 2)
        assert winner == head.logits(features[:1]).argmax()


def test_a_class_without_pictures_is_never_the_likeliest() -> None:
    """It exists, and nothing speaks for it."""
    features, labels = _clouds(10)

    head = fit_head(features, labels, np.ones(30, np.float32), 4)

    assert 3 not in head.logits(features).argmax(1)


@pytest.mark.parametrize("features", [np.zeros((2, 3), np.float32), np.full((2, 3), 1e4, "f4")])
def test_odd_features_give_finite_numbers(features: np.ndarray) -> None:
    """All black pictures, and a body that shouts."""
    head = fit_head(features, np.array([0, 1]), np.ones(2, np.float32), 2)

    assert np.isfinite(head.weight).all()
    assert np.isfinite(head.bias).all()


@settings(max_examples=10)
@given(st.integers(0, 2**31), st.floats(0.1, 10))
def test_where_nothing_speaks_against_it_the_prior_stays(seed: int, scale: float) -> None:
    """A head that its own pictures cannot better is found again, whatever the features' scale."""
    features, labels = _clouds(20, seed, scale)
    shares = np.ones(60, np.float32)
    wanted = one_hot(labels, 3)
    prior = fit_towards(features, wanted, shares, penalty=1e-2)

    found = fit_towards(features, wanted, shares, penalty=1e6, prior=prior)

    np.testing.assert_allclose(found.weight * scale, prior.weight * scale, atol=1e-4)


def test_a_prior_pulls_the_more_the_larger_the_penalty() -> None:
    """Between it and what the pictures say."""
    features, labels = _clouds(20)
    shares, prior = np.ones(60, np.float32), Head(np.full((3, 6), 2, "f4"), np.zeros(3, "f4"))

    found = [
        fit_towards(features, one_hot(labels, 3), shares, penalty=penalty, prior=prior)
        for penalty in (1e-3, 1e-1, 10)
    ]

    distances = [float(np.square(head.weight - prior.weight).sum()) for head in found]
    assert sorted(distances, reverse=True) == distances
    assert distances[0] > 2 * distances[-1]


@settings(max_examples=10)
@given(st.integers(0, 2**31))
def test_a_head_that_gives_what_is_wanted_is_not_moved(seed: int) -> None:
    """However little it is penalised: its own probabilities teach it nothing."""
    features, _ = _clouds(20, seed)
    prior = Head(np.random.default_rng(seed).normal(size=(3, 6)).astype("f4"), np.zeros(3, "f4"))
    wanted = softmax(prior.logits(features))

    found = fit_towards(features, wanted, np.ones(60, np.float32), penalty=0.0, prior=prior)

    np.testing.assert_allclose(found.weight, prior.weight, atol=1e-4)
