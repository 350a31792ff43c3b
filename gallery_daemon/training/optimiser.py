"""How weights move: learning rates by layer and by step, and the average of the last steps.

The average predicts better than the last step's weights.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch.optim.swa_utils import AveragedModel

from gallery_daemon.model.network import BLOCKS, STAGES, stages

if TYPE_CHECKING:
    from torch import nn

    from gallery_daemon.training.recipe import Phase, Recipe


def new_optimiser(network: nn.Module, phase: Phase, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW over what the phase trains; without weight decay it is exactly the article's Adam.

    Weights decay; biases and BatchNorm's scales do not (He et al. 2019, arXiv 1812.01187).
    """
    groups = []
    for stage in STAGES[STAGES.index(phase.first_trained) :]:
        parameters = list(stages(network, stage)[0].parameters())
        # How many times the stage's rate is divided by the layer decay.
        depth = BLOCKS.index(stage) if stage in BLOCKS else len(BLOCKS)
        rate = phase.learning_rate / recipe.layer_decay**depth
        for decay, some in (
            (recipe.weight_decay, [each for each in parameters if each.ndim > 1]),
            (0.0, [each for each in parameters if each.ndim <= 1]),
        ):
            if some:
                groups.append({"params": some, "weight_decay": decay, "lr": rate, "full": rate})
    return torch.optim.AdamW(groups)


def set_learning_rate(optimiser: torch.optim.Optimizer, recipe: Recipe, done: float) -> None:
    """Each group learns at its share of its full rate when `done` (0..1) of the phase is over."""
    share = rate_share(recipe, done)
    for group in optimiser.param_groups:
        group["lr"] = group["full"] * share


def rate_share(recipe: Recipe, done: float) -> float:
    """The share of the full learning rate, 0..1: a linear warm-up, then constant or a cosine."""
    if done < recipe.warm_up:
        return done / recipe.warm_up
    if not recipe.cosine:
        return 1.0
    return (1 + math.cos(math.pi * (done - recipe.warm_up) / (1 - recipe.warm_up))) / 2


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
