"""A bundle on disk: body, head, bank and manifest, written whole or not at all.

The body's weights are half precision: a ResNet34 then takes 43 MB, and the class does not change
(`python -m tests.benchmarks.agreement`). The head is kept in full. No pickle is ever read (promise
8).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from gallery_daemon.errors import BundleError
from gallery_daemon.model.head import Head, load_head
from gallery_daemon.model.manifest import (
    BANK_FILE,
    FORMAT_VERSION,
    HEAD_FILE,
    MANIFEST_FILE,
    WEIGHTS_FILE,
    Manifest,
)
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.network import HEAD, new_network, split_network
from gallery_daemon.model.tensors import read_verified, refuse_misfits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

    from gallery_daemon.model.bank import FeatureBank

BUNDLE_FILES = frozenset({WEIGHTS_FILE, HEAD_FILE, BANK_FILE, MANIFEST_FILE})
"""What `save_bundle` writes by itself; all others are extras."""


def save_bundle(
    folder: Path,
    network: nn.Module,
    manifest: Manifest,
    extras: Mapping[str, bytes],
    *,
    bank: FeatureBank | None = None,
    head: Head | None = None,
) -> Manifest:
    """A new folder `folder` holds the bundle; `extras` are further files by name (plots).

    Everything is written to a folder beside it, read again, and renamed: a bundle that is not whole
    is never visible. The manifest is returned as written, with the hashes of body, head and bank
    filled in, in today's format.

    Args:
        folder: is not there yet, or empty.
        network: the whole one; it is parted here, if no `head` is given.
        manifest: has the scale of familiarity exactly if there is a bank.
        extras: their names are not among `BUNDLE_FILES`.
        bank: made by this network.
        head: in the place of the network's own, with a layer for each look.

    Raises:
        BundleError: `folder` exists already, or cannot be written; the manifest says something
            impossible, or its parts do not fit each other.
    """
    refuse_existing(folder)
    files = bundle_files(network, head, bank)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = replace(
        manifest,
        weights_sha256=hashes[WEIGHTS_FILE],
        head_sha256=hashes[HEAD_FILE],
        bank_sha256=hashes.get(BANK_FILE),
        format_version=FORMAT_VERSION,
    )
    files |= {MANIFEST_FILE: manifest.to_json().encode(), **extras}
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        for name, content in files.items():
            _write(made / name, content)
        _read_again(made)
        made.chmod(0o755)
        # rename(2) of a folder replaces nothing but an empty folder, so no bundle is overwritten.
        made.rename(folder)
    except OSError as error:
        raise BundleError(f"cannot write the model bundle {folder}: {error.strerror}") from error
    return manifest


def bundle_files(
    network: nn.Module, head: Head | None, bank: FeatureBank | None
) -> dict[str, bytes]:
    """The contents of body, head and bank, by file name."""
    files = {
        WEIGHTS_FILE: _weights(network),
        HEAD_FILE: (head or head_of(network)).to_bytes(),
    }
    return files if bank is None else files | {BANK_FILE: bank.to_bytes()}


def body_sha256(network: nn.Module) -> str:
    """The hash that the body of this network has in a manifest."""
    return hashlib.sha256(_weights(network)).hexdigest()


def _read_again(made: Path) -> None:
    """What cannot be read is said now and not when the first photo comes."""
    try:
        refuse_misfits(made, read_manifest(made))
    except BundleError:
        shutil.rmtree(made)
        raise


def refuse_existing(folder: Path) -> None:
    """Raise BundleError if `folder` is taken already; called before an hour of training."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BundleError(
            f"{folder} exists already", hint="give a new folder; bundles are never overwritten"
        )


def load_bundle(folder: Path) -> tuple[nn.Module, Manifest]:
    """The whole network (float32, evaluation mode) and the manifest of the bundle in `folder`.

    Its last layer is that of the full look.

    Raises:
        BundleError: it is missing or damaged, or its files are not those of the manifest.
    """
    manifest = read_manifest(folder)
    head = load_head(folder, manifest)
    path = folder / WEIGHTS_FILE
    network = new_network(len(manifest.classes))
    try:
        weights = load(read_verified(path, manifest.weights_sha256))
        network.load_state_dict(
            {key: value.float() for key, value in weights.items()}
            | {
                f"{HEAD}.weight": torch.from_numpy(head.weight.copy()),
                f"{HEAD}.bias": torch.from_numpy(head.bias.copy()),
            }
        )
    except (SafetensorError, RuntimeError) as error:
        first_line = str(error).splitlines()[0]
        raise BundleError(f"{path} does not fit a ResNet34: {first_line}") from error
    return network.eval(), manifest


def head_of(network: nn.Module) -> Head:
    """A copy of the network's head."""
    _, head = split_network(network)
    weight, bias = (each.detach().float().cpu().numpy().copy() for each in head.parameters())
    return Head(weight, bias)


def read_weights(path: Path) -> bytes:
    """The bytes of a weights file.

    Raises:
        BundleError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BundleError(f"cannot read the weights {path}: {error.strerror}") from error


def _weights(network: nn.Module) -> bytes:
    """The content of the body's file: torchvision's names, but for the head's."""
    body = {
        key: _storable(value)
        for key, value in network.state_dict().items()
        if not key.startswith(f"{HEAD}.")
    }
    return save(body)


def _storable(value: torch.Tensor) -> torch.Tensor:
    value = value.detach().cpu().contiguous()
    return value.half() if value.is_floating_point() else value


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
