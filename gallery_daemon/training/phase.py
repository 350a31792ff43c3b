"""One phase of training: the loop, to be read in one sitting.

For each epoch of a phase: train on shuffled batches of varied pictures, average the weights,
validate the average on pictures as they are, hand the result to the trainer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import cross_entropy

from gallery_daemon.model.network import stages
from gallery_daemon.model.temperature import fit_temperature
from gallery_daemon.photo import LookKind
from gallery_daemon.training.checkpoint import PhaseState, optimiser_state, restore_optimiser
from gallery_daemon.training.optimiser import new_average, new_optimiser, set_learning_rate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import nn
    from torch.optim.swa_utils import AveragedModel

    from gallery_daemon.training.batches import BatchSource
    from gallery_daemon.training.checkpoint import StateDict
    from gallery_daemon.training.display import Display
    from gallery_daemon.training.features import Runner
    from gallery_daemon.training.recipe import Phase, Recipe


@dataclass(frozen=True, slots=True)
class TrainContext:
    """What stays the same from phase to phase: which pictures, by which recipe, on what machine."""

    recipe: Recipe
    labels: torch.Tensor  # int64 (N,), of all pictures
    sources: torch.Tensor  # int64 (N,), a number for each source
    train: torch.Tensor  # int64, places in `labels`
    validate: torch.Tensor  # int64, places in `labels`
    run: Runner
    seed: int
    display: Display

    @property
    def steps(self) -> int:
        """How many batches an epoch has."""
        return -(-len(self.train) // self.run.batch_size)


@dataclass(frozen=True, slots=True, eq=False)
class TrainedEpoch:
    """What one epoch gave; losses are mean cross-entropies in nats, the accuracy is 0..1.

    `weights` are those that were validated: of the whole network, its trained stages averaged.
    `state` is what the next epoch goes on from. Both change when it does: copy what is to stay.
    """

    number: int
    train_loss: float
    validation_loss: float
    validation_accuracy: float
    weights: StateDict
    state: PhaseState


@dataclass(frozen=True, slots=True, eq=False)
class _Learner:
    """The stages that see the batches, what moves them, and their average."""

    stages: nn.Module
    optimiser: torch.optim.Optimizer
    average: AveragedModel


def train_phase(
    network: nn.Module,
    phase: Phase,
    source: BatchSource,
    context: TrainContext,
    state: PhaseState | None = None,
) -> Iterator[TrainedEpoch]:
    """Train the end of `network` in place, and yield each epoch of `phase` when it is over.

    Args:
        network: has the weights to start from, or those of `state`.
        phase: says which stages learn.
        source: gives the batches.
        context: the same for all phases.
        state: that of the last epoch, if the phase was interrupted.
    """
    network.eval().requires_grad_(requires_grad=False)
    stages(network, phase.first_trained).requires_grad_(requires_grad=True)
    trained = stages(network, source.enters)
    optimiser = new_optimiser(network, phase, context.recipe)
    learner = _Learner(trained, optimiser, new_average(trained, context.recipe.average))
    if state:
        _restore(learner, state, context.steps)

    for number in range(1 + (state.epochs if state else 0), phase.epochs + 1):
        context.display.begin(f"{phase.name}, epoch {number} of {phase.epochs}", len(context.train))
        stages(network, phase.first_trained).train()
        train_loss = _train_epoch(learner, phase, source, context, number)
        network.eval()
        loss, accuracy = _validate(learner.average.module, source, context)
        averaged = learner.average.module.state_dict()
        yield TrainedEpoch(
            number,
            train_loss,
            loss,
            accuracy,
            # The average has the trained stages under the names that the network has for them.
            weights=network.state_dict() | averaged,
            state=PhaseState(number, network.state_dict(), averaged, optimiser_state(optimiser)),
        )


def predict_logits(
    network: nn.Module,
    source: BatchSource,
    rows: torch.Tensor,
    run: Runner,
    look: LookKind = LookKind.FULL,
) -> torch.Tensor:
    """Logits float32 (len(rows), C) on the CPU, in the order of `rows`, of pictures as they are."""
    parts = [
        run(network, source.eval_batch(some, look)).float().cpu()
        for some in rows.split(run.batch_size)
    ]
    return torch.cat(parts)


def draw_order(context: TrainContext, generator: torch.Generator) -> torch.Tensor:
    """Places of the pictures of one epoch, shuffled, as many as train.

    Every picture once, or, with a balance above 0, each drawn by `draw_weights`.
    """
    recipe, train = context.recipe, context.train
    if not recipe.balance and not recipe.source_balance:
        return train[torch.randperm(len(train), generator=generator)]
    weights = draw_weights(context.labels[train], context.sources[train], recipe)
    return train[torch.multinomial(weights, len(train), replacement=True, generator=generator)]


def draw_weights(labels: torch.Tensor, sources: torch.Tensor, recipe: Recipe) -> torch.Tensor:
    """How often each picture is drawn, double (N,).

    A class is drawn by count ** (1 - balance) in all, and inside it each source by count **
    (1 - source_balance): with 0 as often as it has pictures, with 1 as often as every other.

    Args:
        labels: int64 (N,).
        sources: int64 (N,), a number for each source.
        recipe: has both balances.
    """
    pairs = labels * (sources.max() + 1) + sources
    _, group, counts = pairs.unique(return_inverse=True, return_counts=True)
    weights: torch.Tensor = counts.double()[group] ** -recipe.source_balance
    in_class = labels.bincount().double()
    sums = torch.zeros_like(in_class).index_add(0, labels, weights)
    of_class: torch.Tensor = in_class.pow(1 - recipe.balance) / sums.clamp(min=1e-12)
    return weights * of_class[labels]


def _train_epoch(
    learner: _Learner, phase: Phase, source: BatchSource, context: TrainContext, number: int
) -> float:
    """As many pictures as there are to train were seen; the mean loss in nats."""
    run, recipe, total = context.run, context.recipe, 0.0
    generator = torch.Generator().manual_seed(_epoch_seed(context.seed, phase, number))
    order = draw_order(context, generator)
    # Half precision has few exponents: small gradients are scaled up where it is used.
    scaler = torch.amp.GradScaler(run.device.type, enabled=run.precision is torch.float16)
    before, all_steps = (number - 1) * context.steps, phase.epochs * context.steps
    for step, (rows, batch) in enumerate(source.train_batches(order, generator), 1):
        set_learning_rate(learner.optimiser, recipe, (before + step) / all_steps)
        truth = context.labels[rows].to(run.device)  # (B,)
        with run.autocast():
            logits = learner.stages(run.place(batch))  # (B, C)
        loss = cross_entropy(logits.float(), truth, label_smoothing=recipe.label_smoothing)
        learner.optimiser.zero_grad()
        scaler.scale(loss).backward()
        scaler.step(learner.optimiser)
        scaler.update()
        learner.average.update_parameters(learner.stages)
        total += loss.item() * len(rows)
        context.display.advance(len(rows))
    return total / len(order)


def _validate(
    averaged: nn.Module, source: BatchSource, context: TrainContext
) -> tuple[float, float]:
    """The loss in nats and the accuracy, 0..1, on the pictures that validate.

    The mean of both looks where the network is to serve both.
    """
    truth = context.labels[context.validate]  # (V,)
    losses, accuracies = list[float](), list[float]()
    for look in looks_of(context.recipe):
        logits = predict_logits(averaged, source, context.validate, context.run, look)  # (V, C)
        # Calibrated: else a network that label smoothing made modest loses to a bolder, worse one.
        temperature = fit_temperature(logits.numpy(), truth.numpy())
        losses.append(cross_entropy(logits / temperature, truth).item())
        accuracies.append((logits.argmax(1) == truth).float().mean().item())
    return sum(losses) / len(losses), sum(accuracies) / len(accuracies)


def looks_of(recipe: Recipe) -> tuple[LookKind, ...]:
    """The looks that a network of this recipe serves."""
    return tuple(LookKind) if recipe.quick_look else (LookKind.FULL,)


def _restore(learner: _Learner, state: PhaseState, steps: int) -> None:
    learner.average.module.load_state_dict(state.average)
    learner.average.n_averaged.fill_(state.epochs * steps)
    restore_optimiser(learner.optimiser, state.optimiser)


def _epoch_seed(seed: int, phase: Phase, number: int) -> int:
    """Another for each epoch; the factors are any large odd numbers that keep seeds apart."""
    return (seed * 1_000_003 + sum(phase.name.encode())) * 10_007 + number
