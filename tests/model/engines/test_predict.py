"""Prediction: probabilities of the right shape, the same by every engine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gallery_daemon.model.engines.engine import REFERENCE, EngineKind
from gallery_daemon.model.engines.predict import Predictor, load_predictor
from gallery_daemon.model.manifest import LookKind, LookSettings
from tests.model.conftest import CLASSES

if TYPE_CHECKING:
    from pathlib import Path

BFLOAT16 = EngineKind("torch", "cpu", "bfloat16")


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    """Eight pictures of coarse random blocks."""
    random = np.random.default_rng(3)
    blocks = random.integers(0, 256, (8, 7, 7, 3), dtype=np.uint8)
    return blocks.repeat(32, axis=1).repeat(32, axis=2)


@pytest.mark.parametrize("kind", [REFERENCE, BFLOAT16], ids=str)
def test_a_row_of_probabilities_for_each_picture(
    bundle: Path, pictures: np.ndarray, kind: EngineKind
) -> None:
    """The shape is (pictures, classes), each row sums to one, and the order is kept."""
    predictor = load_predictor(bundle, kind)

    together = predictor.predict(pictures)
    alone = np.concatenate([predictor.predict(picture[None]) for picture in pictures])

    assert (8, len(CLASSES)) == together.shape
    assert np.float32 == together.dtype
    np.testing.assert_allclose(together.sum(1), 1, rtol=1e-5)
    np.testing.assert_allclose(together, alone, atol=0.01)


def test_half_the_bits_say_what_all_of_them_say(bundle: Path, pictures: np.ndarray) -> None:
    """Probabilities differ by less than a hundredth."""
    expected = load_predictor(bundle).predict(pictures)

    found = load_predictor(bundle, BFLOAT16).predict(pictures)

    np.testing.assert_allclose(found, expected, atol=0.01)


def test_a_predictor_says_how_it_runs_and_what_it_was_trained_for(bundle: Path) -> None:
    """The engine's kind and the bundle's manifest, from one call."""
    predictor = load_predictor(bundle, BFLOAT16, threads=1)

    assert BFLOAT16 == predictor.kind
    assert CLASSES == predictor.manifest.classes


def test_the_temperature_makes_probabilities_flatter_and_keeps_their_order(
    bundle: Path, pictures: np.ndarray
) -> None:
    """Logits are divided by it: the class stays, the confidence falls."""
    plain = load_predictor(bundle)
    warm = Predictor(
        plain._engine, replace(plain.manifest, looks={LookKind.FULL: LookSettings(temperature=4.0)})
    )

    before, after = plain.predict(pictures), warm.predict(pictures)

    assert before.argmax(1).tolist() == after.argmax(1).tolist()
    assert (after.max(1) < before.max(1)).all()
