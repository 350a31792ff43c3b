"""The network in torch: on the processor, on an NVIDIA card, or on an Apple one.

Pictures are laid out channels-last, and the weights have the engine's precision instead of being
cast anew for each layer and picture. bfloat16 is taken where the processor multiplies it itself:
emulated, it is slower than float32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from gallery_daemon.errors import BundleError
from gallery_daemon.model.bundle import load_bundle
from gallery_daemon.model.engine import REFERENCE, Kind
from gallery_daemon.model.preprocess import normalise

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from gallery_daemon.model.engine import Logits, Pictures

_BFLOAT16 = Kind("torch", "cpu", "bfloat16")
_CUDA = Kind("torch", "cuda", "float16")
_APPLE = Kind("torch", "mps", "float16")
_DEVICES = ("auto", "cpu", "cuda", "mps")


def torch_kinds(device: str = "auto") -> tuple[Kind, ...]:
    """How torch can run a network here, the one that is likely to be the fastest first.

    Args:
        device: `auto`, `cpu`, `cuda` or `mps`.

    Raises:
        BundleError: this machine has no such device, or there is none of that name.
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
    """A bundle's network in torch. Not for two threads at once."""

    def __init__(self, folder: Path, kind: Kind, threads: int | None = None) -> None:
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
        network.to(self._device).to(memory_format=torch.channels_last)
        self._network: nn.Module = network.to(self._precision)

    def logits(self, pictures: Pictures) -> Logits:
        """What the network makes of uint8 (N, S, S, 3), RGB: float32 (N, C), before softmax."""
        with torch.inference_mode():
            batch = normalise(torch.from_numpy(pictures).to(self._device), self._manifest)
            logits: Logits = self._network(batch.to(self._precision)).float().cpu().numpy()
        return logits


def _has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 itself."""
    flags = ("_is_avx512_bf16_supported", "_is_amx_tile_supported", "_is_arm_sve_bf16_supported")
    return any(getattr(torch.cpu, flag, lambda: False)() for flag in flags)
