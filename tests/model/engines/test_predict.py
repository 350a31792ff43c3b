"""Prediction: probabilities of the right shape, the same by every engine."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from gallery_daemon.errors import BundleError
from gallery_daemon.model.engines.engine import REFERENCE, EngineKind
from gallery_daemon.model.engines.predict import load_predictor
from gallery_daemon.model.engines.torch import torch_kinds
from gallery_daemon.model.manifest import Manifest
from gallery_daemon.model.network import normalise
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


def test_normalising_is_torchvisions() -> None:
    """Pixels become (value / 255 - mean) / std per channel, RGB, channels first."""
    manifest = Manifest("m", ("a", "b"), "")
    pixel = np.zeros((1, 224, 224, 3), dtype=np.uint8)
    pixel[0, 5, 7] = (255, 0, 51)

    batch = normalise(torch.from_numpy(pixel), manifest.mean, manifest.std)

    assert tuple(batch.shape) == (1, 3, 224, 224)
    assert batch.is_contiguous(memory_format=torch.channels_last)
    expected = [(1 - 0.485) / 0.229, (0 - 0.456) / 0.224, (0.2 - 0.406) / 0.225]
    torch.testing.assert_close(batch[0, :, 5, 7], torch.tensor(expected))


def test_cuda_is_refused_where_there_is_none() -> None:
    """Asking for a device that is not there is one sentence."""
    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    with pytest.raises(BundleError, match="device cuda"):
        torch_kinds("cuda")


def test_the_manifest_needs_no_torch() -> None:
    """A fresh interpreter that reads the manifest has not imported torch."""
    code = "import sys, gallery_daemon.model.manifest; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
