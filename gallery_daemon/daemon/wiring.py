"""Everything that one configuration needs, constructed here and nowhere else, top to bottom."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from gallery_daemon.classifier.host import ClassifierHost, Timeouts
from gallery_daemon.classifier.messages import Setup
from gallery_daemon.classifier.picture_cache import PictureCache, default_folder
from gallery_daemon.classifier.picture_maker import PictureMaker
from gallery_daemon.classifier.picture_messages import PictureSetup
from gallery_daemon.daemon.configuration import classes_of, confidences_of
from gallery_daemon.daemon.journals import JournalOpener, state_folder
from gallery_daemon.daemon.loop import Inbox
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.execute import Filer
from gallery_daemon.intake.arrivals import Arrivals
from gallery_daemon.intake.candidate import WatchRoot
from gallery_daemon.journey.ends import Ends
from gallery_daemon.journey.inference_cache import InferenceCache
from gallery_daemon.journey.known_files import KnownFiles
from gallery_daemon.journey.pass_counts import PassCounts
from gallery_daemon.journey.persons_word import PersonsWord
from gallery_daemon.journey.photolog import PhotoLog
from gallery_daemon.journey.pipeline import Pipeline
from gallery_daemon.journey.quick_looks import is_enough_for
from gallery_daemon.journey.retry import CircuitBreaker, Retries
from gallery_daemon.journey.shortfall import ConfidenceGaps
from gallery_daemon.journey.siblings import Siblings
from gallery_daemon.journey.similar_photos import SimilarIndex
from gallery_daemon.journey.stayed import StayedFiles
from gallery_daemon.journey.waiting_sidecars import WaitingSidecars
from gallery_daemon.learning.library_scan import LibraryScan, root_of_library
from gallery_daemon.model.engines.measured import engines_file
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.rules.places import ClassPlaces

if TYPE_CHECKING:
    from datetime import datetime

    from gallery_daemon.classifier.child import ChildEvent
    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Batch, Config, Limits, ModelChoice, WatchFolder
    from gallery_daemon.intake.mounted import MountGuard
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.logs.events import Log

# Starting it takes a third of a second, so it need not wait long for the next page.
_PICTURES_IDLE_S = 60.0


@dataclass(frozen=True, slots=True)
class Runtime:
    """What was constructed for one configuration, which is in force `since` that time.

    Whoever runs it (`daemon`, `commands.sort`) hands each part what it uses; only the daemon's
    `status` and `metrics` look at all of it.
    """

    config: Config
    inbox: Inbox[ChildEvent]
    host: ClassifierHost
    journal: Journal
    photo_log: PhotoLog
    tally: PassCounts
    pipeline: Pipeline
    retries: Retries
    breaker: CircuitBreaker
    roots: tuple[WatchRoot, ...]
    stop: Event
    since: datetime

    def close(self) -> None:
        """Everything has ended, in reverse order; what was under way is found at the next start."""
        self.stop.set()
        self.host.close()
        self.journal.close()


def build(
    config: Config,
    log: Log,
    clock: Clock,
    *,
    is_pass: bool = False,
    again: bool = False,
    mounts: MountGuard | None = None,
) -> Runtime:
    """All parts for `config`, with what a crash left cleared up.

    In a pass nothing is tried again later. `again`: files that are known but not in the library
    are looked at once more. `mounts` remembers where the watch folders are mounted.

    Raises:
        GalleryError: the journal or the library cannot be used.
    """
    stop = Event()
    disk = Disk(stop)
    roots = tuple(root_of(folder, config.library) for folder in config.watch)
    journal = JournalOpener(disk, config.library, roots, log, clock).open()
    try:
        make_library(config.library, journal)
    except BaseException:
        journal.close()
        raise
    inbox: Inbox[ChildEvent] = Inbox()
    host = ClassifierHost(
        setup_of(config.model, config.batch, config.limits),
        inbox.reply,
        Timeouts(photo_s=config.limits.photo_s, idle_s=config.model.idle_timeout_s),
        is_enough=is_enough_for(config),
    )
    return wire(
        config,
        log,
        clock,
        inbox=inbox,
        journal=journal,
        disk=disk,
        host=host,
        roots=roots,
        stop=stop,
        is_pass=is_pass,
        again=again,
        mounts=mounts,
    )


def wire(
    config: Config,
    log: Log,
    clock: Clock,
    *,
    inbox: Inbox[ChildEvent],
    journal: Journal,
    disk: Disk,
    host: ClassifierHost,
    roots: tuple[WatchRoot, ...],
    stop: Event,
    is_pass: bool = False,
    again: bool = False,
    mounts: MountGuard | None = None,
) -> Runtime:
    """The journey on an open journal, a disk and a classifier process; nothing runs yet."""
    known = KnownFiles(journal, disk, config.library, roots, again=again)
    tally = PassCounts(stayed=StayedFiles() if is_pass else None)
    shortfalls = ConfidenceGaps(config.rules, cache(partial(confidences_of, config)))
    photo_log = PhotoLog(log, tally, config.library, clock, shortfalls)
    settle_s = {folder.name: folder.settle_s for folder in config.watch}
    arrivals = Arrivals(settle_s, mounts=mounts)
    filer = Filer(journal, disk, config.library)
    sidecars = WaitingSidecars(
        journal, disk, config.library, config.rules, known, siblings=Siblings(roots)
    )
    retries = Retries(first_s=math.inf) if is_pass else Retries()
    breaker = CircuitBreaker(first_s=0.0) if is_pass else CircuitBreaker()
    ends = Ends(
        library=config.library,
        rules=config.rules,
        arrivals=arrivals,
        filer=filer,
        journal=journal,
        sidecars=sidecars,
        retries=retries,
        breaker=breaker,
        photo_log=photo_log,
        clock=clock,
    )
    pipeline = Pipeline(
        arrivals=arrivals,
        known=known,
        host=host,
        cache=InferenceCache.of(config, journal, again=again),
        similar=SimilarIndex(journal, config.rules),
        word=PersonsWord(journal, config.library),
        rules=config.rules,
        sidecars=sidecars,
        ends=ends,
        filer=filer,
        retries=retries,
        breaker=breaker,
        photo_log=photo_log,
        clock=clock,
        in_order=is_pass,
    )
    return Runtime(
        config=config,
        inbox=inbox,
        host=host,
        journal=journal,
        photo_log=photo_log,
        tally=tally,
        pipeline=pipeline,
        retries=retries,
        breaker=breaker,
        roots=roots,
        stop=stop,
        since=clock.wall(),
    )


def root_of(folder: WatchFolder, library: str) -> WatchRoot:
    """The watch folder, without the library and the journal, which may be inside it."""
    return WatchRoot(
        source=folder.name,
        path=folder.path,
        recursive=folder.recursive,
        skipped=(library.rstrip("/"), os.fspath(state_folder())),
        only=folder.only,
        ignore=folder.ignore,
    )


def others_of(config: Config) -> tuple[str, ...]:
    """The folders that are not the library's, even inside it."""
    return (*(folder.path for folder in config.watch), os.fspath(state_folder()))


