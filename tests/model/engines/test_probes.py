"""Probabilities from logits, and the pictures that an engine is checked with."""

from __future__ import annotations

import numpy as np
import pytest

from gallery_daemon.model.engines.probes import probes, softmax
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
