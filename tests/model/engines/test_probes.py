"""Probabilities from logits, and the pictures that an engine is checked with."""

from __future__ import annotations

import numpy as np
import pytest

from gallery_daemon.model.engines.probes import (
    RECORDED,
    probes,
    record,
    relative_error,
    softmax,
)
from gallery_daemon.model.manifest import PROBES


def test_probes_are_the_same_for_ever() -> None:
    """Their first pixels are bytes of a hash function, in blocks of 32 pixels."""
    pictures = probes(224)

    assert (PROBES, 224, 224, 3) == pictures.shape
    assert (pictures[:, :32, :32] == pictures[:, :1, :1]).all()
    assert [19, 141, 6] == pictures[0, 0, 0].tolist()


def test_probes_fit_any_input_size() -> None:
    """The same blocks, larger or smaller; each picture has many colours."""
    small, large = probes(7), probes(70)

    assert (small == large[:, ::10, ::10]).all()
    assert all(len(np.unique(picture)) > 50 for picture in small)


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_each_row_of_logits_becomes_probabilities_on_its_own(scale: float) -> None:
    """They sum to one in the same order, however large the logits are."""
    logits = np.array([[0.0, 1.0, 2.0], [5.0, -5.0, 0.0]], np.float32) * np.float32(scale)

    found = softmax(logits)

    np.testing.assert_allclose(found.sum(1), 1, rtol=1e-6)
    assert [2, 0] == found.argmax(1).tolist()
    np.testing.assert_allclose(found[1], softmax(logits[1:])[0])


def test_a_record_is_the_same_for_ever() -> None:
    """A manifest keeps it: another projection would refuse every 8-bit network there is."""
    found = record(np.arange(512, dtype=np.float32)[None])

    assert (1, RECORDED) == found.shape
    assert [-722.0, 2297.0, -2195.0] == found[0, :3].tolist()


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
def test_an_error_of_the_features_is_as_long_in_their_record(share: float) -> None:
    """Whichever direction it has: one feature, some, or all of them."""
    random = np.random.default_rng(0)
    features = random.random((PROBES, 512)).astype(np.float32)
    for wrong in (1, 30, 512):
        error = np.zeros_like(features)
        error[:, random.choice(512, wrong, replace=False)] = 1
        error *= share * np.linalg.norm(features) / np.linalg.norm(error)

        found = np.linalg.norm(record(features + error) - record(features))

        assert share / 2 < found / np.linalg.norm(features) < share * 2


def test_an_answer_of_another_shape_or_without_a_number_is_endlessly_wrong() -> None:
    """It is compared with nothing."""
    right = np.ones((PROBES, RECORDED), np.float32)

    assert 0 == relative_error(right, right)
    assert float("inf") == relative_error(right[:, 1:], right)
    assert float("inf") == relative_error(right * np.nan, right)