def library_scan_of(config: Config, journal: Journal, disk: Disk, clock: Clock) -> LibraryScan:
    """What looks at the library for lessons, by the rules and the classes of now.

    Raises:
        BundleError: the model cannot be read.
    """
    return LibraryScan(
        journal,
        disk,
        clock,
        root=root_of_library(config.library, others_of(config)),
        places=ClassPlaces.of(config.rules, classes_to_teach(config, journal)),
    )


def classes_to_teach(config: Config, journal: Journal) -> tuple[str, ...]:
    """The model's classes, and those that it is to have by lessons that were given.

    Raises:
        BundleError: the model cannot be read.
        JournalError: the journal cannot be used now.
    """
    taught = (lesson.class_name for lesson in journal.lessons.active(config.library))
    return tuple(dict.fromkeys((*classes_of(config.model), *taught)))


def make_library(library: str, journal: Journal) -> None:
    """The library is there; it is made only if nothing was ever filed into it.

    One that was used and is missing is an unmounted disk: a folder made in its place would fill the
    disk below it, out of sight.

    Raises:
        GalleryError: it cannot be made.
    """
    path = Path(library)
    if path.is_dir() or journal.has_used(library):
        return
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GalleryError(
            f"the library {library} cannot be made: {error.strerror}",
            hint="make the folder, or choose another `library`",
        ) from error


def pictures_of(limits: Limits, clock: Clock) -> PictureMaker:
    """What makes pictures for a page, within the limits of photos; nothing is started yet."""
    setup = PictureSetup(limits.photo_bytes, limits.photo_pixels, limits.photo_s, _PICTURES_IDLE_S)
    return PictureMaker(setup, PictureCache(default_folder(), clock))


def setup_of(model: ModelChoice, batch: Batch, limits: Limits) -> Setup:
    """The first message to the classifier process, by the configuration and this machine."""
    return Setup(
        bundle=os.fspath(find_bundle(model.bundle).resolve()),
        engine=model.engine,
        device=model.device,
        memory=os.fspath(engines_file()),
        batch_size=batch.size,
        batch_wait_s=batch.wait_s,
        max_bytes=limits.photo_bytes,
        max_pixels=limits.photo_pixels,
        # One decoder for each core we may use: Pillow releases the interpreter while it decodes.
        reading_threads=len(os.sched_getaffinity(0)),
        version=model.version,
    )
