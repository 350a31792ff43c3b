"""Near duplicates in the library, in groups: shown side by side, and which of them a person wants.

Nothing is deleted, and nothing moves: the answer is remembered, and nobody is asked about the same
shots again. A group comes back when another like shot comes.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gallery_daemon.commands.recent import recent_photo
from gallery_daemon.errors import GalleryError
from gallery_daemon.journal.record import State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from gallery_daemon.clock import Clock
    from gallery_daemon.commands.near_pictures import NearGroup
    from gallery_daemon.commands.recent import RecentPhoto
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row

MOST_SHOTS: Final = 24
"""So many of a group are shown; an interval timer makes thousands."""
# Groups that are passed over, because they were settled or their photos are elsewhere.
_LOOKED_AT: Final = 500


@dataclass(frozen=True, slots=True)
class LikeShot:
    """A shot of a group; `pixels` are width and height, as far as they are known."""

    photo: RecentPhoto
    size_bytes: int
    pixels: tuple[int, int] | None
    is_best: bool


@dataclass(frozen=True, slots=True)
class LikeGroup:
    """Shots that are nearly the same, the best first; `bits` as of `NearGroup`.

    The best has the most pixels, then the most bytes: the copy that was not made smaller.
    `more` are not shown.
    """

    shots: tuple[LikeShot, ...]
    bits: int
    more: int = 0

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of the shots' rows."""
        return tuple(each.photo.id for each in self.shots)


@dataclass(frozen=True, slots=True)
class LikePage:
    """Some groups; `next_start` is where the following ones begin, or None."""

    groups: tuple[LikeGroup, ...]
    next_start: int | None


@dataclass(frozen=True, slots=True)
class AnsweredGroup:
    """A group about which a person was asked: the shots that are wanted, and the others."""

    id: int
    settled_at: datetime
    kept: tuple[RecentPhoto, ...]
    others: tuple[RecentPhoto, ...]


class Duplicates:
    """Near duplicates in one library; for the thread of its journal."""

    def __init__(self, journal: Journal, library: str, clock: Clock) -> None:
        self._journal, self._library, self._clock = journal, library, clock

    def page(self, groups: Sequence[NearGroup], start: int, count: int) -> LikePage:
        """Of the `groups` from `start` on the first `count` that there is something to say about.

        Raises:
            JournalError: the journal cannot be read now.
        """
        found: list[LikeGroup] = []
        end = min(start + _LOOKED_AT, len(groups))
        for place in range(start, end):
            group = self._shown(groups[place])
            if group is not None:
                found.append(group)
            if len(found) == count:
                end = place + 1
                break
        return LikePage(tuple(found), end if end < len(groups) else None)

    def settle(self, ids: Sequence[int], kept: Collection[int]) -> int:
        """The photos of those rows were looked at together, those of `kept` are wanted.

        Gives the number by which it is taken back.

        Raises:
            GalleryError: one of them is not in the library any more; nothing is remembered.
            JournalError: it cannot be written now.
        """
        rows = [self._filed(number) for number in dict.fromkeys(ids)]
        return self._journal.settled_groups.settle(self._library, rows, kept, self._clock.wall())

    def take_back(self, number: int) -> None:
        """Nothing was said of that group; it is shown again.

        Raises:
            GalleryError: nothing had been.
            JournalError: it cannot be written now.
        """
        if not self._journal.settled_groups.take_back(number):
            raise GalleryError("that was taken back already")

    def answered(self, limit: int, before: int | None = None) -> tuple[AnsweredGroup, ...]:
        """The groups about which a person said something last, the latest first.

        Raises:
            JournalError: the journal cannot be read now.
        """
        table = self._journal.settled_groups
        groups = (
            table.latest(self._library, limit)
            if before is None
            else table.latest(self._library, limit, before)
        )
        return tuple(
            AnsweredGroup(
                each.id,
                each.settled_at,
                self._photos(number for number, is_kept in each.photos if is_kept),
                self._photos(number for number, is_kept in each.photos if not is_kept),
            )
            for each in groups
        )

    def _photos(self, ids: Iterable[int]) -> tuple[RecentPhoto, ...]:
        return tuple(recent_photo(self._journal.existing_row(number)) for number in ids)

    def _shown(self, group: NearGroup) -> LikeGroup | None:
        """The group, if two of its shots or more are in the library and were not settled."""
        filed = self._journal.shots.filed(self._library, group.numbers)
        rows = [row for row in filed.values() if _is_there(row)]
        is_settled = self._journal.settled_groups.is_settled
        if len(rows) <= 1 or is_settled(self._library, rows):
            return None
        sized = [(row, self._journal.shots.pixels(row)) for row in rows]
        sized.sort(key=lambda each: _goodness(*each), reverse=True)
        shots = tuple(
            LikeShot(recent_photo(row), row.identity.size_bytes, pixels, place == 0)
            for place, (row, pixels) in enumerate(sized[:MOST_SHOTS])
        )
        return LikeGroup(shots, group.bits, max(0, len(rows) - MOST_SHOTS))

    def _filed(self, number: int) -> Row:
        row = self._journal.row(number)
        if row is None or row.state is not State.FILED or row.library != self._library:
            raise GalleryError(
                "one of these photos is not where it was any more", hint="load the page again"
            )
        return row


def _goodness(row: Row, pixels: tuple[int, int] | None) -> tuple[int, int, int]:
    """What is greater of the better shot; of two that are alike the older one is."""
    width, height = pixels or (0, 0)
    return width * height, row.identity.size_bytes, -row.id


def _is_there(row: Row) -> bool:
    return row.destination is not None and os.path.lexists(row.destination)
