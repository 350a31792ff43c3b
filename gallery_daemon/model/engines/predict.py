"""Pictures become calibrated probabilities, whichever engine runs the network.

The one place that knows which module is whose. The engines are imported in the functions that need
them: a process that runs one does not pay for the other, torch above all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.model.engines.engine import INT8, REFERENCE
from gallery_daemon.model.engines.probes import softmax
from gallery_daemon.model.manifest import Manifest, read_manifest

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from gallery_daemon.model.engines.engine import Engine, EngineKind, PictureBatch

    Probabilities = NDArray[np.float32]


class Predictor:
    """A loaded model, for one thread at a time."""

    def __init__(self, engine: Engine, manifest: Manifest) -> None:
        self._engine, self.manifest = engine, manifest

    @property
    def kind(self) -> EngineKind:
        """How the network is run."""
        return self._engine.kind

    def predict(self, pictures: PictureBatch) -> Probabilities:
        """Calibrated probabilities.

        Args:
            pictures: uint8 (N, S, S, 3), RGB, S = `manifest.full.size`.

        Returns:
            float32 (N, C), rows sum to 1, columns in the order of `manifest.classes`.
        """
        return softmax(self._engine.logits(pictures) / self.manifest.full.temperature)


def load_predictor(
    folder: Path, kind: EngineKind = REFERENCE, threads: int | None = None
) -> Predictor:
    """The bundle in `folder`, run by `kind`; no `threads` means the engine's own number.

    Raises:
        BundleError: it cannot be loaded, or that kind of engine cannot run it.
    """
    return Predictor(_engine(folder, kind, threads), read_manifest(folder))


def kinds_of(library: str, device: str = "auto") -> tuple[EngineKind, ...]:
    """How the library can run a network on this machine, the likely fastest first.

    Raises:
        BundleError: the library does not run on the device, or there is no such device.
    """
    if library == INT8.library:
        from gallery_daemon.model.engines.openvino import openvino_kinds  # noqa: PLC0415

        return openvino_kinds(device)
    from gallery_daemon.model.engines.torch import torch_kinds  # noqa: PLC0415

    return torch_kinds(device)


def _engine(folder: Path, kind: EngineKind, threads: int | None) -> Engine:
    if kind.library == INT8.library:
        from gallery_daemon.model.engines.openvino import OpenVinoEngine  # noqa: PLC0415

        return OpenVinoEngine(folder, threads)
    from gallery_daemon.model.engines.torch import TorchEngine  # noqa: PLC0415

    return TorchEngine(folder, kind, threads)
