"""Doubts: planted slips are found, and a gallery without any is left in peace."""

from __future__ import annotations

import numpy as np

from gallery_daemon.model.doubts import doubts, left_out_probabilities


def _gallery(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Forty pictures of each of three classes, which can be told apart."""
    random, labels = np.random.default_rng(seed), np.repeat(np.arange(3), 40)
    return (np.eye(3, 12)[labels] + random.normal(0, 0.15, (120, 12))).astype("f4"), labels


def test_planted_slips_are_found() -> None:
    """Six pictures of each of twenty galleries in the wrong folder: most are named, few others."""
    found = wrong = 0
    for seed in range(20):
        rows, truth = _gallery(seed)
        labels = truth.copy()
        slips = np.random.default_rng(seed).permutation(120)[:6]
        labels[slips] = (labels[slips] + 1) % 3
        named = {doubt.place for doubt in doubts(left_out_probabilities(rows, labels, 3), labels)}
        found += len(named & set(slips.tolist()))
        wrong += len(named - set(slips.tolist()))

    assert found >= 0.85 * 120
    assert wrong <= 0.01 * 20 * 114


def test_what_nothing_contradicts_is_not_doubtful() -> None:
    """Classes that are told apart, all in their folders."""
    rows, labels = _gallery(0)

    assert () == doubts(left_out_probabilities(rows * 5, labels, 3), labels)


def test_the_most_doubtful_comes_first_and_says_what_it_looks_like() -> None:
    """By how much more is given to the other class."""
    sure = [[0.9, 0.1]] * 5 + [[0.1, 0.9]] * 5
    odd = [[0.05, 0.95], [0.01, 0.99]]

    first, second = doubts(np.array([*sure, *odd], "f4"), np.array([0] * 5 + [1] * 5 + [0, 0]))

    assert (11, 10) == (first.place, second.place)
    assert (0, 1) == (first.label, first.likelier)
    assert 0.98 < first.probability - first.given + 0.01


def test_no_pictures_are_no_doubts() -> None:
    """An empty folder is not an error here."""
    assert () == doubts(np.empty((0, 3), "f4"), np.empty(0, np.int64))
