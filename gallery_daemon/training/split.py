"""The split of a person's pictures: which of them train, and which validate.

Those that validate are drawn at random or by source, or are held for it; sources can be left out.
Places are positions in `gallery.pictures`. The same gallery and seed give the same split.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from gallery_daemon.errors import TrainingError
from gallery_daemon.training.dataset import Gallery, find_gallery

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from gallery_daemon.training.train_options import TrainOptions


@dataclass(frozen=True, slots=True)
class Split:
    """Places of the pictures that train and of those that validate; none does both."""

    train: tuple[int, ...]
    validate: tuple[int, ...]


def load_data(options: TrainOptions) -> Gallery:
    """The pictures of the data, and, held for validation, those of the folder for that.

    Raises:
        TrainingError: as `find_gallery`, or that folder and the data overlap.
    """
    gallery = find_gallery(options.data)
    if options.validation is None:
        return gallery
    for folder in options.data:
        _refuse_overlap(options.validation, folder)
    extra = find_gallery([options.validation], gallery.classes)
    held = tuple(replace(picture, is_held=True) for picture in extra.pictures)
    return Gallery(gallery.classes, gallery.pictures + held)


def make_splits(options: TrainOptions, gallery: Gallery) -> tuple[Split, list[Split]]:
    """The split for the bundle, and one for each set of sources that is left out.

    Raises:
        TrainingError: a split leaves no picture to validate, or none of some class to train; a
            source is unknown, or is left out twice.
    """
    places = range(len(gallery.pictures))
    if options.validation is not None:
        split = split_held(gallery)
    elif options.by_source:
        split = split_by_source(gallery, options.validation_share, options.seed)
    else:
        split = split_randomly(gallery, places, options.validation_share, options.seed)
    refuse_lopsided(gallery, split)
    named = [source for sources in options.left_out for source in sources]
    if twice := [source for source in named if named.count(source) > 1]:
        raise TrainingError(
            f"the source {twice[0]} is left out twice",
            hint="each source can be measured once: name it in one --leave-source-out",
        )
    left_out = [leave_out(gallery, sources) for sources in options.left_out]
    for each in left_out:
        refuse_lopsided(gallery, each)
    return split, left_out


def split_randomly(gallery: Gallery, places: Sequence[int], share: float, seed: int) -> Split:
    """About `share` of the places validate, whatever their class.

    Then chance is corrected where it left a class without a picture to train, or, if it has two
    and more, without one to validate.
    """
    shuffled = torch.randperm(len(places), generator=torch.Generator().manual_seed(seed))
    picked = [places[place] for place in shuffled.tolist()]
    validate = set(picked[: round(len(places) * share)])
    for label in range(len(gallery.classes)):
        own = [place for place in picked if gallery.pictures[place].label == label]
        if own and validate.issuperset(own):
            validate.remove(own[0])
        elif len(own) > 1 and validate.isdisjoint(own):
            validate.add(own[0])
    return Split(
        tuple(sorted(place for place in picked if place not in validate)), tuple(sorted(validate))
    )


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
            part = split_randomly(gallery, places, share, seed)
            train += part.train
            validate += part.validate
    return Split(tuple(train), tuple(validate))


def leave_out(gallery: Gallery, left_out: Collection[str]) -> Split:
    """Pictures of the sources `left_out` validate, all others but those held train.

    Raises:
        TrainingError: there is no such source, or it is the only one of a class.
    """
    known = {picture.source for picture in gallery.pictures if not picture.is_held}
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
    pictures = list(enumerate(gallery.pictures))
    return Split(
        tuple(n for n, each in pictures if not each.is_held and each.source not in left_out),
        tuple(n for n, each in pictures if not each.is_held and each.source in left_out),
    )


def split_held(gallery: Gallery) -> Split:
    """Pictures that are held validate, all others train."""
    pictures = list(enumerate(gallery.pictures))
    return Split(
        tuple(place for place, each in pictures if not each.is_held),
        tuple(place for place, each in pictures if each.is_held),
    )


def fold_sources(gallery: Gallery, folds: int) -> tuple[tuple[str, ...], ...]:
    """The sources in `folds` sets, to be left out in turn: each has its share of every class.

    The source with the largest share of a class goes first, each to the set that has least of what
    it brings. The same gallery gives the same sets.

    Raises:
        TrainingError: a class has fewer sources than there are folds.
    """
    counts = {name: sum(of_class.values()) for name, of_class in gallery.sources().items()}
    shares: dict[str, dict[str, float]] = {}
    for name, of_class in gallery.sources().items():
        if len(of_class) < folds:
            raise TrainingError(
                f"the class {name!r} has {len(of_class)} sources, too few for {folds} folds",
                hint="a source is the part of a name before `__`; give fewer --folds, or leave "
                "sources out by name with --leave-source-out",
            )
        for source, count in of_class.items():
            shares.setdefault(source, {})[name] = count / max(counts[name], 1)
    sets: list[list[str]] = [[] for _ in range(folds)]
    filled: list[dict[str, float]] = [dict.fromkeys(counts, 0.0) for _ in range(folds)]
    for source in sorted(shares, key=lambda source: (-max(shares[source].values()), source)):
        brought = shares[source]
        # The sum of squares grows least where the set has least of it.
        costs = [sum(have[name] * share for name, share in brought.items()) for have in filled]
        chosen = costs.index(min(costs))
        sets[chosen].append(source)
        for name, share in brought.items():
            filled[chosen][name] += share
    return tuple(tuple(sorted(each)) for each in sets)


def refuse_lopsided(gallery: Gallery, split: Split) -> None:
    """Raise TrainingError if no picture validates, or none of some class trains."""
    trained = {gallery.pictures[place].label for place in split.train}
    for label, name in enumerate(gallery.classes):
        if label not in trained:
            raise TrainingError(
                f"no picture of the class {name!r} is left to train", hint="give it more pictures"
            )
    if not split.validate:
        raise TrainingError(
            "no picture is left to validate", hint="at least one class needs two pictures"
        )


def _refuse_overlap(validation: Path, folder: Path) -> None:
    inner, outer = validation.resolve(), folder.resolve()
    if inner.is_relative_to(outer) or outer.is_relative_to(inner):
        raise TrainingError(
            f"the folder {validation} that validates and the folder {folder} that trains overlap",
            hint="a picture that does both would flatter the figures: give folders side by side",
        )
