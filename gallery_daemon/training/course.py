"""One course: a network learns, phase after phase, from those who train."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.errors import TrainingError
from gallery_daemon.model.network import STAGES, stages
from gallery_daemon.training.features import (
    compute_features,
    feature_batches,
    load_features,
    pixel_batches,
)
from gallery_daemon.training.loop import network_under_way, train_phase
from gallery_daemon.training.material import CachedFeatures, Material, VariedPixels

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from gallery_daemon.training.checkpoint import Progress
    from gallery_daemon.training.loop import Lesson
    from gallery_daemon.training.pictures import Reading

_START = "start"


def take_course(
    network: nn.Module, reading: Reading, lesson: Lesson, progress: Progress, scratch: Path
) -> None:
    """`network` is the best that the recipe's phases gave; goes on where `progress` stands.

    Interrupted by Ctrl-C it raises KeyboardInterrupt, and `progress.best` has the best so far.

    Raises:
        TrainingError: no epoch had a loss that is a number.
    """
    material: Material | None = None
    for phase in lesson.recipe.phases[progress.phase :]:
        if progress.now:
            network.load_state_dict(network_under_way(progress))
        elif progress.best.state:
            network.load_state_dict(progress.best.state)
        if phase.augmented:
            material = VariedPixels(reading, phase.size, lesson.run, lesson.train.tolist())
        else:
            place = scratch / ("later" if progress.phase else _START)
            material = _features(
                phase.first_trained, material, network, reading, lesson, place=place
            )
        train_phase(network, phase, material, lesson, progress)
        progress.phase, progress.now = progress.phase + 1, {}
    if not progress.best.state:
        raise TrainingError("nothing was learned: the loss is not a number in any epoch")
    network.load_state_dict(progress.best.state)


def _features(
    first: str,
    before: Material | None,
    network: nn.Module,
    reading: Reading,
    lesson: Lesson,
    *,
    place: Path,
) -> CachedFeatures:
    """Features before the stage `first`; from those of the phase before, if there are some.

    Every course of a training begins with the same network, so these are computed but once.
    """
    run, count = lesson.run, len(reading.gallery.pictures)
    if place.name == _START and (found := load_features(place)):
        return CachedFeatures(found, first, run)
    reached = STAGES[0]
    batches = pixel_batches(reading.open(), run, mirrored=lesson.recipe.mirrored)
    if isinstance(before, CachedFeatures):
        reached, batches = before.enters, feature_batches(before.features, run)
    if reached == first:
        assert isinstance(before, CachedFeatures)
        return before
    frozen = stages(network, reached, first)
    features = compute_features(batches, frozen, run, place, count=count, display=lesson.display)
    return CachedFeatures(features, first, run)
