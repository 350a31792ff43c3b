"""Where training starts from: ImageNet's weights, the shipped bundle's, a file's, or nothing."""

from __future__ import annotations

import hashlib
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch.hub
from safetensors import SafetensorError
from safetensors.torch import load
from torchvision.models import ResNet34_Weights

from gallery_daemon.errors import TrainingError
from gallery_daemon.model.bundle import read_weights
from gallery_daemon.model.manifest import (
    DEFAULT_BUNDLE,
    INPUT_SIZE,
    WEIGHTS_FILE,
    find_bundle,
)
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.network import load_backbone

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from torch import nn

IMAGENET = "imagenet"
NONE = "none"

_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class StartWeights:
    """Weights by torchvision's key names, None for a random start, and what they are called.

    `bundle` is the folder of the bundle that they come from, if they come from one.
    """

    name: str
    state: Mapping[str, torch.Tensor] | None
    bundle: Path | None = None

    @property
    def full_size(self) -> int:
        """The side of the pictures of a full look: as in the bundle, else ImageNet's."""
        return INPUT_SIZE if self.bundle is None else read_manifest(self.bundle).full.size

    def tell_of_forgotten(self, classes: Collection[str], say: Callable[[str], None]) -> None:
        """A person hears which classes of the model that it starts from it will not know."""
        known = () if self.bundle is None else read_manifest(self.bundle).classes
        forgotten = [name for name in known if name not in classes]
        if forgotten:
            say(
                f"the new model knows the classes of these folders alone, not "
                f"{', '.join(forgotten)} of {self.name}, which it starts from; to keep a class, "
                f"give a folder of its name with pictures"
            )

    def digest(self) -> str:
        """The same for the same weights, whatever they are called."""
        found = hashlib.sha256()
        for key, value in sorted((self.state or {}).items()):
            found.update(key.encode())
            found.update(value.contiguous().numpy().tobytes())
        return found.hexdigest()


def find_weights(weights: str | None, otherwise: str, say: Callable[[str], None]) -> StartWeights:
    """The weights that a person chose, or the best that can be had.

    Args:
        weights: `imagenet` (downloaded by torchvision once, then cached), `default` (the shipped
            bundle), `none`, or the path of a bundle or of a `.safetensors` file with torchvision's
            key names. Not given: `otherwise`, and the shipped bundle where that is `imagenet` and
            cannot be downloaded.
        otherwise: what the recipe starts from.
        say: tells the person which it was, where they did not choose.

    Raises:
        TrainingError: they cannot be downloaded, or are no weights.
        BundleError: the file cannot be read.
    """
    if weights is None and otherwise == IMAGENET:
        try:
            return StartWeights(IMAGENET, _download())
        except TrainingError as error:
            say(f"{error.sentence}; starting from the shipped model instead")
            otherwise = DEFAULT_BUNDLE
    chosen = weights or otherwise
    if chosen == NONE:
        return StartWeights(NONE, None)
    return StartWeights(chosen, _download()) if chosen == IMAGENET else _read(chosen)


def start_from(network: nn.Module, weights: StartWeights) -> None:
    """The layers below `fc` of a fresh ResNet34 have these weights, if there are some.

    Raises:
        TrainingError: they do not fit.
    """
    if weights.state is None:
        return
    try:
        load_backbone(network, weights.state)
    except ValueError as error:
        raise TrainingError(f"the weights {weights.name} do not fit: {error}") from error


def _download() -> Mapping[str, torch.Tensor]:
    waited = socket.getdefaulttimeout()
    # Where a firewall swallows packets, urllib would wait forever.
    socket.setdefaulttimeout(_TIMEOUT_S)
    try:
        state: Mapping[str, torch.Tensor] = ResNet34_Weights.IMAGENET1K_V1.get_state_dict(
            progress=False, check_hash=True, weights_only=True
        )
    except OSError as error:
        raise TrainingError(
            f"cannot download the ImageNet weights: {error}",
            hint="connect to the internet once, or use --weights default",
        ) from error
    except Exception as error:  # torch raises nearly anything for a file that is cut or hostile
        raise TrainingError(
            f"the downloaded ImageNet weights are damaged: {error}",
            hint=f"remove them from {Path(torch.hub.get_dir()) / 'checkpoints'} and try again",
        ) from error
    finally:
        socket.setdefaulttimeout(waited)
    return state


def _read(weights: str) -> StartWeights:
    path = find_bundle(weights) if weights == DEFAULT_BUNDLE else Path(weights).expanduser()
    bundle = path if path.is_dir() else None
    file = path / WEIGHTS_FILE if bundle else path
    try:
        return StartWeights(weights, load(read_weights(file)), bundle)
    except SafetensorError as error:
        raise TrainingError(
            f"{file} is not a safetensors file: {error}",
            hint="pickled weights (.pth) are not loaded, they can run code",
        ) from error
