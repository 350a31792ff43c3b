"""A forecast: what `run` or `sort` would do now with what is in the watch folders.

Nothing is written but what the model saw in the photos, so that the next forecast is instant: no
library is made, nothing is recovered, no row says that a photo came to an end.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.commands.dry_run import PlannedFile, Preview
from gallery_daemon.commands.inspection import Inspection, Scope
from gallery_daemon.config.folders import is_inside
from gallery_daemon.config.kinds.local import absolute
from gallery_daemon.config.missing import refuse_missing
from gallery_daemon.config.oneshot import adapt
from gallery_daemon.daemon.journals import open_to_plan
from gallery_daemon.daemon.wiring import root_of
from gallery_daemon.errors import FilingError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.overlay import DryRunDisk
from gallery_daemon.filing.preconditions import refuse_emptied
from gallery_daemon.journey.inference_cache import forget_gone
from gallery_daemon.journey.known_files import KnownFiles
from gallery_daemon.journey.siblings import Siblings
from gallery_daemon.journey.waiting_sidecars import WaitingSidecars, with_revived

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gallery_daemon.clock import Clock
    from gallery_daemon.commands.sort import ProgressDisplay
    from gallery_daemon.config.settings import Config
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.photo import Photo


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would become of the files in some folders.

    `known` files were passed over; of the others some were `remembered` from before, and some
    `classified` just now. `former` counts the photos in the library that rules filed which are in
    the configuration no more. `warning` is why nothing could be filed now, if so. `unjudged` are
    the paths of those that nobody looked at, for it was not wanted.
    """

    files: tuple[PlannedFile, ...]
    library: str
    known: int
    remembered: int
    classified: int
    former: int = 0
    warning: str | None = None
    unjudged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A photo that would go elsewhere, or by another action; None: it would not be looked at."""

    photo: str
    was: PlannedFile | None
    now: PlannedFile | None


def scopes_of(config: Config, folders: Sequence[str] = ()) -> tuple[Scope, ...]:
    """The watch folders; or only these folders, which may be in them or anywhere.

    Raises:
        GalleryError: one is no folder, or the library is it.
    """
    if not folders:
        return tuple(Scope(root_of(folder, config.library)) for folder in config.watch)
    scopes: list[Scope] = []
    for given in folders:
        refuse_missing(given)
        path = absolute(given, str(Path.cwd()))
        outer = (each for each in config.watch if is_inside(path, each.path))
        folder = next(outer, None)
        start = "" if folder is None else os.path.relpath(path, folder.path)
        folder = folder or adapt(config, sources=(path,)).watch[0]
        scopes.append(Scope(root_of(folder, config.library), start))
    return tuple(scopes)


def forecast(
    config: Config,
    scopes: Sequence[Scope],
    clock: Clock,
    display: ProgressDisplay,
    *,
    again: bool = False,
    include_known: bool = False,
    is_compared: bool = False,
    looks: bool = True,
) -> Forecast:
    """What would become of the files in these folders.

    What is known is passed over; `again`: only what is in the library is; `include_known`: nothing
    is. `is_compared`: only what the rules say matters, and not which names are taken. Without
    `looks` only what was looked at before is judged.

    Raises:
        GalleryError: the journal or the classifier process cannot be used.
    """
    with contextlib.closing(open_to_plan()) as journal:
        roots = tuple(root_of(folder, config.library) for folder in config.watch)
        roots += tuple(scope.root for scope in scopes)
        known = KnownFiles(journal, Disk(), config.library, roots, again=again)
        inspection = Inspection(config, journal, clock, display, again=again, looks=looks)
        sidecars = WaitingSidecars(
            journal,
            Disk(),
            config.library,
            config.rules,
            known,
            siblings=Siblings(roots),
            includes_known=include_known,
        )

        def unknown(photos: list[Photo]) -> list[Photo]:
            if include_known:
                return list(photos)
            return with_revived(photos, known.unknown(photos), sidecars)

        preview = Preview(config, journal, None if is_compared else DryRunDisk())
        files = tuple(preview.plan(inspection.files(scopes, unknown), sidecars))
        if inspection.classified:
            forget_gone(journal)
        return Forecast(
            files,
            config.library,
            known=inspection.known,
            remembered=inspection.remembered,
            classified=inspection.classified,
            former=sum(journal.filed_by_others(config.library, config.rules.names).values()),
            warning=_why_unusable(journal, config.library),
            unjudged=tuple(inspection.unjudged),
        )


def changes(was: Forecast, now: Forecast) -> tuple[Change, ...]:
    """The files that the second forecast puts elsewhere, or by another action, by their paths."""
    before = {each.photo: each for each in was.files}
    after = {each.photo: each for each in now.files}
    pairs = (Change(path, before.get(path), after.get(path)) for path in sorted(before | after))
    return tuple(each for each in pairs if goes_elsewhere(each.was, each.now))


def goes_elsewhere(was: PlannedFile | None, now: PlannedFile | None) -> bool:
    """Whether another place, another end or another action becomes of the file now."""
    return _whereto(was) != _whereto(now)


def _why_unusable(journal: Journal, library: str) -> str | None:
    """Why nothing can be filed into the library now; None if it can, or could be made."""
    try:
        refuse_emptied(journal, Disk(), library)
    except FilingError as error:
        return error.sentence
    except OSError:
        if journal.has_used(library):
            return f"{library} is not there; is its disk mounted?"
    return None


def _whereto(planned: PlannedFile | None) -> tuple[object, ...] | None:
    """Where it would be, or the end that it would come to; and how, which matters as much.

    `move` takes it away from the watch folder, and with `skip` it stays if its name is taken.
    """
    if planned is None:
        return None
    return planned.wanted or planned.state, planned.action, planned.conflict
