"""A bundle on disk: safetensors and a manifest, written whole or not at all.

The weights are half precision: a ResNet34 then takes 43 MB, and the class does not change
(`python -m tests.benchmarks.agreement`). No pickle is ever read (promise 8).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError
from safetensors.torch import load, save

from gallery_daemon.errors import BundleError
from gallery_daemon.model.manifest import (
    FORMAT_VERSION,
    HEAD_FILE,
    MANIFEST_FILE,
    WEIGHTS_FILE,
    Manifest,
    read_manifest,
)
from gallery_daemon.model.network import new_network

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch
    from torch import nn


_HEAD_KEYS = "fc."


def save_bundle(
    folder: Path, network: nn.Module, manifest: Manifest, extras: Mapping[str, bytes]
) -> Manifest:
    """A new folder `folder` holds the bundle; `extras` are further files by name (plots).

    Everything is written to a folder beside it, which is then renamed: half a bundle is never
    visible. The manifest is returned as written, with `weights_sha256` filled in.

    Raises:
        BundleError: `folder` exists already, or cannot be written.
    """
    refuse_existing(folder)
    tensors = {key: _storable(value) for key, value in network.state_dict().items()}
    head = {key: value for key, value in tensors.items() if key.startswith(_HEAD_KEYS)}
    weights, head_file = save({k: v for k, v in tensors.items() if k not in head}), save(head)
    manifest = replace(
        manifest,
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        head_sha256=hashlib.sha256(head_file).hexdigest(),
        format_version=FORMAT_VERSION,
    )
    files = {WEIGHTS_FILE: weights, HEAD_FILE: head_file}
    files |= {MANIFEST_FILE: manifest.to_json().encode(), **extras}
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        for name, content in files.items():
            _write(made / name, content)
        made.chmod(0o755)
        # rename(2) of a folder replaces nothing but an empty folder, so no bundle is overwritten.
        made.rename(folder)
    except OSError as error:
        raise BundleError(f"cannot write the model bundle {folder}: {error.strerror}") from error
    return manifest


def refuse_existing(folder: Path) -> None:
    """Raise BundleError if `folder` is taken already; called before an hour of training."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BundleError(
            f"{folder} exists already", hint="give a new folder; bundles are never overwritten"
        )


def load_bundle(folder: Path) -> tuple[nn.Module, Manifest]:
    """The network (float32, evaluation mode) and the manifest of the bundle in `folder`.

    Raises:
        BundleError: it is missing or damaged, or its weights are not those of the manifest.
    """
    manifest = read_manifest(folder)
    weights = load(_read(folder / WEIGHTS_FILE, manifest.weights_sha256))
    if manifest.head_sha256 is not None:
        weights |= load(_read(folder / HEAD_FILE, manifest.head_sha256))
    network = new_network(len(manifest.classes))
    try:
        network.load_state_dict({key: value.float() for key, value in weights.items()})
    except (SafetensorError, RuntimeError) as error:
        first_line = str(error).splitlines()[0]
        raise BundleError(f"{folder} does not fit a ResNet34: {first_line}") from error
    return network.eval(), manifest


def _read(path: Path, digest: str) -> bytes:
    content = read_weights(path)
    if hashlib.sha256(content).hexdigest() != digest:
        raise BundleError(
            f"{path} is not the file that {MANIFEST_FILE} describes",
            hint="the bundle is damaged or mixed from two; copy it again",
        )
    return content


def read_weights(path: Path) -> bytes:
    """The bytes of a weights file.

    Raises:
        BundleError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BundleError(f"cannot read the weights {path}: {error.strerror}") from error


def _storable(value: torch.Tensor) -> torch.Tensor:
    value = value.detach().cpu().contiguous()
    return value.half() if value.is_floating_point() else value


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
