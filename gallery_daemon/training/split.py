"""Who trains and who validates: at random, by source, or by folder; and who is left out.

Places are positions in `gallery.pictures`. The same gallery and seed give the same split.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from gallery_daemon.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from gallery_daemon.training.dataset import Gallery


@dataclass(frozen=True, slots=True)
class Split:
    """Places of the pictures that train and of those that validate; none does both."""

    train: tuple[int, ...]
    validate: tuple[int, ...]


def split_randomly(places: Sequence[int], share: float, seed: int) -> Split:
    """About `share` of the places validate, at least one of them; at least one trains."""
    shuffled = torch.randperm(len(places), generator=torch.Generator().manual_seed(seed))
    validate = min(max(1, round(len(places) * share)), len(places) - 1)
    picked = [places[place] for place in shuffled.tolist()]
    return Split(tuple(sorted(picked[validate:])), tuple(sorted(picked[:validate])))


def split_by_source(gallery: Gallery, share: float, seed: int) -> Split:
    """Whole sources validate, the smallest first, until each class has about `share` there.

    A source goes to one side with all its pictures, of whatever class; one that is the last to
    train in some class stays. A class whose only source trains is split at random.
    """
    sources, held = gallery.sources(), set[str]()
    for of_class in sources.values():
        wanted = share * sum(of_class.values())
        for source in sorted(of_class, key=lambda source: (of_class[source], source)):
            if sum(of_class[name] for name in held & set(of_class)) >= wanted:
                break
            if all(set(each) - held - {source} for each in sources.values() if source in each):
                held.add(source)
    train, validate = list[int](), list[int]()
    for label, of_class in enumerate(sources.values()):
        places = [n for n, picture in enumerate(gallery.pictures) if picture.label == label]
        if held & set(of_class):
            for place in places:
                (validate if gallery.pictures[place].source in held else train).append(place)
        else:
            part = split_randomly(places, share, seed)
            train += part.train
            validate += part.validate
    return Split(tuple(train), tuple(validate))


def leave_out(gallery: Gallery, left_out: Collection[str]) -> Split:
    """Pictures of the sources `left_out` validate, all others train.

    Raises:
        TrainingError: there is no such source, or it is the only one of a class.
    """
    known = {picture.source for picture in gallery.pictures}
    if unknown := sorted(set(left_out) - known):
        names = ", ".join(sorted(known - {""})) or "none: names have no part before `__`"
        raise TrainingError(
            f"no picture is of the source {unknown[0]!r}", hint=f"the sources are {names}"
        )
    for name, sources in gallery.sources().items():
        if set(sources) <= set(left_out):
            raise TrainingError(
                f"without {', '.join(sorted(sources))} the class {name!r} has no pictures",
                hint="leave out fewer sources at once",
            )
    is_out = [picture.source in left_out for picture in gallery.pictures]
    return Split(
        tuple(place for place, out in enumerate(is_out) if not out),
        tuple(place for place, out in enumerate(is_out) if out),
    )


def split_by_folder(gallery: Gallery, folder: Path) -> Split:
    """Pictures below `folder` validate, all others train.

    Raises:
        TrainingError: none lies there.
    """
    is_below = [picture.path.is_relative_to(folder) for picture in gallery.pictures]
    if not any(is_below):
        raise TrainingError(f"no picture below {folder} can be used")
    return Split(
        tuple(place for place, below in enumerate(is_below) if not below),
        tuple(place for place, below in enumerate(is_below) if below),
    )
