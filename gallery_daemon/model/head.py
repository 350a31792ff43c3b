"""The head: the last, linear layer, which turns features into logits, one for each class.

A look at a smaller picture gives other features: pooled over fewer places, they are larger and
coarser. So each look may have a layer of its own, for the same body.

It is apart from the body because it is small: a new one, for other classes or with a person's own
corrections, is a new file of kilobytes, and whatever runs the body stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gallery_daemon.errors import BundleError
from gallery_daemon.model.manifest import WEIGHTS_FILE
from gallery_daemon.model.tensors import head_tensors, read_verified
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.model.tensors import Layer, Tensor

    Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """`weight` float32 (C, F) and `bias` float32 (C,); `quick` is that of the quick look.

    None: the quick look has the same.
    """

    weight: Floats
    bias: Floats
    quick: Head | None = None

    def logits(self, features: Floats, look: LookKind = LookKind.FULL) -> Floats:
        """The logits, float32 (N, C), of features float32 (N, F) that this look gave.

        Raises:
            BundleError: the features are of another body.
        """
        head = self.quick if look is LookKind.QUICK and self.quick is not None else self
        found, wanted = features.shape[1], head.weight.shape[1]
        if found != wanted:
            raise BundleError(f"the head takes {wanted} features, the body gives {found}")
        logits: Floats = features @ head.weight.T + head.bias
        return logits

    def to_bytes(self) -> bytes:
        """The content of the head's file."""
        tensors = {"weight": self.weight, "bias": self.bias}
        if self.quick is not None:
            tensors |= {"quick.weight": self.quick.weight, "quick.bias": self.quick.bias}
        return save({name: _row_by_row(numbers) for name, numbers in tensors.items()})


def load_head(folder: Path, manifest: Manifest) -> Head:
    """The head of the bundle in `folder`.

    Raises:
        BundleError: it is missing, damaged, or does not fit the classes.
    """
    tensors = head_tensors(folder, manifest)
    if tensors is None:
        return _head_within(folder / WEIGHTS_FILE, manifest)
    full, quick = tensors
    return replace(_head(full), quick=quick and _head(quick))


def _head(layer: Layer) -> Head:
    weight, bias = map(_array, layer)
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
