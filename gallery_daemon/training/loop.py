"""The training loop, to be read in one sitting.

For each epoch of a phase: train on shuffled batches with random mirror images, validate without,
keep the network if it is better than any before (the notebook kept the last), say one line.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import cross_entropy

from gallery_daemon.model.network import stages
from gallery_daemon.training.display import Display, Epoch

if TYPE_CHECKING:
    from torch import nn

    from gallery_daemon.training.features import Features, Runner
    from gallery_daemon.training.recipe import Phase


@dataclass(frozen=True, slots=True)
class Material:
    """What a phase learns from: features and labels of all pictures, and who trains."""

    features: Features
    labels: torch.Tensor  # int64 (N,)
    train: torch.Tensor  # int64, places in `features`
    validate: torch.Tensor


@dataclass(slots=True)
class Best:
    """The best network so far, by the loss on the validation pictures.

    The loss and not the accuracy: it also falls when confidence becomes truer, and does not tie.
    """

    loss: float = math.inf
    state: dict[str, torch.Tensor] = field(default_factory=dict)

    def offer(self, network: nn.Module, loss: float) -> bool:
        """The network is kept if it is better; whether it was."""
        if not loss < self.loss:
            return False
        self.loss, self.state = loss, copy.deepcopy(network.state_dict())
        return True


def train_phase(
    network: nn.Module,
    phase: Phase,
    material: Material,
    *,
    run: Runner,
    best: Best,
    random: torch.Generator,
    display: Display,
) -> list[Epoch]:
    """The end of `network` has learned for `phase.epochs`, on features before it; `best` keeps.

    Returns:
        One entry for each epoch, for the loss plot.
    """
    network.eval().requires_grad_(requires_grad=False)
    trained = stages(network, phase.first_trained)
    trained.requires_grad_(requires_grad=True)
    optimiser = torch.optim.Adam(trained.parameters(), lr=phase.learning_rate)

    epochs = []
    for number in range(1, phase.epochs + 1):
        display.begin(f"{phase.name}, epoch {number} of {phase.epochs}", len(material.train))
        train_loss = _train_epoch(
            trained, optimiser, material, run=run, random=random, display=display
        )
        logits = predict_logits(trained, material.features, material.validate, run)  # (V, C)
        truth = material.labels[material.validate]  # (V,)
        loss = cross_entropy(logits, truth).item()
        epochs.append(
            Epoch(
                phase.name,
                number,
                phase.epochs,
                train_loss,
                loss,
                (logits.argmax(1) == truth).float().mean().item(),
                is_best=best.offer(network, loss),
            )
        )
        display.epoch(epochs[-1])
    return epochs


def predict_logits(
    trained: nn.Sequential, features: Features, rows: torch.Tensor, run: Runner
) -> torch.Tensor:
    """Logits float32 (len(rows), C) on the CPU, in the order of `rows`, never mirrored."""
    trained.eval()
    parts = [run(trained, features.take(some)).float().cpu() for some in rows.split(run.batch_size)]
    return torch.cat(parts)


def _train_epoch(
    trained: nn.Sequential,
    optimiser: torch.optim.Optimizer,
    material: Material,
    *,
    run: Runner,
    random: torch.Generator,
    display: Display,
) -> float:
    """Every training picture was seen once; the mean loss in nats."""
    trained.train()
    shuffled = material.train[torch.randperm(len(material.train), generator=random)]
    total = 0.0
    for rows in shuffled.split(run.batch_size):
        mirror = torch.rand(len(rows), generator=random) < 0.5  # noqa: PLR2004 - a fair coin
        batch = material.features.take(rows, mirror)  # (B, C, H, W)
        truth = material.labels[rows].to(run.device)  # (B,)
        with run.autocast():
            logits = trained(run.place(batch))  # (B, classes)
        loss = cross_entropy(logits.float(), truth)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        total += loss.item() * len(rows)
        display.advance(len(rows))
    return total / len(shuffled)
