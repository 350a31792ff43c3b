"""How many pictures of kinds that nobody taught count as strange, and how many ordinary ones.

    python -m tests.benchmarks.familiar [--model BUNDLE] [--count N] [--data FOLDER] [--json FILE]

Drawn kinds are made by the command, `N` of each. Where FOLDER (`../shared/data`) is there, so are
files made to break readers (those that can be read), and files of cameras and phones, of sources
that the model was not taught. Sources left out of a training are those of the bundle's folds: as
the scale is made of them, one in twenty of them all is strange, but not of each class.
"""

from __future__ import annotations

import argparse
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table

from gallery_daemon.errors import BundleError
from gallery_daemon.model.engines.choose import EngineOptions, load_best
from gallery_daemon.model.engines.measured import engines_file
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.photo import LookKind
from gallery_daemon.rules.conditions.model import STRANGE_BELOW
from gallery_daemon.training.dataset import Labelled
from gallery_daemon.training.pictures import read_pictures
from gallery_daemon.training.predictions import PREDICTIONS_FILE, load_predictions
from tests.benchmarks.strange import KINDS, drawn
from tests.conftest import SHARED_DATA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.model.engines.predict import Predictor
    from gallery_daemon.training.predictions import LeftOutPredictions

_BATCH_SIZE = 32
_SURE = 0.80
# Files beside photos, which no daemon looks at.
_SIDECARS = {".aae", ".mov", ".mp4", ".xmp"}
_PHONE, _LEFT_OUT = "camera and phone files", "sources left out"


@dataclass(frozen=True, slots=True)
class Strangeness:
    """Of some pictures, how familiar they are, each 0..1."""

    familiarities: tuple[float, ...]

    @property
    def strange(self) -> float:
        """The share that `familiar: false` takes, 0..1."""
        return float(np.mean(np.array(self.familiarities) < STRANGE_BELOW))

    @property
    def median(self) -> float:
        """Half of them are more familiar."""
        return float(np.median(self.familiarities))

    def stranger_than(self, ordinary: Strangeness) -> float:
        """How often one of these is stranger than an ordinary one, 0..1; a half says nothing.

        The area under the curve of hits against false alarms, whatever the limit.
        """
        own, others = np.array(self.familiarities), np.sort(ordinary.familiarities)
        above = len(others) - np.searchsorted(others, own, "right")
        equal = np.searchsorted(others, own, "right") - np.searchsorted(others, own, "left")
        return float((above + equal / 2).mean() / len(others))


def main() -> None:
    """Print the table."""
    options = _options()
    bundle = find_bundle(options.model)
    predictor, _ = load_best(EngineOptions(bundle, engines_file()))
    found = {
        kind: Strangeness(tuple(_familiarities(predictor, drawn(kind, options.count))))
        for kind in KINDS
    }
    for name, folder in (("files that break readers", "torture"), (_PHONE, "phone")):
        if files := _files(options.data / folder):
            found[name] = Strangeness(tuple(_familiarities(predictor, _readable(files))))
    folds = _folds_of(bundle)
    left_out = _left_out(folds) if folds else {}
    console = Console(width=100)
    console.print(f"model {predictor.manifest.model_id}", _table(found, left_out))
    if folds:
        strange, familiar = sure_and_wrong(folds)
        console.print(
            f"left-out pictures that reach {_SURE:.2f}: of the strange {strange:.1%} are wrong, of "
            f"the familiar {familiar:.1%}"
        )
    if options.json:
        told = {name: each.familiarities for name, each in (found | left_out).items()}
        options.json.write_text(json.dumps(told) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="default")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--data", type=Path, default=SHARED_DATA)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _files(folder: Path) -> list[Path]:
    """The files in the folder, but for sidecars; none where it is not there."""
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in found if path.is_file() and path.suffix.lower() not in _SIDECARS]


def _readable(files: Iterable[Path]) -> Iterator[Pixels]:
    pictures = [Labelled(path, 0) for path in files]
    with _without_words_of_decoders():
        for _, pixels in read_pictures(pictures, os.cpu_count() or 1):
            if not isinstance(pixels, str):
                yield pixels


@contextmanager
def _without_words_of_decoders() -> Iterator[None]:
    """Libraries in C complain of broken files on the standard error, past Python."""
    kept = os.dup(2)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _familiarities(predictor: Predictor, pictures: Iterable[Pixels]) -> Iterator[float]:
    """Of each picture, by a full look."""
    waiting = list(pictures)
    for start in range(0, len(waiting), _BATCH_SIZE):
        for each in predictor.predict(np.stack(waiting[start : start + _BATCH_SIZE])).familiarities:
            if each is None:
                raise BundleError("this model does not know what is familiar")
            yield each


def _folds_of(bundle: Path) -> LeftOutPredictions | None:
    """What the folds' networks said of pictures of sources that they had not seen."""
    path = bundle / PREDICTIONS_FILE
    said = load_predictions(path) if path.exists() else None
    return said if said and LookKind.FULL in said.familiarity else None


def _left_out(said: LeftOutPredictions) -> dict[str, Strangeness]:
    """All that the folds left out, and each class of it."""
    familiarity, truth = said.familiarity[LookKind.FULL].astype(float), said.full.truth
    return {_LEFT_OUT: Strangeness(tuple(familiarity.tolist()))} | {
        f"{_LEFT_OUT}: {name}": Strangeness(tuple(familiarity[truth == label].tolist()))
        for label, name in enumerate(said.full.classes)
    }


def sure_and_wrong(said: LeftOutPredictions) -> tuple[float, float]:
    """The share of wrong answers among the strange and the familiar that reach `_SURE`, 0..1."""
    is_strange = said.familiarity[LookKind.FULL].astype(float) < STRANGE_BELOW
    is_sure, is_wrong = said.full.probabilities.max(1) >= _SURE, ~said.full.is_right()
    strange, familiar = (
        float(is_wrong[is_sure & some].mean()) for some in (is_strange, ~is_strange)
    )
    return strange, familiar


def _table(found: dict[str, Strangeness], left_out: dict[str, Strangeness]) -> Table:
    ordinary = {"than phones'": found.get(_PHONE), "than left out": left_out.get(_LEFT_OUT)}
    known = {heading: each for heading, each in ordinary.items() if each}
    table = Table("", "pictures", "strange", "median", *known)
    for name, each in (found | left_out).items():
        stranger = (f"{each.stranger_than(some):.2f}" for some in known.values())
        count, share = str(len(each.familiarities)), f"{each.strange:.1%}"
        table.add_row(name, count, share, f"{each.median:.2f}", *stranger)
    return table


if __name__ == "__main__":
    main()
