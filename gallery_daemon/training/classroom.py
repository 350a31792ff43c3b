"""Where networks learn: the pictures, where to start from, and one course after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from gallery_daemon.model.manifest import INPUT_SIZE
from gallery_daemon.model.network import new_network
from gallery_daemon.training.checkpoint import Progress, load_progress, save_progress
from gallery_daemon.training.course import take_course
from gallery_daemon.training.loop import Lesson, predict_logits
from gallery_daemon.training.material import VariedPixels
from gallery_daemon.training.split import Split, split_randomly
from gallery_daemon.training.weights import start_from

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from gallery_daemon.training.display import Display
    from gallery_daemon.training.features import Runner
    from gallery_daemon.training.options import TrainOptions
    from gallery_daemon.training.pictures import Reading
    from gallery_daemon.training.weights import Found


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What networks said of the pictures at `places`, a row each: logits float32 (K, C)."""

    places: tuple[int, ...]
    logits: torch.Tensor


@dataclass(frozen=True, slots=True)
class Classroom:
    """What every course of one training shares; `folder` is for scratch files.

    There is one course for each set of sources that is left out, and one for the bundle.
    """

    options: TrainOptions
    reading: Reading
    weights: Found
    run: Runner
    display: Display
    folder: Path

    def learn(self, split: Split, name: str, course: int) -> tuple[nn.Module, Progress]:
        """A network has learned from those who train in `split`, and how it went.

        `name` is that of its file in `folder`; `course` counts from 0. Ctrl-C ends it early:
        the network is the best so far, and `progress.phase` is still a phase of the recipe.

        Raises:
            KeyboardInterrupt: it came before there was a best.
        """
        path = self.folder / f"{name}.safetensors"
        lesson = Lesson(
            self.options.recipe,
            torch.tensor(self.reading.gallery.labels),
            torch.tensor(split.train),
            torch.tensor(split.validate),
            self.run,
            self.options.seed,
            self.display,
            (course, len(self.options.left_out) + 1),
            keep=lambda progress: save_progress(progress, path),
        )
        network, progress = self._new_network(), load_progress(path)
        try:
            take_course(network, self.reading, lesson, progress, self.folder)
            save_progress(progress, path)
        except KeyboardInterrupt:
            if not progress.best.state:
                raise
            network.load_state_dict(progress.best.state)
        return network, progress

    def learn_without(self, outer: Split, course: int) -> Answers:
        """What a network that has never seen those who validate in `outer` says of them.

        Raises:
            KeyboardInterrupt: it came before the course was over.
        """
        # The best epoch is chosen without them too, or they would not be unseen.
        options, gallery = self.options, self.reading.gallery
        inner = split_randomly(gallery, outer.train, options.validation_share, options.seed)
        self.display.say(f"without {', '.join(options.left_out[course])}:")
        network, progress = self.learn(inner, f"without-{course + 1}", course)
        if progress.phase < len(options.recipe.phases):
            raise KeyboardInterrupt
        return self.ask(network, outer.validate)

    def ask(self, network: nn.Module, places: tuple[int, ...]) -> Answers:
        """What the network says of the pictures at `places`, as they are."""
        pixels = VariedPixels(self.reading, INPUT_SIZE, self.run, scenery=())
        return Answers(places, predict_logits(network, pixels, torch.tensor(places), self.run))

    def _new_network(self) -> nn.Module:
        """The start of every course, the same for the same seed."""
        torch.manual_seed(self.options.seed)
        network = new_network(len(self.reading.gallery.classes))
        start_from(network, self.weights)
        return network.to(self.run.device).to(memory_format=torch.channels_last)
