"""Torchvision's ResNet34: its input, its stages, and a head for our classes.

The only place that normalises, and the only one that knows the architecture: another network
replaces this file.

A phase of training trains the stages from one place to the end and freezes those before. A frozen
stage is a fixed function (its BatchNorm stays in evaluation mode), so the network is two sequences:
the frozen one, run once a picture, and the trained one. So is a bundle: the body, which gives
features, and the head.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import torch
from torch import nn
from torchvision.models import resnet34

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


# In the order a picture passes them; torchvision flattens between `avgpool` and `fc`.
STAGES = (
    "conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4",
    "avgpool", "flatten", "fc",
)  # fmt: skip
HEAD = STAGES[-1]
# From the head down, as learning rates decay.
BLOCKS = (HEAD, "layer4", "layer3", "layer2", "layer1")


def new_network(classes: int) -> nn.Module:
    """A ResNet34 with `classes` outputs, randomly initialised by torch's generator."""
    network: nn.Module = resnet34(weights=None, num_classes=classes)
    return network


def load_backbone(network: nn.Module, weights: Mapping[str, torch.Tensor]) -> None:
    """All layers but the last have these weights (torchvision's key names; `fc.*` is not used).

    Raises:
        ValueError: a layer is missing, unknown or of another shape.
    """
    backbone = {key: value.float() for key, value in weights.items() if not key.startswith("fc.")}
    own = network.state_dict()
    missing = [key for key in own if not key.startswith("fc.") and key not in backbone]
    # BatchNorm's counters do not change a prediction; torchvision's older files lack them.
    missing = [key for key in missing if not key.endswith("num_batches_tracked")]
    unknown = [key for key in backbone if key not in own]
    if missing or unknown:
        raise ValueError(f"not a ResNet34: {(missing + unknown)[0]} does not fit")
    for key, value in backbone.items():
        if own[key].shape != value.shape:
            raise ValueError(f"not a ResNet34: {key} has the shape {tuple(value.shape)}")
    network.load_state_dict(backbone, strict=False)


def stages(network: nn.Module, first: str, end: str | None = None) -> nn.Sequential:
    """The stages from `first` up to but without `end` (to the last, if not given).

    The layers are shared with `network`, not copied. The names are those of `STAGES`.
    """
    places = slice(STAGES.index(first), None if end is None else STAGES.index(end))
    return nn.Sequential(
        OrderedDict(
            (name, nn.Flatten() if name == "flatten" else network.get_submodule(name))
            for name in STAGES[places]
        )
    )


def split_network(network: nn.Module) -> tuple[nn.Sequential, nn.Linear]:
    """The body, from normalised pictures to pooled features (N, F), and the head.

    Pictures may have any size from 32 pixels on, and F does not depend on it. The layers are shared
    with `network`, not copied.
    """
    head = network.get_submodule(HEAD)
    assert isinstance(head, nn.Linear)
    return stages(network, STAGES[0], HEAD), head


def normalise(pictures: torch.Tensor, mean: Sequence[float], std: Sequence[float]) -> torch.Tensor:
    """Pictures as the network's input, on the same device.

    Args:
        pictures: uint8 (N, H, W, 3), RGB.
        mean: of each channel, for values in 0..1.
        std: the standard deviation of each channel, likewise.

    Returns:
        float32 (N, 3, H, W), laid out channels-last.
    """
    centre = torch.tensor(mean, device=pictures.device) * 255
    scale = torch.tensor(std, device=pictures.device) * 255
    # NHWC in memory seen as NCHW is exactly the channels-last layout: no copy is needed.
    return ((pictures.float() - centre) / scale).permute(0, 3, 1, 2)  # (N, 3, H, W)
