"""Prediction: probabilities of the right shape, the same by every engine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from gallery_daemon.errors import BundleError
from gallery_daemon.model.bundle import save_bundle
from gallery_daemon.model.engines.engine import REFERENCE, EngineKind
from gallery_daemon.model.engines.predict import Predictor, load_predictor
from gallery_daemon.model.head import Head
from gallery_daemon.model.manifest import LookSettings, Manifest, Tally
from gallery_daemon.model.network import new_network
from gallery_daemon.photo import LookKind
from tests.model.conftest import CLASSES

if TYPE_CHECKING:
    from pathlib import Path

BFLOAT16 = EngineKind("torch", "cpu", "bfloat16")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of the smallest full look: bfloat16 is slow where it is emulated."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("bundles") / "smallest"
    looks = {LookKind.FULL: LookSettings(size=96)}
    save_bundle(folder, new_network(len(CLASSES)), Manifest("small", CLASSES, "", looks=looks), {})
    return folder


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    """Eight pictures of coarse random blocks, as that bundle takes them."""
    random = np.random.default_rng(3)
    blocks = random.integers(0, 256, (8, 6, 6, 3), dtype=np.uint8)
    return blocks.repeat(16, axis=1).repeat(16, axis=2)


@pytest.mark.parametrize("kind", [REFERENCE, BFLOAT16], ids=str)
def test_a_row_of_probabilities_for_each_picture(
    bundle: Path, pictures: np.ndarray, kind: EngineKind
) -> None:
    """The shape is (pictures, classes), each row sums to one, and the order is kept."""
    predictor = load_predictor(bundle, kind)

    together = predictor.predict(pictures).probabilities
    alone = np.concatenate([predictor.predict(each[None]).probabilities for each in pictures])

    assert (8, len(CLASSES)) == together.shape
    assert np.float32 == together.dtype
    np.testing.assert_allclose(together.sum(1), 1, rtol=1e-5)
    np.testing.assert_allclose(together, alone, atol=0.01)


def test_half_the_bits_say_what_all_of_them_say(bundle: Path, pictures: np.ndarray) -> None:
    """Probabilities differ by less than a hundredth."""
    expected = load_predictor(bundle).predict(pictures).probabilities

    found = load_predictor(bundle, BFLOAT16).predict(pictures).probabilities

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
    looks = {LookKind.FULL: LookSettings(temperature=4.0)}
    warm = Predictor(plain._engine, replace(plain.manifest, looks=looks), plain._head)

    before, after = (each.predict(pictures).probabilities for each in (plain, warm))

    assert before.argmax(1).tolist() == after.argmax(1).tolist()
    assert (after.max(1) < before.max(1)).all()


def test_each_look_is_read_by_its_own_temperature_and_tallies(banked: Path) -> None:
    """A quick look of this model has no tally, so its precision is not known."""
    predictor = load_predictor(banked)
    manifest = predictor.manifest
    # Of one size, so that both see the same picture.
    full_look = replace(manifest.looks[LookKind.FULL], size=128)
    looks = {**manifest.looks, LookKind.FULL: full_look}
    predictor.manifest = replace(manifest, looks=looks)
    blocks = np.random.default_rng(1).integers(0, 256, (4, 4, 4, 3), dtype=np.uint8)
    small = blocks.repeat(32, axis=1).repeat(32, axis=2)  # (4, 128, 128, 3)

    full, quick = predictor.predict(small), predictor.predict(small, LookKind.QUICK)

    assert full.probabilities.argmax(1).tolist() == quick.probabilities.argmax(1).tolist()
    assert (full.probabilities.min(1) > quick.probabilities.min(1)).all()
    assert (None,) * 4 == quick.precisions
    for familiarities in (full.familiarities, quick.familiarities):
        assert all(each is not None and 0 <= each <= 1 for each in familiarities)


def test_a_precision_is_that_of_the_class_and_confidence(bundle: Path) -> None:
    """A class without a tally has none; without a bank there is no familiarity."""
    plain = load_predictor(bundle)
    tally = Tally((*(0,) * 45, 40, *(0,) * 53, 40), (*(0,) * 45, 20, *(0,) * 53, 40))
    looks = {LookKind.FULL: LookSettings(tallies={"cars": tally, "trees": tally})}
    head = Head(np.eye(3, dtype=np.float32) * 20, np.zeros(3, np.float32))
    engine = Fixed(np.array([[1, 0, 0], [0, 1, 0], [0, 0.04, 0.05]], np.float32))
    predictor = Predictor(engine, replace(plain.manifest, looks=looks), head)

    found = predictor.predict(np.zeros((3, 32, 32, 3), np.uint8))

    assert (1.0, None, 0.75) == found.precisions
    assert (None,) * 3 == found.familiarities
    assert [0, 1, 2] == found.probabilities.argmax(1).tolist()


class Fixed:
    """An engine that gives the same features whatever it sees."""

    kind, has_head = REFERENCE, False

    def __init__(self, features: np.ndarray) -> None:
        self._features = features

    def features(self, _pictures: np.ndarray) -> np.ndarray:
        return self._features


def test_a_head_of_another_body_is_one_sentence(bundle: Path) -> None:
    """Before anything is answered."""
    plain = load_predictor(bundle)
    predictor = Predictor(Fixed(np.zeros((1, 7), np.float32)), plain.manifest, plain._head)

    with pytest.raises(BundleError, match="the body gives 7"):
        predictor.predict(np.zeros((1, 32, 32, 3), np.uint8))
