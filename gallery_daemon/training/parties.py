"""Who takes part: all pictures that a person named, who of them trains, who judges."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gallery_daemon.errors import TrainingError
from gallery_daemon.training.dataset import Gallery, find_gallery
from gallery_daemon.training.split import (
    Split,
    leave_out,
    refuse_lopsided,
    split_by_source,
    split_held,
    split_randomly,
)

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.training.options import TrainOptions


def find_all(options: TrainOptions) -> Gallery:
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


def split_all(options: TrainOptions, gallery: Gallery) -> tuple[Split, list[Split]]:
    """The split for the bundle, and one for each set of sources that is left out.

    Raises:
        TrainingError: a split leaves nobody to validate, or a class nobody to train; a source is
            unknown, or is left out twice.
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


def _refuse_overlap(validation: Path, folder: Path) -> None:
    inner, outer = validation.resolve(), folder.resolve()
    if inner.is_relative_to(outer) or outer.is_relative_to(inner):
        raise TrainingError(
            f"the folder {validation} that validates and the folder {folder} that trains overlap",
            hint="a picture that does both would flatter the figures: give folders side by side",
        )
