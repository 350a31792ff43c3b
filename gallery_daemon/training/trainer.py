"""Training networks phase after phase: one for the bundle, and others to measure it by.

There is one training for each set of sources that is left out, and one with all of them. All begin
with the same weights, so the features of the first phase are computed once; and where no phase
changes the body, those that the heads are fitted to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from gallery_daemon.errors import TrainingError
from gallery_daemon.model.bundle import head_of
from gallery_daemon.model.manifest import INPUT_SIZE, QUICK_SIZE
from gallery_daemon.model.network import HEAD, STAGES, new_network, stages
from gallery_daemon.photo import LookKind
from gallery_daemon.training.batches import BatchSource, FeatureSource, PictureSource
from gallery_daemon.training.calibration import RawPredictions
from gallery_daemon.training.checkpoint import Progress, load_progress, save_progress
from gallery_daemon.training.display import Epoch
from gallery_daemon.training.features import (
    VIEWS,
    compute_features,
    feature_batches,
    load_features,
    pixel_batches,
    views_of,
)
from gallery_daemon.training.learned import NEIGHBOURS, Learned, bank_of, fitted_head
from gallery_daemon.training.phase import (
    TrainContext,
    TrainedEpoch,
    looks_of,
    train_phase,
)
from gallery_daemon.training.split import Split, split_randomly
from gallery_daemon.training.weights import start_from

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import nn

    from gallery_daemon.training.display import Display
    from gallery_daemon.training.features import Features, Runner
    from gallery_daemon.training.pictures import LoadedGallery
    from gallery_daemon.training.recipe import Phase, Recipe
    from gallery_daemon.training.train_options import TrainOptions
    from gallery_daemon.training.weights import StartWeights

_SHOWN_SOURCES = 4
_FIRST_FEATURES, _LATER_FEATURES = "start", "later"


@dataclass(frozen=True, slots=True)
class Trainer:
    """What every training of one bundle shares; `folder` is for scratch files."""

    options: TrainOptions
    loaded: LoadedGallery
    weights: StartWeights
    run: Runner
    display: Display
    folder: Path

    def train(self, split: Split, name: str, number: int) -> tuple[nn.Module, Progress]:
        """A network that has learned from the pictures that train in `split`, and how it went.

        `name` is that of its checkpoint in `folder`; `number` counts the trainings from 0. Ctrl-C
        ends it early: the network is the best so far, and `progress.phase` a phase of the recipe.

        Raises:
            KeyboardInterrupt: it came before there was a best.
            TrainingError: no epoch had a loss that is a number.
        """
        if not self.options.recipe.phases:  # nothing but heads is new, which `learned` fits
            return self._new_network(), Progress()
        checkpoint = self.folder / f"{name}.safetensors"
        context = TrainContext(
            self.options.recipe,
            torch.tensor(self.loaded.gallery.labels),
            torch.tensor(self.loaded.gallery.numbered_sources),
            torch.tensor(split.train),
            torch.tensor(split.validate),
            self.run,
            self.options.seed,
            self.display,
        )
        network, progress = self._new_network(), load_progress(checkpoint)
        try:
            self._fit(network, context, progress, checkpoint, number)
            save_progress(progress, checkpoint)
        except KeyboardInterrupt:
            if not progress.best.state:
                raise
            network.load_state_dict(progress.best.state)
        return network, progress

    def train_without(self, outer: Split, number: int) -> RawPredictions:
        """A network's predictions on the pictures that validate in `outer`, which it never saw.

        Raises:
            KeyboardInterrupt: it came before the training was over.
        """
        # The best epoch is chosen without them, too; else they would not be unseen.
        options, gallery = self.options, self.loaded.gallery
        inner = split_randomly(gallery, outer.train, options.validation_share, options.seed)
        self.display.say(f"without {_shortened(options.left_out[number])}:")
        network, progress = self.train(inner, f"without-{number + 1}", number)
        if progress.phase < len(options.recipe.phases):
            raise KeyboardInterrupt
        return self.predict(self.learned(network, inner), outer.validate)

    def learned(self, network: nn.Module, split: Split) -> Learned:
        """What a bundle holds of the network: its body, its head, its bank.

        The head of a recipe that serves both looks is fitted anew to whole pictures, a layer for
        each look: the network's own has learned from cut and coloured ones, or not at all.

        Raises:
            TrainingError: what the body makes of a picture is no number.
        """
        seen = {look: self.features(network, split.train, look).numpy() for look in self.looks}
        if not all(np.isfinite(features).all() for features in seen.values()):
            raise TrainingError(
                f"nothing was learned: the weights {self.weights.name} make no numbers of a picture"
            )
        gallery, recipe = self.loaded.gallery, self.options.recipe
        head = head_of(network)
        if recipe.quick_look:
            head = fitted_head(gallery, recipe, split.train, seen)
        return Learned(network, head, bank_of(gallery, split.train, seen, self.options.seed))

    def predict(self, learned: Learned, places: tuple[int, ...]) -> RawPredictions:
        """The predictions on the pictures at `places`, not varied, by each look."""
        features = {
            look: self.features(learned.network, places, look).numpy() for look in self.looks
        }
        logits = {
            look: torch.from_numpy(learned.head.logits(vectors, look))
            for look, vectors in features.items()
        }
        neighbours = min(NEIGHBOURS, len(learned.bank.labels))
        distances = learned.bank.distances(features[LookKind.FULL], neighbours)
        return RawPredictions(places, logits, torch.from_numpy(distances))

    def _lasting_features(self, network: nn.Module) -> Features | None:
        """Those of all pictures by the start's body; None if a phase changes it.

        They are computed once, by whoever needs them first.
        """
        if any(phase.first_trained != HEAD for phase in self.options.recipe.phases):
            return None
        place = self.folder / _FIRST_FEATURES
        return load_features(place) or self._features(HEAD, None, network, place).features

    @property
    def looks(self) -> tuple[LookKind, ...]:
        """The looks that the networks serve."""
        return looks_of(self.options.recipe)

    @property
    def sizes(self) -> dict[LookKind, int]:
        """The side of the pictures of each of them."""
        sides = {LookKind.FULL: self.loaded.full_size, LookKind.QUICK: QUICK_SIZE}
        return {look: sides[look] for look in self.looks}

    def features(self, network: nn.Module, places: Sequence[int], look: LookKind) -> torch.Tensor:
        """What the last layer sees of the pictures at `places`: float32 (len(places), F)."""
        if found := self._lasting_features(network):
            return found.take(torch.tensor(places), VIEWS[look])
        body = stages(network, STAGES[0], HEAD)
        self.display.begin(f"looking at pictures ({look} look)", 0)
        parts = []
        for rows in torch.tensor(places).split(self.run.batch_size):
            batch = self.run.input(self.loaded.shown(look, rows.tolist()))
            parts.append(self.run(body, batch).float().cpu())
        return torch.cat(parts)

    def _new_network(self) -> nn.Module:
        """The start of every training, the same for the same seed."""
        torch.manual_seed(self.options.seed)
        network = new_network(len(self.loaded.gallery.classes))
        start_from(network, self.weights)
        return network.to(self.run.device).to(memory_format=torch.channels_last)

    def _fit(
        self,
        network: nn.Module,
        context: TrainContext,
        progress: Progress,
        checkpoint: Path,
        number: int,
    ) -> None:
        """The network is the best that the phases gave; `progress` has every epoch that is over."""
        source: BatchSource | None = None
        for phase in context.recipe.phases[progress.phase :]:
            if progress.state:
                network.load_state_dict(progress.state.network)
            elif progress.best.state:
                network.load_state_dict(progress.best.state)
            source = self._source(phase, source, network, context, is_first=not progress.phase)
            for epoch in train_phase(network, phase, source, context, progress.state):
                done = self._done(progress.phase, epoch.number, number)
                noted = _record(progress, phase, epoch, done)
                if phase.first_trained != HEAD:  # which would take longer to save than to train
                    progress.state = epoch.state
                    save_progress(progress, checkpoint)
                self.display.epoch(noted)  # last: what a person has seen is kept
            progress.end_phase()
        if not progress.best.state:
            raise TrainingError("nothing was learned: the loss is not a number in any epoch")
        network.load_state_dict(progress.best.state)

    def _source(
        self,
        phase: Phase,
        before: BatchSource | None,
        network: nn.Module,
        context: TrainContext,
        *,
        is_first: bool,
    ) -> BatchSource:
        """Augmented pictures, or the features before the first stage that the phase trains."""
        if phase.augmented:
            scenery = context.train.tolist()
            return PictureSource(self.loaded, phase.sizes, self.run, scenery, phase.thumbnails)
        place = self.folder / (_FIRST_FEATURES if is_first else _LATER_FEATURES)
        if is_first and (found := load_features(place)):
            return FeatureSource(found, phase.first_trained, self.run)
        return self._features(phase.first_trained, before, network, place)

    def _features(
        self, first: str, before: BatchSource | None, network: nn.Module, place: Path
    ) -> FeatureSource:
        """Features before the stage `first`; from those of the phase before, if there are some."""
        reached, views = STAGES[0], views_of(self.options.recipe)
        batches = pixel_batches(self.loaded, self.run, views)
        if isinstance(before, FeatureSource):
            if before.enters == first:
                return before
            reached, batches = before.enters, feature_batches(before.features, self.run)
        frozen, count = stages(network, reached, first), len(self.loaded.gallery.pictures)
        features = compute_features(
            batches, frozen, self.run, place, count=count, display=self.display
        )
        return FeatureSource(features, first, self.run)

    def _done(self, phase: int, epoch: int, number: int) -> float:
        """The share of the work of all trainings after `epoch` epochs of a phase of this one."""
        own = work_done(self.options.recipe, phase, epoch)
        return (number + own) / (len(self.options.left_out) + 1)


def work_done(recipe: Recipe, phase: int, epochs: int) -> float:
    """The share of one training's work, 0..1, after `epochs` epochs of phase number `phase`."""
    work = [_work(each) * each.epochs for each in recipe.phases]
    return (sum(work[:phase]) + _work(recipe.phases[phase]) * epochs) / sum(work)


def _work(phase: Phase) -> float:
    """What an epoch costs, roughly: all layers by the area of the pictures, the last for nothing.

    `layer4` has a quarter of a ResNet34's multiplications.
    """
    if phase.augmented:
        return sum(size**2 for size in phase.sizes) / len(phase.sizes) / INPUT_SIZE**2
    return 0.001 if phase.first_trained == HEAD else 0.25


def _shortened(sources: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    shown = ", ".join(sources[:_SHOWN_SOURCES])
    more = len(sources) - _SHOWN_SOURCES
    return shown if more <= 0 else f"{shown} and {more} more sources"


def _record(progress: Progress, phase: Phase, epoch: TrainedEpoch, done: float) -> Epoch:
    """Note the epoch in the progress, with its weights if they are the best so far."""
    noted = Epoch(
        phase.name,
        epoch.number,
        phase.epochs,
        epoch.train_loss,
        epoch.validation_loss,
        epoch.validation_accuracy,
        is_best=progress.best.offer(epoch.weights, epoch.validation_loss),
        done=done,
    )
    progress.epochs.append(noted)
    return noted
