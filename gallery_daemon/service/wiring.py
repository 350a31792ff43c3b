"""Everything that one configuration needs, constructed here and nowhere else, top to bottom."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import platformdirs

from gallery_daemon.classifier.host import ClassifierHost
from gallery_daemon.classifier.patience import Patience
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.execute import Filer
from gallery_daemon.filing.journal import Journal
from gallery_daemon.filing.place import Disk
from gallery_daemon.filing.recover import recover
from gallery_daemon.intake.arrivals import Arrivals
from gallery_daemon.intake.candidate import Ground
from gallery_daemon.service.company import Company
from gallery_daemon.service.inbox import Inbox
from gallery_daemon.service.pipeline import Pipeline
from gallery_daemon.service.rooms import Rooms
from gallery_daemon.service.setup import setup_of
from gallery_daemon.service.tally import Tally
from gallery_daemon.service.tell import Teller

if TYPE_CHECKING:
    from gallery_daemon.classifier.child import Arrival
    from gallery_daemon.config.settings import Config, WatchFolder
    from gallery_daemon.logs import Log
    from gallery_daemon.service.clock import Clock


@dataclass(frozen=True, slots=True)
class House:
    """One configuration's rooms, wired."""

    config: Config
    inbox: Inbox[Arrival]
    host: ClassifierHost
    journal: Journal
    teller: Teller
    tally: Tally
    pipeline: Pipeline
    grounds: tuple[Ground, ...]
    stop: Event

    def close(self) -> None:
        """Everything has ended, the last to begin first; what is under way is found again."""
        self.stop.set()
        self.host.close()
        self.journal.close()


def state_folder() -> Path:
    """Where the journal lies: XDG_STATE_HOME/gallery-daemon."""
    return platformdirs.user_state_path("gallery-daemon")


def journal_path() -> Path:
    """The journal of this user."""
    return state_folder() / "journal.sqlite3"


def build(config: Config, log: Log, clock: Clock) -> House:
    """The rooms for `config`, with what a crash left cleared up.

    Raises:
        GalleryError: the journal or the library cannot be used.
    """
    stop = Event()
    disk = Disk(stop)
    journal = Journal(journal_path())
    for recovered in recover(journal, disk):
        log.filing_recovered(photo=recovered.path, result=recovered.result)
    _make_library(config.library, journal)
    inbox: Inbox[Arrival] = Inbox()
    tally = Tally()
    teller = Teller(log, tally, config.library, clock)
    host = ClassifierHost(
        setup_of(config.model, config.batch, config.limits),
        inbox.reply,
        Patience(photo_s=config.limits.photo_s, idle_s=config.model.idle_timeout_s),
    )
    rooms = Rooms(
        arrivals=Arrivals({folder.name: folder.settle_s for folder in config.watch}),
        host=host,
        rules=config.rules,
        filer=Filer(journal, disk, config.library),
        journal=journal,
        company=Company(journal, config.library),
        tell=teller,
    )
    return House(
        config=config,
        inbox=inbox,
        host=host,
        journal=journal,
        teller=teller,
        tally=tally,
        pipeline=Pipeline(rooms, config.library, clock),
        grounds=tuple(_ground(folder, config.library) for folder in config.watch),
        stop=stop,
    )


def _ground(folder: WatchFolder, library: str) -> Ground:
    """The watch folder without the library and the journal, which may lie in it."""
    return Ground(
        source=folder.name,
        root=folder.path,
        recursive=folder.recursive,
        skipped=(library.rstrip("/"), os.fspath(state_folder())),
        only=folder.only,
        ignore=folder.ignore,
    )


def _make_library(library: str, journal: Journal) -> None:
    """The library is there, made only if nothing was ever filed into it.

    One that was used and is gone is an unmounted disk: a folder made in its place would fill the
    disk below, out of sight.
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
