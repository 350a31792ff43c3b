"""The body in torch: on the processor, on an NVIDIA card, or on an Apple one.

Pictures are channels-last, and the weights are stored in the engine's precision, so they are not
cast for each layer and picture. bfloat16 is used where the processor multiplies it in hardware:
emulated, it is slower than float32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from gallery_daemon.errors import BundleError
from gallery_daemon.model.bundle import load_bundle
from gallery_daemon.model.engines.engine import REFERENCE, EngineKind
from gallery_daemon.model.network import normalise, split_network

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from gallery_daemon.model.engines.engine import Features, PictureBatch

_BFLOAT16 = EngineKind("torch", "cpu", "bfloat16")
_CUDA = EngineKind("torch", "cuda", "float16")
_APPLE = EngineKind("torch", "mps", "float16")
_DEVICES = ("auto", "cpu", "cuda", "mps")


def torch_kinds(device: str = "auto") -> tuple[EngineKind, ...]:
    """How torch can run a network here, the likely fastest first.

    Args:
        device: `auto`, `cpu`, `cuda` or `mps`.

    Raises:
        BundleError: this machine lacks the device, or the name is unknown.
    """
    if device not in _DEVICES:
        raise BundleError(
            f"there is no device {device!r}", hint=f"the devices are {', '.join(_DEVICES)}"
        )
    cards = {
        "cuda": (_CUDA,) if torch.cuda.is_available() else (),
        "mps": (_APPLE,) if torch.backends.mps.is_available() else (),
    }
    if device in cards and not cards[device]:
        raise BundleError(f"device {device}: this machine has none", hint="use device: auto")
    if device in cards:
        return cards[device]
    processor = (_BFLOAT16, REFERENCE) if _has_bfloat16() else (REFERENCE,)
    return processor if device == "cpu" else (*cards["cuda"], *cards["mps"], *processor)


class TorchEngine:
    """A bundle's body in torch, for one thread at a time."""

    has_head = False

    def __init__(self, folder: Path, kind: EngineKind, threads: int | None = None) -> None:
        """Load the bundle in `folder`.

        Raises:
            BundleError: it cannot be loaded.
        """
        if threads is not None:
            torch.set_num_threads(threads)
        self.kind = kind
        network, self._manifest = load_bundle(folder)
        self._device = torch.device(kind.device)
        self._precision: torch.dtype = getattr(torch, kind.precision)
        body, _ = split_network(network)
        body.to(self._device).to(memory_format=torch.channels_last)
        self._body: nn.Module = body.to(self._precision)

    def features(self, pictures: PictureBatch) -> Features:
        """The pooled features, float32 (N, F), of pictures uint8 (N, S, S, 3), RGB."""
        with torch.inference_mode():
            batch = torch.from_numpy(pictures).to(self._device)
            batch = normalise(batch, self._manifest.mean, self._manifest.std)
            features: Features = self._body(batch.to(self._precision)).float().cpu().numpy()
        return features


def _has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 in hardware."""
    flags = ("_is_avx512_bf16_supported", "_is_amx_tile_supported", "_is_arm_sve_bf16_supported")
    return any(getattr(torch.cpu, flag, lambda: False)() for flag in flags)
