"""What the frozen layers make of each picture, computed once and kept on disk.

A frozen layer is a fixed function, so running it again in every epoch gives the same numbers again.
They are computed once for each picture and, where the recipe asks for them, for its mirror image
and its thumbnail, as half precision in memory maps beside the bundle: 200 KB a picture behind
`layer3`, 1 KB behind `avgpool`, which makes a phase of `fc` alone a matter of seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import torch

from gallery_daemon.model.manifest import IMAGENET_MEAN, IMAGENET_STD
from gallery_daemon.model.network import normalise
from gallery_daemon.photo import LookKind
from gallery_daemon.training.pictures import new_array

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from torch import nn

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.training.display import Display
    from gallery_daemon.training.pictures import LoadedGallery
    from gallery_daemon.training.recipe import Recipe


class View(StrEnum):
    """What of a picture the frozen layers see: the full look, its mirror image, the quick look."""

    PLAIN = "plain"
    MIRRORED = "mirrored"
    QUICK = "quick"


VIEWS = {LookKind.FULL: View.PLAIN, LookKind.QUICK: View.QUICK}

# A batch of pictures or features, (B, ...), in each view that is asked for.
Batches = Mapping[View, torch.Tensor]
HalfArray = np.ndarray[tuple[int, ...], np.dtype[np.float16]]


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs stages on a device at a precision."""

    device: torch.device
    precision: torch.dtype
    batch_size: int

    def __call__(self, stages: nn.Module, batch: torch.Tensor) -> torch.Tensor:
        """What `stages`, in evaluation mode, make of `batch` (B, ...), on the device."""
        stages.eval()
        with torch.inference_mode(), self.autocast():
            result: torch.Tensor = stages(self.place(batch))
        return result

    def place(self, batch: torch.Tensor) -> torch.Tensor:
        """The batch on the device, pictures laid out channels-last, vectors (B, F) as they are."""
        if batch.ndim < 4:  # noqa: PLR2004 - (B, C, H, W)
            return batch.to(self.device)
        return batch.to(self.device, memory_format=torch.channels_last)

    def input(self, pictures: Pixels) -> torch.Tensor:
        """Pictures uint8 (B, S, S, 3) as the network's input, float32 (B, 3, S, S)."""
        batch = torch.from_numpy(pictures).to(self.device)
        return normalise(batch, IMAGENET_MEAN, IMAGENET_STD)

    def autocast(self) -> torch.autocast:
        """Mixed precision where the machine is faster at it (Micikevicius 2018, 1710.03740)."""
        return torch.autocast(
            self.device.type, dtype=self.precision, enabled=self.precision is not torch.float32
        )


@dataclass(frozen=True, slots=True)
class Features:
    """One row a picture, float16 (N, ...), of each view that a recipe asks for; `PLAIN` always."""

    views: Mapping[View, HalfArray]

    def take(self, rows: torch.Tensor, view: View = View.PLAIN) -> torch.Tensor:
        """The rows of one view as float32 (B, ...)."""
        return torch.from_numpy(self.views[view][rows.numpy()]).float()

    def take_any(self, rows: torch.Tensor, draw: torch.Tensor) -> torch.Tensor:
        """The rows as float32 (B, ...), each of the view that its draw, 0..1, falls on."""
        places, chosen = rows.numpy(), (draw * len(self.views)).long().numpy()
        picked = self.views[View.PLAIN][places]
        for number, view in enumerate(self.views.values()):
            picked[chosen == number] = view[places[chosen == number]]
        return torch.from_numpy(picked).float()


def views_of(recipe: Recipe) -> tuple[View, ...]:
    """The views that the recipe's phases of frozen layers learn from."""
    asked = {View.PLAIN: True, View.MIRRORED: recipe.mirrored, View.QUICK: recipe.quick_look}
    return tuple(view for view, is_asked in asked.items() if is_asked)


def pixel_batches(loaded: LoadedGallery, run: Runner, views: Sequence[View]) -> Iterator[Batches]:
    """The network's input from all pictures, batch by batch."""
    for start in range(0, len(loaded.gallery.pictures), run.batch_size):
        some = slice(start, start + run.batch_size)
        batch = run.input(loaded.shown(LookKind.FULL, some))  # (B, 3, S, S)
        yield {
            view: run.input(loaded.shown(LookKind.QUICK, some))
            if view is View.QUICK
            else batch.flip(3)
            if view is View.MIRRORED
            else batch
            for view in views
        }


def feature_batches(features: Features, run: Runner) -> Iterator[Batches]:
    """Batches of features computed before, to be taken further."""
    for rows in torch.arange(len(features.views[View.PLAIN])).split(run.batch_size):
        yield {view: features.take(rows, view) for view in features.views}


def compute_features(
    batches: Iterator[Batches],
    frozen: nn.Module,
    run: Runner,
    place: Path,
    *,
    count: int,
    display: Display,
) -> Features:
    """All `batches`, `count` pictures in sum, went through the `frozen` stages.

    `load_features` finds them again at `place`; earlier ones there are replaced.
    """
    display.begin("computing features", count)
    rows = {view: _Rows(_file(place, view), count) for view in View}
    for batch in batches:
        for view, pictures in batch.items():
            rows[view].add(run(frozen, pictures))
        display.advance(len(batch[View.PLAIN]))
    for view in reversed(View):  # plain last: where this file is, all are whole
        rows[view].finish()
    found = load_features(place)
    assert found is not None, "a gallery has pictures"
    return found


def load_features(place: Path) -> Features | None:
    """The features at `place`, mapped from disk; None if they were not computed to the end."""
    if not _file(place, View.PLAIN).exists():
        return None
    files = {view: _file(place, view) for view in View}
    return Features(
        {view: np.load(file, mmap_mode="r") for view, file in files.items() if file.exists()}
    )


def _file(place: Path, view: View) -> Path:
    return place.with_suffix(f".{view}.npy")


class _Rows:
    """A float16 array on disk of `most` rows, filled batch by batch."""

    def __init__(self, path: Path, most: int) -> None:
        # The file of an earlier phase may still be mapped: it loses its name, not its bytes.
        path.unlink(missing_ok=True)
        self._path, self._most, self._done = path, most, 0
        self._array: np.memmap[tuple[int, ...], np.dtype[np.float16]] | None = None

    def add(self, rows: torch.Tensor) -> None:
        """Append `rows` (B, ...)."""
        if self._array is None:
            shape = (self._most, *rows.shape[1:])
            self._array = new_array(self._part(), np.float16, shape)
        end = self._done + len(rows)
        self._array[self._done : end] = rows.half().cpu().numpy()
        self._done = end

    def finish(self) -> None:
        """The file has its name, if rows were added."""
        if self._array is not None:
            assert self._done == self._most, "as many rows as were promised"
            self._array.flush()
            self._part().replace(self._path)

    def _part(self) -> Path:
        return self._path.with_suffix(".part")
