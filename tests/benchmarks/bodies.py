"""What a body, the pictures that its head learns from and their size are worth.

    python -m tests.benchmarks.bodies --body NAME=WEIGHTS [--body ...] DATA... [--every 3]
        [--sizes 128 160 224] [--jobs 2]

DATA are folders of class folders, WEIGHTS what `train --weights` takes: a bundle, a file. Of each
body, unchanged, the features are computed at each size; heads are fitted to them as `train` does,
and judged on sources that they have not learned from, in three folds. First a head for each size,
and one for the smallest and the largest together; then, at one size, heads that have learned from
the first folder, the first two, and so on, all judged on the pictures of the folders behind the
first. `--every` takes each so many-th picture only, which tells as much in less time.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from gallery_daemon.model.engines.predict import resized
from gallery_daemon.model.engines.torch import torch_kinds
from gallery_daemon.model.fit_head import fit_head
from gallery_daemon.model.manifest import INPUT_SIZE
from gallery_daemon.model.network import HEAD, STAGES, new_network, stages
from gallery_daemon.model.temperature import fit_temperature
from gallery_daemon.training.calibration import even_rows
from gallery_daemon.training.dataset import Gallery, find_gallery
from gallery_daemon.training.display import Silent
from gallery_daemon.training.features import Runner
from gallery_daemon.training.measures import measure
from gallery_daemon.training.phase import draw_weights
from gallery_daemon.training.pictures import read_gallery
from gallery_daemon.training.predictions import Predictions
from gallery_daemon.training.recipe import DEFAULT
from gallery_daemon.training.split import fold_sources
from gallery_daemon.training.weights import find_weights, start_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.training.measures import Measures
    from gallery_daemon.training.pictures import LoadedGallery

    Floats = NDArray[np.float32]
    Flags = NDArray[np.bool_]

_FOLDS = 3
_HEADS = ("", "accuracy", "macro recall", "reach 0.80", "right of those", "other filed at 0.80")
# Where the bodies are compared on less and more data.
_DATA_SIZE = 160


@dataclass(frozen=True)
class Judged:
    """Pictures with their labels, sources and fold; a head learns from the other folds."""

    gallery: Gallery
    labels: NDArray[np.int64]
    folds: NDArray[np.int64]

    def head(
        self, shown: Sequence[Floats], judged: Floats, learns: Flags, counts: Flags
    ) -> Measures:
        """How good heads are that learned from `shown`, on `judged` of the pictures that count.

        Args:
            shown: features float32 (N, F), each of the same pictures by another look.
            judged: features float32 (N, F).
            learns: bool (N,), the pictures that a head may learn from.
            counts: bool (N,), those that it is judged on.
        """
        logits = np.zeros((len(self.labels), len(self.gallery.classes)), np.float32)
        sources = np.array(self.gallery.numbered_sources)
        for fold in range(_FOLDS):
            train = np.flatnonzero(learns & (self.folds != fold))
            labels, own = torch.tensor(self.labels[train]), torch.tensor(sources[train])
            shares = draw_weights(labels, own, DEFAULT).numpy()
            head = fit_head(
                np.concatenate([each[train] for each in shown]),
                np.tile(self.labels[train], len(shown)),
                np.tile(shares, len(shown)),
                len(self.gallery.classes),
                smoothing=DEFAULT.label_smoothing,
            )
            out = self.folds == fold
            logits[out] = judged[out] @ head.weight.T + head.bias
        return self._measured(logits, np.flatnonzero(counts))

    def _measured(self, logits: Floats, places: NDArray[np.int64]) -> Measures:
        truth = self.labels[places]
        sources = tuple(self.gallery.pictures[place].source for place in places)
        rows = even_rows(truth.tolist(), sources)
        of_these = torch.from_numpy(logits[places])
        temperature = fit_temperature(logits[places][rows], truth[rows])
        probabilities = torch.softmax(of_these / temperature, 1).numpy()
        return measure(
            Predictions(probabilities, truth, self.gallery.classes, sources, temperature)
        )


def main() -> None:
    """Print both tables."""
    options = _options()
    torch.set_num_threads(options.jobs)
    found = find_gallery(options.data)
    gallery = Gallery(found.classes, found.pictures[:: options.every])
    console = Console(width=120)
    with TemporaryDirectory(dir=options.scratch) as scratch:
        loaded = read_gallery(gallery, Path(scratch), threads=options.jobs, display=Silent())
        judged = judged_of(loaded.gallery)
        features = {
            name: {size: features_of(weights, loaded, size) for size in options.sizes}
            for name, weights in options.body
        }
    console.print(sizes_table(judged, features))
    if len(options.data) > 1:
        console.print(data_table(judged, features, options.data))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path, metavar="DATA")
    parser.add_argument(
        "--body", action="append", type=_body, required=True, metavar="NAME=WEIGHTS"
    )
    parser.add_argument("--every", type=int, default=1, metavar="K")
    parser.add_argument("--sizes", nargs="+", type=int, default=[128, _DATA_SIZE, INPUT_SIZE])
    parser.add_argument("--jobs", type=int, default=2, help="threads")
    parser.add_argument("--scratch", type=Path, help="where 200 KB a picture have room")
    return parser.parse_args()


def _body(text: str) -> tuple[str, str]:
    name, equals, weights = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError("NAME=WEIGHTS is wanted")
    return name, weights


def judged_of(gallery: Gallery) -> Judged:
    """The pictures, with the folds that `train --folds` would make."""
    fold_of = {
        source: number
        for number, sources in enumerate(fold_sources(gallery, _FOLDS))
        for source in sources
    }
    folds = [fold_of[picture.source] for picture in gallery.pictures]
    return Judged(gallery, np.array(gallery.labels), np.array(folds))


def features_of(weights: str, loaded: LoadedGallery, size: int) -> Floats:
    """What the body makes of all pictures shown at `size` pixels, float32 (N, F)."""
    network = new_network(len(loaded.gallery.classes))
    start_from(network, find_weights(weights, weights, print))
    kind = torch_kinds("auto")[0]
    run = Runner(torch.device(kind.device), getattr(torch, kind.precision), 32)
    body, pixels = stages(network, STAGES[0], HEAD), loaded.open()
    rows = [run(body, run.input(batch)).float().cpu() for batch in _batches(pixels, size)]
    features: Floats = torch.cat(rows).numpy()
    return features


def _batches(pixels: Pixels, size: int) -> Iterable[Pixels]:
    for start in range(0, len(pixels), 32):
        yield resized(np.array(pixels[start : start + 32]), size)


def sizes_table(judged: Judged, features: dict[str, dict[int, Floats]]) -> Table:
    """Each body with a head for each size, and with one head for two."""
    every = np.ones(len(judged.labels), bool)
    table = Table(*_HEADS, title=f"{len(every)} pictures of sources that did not train")
    for name, by_size in features.items():
        for size, own in by_size.items():
            _add(table, f"{name}, {size} pixels", judged.head([own], own, every, every))
        small, large = by_size[min(by_size)], by_size[max(by_size)]
        if small is not large:
            sizes = f"{min(by_size)} and {max(by_size)}"
            found = judged.head([small, large], small, every, every)
            _add(table, f"{name}, one head for {sizes}, {min(by_size)} pixels", found)
    return table


def data_table(
    judged: Judged, features: dict[str, dict[int, Floats]], folders: Sequence[Path]
) -> Table:
    """Each body with a head that has learned from one folder, from two, and so on."""
    paths = [picture.path for picture in judged.gallery.pictures]
    folder_of = np.array([_number(folders, path) for path in paths])
    counts = folder_of > 0
    behind = ", ".join(folder.name for folder in folders[1:])
    table = Table(*_HEADS, title=f"the {counts.sum()} of them in {behind}")
    for name, by_size in features.items():
        own = by_size[_DATA_SIZE if _DATA_SIZE in by_size else min(by_size)]
        for number, folder in enumerate(folders):
            learned = f"{'and ' if number else ''}{folder.name}"
            found = judged.head([own], own, folder_of <= number, counts)
            _add(table, f"{name}, from {learned}", found)
    return table


def _number(folders: Sequence[Path], path: Path) -> int:
    return next(number for number, folder in enumerate(folders) if path.is_relative_to(folder))


def _add(table: Table, what: str, found: Measures) -> None:
    figures = (
        found.accuracy,
        found.macro_recall_without_other,
        found.at_usual.share,
        found.at_usual.accuracy,
        found.other_filed,
    )
    table.add_row(what, *("" if each is None else f"{each:.1%}" for each in figures))


if __name__ == "__main__":
    main()
