"""A library for the pages: photos that were filed, and what the model saw in them."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PIL import Image

from gallery_daemon.classifier.results import Classified
from gallery_daemon.daemon.configuration import manifest_of, read_configuration
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.decision import Action, Decision, Destination, Identical, OnConflict, Outcome
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.execute import Filer
from gallery_daemon.filing.steps import Plan
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journey.inference_cache import InferenceCache
from gallery_daemon.photo import Candidate, Facts, Identity, Photo, Prediction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def file_some(home: Path, folders: Mapping[str, int]) -> None:
    """So many photos lie in each folder of the library, filed by the rule of its name.

    The journal remembers that the present model saw in them what the folder is called.
    """
    config = read_configuration(home / "config.yaml")
    (home / "library").mkdir(exist_ok=True)
    classes, model = manifest_of(config.model).classes, manifest_of(config.model).model_id
    with closing(Journal(journal_path())) as journal:
        looks = InferenceCache.of(config, journal)
        filer = Filer(journal, Disk(), config.library)
        for at, (folder, count) in enumerate(folders.items()):
            top = folder.lower()
            says = Prediction({name: 0.94 if name == top else 0.01 for name in classes}, model)
            for number in range(count):
                photo = _photo(home / "watch" / f"{top}-{number}.jpg", (at * 60, number * 20, 90))
                facts = Facts.unread(NOW)
                note = looks.entry_for(Classified(photo, facts, says, 1, 1.0))
                assert note is not None
                journal.inferences.remember([(photo.path, photo.identity, note)])
                to = Destination(
                    (folder,), photo.name, Action.HARDLINK, OnConflict.DEDUPE, True, Identical.MERGE
                )
                decision = Decision(Outcome.RULE, top, to, ())
                (done,) = filer.execute_all([Plan(photo, to, decision, facts, says, ())], NOW)
                assert not isinstance(done, GalleryError), done


def _photo(path: Path, colour: tuple[int, int, int]) -> Photo:
    """A picture with a frame, so that it is seen which way up it is."""
    picture = Image.new("RGB", (400, 300), tuple(each % 256 for each in colour))
    picture.paste((240, 240, 240), (20, 20, 380, 60))
    picture.save(path, quality=90)
    candidate = Candidate("watch", os.fspath(path.parent), path.name)
    return Photo(candidate, Identity.of(path.lstat()), NOW)
