"""Sidecars that wait for their photo, and whose photo that is.

A live photo's film may come minutes before or after its still. What the judge must know of a
sidecar is looked up here: its photo, beside it or moved away, and what became of that.

A version of a photo (`IMG_E1.HEIC` of `IMG_1.HEIC`) waits like a sidecar, and goes along like one.
But it is a photo: it was examined before, and is judged by itself where the original does not take
it along.
"""

from __future__ import annotations

import contextlib
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from gallery_daemon.filing.preconditions import lies_in_library, linked_filing
from gallery_daemon.filing.sidecars import FolderNames, beginnings_of, is_sidecar_name, owner_of
from gallery_daemon.filing.versions import is_version_name
from gallery_daemon.intake.arrivals import file_state
from gallery_daemon.journal.record import State
from gallery_daemon.journey.examined import Predicted
from gallery_daemon.journey.judge import (
    PASSED_OVER,
    Fate,
    Leave,
    has_no_end,
    is_expected,
    of_sidecar,
    of_version,
)
from gallery_daemon.journey.siblings import beside, extension_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.imaging.formats import FileKind
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row
    from gallery_daemon.journey.examined import Examined
    from gallery_daemon.journey.judge import Late, SidecarVerdict, Wait
    from gallery_daemon.journey.known_files import KnownFiles
    from gallery_daemon.journey.siblings import Siblings
    from gallery_daemon.photo import Candidate, Identity, Photo
    from gallery_daemon.rules.decide import RuleSet

# A camera counts IMG_0001 to IMG_9999 and begins again: a film belongs to a photo that was moved
# away only if both are of the same day.
_SAME_SHOT_NS = 24 * 3600 * 1_000_000_000


