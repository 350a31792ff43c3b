"""Everything in turn: the configuration, the photo's way in, the library, the model, the rest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.config.settings import WatchMode
from gallery_daemon.config.synced import synced_warnings
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.doctor.finding import fail
from gallery_daemon.doctor.library import (
    judge_file_system,
    judge_journal,
    judge_library,
    judge_links,
    judge_space,
    location_of,
    look_at_journal,
    look_at_space,
    moves_photos,
    wants_links,
)
from gallery_daemon.doctor.model_and_rules import (
    CONFIGURATION,
    judge_model,
    judge_rules,
    look_at_model,
    look_at_rules,
)
from gallery_daemon.doctor.running import (
    judge_clock,
    judge_packages,
    judge_running,
    judge_unit,
    look_at_packages,
    look_at_running,
    look_at_unit,
)
from gallery_daemon.doctor.watched import (
    judge_inotify,
    judge_stuck,
    judge_sync,
    judge_watched,
    look_at_inotify,
    look_at_sync,
    look_at_watched,
)
from gallery_daemon.filing.file_systems import mode_of_all
from gallery_daemon.filing.library_state import look_at_library
from gallery_daemon.filing.permissions import links_are_protected
from gallery_daemon.intake.watch_mode import read_mountinfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config
    from gallery_daemon.doctor.finding import Finding
    from gallery_daemon.doctor.library import JournalState
    from gallery_daemon.doctor.watched import Watched
    from gallery_daemon.errors import ConfigErrors


def examine(config: Config, clock: Clock) -> Iterator[Finding]:
    """All that the daemon needs under this configuration."""
    yield from judge_rules(config, look_at_rules(config))
    markers = look_at_sync(folder.path for folder in config.watch)
    yield from judge_sync(markers, synced_warnings(config), config.file or "")
    daemons = look_at_running(folder.path for folder in config.watch)
    mounts, now = read_mountinfo(), clock.wall()
    watched = tuple(look_at_watched(folder, config.library, mounts, now) for folder in config.watch)
    for folder in watched:
        yield from judge_watched(folder)
    by_inotify = [each for each in watched if each.mode.mode is WatchMode.INOTIFY]
    limits = look_at_inotify(frozenset(each.pid for each in daemons))
    yield from judge_inotify(limits, sum(each.folders for each in by_inotify), len(by_inotify))
    journal = look_at_journal(journal_path(), config.library)
    yield from _library(config, watched, mounts, journal)
    yield from judge_model(look_at_model(config.model, config.library))
    yield from judge_journal(journal, is_running=bool(daemons))
    yield from judge_running(daemons, config.digest)
    yield from _machine(clock)


def examine_without(errors: ConfigErrors, clock: Clock) -> Iterator[Finding]:
    """What can be looked at although the configuration is wrong, and what is wrong with it."""
    for error in errors.errors:
        yield fail(CONFIGURATION, f"{error.place}: {error.sentence}", error.hint)
    yield from judge_journal(look_at_journal(journal_path(), None), is_running=True)
    yield from _machine(clock)


def _library(
    config: Config, watched: tuple[Watched, ...], mounts: str, journal: JournalState
) -> Iterator[Finding]:
    yield judge_library(look_at_library(config.library, was_used=journal.has_used_library))
    library = location_of(config.library, mounts)
    moves = moves_photos(config)
    mode = mode_of_all(config.library)
    yield from judge_file_system(config.library, library.can, mode, moves=moves)
    if moves:
        for each in watched:
            yield from judge_stuck(each)
    if wants_links(config):
        is_protected = links_are_protected()
        for each in watched:
            if each.problem is None:
                foreign = each.foreign if is_protected else 0
                source = location_of(each.path, mounts)
                yield judge_links(each.name, source, library, foreign)
    yield judge_space("the library", *look_at_space(Path(config.library)))
    yield judge_space("the journal", *look_at_space(journal_path().parent))


def _machine(clock: Clock) -> Iterator[Finding]:
    yield from judge_unit(look_at_unit())
    yield judge_clock(clock.wall())
    yield from judge_packages(look_at_packages())
