"""The only place that normalises: 8-bit RGB pictures become what the network was trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from gallery_daemon.model.manifest import Manifest


def normalise(pictures: torch.Tensor, manifest: Manifest) -> torch.Tensor:
    """Pictures as the network's input, on the same device.

    Args:
        pictures: uint8 (N, H, W, 3), RGB, H = W = `manifest.input_size`.
        manifest: has the mean and standard deviation per channel, for values in 0..1.

    Returns:
        float32 (N, 3, H, W), laid out channels-last.
    """
    mean = torch.tensor(manifest.mean, device=pictures.device) * 255
    std = torch.tensor(manifest.std, device=pictures.device) * 255
    # NHWC in memory seen as NCHW is exactly the channels-last layout: no copy is needed.
    return ((pictures.float() - mean) / std).permute(0, 3, 1, 2)  # (N, 3, H, W)
