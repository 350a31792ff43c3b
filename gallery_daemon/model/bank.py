"""The feature bank: what the body made of some hundred pictures of each class.

It serves two ends. How far a photo is from all of it says how strange the photo is: the mean cosine
distance to its nearest rows, which needs no other model and no picture that is strange. And a new
head can be learned from it without the pictures, which stay with whoever has them.

Source: Sun, Ming, Zhu, Li, "Out-of-Distribution Detection with Deep Nearest Neighbors", 2022, arXiv
2204.06507.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import save

from gallery_daemon.model.folds import directions
from gallery_daemon.model.tensors import bank_tensors
from gallery_daemon.model.version_files import lesson_tensors, read_learned
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from gallery_daemon.model.manifest import FamiliarityScale, Manifest
    from gallery_daemon.model.tensors import Tensor

    Floats = NDArray[np.float32]
    Halves = NDArray[np.float16]
    Integers = NDArray[np.int32] | NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FeatureBank:
    """The features of N pictures at both looks, float16 (N, F), and the numbers of their classes.

    For a model without a quick look, `quick` is the same as `full`.
    """

    full: Halves
    quick: Halves
    labels: Integers

    def distances(
        self, features: Floats, neighbours: int, look: LookKind = LookKind.FULL
    ) -> Floats:
        """How far pictures are from the bank: cosine distances, 0 to 2.

        Args:
            features: float32 (M, F).
            neighbours: the mean is over so many nearest rows, at least 1 and at most N.
            look: pictures are compared with the bank's as shown by the same look.

        Returns:
            float32 (M,).
        """
        rows = self._quick_directions if look is LookKind.QUICK else self._full_directions
        similarities = directions(features) @ rows.T  # (M, N)
        nearest = np.partition(similarities, -neighbours, axis=1)[:, -neighbours:]
        distances: Floats = np.clip(1 - nearest.mean(axis=1), 0, 2)
        return distances

    def extended(self, more: FeatureBank) -> FeatureBank:
        """This bank's rows, and then those of another, whose labels mean the same."""
        return FeatureBank(
            np.concatenate([self.full, more.full]),
            np.concatenate([self.quick, more.quick]),
            np.concatenate([self.labels, more.labels]),
        )

    def to_bytes(self) -> bytes:
        """The content of the bank's file."""
        return save(
            {
                "full": np.ascontiguousarray(self.full, np.float16),
                "quick": np.ascontiguousarray(self.quick, np.float16),
                "labels": np.ascontiguousarray(self.labels, np.int32),
            }
        )

    @cached_property
    def _full_directions(self) -> Floats:
        return directions(self.full.astype(np.float32))

    @cached_property
    def _quick_directions(self) -> Floats:
        return directions(self.quick.astype(np.float32))


def load_bank(
    folder: Path, manifest: Manifest, features: int, version: Path | None = None
) -> FeatureBank | None:
    """The bank of the bundle in `folder`, if it has one, and then the lessons of a version.

    Args:
        folder: of the bundle.
        manifest: of the version, or of the bundle if there is none.
        features: what the head takes.
        version: the folder of a version on this bundle.

    Raises:
        BundleError: a file is missing, damaged, or does not fit the head.
    """
    tensors = bank_tensors(folder, manifest, features)
    if tensors is None:
        return None
    bank = _bank(*tensors)
    if version is None:
        return bank
    return bank.extended(load_lessons(version, manifest, features))


def load_lessons(version: Path, manifest: Manifest, features: int) -> FeatureBank:
    """The features of the lessons that the version in the folder was learned from.

    Raises:
        BundleError: they are missing, damaged, or do not fit the head.
    """
    return _bank(*lesson_tensors(version, manifest, read_learned(version), features))


def _bank(full: Tensor, quick: Tensor, labels: Tensor) -> FeatureBank:
    return FeatureBank(
        np.frombuffer(full.data, np.float16).reshape(full.shape),
        np.frombuffer(quick.data, np.float16).reshape(quick.shape),
        np.frombuffer(labels.data, np.int32),
    )


def familiarity(distance: float, scale: FamiliarityScale) -> float:
    """The share of held-out pictures of known kinds that are at least as far, 0..1.

    Between two quantiles it is interpolated.
    """
    quantiles = scale.distances
    place = bisect_left(quantiles, distance)
    if place == 0:
        return 1.0
    if place == len(quantiles):
        return 0.0
    below, above = quantiles[place - 1], quantiles[place]
    position = place - 1 + (distance - below) / (above - below)
    return 1 - position / (len(quantiles) - 1)
