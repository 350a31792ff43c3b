"""The files of a bundle, read without numpy: whether they are whole and fit the manifest.

Head and bank are small, so a daemon that reads its configuration anew looks into them before it
gives up the model that it has. Hence no numpy here; `head` and `bank` make arrays of these tensors.
"""

from __future__ import annotations

import hashlib
import math
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from safetensors import SafetensorError, deserialize

from gallery_daemon.codec import CodecError, object_of
from gallery_daemon.errors import BundleError
from gallery_daemon.model.manifest import BANK_FILE, HEAD_FILE, MANIFEST_FILE, WEIGHTS_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.model.manifest import Manifest

FLOAT32, FLOAT16, INT32 = "F32", "F16", "I32"
"""Names that safetensors gives to kinds of numbers."""
BANK_LIMIT_BYTES = 4_000_000
# A head of ten thousand classes has five thousand features each.
_HEAD_LIMIT_BYTES = 256 * 1024 * 1024
# As in the library of safetensors.
_LENGTH_BYTES, _HEADER_LIMIT_BYTES = 8, 100_000_000
# The high byte of a half-precision number that is infinite or none: all bits of the exponent.
_NOT_FINITE = bytes((*range(0x7C, 0x80), *range(0xFC, 0x100)))

_QUICK_LAYER = ("quick.weight", "quick.bias")

DAMAGED = "the bundle is damaged or mixed from two; copy it again"


@dataclass(frozen=True, slots=True)
class Tensor:
    """Numbers of one kind, row by row, little-endian."""

    kind: str
    shape: tuple[int, ...]
    data: bytes


Layer = tuple[Tensor, Tensor]
"""Weight (C, F) and bias (C,)."""


def read_verified(path: Path, digest: str, most_bytes: int | None = None) -> bytes:
    """The bytes of a file of the bundle, which has this hash.

    Raises:
        BundleError: it cannot be read, is another file, or has more than `most_bytes`.
    """
    try:
        with path.open("rb") as file:
            content = file.read(-1 if most_bytes is None else most_bytes + 1)
    except OSError as error:
        raise BundleError(f"cannot read {path}: {error.strerror}") from error
    if most_bytes is not None and len(content) > most_bytes:
        raise BundleError(f"{path} has more than {most_bytes / 1e6:g} MB")
    if hashlib.sha256(content).hexdigest() != digest:
        raise BundleError(f"{path} is not the file that {MANIFEST_FILE} describes", hint=DAMAGED)
    return content


def head_tensors(folder: Path, manifest: Manifest) -> tuple[Layer, Layer | None] | None:
    """The head's layer, and that of the quick look if it has one of its own.

    None where the head is part of the body's file.

    Raises:
        BundleError: the file is missing, damaged, or does not fit the classes.
    """
    if manifest.head_sha256 is None:
        return None
    path = folder / HEAD_FILE
    found = _tensors(read_verified(path, manifest.head_sha256, _HEAD_LIMIT_BYTES), path)
    full = _layer(found, ("weight", "bias"), path, len(manifest.classes))
    if not any(name in found for name in _QUICK_LAYER):
        return full, None
    quick = _layer(found, _QUICK_LAYER, path, len(manifest.classes))
    if quick[0].shape != full[0].shape:
        raise BundleError(f"{path} takes other features at the quick look")
    return full, quick


def _layer(found: dict[str, Tensor], names: tuple[str, str], path: Path, classes: int) -> Layer:
    weight, bias = _taken(found, names, path)
    if (weight.kind, bias.kind, bias.shape) != (FLOAT32, FLOAT32, weight.shape[:1]) or (
        len(weight.shape) != 2 or not weight.shape[1]  # noqa: PLR2004 - a table
    ):
        raise BundleError(f"{path} is not the head of a network")
    if weight.shape[0] != classes:
        raise BundleError(f"{path} has {weight.shape[0]} classes, {MANIFEST_FILE} {classes}")
    numbers = (*memoryview(weight.data).cast("f"), *memoryview(bias.data).cast("f"))
    if not all(map(math.isfinite, numbers)):
        raise BundleError(f"{path} has a number that is none")
    return weight, bias


