"""One file and the present rules: what they would do with it, and why.

A file that the journal remembers is not opened where the rules ask for no more than the journal
keeps, nor where the present model has seen it before; any other is classified through the
classifier process, like every photo. So is one that a model judged which did not know what the
rules ask now: its precision, or how familiar the photo is. A new photo gets its name in a dry run,
as in a plan.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.classifier.messages import RefusalKind
from gallery_daemon.classifier.results import Classified
from gallery_daemon.commands.classify import FileClassifier
from gallery_daemon.commands.dry_run import PlannedFile, Preview
from gallery_daemon.config.folders import is_inside
from gallery_daemon.daemon.configuration import manifest_of
from gallery_daemon.daemon.journals import journal_path, open_to_plan
from gallery_daemon.daemon.wiring import root_of, setup_of
from gallery_daemon.decision import Action
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.content import is_unchanged
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.overlay import DryRunDisk
from gallery_daemon.imaging.formats import sniff
from gallery_daemon.intake.arrivals import file_state
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journey.examined import Predicted, unread_facts
from gallery_daemon.journey.inference_cache import InferenceCache
from gallery_daemon.journey.judge import (
    Accompany,
    Refuse,
    of_arrival,
)
from gallery_daemon.journey.known_files import KnownFiles
from gallery_daemon.journey.persons_word import PersonsWord
from gallery_daemon.journey.quick_looks import is_enough_for
from gallery_daemon.journey.siblings import Siblings
from gallery_daemon.journey.similar_photos import SimilarIndex
from gallery_daemon.openat import open_regular
from gallery_daemon.photo import Candidate, Identity, Photo
from gallery_daemon.rules.condition import Need
from gallery_daemon.rules.demands import familiarity_demands, precision_demands
from gallery_daemon.rules.explain import explain

if TYPE_CHECKING:
    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config
    from gallery_daemon.journal.past_decisions import PastDecision
    from gallery_daemon.journal.record import Row
    from gallery_daemon.photo import Facts, Prediction
    from gallery_daemon.rules.explain import Explanation


@dataclass(frozen=True, slots=True)
class Explained:
    """A photo, and what the present rules make of it.

    `is_looked_at`: its facts are all there, as they were read from the file. `is_outside`: it is in
    no watch folder, and is judged as if it were in the first. `passed_over` is why `run` would
    not look at it. `planned` is what would become of a file that the journal does not know, with
    the names that are taken now; None too where the journal cannot be opened. `said` is the class
    that a person said: the explanation is as if the model were certain of it.
    """

    photo: Photo
    facts: Facts
    prediction: Prediction
    explanation: Explanation
    is_looked_at: bool
    is_outside: bool
    passed_over: str | None = None
    planned: PlannedFile | None = None
    said: str | None = None


def explain_file(
    file: str,
    config: Config,
    clock: Clock,
    known: PastDecision | None = None,
    *,
    bundle: str | None = None,
) -> Explained:
    """What the rules of `config` make of the file at the absolute path `file`.

    `known` is what the journal remembers of it; `bundle` another model than the configuration's.

    Raises:
        GalleryError: it cannot be read as a photo, or is gone.
    """
    photo, is_outside = _photo_of(file, config, clock, known)
    facts, prediction, is_looked_at = _examined(photo, file, config, clock, known, bundle=bundle)
    said = _said_of(photo, file, config, known)
    explanation = explain(photo, facts, prediction.as_said(said), config.rules)
    found = Explained(photo, facts, prediction, explanation, is_looked_at, is_outside, said=said)
    if known is not None:
        return found
    return replace(
        found,
        passed_over=_why_passed_over(photo.path, config) or _whose_version(photo, config),
        planned=_planned(Predicted(photo, facts, prediction, said=said), config),
    )


def _said_of(photo: Photo, file: str, config: Config, known: PastDecision | None) -> str | None:
    """What a person said of the photo, at home or in the library; None without a journal."""
    if not journal_path().exists():
        return None
    with (
        contextlib.suppress(GalleryError),
        contextlib.closing(Journal(journal_path(), read_only=True)) as journal,
    ):
        row = None if known is None else known.row.id
        word = PersonsWord(journal, config.library)
        with contextlib.suppress(OSError):
            root, _, name = file.rpartition("/")
            there = Candidate(photo.candidate.source, root or "/", name)
            now = replace(photo, candidate=there, identity=Identity.of(os.lstat(file)))
            return word.on(now, row)
        return word.on(photo, row)
    return None


def recognised(file: str, config: Config, journal: Journal, clock: Clock) -> PastDecision | None:
    """The latest decision on the file at that path, if `run` would know it by its bytes alone.

    Raises:
        GalleryError: there is no such file, or the journal cannot be read.
    """
    if is_inside(file, config.library):
        return None
    photo, _ = _photo_of(file, config, clock, None)
    roots = [root_of(folder, config.library) for folder in config.watch]
    row = KnownFiles(journal, Disk(), config.library, roots).recognise(photo)
    return None if row is None else journal.past_decisions.of(row)


def is_changed(file: str, row: Row) -> bool:
    """Whether the file at that path is not the one that the row is about any more."""
    is_link = file == row.destination and row.action == Action.SYMLINK
    root, _, name = (row.path if is_link else file).rpartition("/")
    there = Candidate(row.source, root or "/", name)
    try:
        return not is_unchanged(Disk(), row, there, Identity.of(os.lstat(there.path)))
    except OSError:
        return False


def ignored_by_name(file: str, config: Config) -> str | None:
    """Why `run` does not look at the file at that path, whatever is in it; None if it may.

    A file in the library may, as if it were in a watch folder.
    """
    if not os.path.lexists(file) or is_inside(file, config.library):
        return None
    return _why_ignored(file, config)


def why_no_photo(file: str, config: Config) -> str | None:
    """Why `run` asks no rule about the file, which it leaves; None: it is a photo, or claims to be.

    Raises:
        GalleryError: there is none.
    """
    try:
        state = file_state(file)
        if isinstance(state, str):
            return state
        with open_regular(file, follow_links=False) as content:
            kind = sniff(content)
    except OSError as error:
        raise GalleryError(f"{file}: {error.strerror}", hint="give the path of a photo") from error
    match of_arrival(Path(file).name, kind):
        case Accompany():
            return _of_sidecar(kind.words if kind.name == "video" else "a sidecar", config)
        case Refuse(RefusalKind.NOT_A_PHOTO, reason):
            return reason
        case _:
            return None


def _of_sidecar(what: str, config: Config) -> str:
    if any(placing.with_sidecars for placing in config.rules.placings):
        return f"{what}; where its photo is filed, it goes along"
    return f"{what}; the configuration says `sidecars: alone`"


def _why_passed_over(file: str, config: Config) -> str | None:
    """Why `run` does not look at the file, if so; one in no watch folder is judged all the same."""
    if is_inside(file, config.library):
        return "it lies in the library"
    return _why_ignored(file, config)


def _why_ignored(file: str, config: Config) -> str | None:
    for folder in config.watch:
        root = root_of(folder, config.library)
        relative = root.relative(file)
        if relative is not None:
            parts = relative.split("/")
            above = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
            if len(parts) > 1 and not root.recursive:
                return "it lies in a folder below, which is not watched"
            return next(filter(None, map(root.why_not, above)), root.why_not_file(relative))
    return None


def _whose_version(photo: Photo, config: Config) -> str | None:
    """Why a version of another photo is not judged by itself, if it is one."""
    siblings = Siblings(root_of(folder, config.library) for folder in config.watch)
    original = siblings.owner_of(photo)
    if original is None or not siblings.counts(original):
        return None
    return f"it is a version of {original.name}, and goes where that goes"


def _planned(examined: Predicted, config: Config) -> PlannedFile | None:
    """What would become of it with the names that are taken now; None without a journal."""
    with contextlib.suppress(GalleryError), contextlib.closing(open_to_plan()) as journal:
        return Preview(config, journal, DryRunDisk()).photo(examined)
    return None


def _photo_of(
    file: str, config: Config, clock: Clock, known: PastDecision | None
) -> tuple[Photo, bool]:
    """The photo as the daemon saw it or would see it; and whether it is in no watch folder."""
    if known is not None:
        row = known.row
        return Photo(row.candidate, row.identity, datetime.fromisoformat(row.decided_at)), False
    try:
        identity = Identity.of(os.lstat(file))
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


def _examined(
    photo: Photo,
    file: str,
    config: Config,
    clock: Clock,
    known: PastDecision | None,
    *,
    bundle: str | None,
) -> tuple[Facts, Prediction, bool]:
    """What is known of the photo, and whether the file was looked at for it."""
    kept = None if bundle is not None else _kept(photo, known, config)
    if kept is not None and not _asks_more(config, kept[1]):
        return *kept, False
    try:
        facts, prediction = _look(photo, readable(file, known), config, clock, bundle)
    except GalleryError:
        if kept is None:
            raise
        return *kept, False  # the file is gone
    return _with_similar(photo, facts, config), prediction, True


def _kept(
    photo: Photo, known: PastDecision | None, config: Config
) -> tuple[Facts, Prediction] | None:
    """What the journal keeps; None where it keeps nothing, or the rules ask for the file."""
    if known is None or known.prediction is None or Need.FILE in config.rules.needs:
        return None
    facts = unread_facts(photo)
    return facts if known.taken is None else replace(facts, taken=known.taken), known.prediction


def _asks_more(config: Config, kept: Prediction) -> bool:
    """Whether the rules ask for what another model did not know of itself or the photo."""
    demands = precision_demands(config.rules, tuple(kept.probabilities))
    lacks_precision = kept.precision is None and bool(demands)
    lacks_familiarity = kept.familiarity is None and bool(familiarity_demands(config.rules))
    if not lacks_precision and not lacks_familiarity:
        return False
    with contextlib.suppress(GalleryError):
        return manifest_of(config.model).model_id != kept.model
    return False


def readable(file: str, known: PastDecision | None) -> str:
    """Where the file can be read: at its source if that is unchanged, at `file`, or as filed."""
    if known is None:
        return file
    row = known.row
    with contextlib.suppress(OSError):
        if row.identity.has_same_bytes_as(Identity.of(os.lstat(row.path))):
            return row.path
    places = (file, row.destination or file)
    return next((place for place in places if Path(place).is_file()), file)


def _with_similar(photo: Photo, facts: Facts, config: Config) -> Facts:
    """The facts with what the journal has seen before the photo, if the rules ask for it."""
    path = journal_path()
    if Need.SIMILAR not in config.rules.needs or not path.exists():
        return facts
    with contextlib.closing(Journal(path, read_only=True)) as journal:
        return SimilarIndex(journal, config.rules).with_similar(photo, facts)


def _look(
    photo: Photo, file: str, config: Config, clock: Clock, bundle: str | None
) -> tuple[Facts, Prediction]:
    """What the model sees in the file, or saw when it looked at these very bytes before."""
    if bundle is not None:
        config = replace(config, model=replace(config.model, bundle=bundle, version=None))
    remembered = _remembered(photo, file, config)
    if remembered is not None:
        return remembered
    setup = setup_of(config.model, config.batch, config.limits)
    is_enough = is_enough_for(config)
    classifier = FileClassifier(
        setup,
        clock,
        want_hash=config.rules.needs_hash,
        # The classifier has the file by another path than the rules.
        is_enough=is_enough and (lambda _, facts, said: is_enough(photo, facts, said)),
    )
    (found,) = classifier.run([file])
    if found.prediction is None or found.facts is None:
        hint = "`run` leaves such a file where it is, and tries again when it changes"
        raise GalleryError(f"{file}: {found.error}", hint if config.rules.failed is None else None)
    return found.facts, found.prediction


def _remembered(photo: Photo, file: str, config: Config) -> tuple[Facts, Prediction] | None:
    with contextlib.suppress(GalleryError, OSError):
        if Identity.of(os.lstat(file)) != photo.identity or not journal_path().exists():
            return None
        with contextlib.closing(Journal(journal_path(), read_only=True)) as journal:
            report = InferenceCache.of(config, journal).answer(photo)
        if isinstance(report, Classified):
            return report.facts, report.prediction
    return None