class WaitingSidecars:
    """The sidecars that wait, by the photo that they wait for."""

    def __init__(
        self,
        journal: Journal,
        disk: Disk,
        library: str,
        rules: RuleSet,
        known: KnownFiles,
        *,
        siblings: Siblings,
        includes_known: bool = False,
    ) -> None:
        """`includes_known`: every photo that is there comes to an end, even if it did before."""
        self._journal, self._disk, self._library, self._rules = journal, disk, library, rules
        self._known, self._includes_known = known, includes_known
        self._siblings = siblings
        # Rows with higher numbers are of this pass, in which no photo is judged twice.
        newest = next(journal.newest_first(), None)
        self._last_before = 0 if newest is None else newest.id
        # By the photo's path; a sidecar that is seen again while it waits, waits once.
        self._waiting: dict[str, dict[Candidate, Photo]] = {}
        self._owners: dict[Candidate, str] = {}
        self._versions: dict[Candidate, Examined] = {}
        self._released: deque[Examined] = deque()

    def in_one_turn(self) -> AbstractContextManager[None]:
        """Within, what lies beside files is looked up once for each folder."""
        return self._siblings.in_one_turn()

    def verdict_on(self, sidecar: Photo, kind: FileKind) -> SidecarVerdict:
        """What is to become of a sidecar that settled.

        Raises:
            JournalError: the journal cannot be read now.
        """
        owner = self._siblings.owner_of(sidecar)
        if owner is not None and not self._siblings.counts(owner):
            return Leave(PASSED_OVER)
        awaited, fate = self._of_owner(sidecar, owner)
        return of_sidecar(sidecar.name, kind, awaited, fate, self._rules)

    def verdict_on_version(self, examined: Examined) -> Wait | Late | None:
        """What is to become of a version of another photo; None: it is judged by itself.

        Raises:
            JournalError: the journal cannot be read now.
        """
        photo = examined.photo
        if not isinstance(examined, Predicted) or not is_version_name(photo.name):
            return None
        awaited, fate = self._of_owner(photo, self.original_of(photo))
        # What fails may do so for weeks.
        if fate is not None and fate.state is State.FAILED:
            awaited = None
        return of_version(awaited, fate, self._rules)

    def original_of(self, photo: Photo) -> Candidate | None:
        """The photo beside it that a photo is a version of, if it comes to an end at all."""
        owner = self._siblings.owner_of(photo) if is_version_name(photo.name) else None
        return owner if owner is not None and self._siblings.counts(owner) else None

    def sidecars_that_came_before(self, photo: Photo) -> Iterator[Photo]:
        """The sidecars beside a photo that were left because it was not there yet.

        Raises:
            JournalError: the journal cannot be read now.
        """
        for candidate in self._siblings.sidecars_of(photo):
            with contextlib.suppress(OSError):
                seen = file_state(candidate.path)
                if not isinstance(seen, str):
                    sidecar = replace(photo, candidate=candidate, identity=seen.identity)
                    if self.came_before_its_photo(sidecar):
                        yield sidecar

    def came_before_its_photo(self, file: Photo) -> bool:
        """Whether the file is a sidecar that was left only because its photo came later.

        Raises:
            JournalError: the journal cannot be read now.
        """
        if not is_sidecar_name(file.name):
            return False
        owner = self._siblings.owner_of(file)
        if owner is None or not self._siblings.counts(owner):
            return False
        left = self._journal.latest_of(file.path, self._library)
        if left is None or not left.identity.has_same_bytes_as(file.identity):
            left = self._known.row_of(file)
        if left is None or left.state is not State.LEFT:
            return False
        latest, now = self._latest_of(file, owner)
        if now is None:
            return False
        return latest is None or has_no_end(latest) or latest.id > left.id

    def fate_of(self, photo: Photo) -> Fate | None:
        """The end that the photo came to, for those that waited for it.

        Raises:
            JournalError: the journal cannot be read now.
        """
        return self._fate(self._journal.latest_of(photo.path, self._library), photo.identity)

    def wait(self, sidecar: Photo, owner: str, version: Examined | None = None) -> None:
        """The sidecar waits until the photo at `owner` comes to its end; `version` if it is one."""
        self._waiting.setdefault(owner, {})[sidecar.candidate] = sidecar
        self._owners[sidecar.candidate] = owner
        if version is not None:
            self._versions[sidecar.candidate] = version

    def are_waiting_for(self, photo: Photo) -> bool:
        """Whether a sidecar waits for the photo."""
        return photo.path in self._waiting

    def take(self, photo: Photo) -> tuple[Photo, ...]:
        """The sidecars that waited for the photo; they wait no more."""
        return tuple(self._waiting.pop(photo.path, {}).values())

    def take_along(self, photo: Photo) -> tuple[Photo, ...]:
        """The same, and those that waited for its versions, which go with it."""
        taken = self.take(photo)
        return taken + tuple(
            each
            for version in taken
            if version.candidate in self._versions
            for each in self.take_along(version)
        )

    def went(self, sidecars: Iterable[Photo]) -> None:
        """They went along with their photo."""
        for each in sidecars:
            self._owners.pop(each.candidate, None)
            self._versions.pop(each.candidate, None)

    def give_back(self, sidecars: Iterable[Photo]) -> None:
        """They wait for whom they waited for, because it did not take them along."""
        for each in sidecars:
            self._waiting.setdefault(self._owners[each.candidate], {})[each.candidate] = each

    def release(self, sidecars: Iterable[Photo]) -> tuple[Photo, ...]:
        """Those that are sidecars; the versions among them are to be judged by themselves."""
        rest = []
        for each in sidecars:
            self._owners.pop(each.candidate, None)
            version = self._versions.pop(each.candidate, None)
            if version is None:
                rest.append(each)
            else:
                self._released.append(version)
        return tuple(rest)

    def next_version(self) -> Examined | None:
        """The next version that is to be judged now, if there is one."""
        return self._released.popleft() if self._released else None

    def take_all(self) -> tuple[Photo, ...]:
        """All that still wait; for the end of a pass."""
        waiting = [photo for photos in self._waiting.values() for photo in photos.values()]
        self._waiting.clear()
        return tuple(waiting)

    def _of_owner(self, sidecar: Photo, owner: Candidate | None) -> tuple[str | None, Fate | None]:
        """The path of the photo if it is awaited, and what became of it last."""
        if owner is None:
            return None, self._fate(self._moved_owner_of(sidecar), None)
        latest, now = self._latest_of(sidecar, owner)
        awaited = now is not None and self._is_expected(sidecar, owner, latest, now)
        return owner.path if awaited else None, self._fate(latest, now)

    def _latest_of(self, sidecar: Photo, owner: Candidate) -> tuple[Row | None, Identity | None]:
        """What became last of the photo, and what it is now, if it is a file."""
        latest = self._journal.latest_of(owner.path, self._library)
        try:
            seen = file_state(owner.path)
        except OSError:
            return latest, None
        now = None if isinstance(seen, str) else seen.identity
        if now is not None and has_no_end(latest):
            latest = self._renamed_owner(sidecar, owner, now) or latest
        return latest, now

    def _fate(self, latest: Row | None, now: Identity | None) -> Fate | None:
        """`now` is the photo as it is, if it is there: a link of it may have been filed before."""
        if latest is None:
            return None
        if latest.state is State.FILED:
            return Fate(latest.state, self._original_filing(latest))
        if latest.state is not State.IDENTICAL or now is None:
            return Fate(latest.state)
        linked = linked_filing(self._journal, self._disk, now, self._library)
        if linked is not None or latest.name is None:
            return Fate(latest.state, linked and self._original_filing(linked))
        place = latest.library, latest.folder, latest.name
        duplicated = self._journal.filed_at(*place) or latest
        is_there = lies_in_library(self._disk, duplicated)
        return Fate(latest.state, duplicated if is_there else None, is_duplicate=is_there)

    def _original_filing(self, filed: Row) -> Row:
        """The filing of the photo that a version went along with, or the photo's own."""
        while filed.parent is not None:
            filed = self._journal.existing_row(filed.parent)
        return filed

    def _is_expected(
        self, sidecar: Photo, owner: Candidate, latest: Row | None, now: Identity
    ) -> bool:
        if self._includes_known:
            return True
        photo = replace(sidecar, candidate=owner, identity=now)
        is_known = self._is_of_this_pass(latest, now) or not self._known.unknown((photo,))
        return is_expected(latest, is_known=is_known)

    def _renamed_owner(self, sidecar: Photo, owner: Candidate, now: Identity) -> Row | None:
        """What became of the photo under another name, which its sidecar has no more.

        By its inode or its bytes it is known, so it comes to no end under the name that it has now.
        """
        known = self._known.row_of(replace(sidecar, candidate=owner, identity=now))
        return None if known is None else replace(known, relative=owner.relative)

    def _is_of_this_pass(self, latest: Row | None, now: Identity) -> bool:
        return latest is not None and latest.id > self._last_before and latest.identity == now

    def _moved_owner_of(self, sidecar: Photo) -> Row | None:
        """The filing of the sidecar's photo, if that is not beside it any more."""
        where = sidecar.candidate
        rows = {
            row.candidate.name: row
            for beginning in beginnings_of(sidecar.name)
            for row in self._journal.filed_from(beside(where, beginning).path, self._library)
            if row.candidate.folders == where.folders
            and abs(row.identity.mtime_ns - sidecar.identity.mtime_ns) < _SAME_SHOT_NS
        }
        owner = owner_of(sidecar.name, FolderNames(rows), extension_in(sidecar)) if rows else None
        return None if owner is None else rows[owner]


def with_revived(
    photos: Sequence[Photo], unknown: Sequence[Photo], sidecars: WaitingSidecars
) -> list[Photo]:
    """The unknown ones of some files, and the sidecars that were left before their photo came.

    Raises:
        JournalError: the journal cannot be read now.
    """
    new = {each.candidate for each in unknown}
    return [
        each for each in photos if each.candidate in new or sidecars.came_before_its_photo(each)
    ]
