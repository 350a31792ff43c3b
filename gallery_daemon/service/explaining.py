"""One file and the present rules: what they would do with it, and why.

A file that the journal remembers is not opened where the rules ask for no more than the journal
keeps; any other is classified through the classifier process, like every photo.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.config.folders import is_inside
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.journal import Journal
from gallery_daemon.filing.place import identity_of
from gallery_daemon.photo import Candidate, Photo
from gallery_daemon.rules.explain import explain
from gallery_daemon.rules.reliance import needs_kin, needs_the_file
from gallery_daemon.service.classify import FileClassifier
from gallery_daemon.service.ends import unseen
from gallery_daemon.service.journals import journal_path
from gallery_daemon.service.kinship import Kinship
from gallery_daemon.service.setup import setup_of

if TYPE_CHECKING:
    from gallery_daemon.config.settings import Config
    from gallery_daemon.filing.remembered import Remembered
    from gallery_daemon.photo import Facts, Prediction
    from gallery_daemon.rules.explain import Explanation
    from gallery_daemon.service.clock import Clock


@dataclass(frozen=True, slots=True)
class Explained:
    """A photo, and what the present rules make of it.

    `is_looked_at`: its facts are all there, read from the file just now. `is_outside`: it lies in
    no watch folder, and is judged as if it lay in the first.
    """

    photo: Photo
    facts: Facts
    prediction: Prediction
    explanation: Explanation
    is_looked_at: bool
    is_outside: bool


def explain_file(
    file: str,
    config: Config,
    clock: Clock,
    known: Remembered | None = None,
    *,
    bundle: str | None = None,
) -> Explained:
    """What the rules of `config` make of the file at the absolute path `file`.

    `known` is what the journal remembers of it; `bundle` another model than the configuration's.

    Raises:
        GalleryError: it cannot be read as a photo, or is gone.
    """
    photo, is_outside = _photo_of(file, config, clock, known)
    is_looked_at = True
    if bundle is None and known and known.prediction and not needs_the_file(config.rules):
        facts, prediction, is_looked_at = _kept(photo, known), known.prediction, False
    else:
        facts, prediction = _look(_readable(file, known), config, clock, bundle)
        facts = _with_kin(photo, facts, config)
    explanation = explain(photo, facts, prediction, config.rules)
    return Explained(photo, facts, prediction, explanation, is_looked_at, is_outside)


def _photo_of(
    file: str, config: Config, clock: Clock, known: Remembered | None
) -> tuple[Photo, bool]:
    """The photo as the daemon saw it, or would see it; and whether it never would."""
    if known is not None:
        row = known.row
        candidate = Candidate(row.source, row.root, row.relative)
        return Photo(candidate, row.identity, datetime.fromisoformat(row.decided_at)), False
    try:
        identity = identity_of(os.lstat(file))
    except OSError as error:
        raise GalleryError(f"{file}: {error.strerror}", hint="give the path of a photo") from error
    folder = next((each for each in config.watch if is_inside(file, each.path)), None)
    if folder is None:
        root, _, name = file.rpartition("/")
        source = config.watch[0].name if config.watch else Path(root).name
        candidate = Candidate(source, root or "/", name)
    else:
        relative = file.removeprefix(folder.path.rstrip("/") + "/")
        candidate = Candidate(folder.name, folder.path, relative)
    return Photo(candidate, identity, clock.wall()), folder is None


def _kept(photo: Photo, known: Remembered) -> Facts:
    """The facts that the journal keeps."""
    facts = unseen(photo).facts
    return facts if known.taken is None else replace(facts, taken=known.taken)


def _readable(file: str, known: Remembered | None) -> str:
    """Where the file can be read: where it came from, or else where it lies."""
    places = (known.row.path, known.row.destination or file) if known else ()
    return next((place for place in places if Path(place).is_file()), file)


def _with_kin(photo: Photo, facts: Facts, config: Config) -> Facts:
    """The facts with what the journal has seen before the photo, if the rules ask for it."""
    path = journal_path()
    if not needs_kin(config.rules) or not path.exists():
        return facts
    with contextlib.closing(Journal(path, read_only=True)) as journal:
        return Kinship(journal, config.rules).with_kin(photo, facts)


def _look(file: str, config: Config, clock: Clock, bundle: str | None) -> tuple[Facts, Prediction]:
    model = config.model if bundle is None else replace(config.model, bundle=bundle)
    setup = setup_of(model, config.batch, config.limits)
    classifier = FileClassifier(setup, clock, want_hash=config.rules.needs_hash)
    (found,) = classifier.run([file])
    if found.prediction is None or found.facts is None:
        raise GalleryError(f"{file}: {found.error}")
    return found.facts, found.prediction
