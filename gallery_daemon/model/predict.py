"""Pictures in, calibrated probabilities out, by the fastest engine that is right on this machine.

An engine is a device, a precision and a memory layout. `reference` is float32 as torchvision has
it, the measure of the others; `auto` takes channels-last and, where the processor multiplies
bfloat16 in hardware, bfloat16 (twice as fast here: `python -m tests.benchmarks.agreement` measures
both speed and agreement).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn

from gallery_daemon.errors import BundleError
from gallery_daemon.model.bundle import load_bundle
from gallery_daemon.model.preprocess import normalise

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np


@dataclass(frozen=True, slots=True)
class Engine:
    """How the network is run."""

    device: str
    precision: torch.dtype
    channels_last: bool

    def __str__(self) -> str:
        precision = str(self.precision).removeprefix("torch.")
        layout = "channels-last" if self.channels_last else "channels-first"
        return f"torch {self.device} {precision} {layout}"


REFERENCE = Engine("cpu", torch.float32, channels_last=False)


def choose_engine(device: str = "auto") -> Engine:
    """The fastest right engine; `device` is `auto`, `cpu` or `cuda`.

    Raises:
        BundleError: CUDA is asked for and there is none, or something else.
    """
    has_cuda = torch.cuda.is_available()
    if device not in {"auto", "cpu", "cuda"}:
        raise BundleError(f"there is no device {device!r}", hint="the devices are auto, cpu, cuda")
    if device == "cuda" and not has_cuda:
        raise BundleError("device cuda: this machine has none", hint="use device: auto")
    if device != "cpu" and has_cuda:
        return Engine("cuda", torch.float16, channels_last=True)
    return Engine("cpu", torch.bfloat16 if _has_bf16() else torch.float32, channels_last=True)


class Predictor:
    """A loaded bundle. Not for two threads at once."""

    def __init__(
        self, folder: Path, engine: Engine | None = None, threads: int | None = None
    ) -> None:
        if threads is not None:
            torch.set_num_threads(threads)
        self.engine = engine or choose_engine()
        network, self.manifest = load_bundle(folder)
        # Parameters in bfloat16 instead of autocast: no cast per layer and picture.
        layout = torch.channels_last if self.engine.channels_last else torch.contiguous_format
        network.to(self.engine.device).to(memory_format=layout)
        self._network: nn.Module = network.to(self.engine.precision)

    def predict(
        self, pictures: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        """Calibrated probabilities.

        Args:
            pictures: uint8 (N, S, S, 3), RGB, S = `manifest.input_size`.

        Returns:
            float32 (N, C), rows sum to 1, columns in the order of `manifest.classes`.
        """
        with torch.inference_mode():
            batch = normalise(pictures, self.manifest, torch.device(self.engine.device))
            if not self.engine.channels_last:
                batch = batch.contiguous()
            logits = self._network(batch.to(self.engine.precision)).float()  # (N, C)
            probabilities = torch.softmax(logits / self.manifest.temperature, dim=1)
        result: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = probabilities.cpu().numpy()
        return result


def _has_bf16() -> bool:
    """Whether the processor multiplies bfloat16 itself; emulated it is slower than float32."""
    flags = ("_is_avx512_bf16_supported", "_is_amx_tile_supported", "_is_arm_sve_bf16_supported")
    return any(getattr(torch.cpu, flag, lambda: False)() for flag in flags)
