"""The average of the weights over the last steps, which is better than the last step's weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.optim.swa_utils import AveragedModel

if TYPE_CHECKING:
    import torch
    from torch import nn


def new_average(trained: nn.Module, most: float) -> AveragedModel:
    """A copy of `trained` that follows it: after n updates by the decay min(most, n / (n + 10)).

    With `most` 0 it is always equal to the last step. BatchNorm's statistics are averaged too.
    Source: Polyak, Juditsky 1992; the ramp is that of TensorFlow's ExponentialMovingAverage.
    """

    def follow(
        averaged: torch.Tensor, current: torch.Tensor, updates: torch.Tensor | int
    ) -> torch.Tensor:
        if not averaged.is_floating_point():
            return current
        decay = min(most, int(updates) / (int(updates) + 10))
        return averaged.lerp(current, 1 - decay)

    return AveragedModel(trained, avg_fn=follow, use_buffers=True)
