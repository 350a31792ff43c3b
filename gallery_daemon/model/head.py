"""The head: the last, linear layer, which turns features into logits, one for each class.

It is apart from the body because it is small: a new one, for other classes or with a person's own
corrections, is a new file of kilobytes, and whatever runs the body stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gallery_daemon.errors import BundleError
from gallery_daemon.model.manifest import WEIGHTS_FILE
from gallery_daemon.model.tensors import head_tensors, read_verified

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.model.tensors import Tensor

    Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """`weight` float32 (C, F) and `bias` float32 (C,)."""

    weight: Floats
    bias: Floats

    def logits(self, features: Floats) -> Floats:
        """The logits, float32 (N, C), of features float32 (N, F).

        Raises:
            BundleError: the features are of another body.
        """
        found, wanted = features.shape[1], self.weight.shape[1]
        if found != wanted:
            raise BundleError(f"the head takes {wanted} features, the body gives {found}")
        logits: Floats = features @ self.weight.T + self.bias
        return logits

    def to_bytes(self) -> bytes:
        """The content of the head's file."""
        return save({"weight": _row_by_row(self.weight), "bias": _row_by_row(self.bias)})


def load_head(folder: Path, manifest: Manifest) -> Head:
    """The head of the bundle in `folder`.

    Raises:
        BundleError: it is missing, damaged, or does not fit the classes.
    """
    tensors = head_tensors(folder, manifest)
    if tensors is None:
        return _head_within(folder / WEIGHTS_FILE, manifest)
    weight, bias = map(_array, tensors)
    return Head(weight, bias)


def _head_within(path: Path, manifest: Manifest) -> Head:
    """The head in the weights of a bundle of format version 1."""
    try:
        weights = load(read_verified(path, manifest.weights_sha256))
        head = Head(weights["fc.weight"].astype(np.float32), weights["fc.bias"].astype(np.float32))
    except (SafetensorError, KeyError) as error:
        raise BundleError(f"{path} has no head") from error
    if head.bias.shape != (len(manifest.classes),):
        raise BundleError(f"{path} has the head of other classes")
    return head


def _array(tensor: Tensor) -> Floats:
    return np.frombuffer(tensor.data, np.float32).reshape(tensor.shape)


def _row_by_row(numbers: Floats) -> Floats:
    return np.ascontiguousarray(numbers, np.float32)