def bank_tensors(
    folder: Path, manifest: Manifest, features: int
) -> tuple[Tensor, Tensor, Tensor] | None:
    """The bank's features of both looks (N, F) and its labels (N,); None where there is no bank.

    Args:
        folder: of the bundle.
        manifest: of the same.
        features: F, as the head takes them.

    Raises:
        BundleError: the file is missing, damaged, too large, or does not fit the head.
    """
    if manifest.bank_sha256 is None or manifest.familiarity is None:
        return None
    path = folder / BANK_FILE
    content = read_verified(path, manifest.bank_sha256, BANK_LIMIT_BYTES)
    tensors = labelled_features(content, path, features, len(manifest.classes))
    rows = math.prod(tensors[2].shape)
    if rows < manifest.familiarity.neighbours:
        raise BundleError(f"{path} has {rows} rows, fewer than the neighbours that are sought")
    return tensors


def labelled_features(
    content: bytes, path: Path, features: int, classes: int
) -> tuple[Tensor, Tensor, Tensor]:
    """What a file in the bank's format holds: features of both looks (N, F), and labels (N,).

    Args:
        content: of the file at `path`, which errors name.
        path: see there.
        features: F, as the head takes them.
        classes: labels are 0 up to this.

    Raises:
        BundleError: it is damaged, or does not fit.
    """
    full, quick, labels = _taken(_tensors(content, path), ("full", "quick", "labels"), path)
    if (full.kind, quick.kind, labels.kind) != (FLOAT16, FLOAT16, INT32) or (
        full.shape != quick.shape or full.shape[:1] != labels.shape
    ):
        raise BundleError(f"{path} is not a bank of features")
    if full.shape[1:] != (features,):
        raise BundleError(
            f"{path} does not fit {HEAD_FILE}: it has features of {full.shape[-1]} numbers, the "
            f"head takes {features}",
            hint=DAMAGED,
        )
    if not all(0 <= label < classes for label in memoryview(labels.data).cast("i")):
        raise BundleError(f"{path} has a row of a class that {MANIFEST_FILE} does not name")
    if any(_has_odd_half(tensor.data) for tensor in (full, quick)):
        raise BundleError(f"{path} has a number that is none")
    return full, quick, labels


def refuse_misfits(folder: Path, manifest: Manifest) -> None:
    """The head and the bank in `folder` are whole and fit the manifest and each other.

    Of the body only the length is checked, in a millisecond; its hash is when it is loaded.

    Raises:
        BundleError: what does not fit.
    """
    _refuse_cut(folder / WEIGHTS_FILE)
    head = head_tensors(folder, manifest)
    if head is not None:
        weight, _ = head[0]
        bank_tensors(folder, manifest, features=weight.shape[1])


def _refuse_cut(path: Path) -> None:
    """The file is as long as its beginning says.

    Source: the safetensors format: the header's length in 8 bytes, little-endian, the header in
    JSON with the places of the tensors behind it, and these.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
            header = object_of(file.read(min(length, _HEADER_LIMIT_BYTES)))
    except OSError as error:
        raise BundleError(f"cannot read {path}: {error.strerror}") from error
    except CodecError as error:
        raise BundleError(f"{path} is not a safetensors file", hint=DAMAGED) from error
    places = (each.get("data_offsets") for each in header.values() if isinstance(each, dict))
    ends = [place[-1] for place in places if isinstance(place, list) and place]
    if size != _LENGTH_BYTES + length + max(ends, default=0):
        raise BundleError(f"{path} is not whole", hint=DAMAGED)


def _tensors(content: bytes, path: Path) -> dict[str, Tensor]:
    try:
        found = deserialize(content)  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        raise BundleError(f"{path} is not a safetensors file: {error}", hint=DAMAGED) from error
    return {
        name: Tensor(each["dtype"], tuple(each["shape"]), bytes(each["data"]))
        for name, each in found
    }


def _taken(found: dict[str, Tensor], names: tuple[str, ...], path: Path) -> tuple[Tensor, ...]:
    for name in names:
        if name not in found:
            raise BundleError(f"{path} lacks {name!r}")
    return tuple(found[name] for name in names)


def _has_odd_half(data: bytes) -> bool:
    """Whether a half-precision number is infinite or none; in C, for there are a million."""
    high = data[1::2]
    return len(high.translate(None, _NOT_FINITE)) != len(high)
