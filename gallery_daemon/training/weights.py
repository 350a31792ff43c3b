"""Where training starts from: ImageNet's weights, the shipped bundle's, a file's, or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError
from safetensors.torch import load
from torchvision.models import ResNet34_Weights

from gallery_daemon.errors import TrainingError
from gallery_daemon.model.bundle import read_weights
from gallery_daemon.model.manifest import DEFAULT_BUNDLE, WEIGHTS_FILE, find_bundle
from gallery_daemon.model.network import load_backbone

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch
    from torch import nn

IMAGENET = "imagenet"
NONE = "none"


def start_from(network: nn.Module, weights: str) -> None:
    """The layers below `fc` have the chosen weights.

    Args:
        network: a fresh ResNet34.
        weights: `imagenet` (downloaded by torchvision once, then cached), `default` (the shipped
            bundle), `none`, or the path of a bundle or of a `.safetensors` file with torchvision's
            key names.

    Raises:
        TrainingError: they cannot be downloaded or do not fit.
        BundleError: the file cannot be read.
    """
    if weights == NONE:
        return
    found = _download() if weights == IMAGENET else _read(weights)
    try:
        load_backbone(network, found)
    except ValueError as error:
        raise TrainingError(f"the weights {weights} do not fit: {error}") from error


def _download() -> Mapping[str, torch.Tensor]:
    try:
        state: Mapping[str, torch.Tensor] = ResNet34_Weights.IMAGENET1K_V1.get_state_dict(
            progress=False, check_hash=True
        )
    except OSError as error:
        raise TrainingError(
            f"cannot download the ImageNet weights: {error}",
            hint="connect to the internet once, or use --weights default",
        ) from error
    return state


def _read(weights: str) -> Mapping[str, torch.Tensor]:
    path = find_bundle(weights) if weights == DEFAULT_BUNDLE else Path(weights).expanduser()
    file = path / WEIGHTS_FILE if path.is_dir() else path
    try:
        return load(read_weights(file))
    except SafetensorError as error:
        raise TrainingError(
            f"{file} is not a safetensors file: {error}",
            hint="pickled weights (.pth) are not loaded, they can run code",
        ) from error
