"""The program's two looks at a photo's bytes, both always, in this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.config.settings import Limits
from gallery_daemon.imaging.decode import read_picture, read_preview
from gallery_daemon.model.engines.engine import INT8, REFERENCE
from gallery_daemon.model.engines.predict import load_predictor
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.photo import LookKind, Prediction

if TYPE_CHECKING:
    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.model.engines.predict import Predictor
    from gallery_daemon.model.manifest import Manifest


@dataclass(frozen=True, slots=True)
class TwoLooks:
    """Bytes of a photo to what a loaded model says of it."""

    bundle: str
    predictor: Predictor

    @classmethod
    def of(cls, bundle: str) -> TwoLooks:
        """Of a bundle, by the engine that serves on a processor at first."""
        folder = find_bundle(bundle)
        kind = REFERENCE if read_manifest(folder).int8 is None else INT8
        return cls(bundle, load_predictor(folder, kind))

    @property
    def manifest(self) -> Manifest:
        """The bundle's."""
        return self.predictor.manifest

    def __call__(self, data: bytes) -> tuple[Prediction, Prediction]:
        """The quick look's prediction, and the full one's.

        As the classifier process does it: quickly at the preview that is enough for that, or else
        at the picture that the full look sees as well.

        Raises:
            NotAPhoto: it is no photo.
            BadPhoto: it cannot be read.
        """
        limit = Limits.photo_pixels
        full = read_picture(data, max_pixels=limit)
        quick = read_preview(data, full.kind, max_pixels=limit, look=LookKind.QUICK) or full
        return (
            self._predicted(quick.pixels, LookKind.QUICK),
            self._predicted(full.pixels, LookKind.FULL),
        )

    def _predicted(self, pixels: Pixels, look: LookKind) -> Prediction:
        batch = self.predictor.predict(pixels[None], look)
        (row,) = batch.probabilities.astype(float).tolist()
        (precision,), (familiarity,) = batch.precisions, batch.familiarities
        named = dict(zip(self.manifest.classes, row, strict=True))
        return Prediction(named, self.manifest.model_id, precision, familiarity, look)
