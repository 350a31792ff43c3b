"""The training loop, to be read in one sitting.

For each epoch of a phase: train on shuffled batches of varied pictures, average the weights,
validate the average on pictures as they are, keep it if it is better than any before (the notebook
kept the last), say one line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import cross_entropy

from gallery_daemon.model.network import stages
from gallery_daemon.training.average import new_average
from gallery_daemon.training.calibrate import fit_temperature
from gallery_daemon.training.checkpoint import (
    optimiser_state,
    prefixed,
    restore_optimiser,
    unprefixed,
)
from gallery_daemon.training.display import Display, Epoch
from gallery_daemon.training.schedule import new_optimiser, set_learning_rate

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn
    from torch.optim.swa_utils import AveragedModel

    from gallery_daemon.training.checkpoint import Progress, State
    from gallery_daemon.training.features import Runner
    from gallery_daemon.training.material import Material
    from gallery_daemon.training.recipe import Phase, Recipe

_NETWORK, _AVERAGE, _OPTIMISER = "network/", "average/", "optimiser/"


@dataclass(frozen=True, slots=True)
class Lesson:
    """What stays the same from phase to phase: who trains, who validates, by which recipe."""

    recipe: Recipe
    labels: torch.Tensor  # int64 (N,), of all pictures
    train: torch.Tensor  # int64, places in `labels`
    validate: torch.Tensor
    run: Runner
    seed: int
    display: Display
    course: tuple[int, int]  # which one this is, from 0, of how many
    keep: Callable[[Progress], None]  # called when an epoch that took long is over


def train_phase(
    network: nn.Module, phase: Phase, material: Material, lesson: Lesson, progress: Progress
) -> None:
    """The end of `network` has learned for `phase.epochs`; `progress` has its epochs and the best.

    A phase that is under way in `progress` goes on where it was.
    """
    recipe = lesson.recipe
    network.eval().requires_grad_(requires_grad=False)
    stages(network, phase.first_trained).requires_grad_(requires_grad=True)
    trained = stages(network, material.enters)
    optimiser = new_optimiser(network, phase, recipe)
    average = new_average(trained, recipe.average)
    start = progress.epochs_of_phase
    if start:
        _restore(average, optimiser, progress, start * _steps(lesson))

    for number in range(start + 1, phase.epochs + 1):
        lesson.display.begin(f"{phase.name}, epoch {number} of {phase.epochs}", len(lesson.train))
        stages(network, phase.first_trained).train()
        train_loss = _train_epoch(
            trained, phase, material, lesson, number, optimiser=optimiser, average=average
        )
        network.eval()
        logits = predict_logits(average.module, material, lesson.validate, lesson.run)  # (V, C)
        truth = lesson.labels[lesson.validate]  # (V,)
        # As it will be after calibration: or a network that label smoothing made modest would lose
        # to one that is bolder and worse.
        loss = cross_entropy(logits / fit_temperature(logits, truth), truth).item()
        progress.epochs.append(
            Epoch(
                phase.name,
                number,
                phase.epochs,
                train_loss,
                loss,
                (logits.argmax(1) == truth).float().mean().item(),
                # The average has the trained stages under the names that the network has for them.
                is_best=progress.best.offer(
                    network.state_dict() | average.module.state_dict(), loss
                ),
                done=_done(lesson, progress.phase, number),
            )
        )
        if phase.first_trained != "fc":  # which would take longer to save than to train
            progress.now = (
                prefixed(network.state_dict(), _NETWORK)
                | prefixed(average.module.state_dict(), _AVERAGE)
                | prefixed(optimiser_state(optimiser), _OPTIMISER)
            )
            lesson.keep(progress)
        lesson.display.epoch(progress.epochs[-1])  # last: what a person has seen is kept


def network_under_way(progress: Progress) -> State:
    """The weights of the network in the phase under way."""
    return unprefixed(progress.now, _NETWORK)


def predict_logits(
    judged: nn.Module, material: Material, rows: torch.Tensor, run: Runner
) -> torch.Tensor:
    """Logits float32 (len(rows), C) on the CPU, in the order of `rows`, of pictures as they are."""
    parts = [run(judged, material.plain(some)).float().cpu() for some in rows.split(run.batch_size)]
    return torch.cat(parts)


def _train_epoch(
    trained: nn.Module,
    phase: Phase,
    material: Material,
    lesson: Lesson,
    number: int,
    *,
    optimiser: torch.optim.Optimizer,
    average: AveragedModel,
) -> float:
    """As many pictures as there are to train were seen; the mean loss in nats."""
    run, recipe, total = lesson.run, lesson.recipe, 0.0
    random = torch.Generator().manual_seed(_epoch_seed(lesson.seed, phase, number))
    order = draw_order(lesson, random)
    # Half precision has few exponents: small gradients are scaled up where it is used.
    scaler = torch.amp.GradScaler(run.device.type, enabled=run.precision is torch.float16)
    steps = _steps(lesson)
    for step, (rows, batch) in enumerate(material.vary(order, random), 1):
        set_learning_rate(optimiser, recipe, ((number - 1) * steps + step) / (phase.epochs * steps))
        truth = lesson.labels[rows].to(run.device)  # (B,)
        with run.autocast():
            logits = trained(run.place(batch))  # (B, C)
        loss = cross_entropy(logits.float(), truth, label_smoothing=recipe.label_smoothing)
        optimiser.zero_grad()
        scaler.scale(loss).backward()
        scaler.step(optimiser)
        scaler.update()
        average.update_parameters(trained)
        total += loss.item() * len(rows)
        lesson.display.advance(len(rows))
    return total / len(order)


def draw_order(lesson: Lesson, random: torch.Generator) -> torch.Tensor:
    """Places of the pictures of one epoch, shuffled, as many as train.

    Every picture once, or, with a balance above 0, each drawn by count(its class) ** -balance.
    """
    if not lesson.recipe.balance:
        return lesson.train[torch.randperm(len(lesson.train), generator=random)]
    labels = lesson.labels[lesson.train]
    weights = labels.bincount().double()[labels] ** -lesson.recipe.balance
    drawn = torch.multinomial(weights, len(labels), replacement=True, generator=random)
    return lesson.train[drawn]


def _restore(
    average: AveragedModel, optimiser: torch.optim.Optimizer, progress: Progress, steps: int
) -> None:
    average.module.load_state_dict(unprefixed(progress.now, _AVERAGE))
    average.n_averaged.fill_(steps)
    restore_optimiser(optimiser, unprefixed(progress.now, _OPTIMISER))


def _steps(lesson: Lesson) -> int:
    return -(-len(lesson.train) // lesson.run.batch_size)


def _epoch_seed(seed: int, phase: Phase, number: int) -> int:
    """One for each epoch: any large odd factors that keep them apart."""
    return (seed * 1_000_003 + sum(phase.name.encode())) * 10_007 + number


def _done(lesson: Lesson, phase: int, number: int) -> float:
    """The share of all courses' work after `number` epochs of this one's phase `phase`."""
    phases, (course, courses) = lesson.recipe.phases, lesson.course
    work = [_work(each) * each.epochs for each in phases]
    done = (sum(work[:phase]) + _work(phases[phase]) * number) / sum(work)
    return (course + done) / courses


def _work(phase: Phase) -> float:
    """What an epoch costs, roughly: all layers by the area of the pictures, the last for nothing.

    `layer4` has a quarter of a ResNet34's multiplications.
    """
    if phase.augmented:
        return phase.size**2 / 224**2
    return 0.001 if phase.first_trained == "fc" else 0.25
