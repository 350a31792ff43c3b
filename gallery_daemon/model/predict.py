"""Pictures in, calibrated probabilities out, whichever engine runs the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.model.engine import REFERENCE
from gallery_daemon.model.manifest import Manifest, read_manifest
from gallery_daemon.model.softmax import softmax

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from gallery_daemon.model.engine import Engine, Kind, Pictures

    Probabilities = NDArray[np.float32]


class Predictor:
    """A loaded model. Not for two threads at once."""

    def __init__(self, engine: Engine, manifest: Manifest) -> None:
        self._engine, self.manifest = engine, manifest

    @property
    def kind(self) -> Kind:
        """How it is run."""
        return self._engine.kind

    def predict(self, pictures: Pictures) -> Probabilities:
        """Calibrated probabilities.

        Args:
            pictures: uint8 (N, S, S, 3), RGB, S = `manifest.input_size`.

        Returns:
            float32 (N, C), rows sum to 1, columns in the order of `manifest.classes`.
        """
        return softmax(self._engine.logits(pictures) / self.manifest.temperature)


def load_predictor(folder: Path, kind: Kind = REFERENCE, threads: int | None = None) -> Predictor:
    """The bundle in `folder`, run so; `threads` of the processor, or as many as the engine likes.

    Raises:
        BundleError: it cannot be loaded, or not be run so.
    """
    return Predictor(_engine(folder, kind, threads), read_manifest(folder))


def _engine(folder: Path, kind: Kind, threads: int | None) -> Engine:
    # Not at the top: who runs one engine shall not pay for the other, torch above all.
    if kind.library == "openvino":
        from gallery_daemon.model.openvino_engine import OpenVinoEngine  # noqa: PLC0415

        return OpenVinoEngine(folder, threads)
    from gallery_daemon.model.torch_engine import TorchEngine  # noqa: PLC0415

    return TorchEngine(folder, kind, threads)
