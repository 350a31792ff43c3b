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
from gallery_daemon.training.split import Split, leave_out, split_randomly
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
    """What a network said of pictures: logits float32 (K, C), and the truth, int64 (K,).

    `sources` has the source of each.
    """

    logits: torch.Tensor
    truth: torch.Tensor
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Classroom:
    """What every course of one training shares; `folder` is for scratch files."""

    options: TrainOptions
    reading: Reading
    weights: Found
    run: Runner
    display: Display
    folder: Path

    def learn(self, split: Split, name: str) -> tuple[nn.Module, Progress]:
        """A network has learned from those who train in `split`, and how it went.

        Ctrl-C ends the course early: the network is the best so far, and `progress.phase` is still
        a phase of the recipe.

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

    def learn_without(self, sources: tuple[str, ...]) -> Answers:
        """What a network that has never seen `sources` says of their pictures.

        Raises:
            TrainingError: there is no such source, or it is the only one of a class.
            KeyboardInterrupt: it came before the course was over.
        """
        outer = leave_out(self.reading.gallery, sources)
        # The best epoch is chosen without them too, or they would not be unseen.
        options = self.options
        inner = split_randomly(outer.train, options.validation_share, options.seed)
        names = ", ".join(sources)
        self.display.say(f"without {names}:")
        network, progress = self.learn(inner, f"without {'+'.join(sources)}".replace("/", "-"))
        if progress.phase < len(options.recipe.phases):
            raise KeyboardInterrupt
        return self.ask(network, outer.validate)

    def ask(self, network: nn.Module, places: tuple[int, ...]) -> Answers:
        """What the network says of the pictures at `places`, as they are."""
        pixels = VariedPixels(self.reading, INPUT_SIZE, self.run, scenery=())
        logits = predict_logits(network, pixels, torch.tensor(places), self.run)
        pictures = [self.reading.gallery.pictures[place] for place in places]
        truth = torch.tensor([picture.label for picture in pictures])
        return Answers(logits, truth, tuple(picture.source for picture in pictures))

    def _new_network(self) -> nn.Module:
        """The start of every course, the same for the same seed."""
        torch.manual_seed(self.options.seed)
        network = new_network(len(self.reading.gallery.classes))
        start_from(network, self.weights)
        return network.to(self.run.device).to(memory_format=torch.channels_last)
