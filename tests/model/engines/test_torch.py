"""What torch can run here, and what it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from gallery_daemon.errors import BundleError
from gallery_daemon.model.engines import torch as torch_engine
from gallery_daemon.model.engines.engine import REFERENCE, EngineKind
from gallery_daemon.model.engines.torch import TorchEngine, torch_kinds

if TYPE_CHECKING:
    from pathlib import Path

CARD, APPLE = EngineKind("torch", "cuda", "float16"), EngineKind("torch", "mps", "float16")
HALF = EngineKind("torch", "cpu", "bfloat16")


def test_cuda_is_refused_where_there_is_none() -> None:
    """Asking for a device that is not there is one sentence."""
    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    with pytest.raises(BundleError, match="device cuda"):
        torch_kinds("cuda")


def test_an_unknown_device_is_one_sentence_with_those_there_are() -> None:
    """Nothing is guessed from a misspelt name."""
    with pytest.raises(BundleError, match="no device 'gpu'") as caught:
        torch_kinds("gpu")

    assert "the devices are auto, cpu, cuda, mps" == caught.value.hint


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        ("auto", (CARD, APPLE, HALF, REFERENCE)),
        ("cpu", (HALF, REFERENCE)),
        ("cuda", (CARD,)),
        ("mps", (APPLE,)),
    ],
)
def test_a_card_comes_before_the_processor(
    monkeypatch: pytest.MonkeyPatch, device: str, expected: tuple[EngineKind, ...]
) -> None:
    """Of all there is the likely fastest is the first; float32 on the processor the last."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch_engine, "_has_bfloat16", lambda: True)

    assert expected == torch_kinds(device)


def test_bfloat16_is_only_taken_where_the_processor_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Emulated it is slower than float32."""
    monkeypatch.setattr(torch_engine, "_has_bfloat16", lambda: False)

    assert (REFERENCE,) == torch_kinds("cpu")


@pytest.mark.parametrize("size", [224, 128])
def test_an_engine_gives_features_for_each_picture(bundle: Path, size: int) -> None:
    """Float32 whatever the precision inside, 512 at either look's size, for one and many."""
    engine = TorchEngine(bundle, REFERENCE, threads=1)
    pictures = np.zeros((3, size, size, 3), np.uint8)

    features = engine.features(pictures)

    assert (3, 512) == features.shape
    assert np.float32 == features.dtype
    np.testing.assert_allclose(features[:1], engine.features(pictures[:1]), rtol=1e-4, atol=1e-4)
    assert REFERENCE == engine.kind
    assert not engine.has_head
