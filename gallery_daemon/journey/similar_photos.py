"""Similar photos: those seen before a photo that are of its burst, or look the same.

Which of two was seen before is decided by their numbers in the journal alone, so `run`, a plan,
`explain` and `refile` say the same of a photo, today and in a year. The photos of one burst form a
chain, each with the nearest that was seen before it; the group is named after the chain's end.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gallery_daemon.imaging.names import burst_of
from gallery_daemon.journal.record import Fingerprint
from gallery_daemon.journey.examined import Predicted, Unpredicted
from gallery_daemon.partial_date import Granularity
from gallery_daemon.photo import PLAIN, Similar, SimilarPhoto, TakenFrom
from gallery_daemon.rules.component import stem
from gallery_daemon.rules.condition import Need
from gallery_daemon.rules.conditions.similar import BURST_BITS, BURST_S, NEAR_BITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.seen import SeenPhoto
    from gallery_daemon.journey.examined import Examined
    from gallery_daemon.photo import Facts, Photo
    from gallery_daemon.rules.decide import RuleSet

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BURST_MS = round(BURST_S * 1000)
# Photos whose chain's end is kept: a burst has ten photos, but an interval timer makes thousands.
_REMEMBERED = 10_000


def fingerprint_of(name: str, facts: Facts) -> Fingerprint:
    """What the photo is recognised by."""
    bits = None if facts.dhash is None or facts.dhash == PLAIN else int(facts.dhash, 16)
    return Fingerprint(bits, _taken_ms(facts), burst_of(name))


class SimilarIndex:
    """Looks up the similar photos of a photo, where the rules ask for them."""

    def __init__(self, journal: Journal, rules: RuleSet) -> None:
        self._seen, self.is_needed = journal.inferences.seen, Need.SIMILAR in rules.needs
        self._groups: dict[int, SeenPhoto] = {}

    def of(self, examined: Examined) -> Examined:
        """The same, with the photos that are like it, if rules ask for them and can be tried.

        Raises:
            JournalError: the journal cannot be read now.
        """
        match examined:
            case Predicted(photo, facts):
                return replace(examined, facts=self.with_similar(photo, facts))
            case Unpredicted():
                return examined

    def with_similar(self, photo: Photo, facts: Facts) -> Facts:
        """The facts, with the photo's similar photos if the rules ask for them.

        Raises:
            JournalError: the journal cannot be read now.
        """
        if not self.is_needed:
            return facts
        number = self._seen.number_of(photo.path, photo.identity)
        fingerprint = fingerprint_of(photo.name, facts)
        # Another file that had the path is gone: an edited photo is no duplicate of what it was.
        gone = photo.path if number is None and self._seen.has(photo.path) else None
        burst, near = self._nearest(
            fingerprint, number, photo.name, photo.identity.size_bytes, gone
        )
        first = burst or near
        if first is None:
            return replace(facts, similar=Similar())
        similar = Similar(
            burst=None if burst is None else _similar_photo(burst, fingerprint),
            near_duplicate=None if near is None else _similar_photo(near, fingerprint),
            group=stem(self._end_of_chain(first, gone).name),
        )
        return replace(facts, similar=similar)

    def _nearest(
        self,
        fingerprint: Fingerprint,
        number: int | None,
        name: str,
        size_bytes: int,
        gone: str | None,
    ) -> tuple[SeenPhoto | None, SeenPhoto | None]:
        """The nearest of its burst and the nearest to look at, seen before that number.

        What was seen at the path `gone` does not count.
        """

        def is_copy(earlier: SeenPhoto) -> bool:
            """Whether all that is known says that it has the same bytes."""
            return (earlier.size_bytes, earlier.fingerprint) == (size_bytes, fingerprint)

        of_burst = (each for each in self._of_burst(fingerprint, number) if each.path != gone)
        is_there = self._seen.is_there
        burst = (each for each in of_burst if not is_copy(each) and is_there(each))
        like = (
            () if fingerprint.bits is None else self._seen.like(fingerprint.bits, NEAR_BITS, number)
        )
        near = (
            (bits, each.number, each)
            for bits, each in like
            # The same bytes under the same name are a matter for `identical`.
            if each.path != gone and (each.name != name or not is_copy(each))
        )
        nearest = (each for _, _, each in sorted(near) if is_there(each))
        return next(burst, None), next(nearest, None)

    def _of_burst(self, fingerprint: Fingerprint, number: int | None) -> Iterator[SeenPhoto]:
        """Those of its burst: by time, the nearest first; then by name."""
        if fingerprint.taken_ms is not None and fingerprint.bits is not None:
            taken_ms = fingerprint.taken_ms
            around = self._seen.around(taken_ms, _BURST_MS, number)
            others = (each for each in around if not _is_same_shot(each.fingerprint, fingerprint))
            alike = (each for each in others if _bits(each.fingerprint, fingerprint) is not None)
            yield from sorted(alike, key=lambda each: (_apart(each, taken_ms), each.number))
        if fingerprint.burst is not None:
            yield from self._seen.of_burst(fingerprint.burst, number)

    def _end_of_chain(self, earlier: SeenPhoto, gone: str | None) -> SeenPhoto:
        """The first photo of the group that the photo belongs to; numbers fall, so it ends."""
        # Chains are remembered as they are with all photos.
        groups = self._groups if gone is None else {}
        passed: list[int] = []
        while earlier.number not in groups:
            passed.append(earlier.number)
            known = earlier.number, earlier.name, earlier.size_bytes
            burst, near = self._nearest(earlier.fingerprint, *known, gone)
            if burst is None and near is None:
                break
            earlier = burst or near or earlier
        end = groups.get(earlier.number, earlier)
        if len(groups) > _REMEMBERED:
            groups.clear()
        groups.update(dict.fromkeys(passed, end))
        return end


def _similar_photo(earlier: SeenPhoto, fingerprint: Fingerprint) -> SimilarPhoto:
    after_s, ours, theirs = None, fingerprint.taken_ms, earlier.fingerprint.taken_ms
    if ours is not None and theirs is not None and abs(ours - theirs) <= _BURST_MS:
        after_s = (ours - theirs) / 1000
    return SimilarPhoto(earlier.name, _bits(earlier.fingerprint, fingerprint), after_s)


def _bits(one: Fingerprint, other: Fingerprint) -> int | None:
    """In how many bits they differ; None: in more than `BURST_BITS`, or one has none."""
    if one.bits is None or other.bits is None:
        return None
    differ = (one.bits ^ other.bits).bit_count()
    return differ if differ <= BURST_BITS else None


def _is_same_shot(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether they have one time to the millisecond: two versions of one photo, and no burst.

    Of times without a fraction that cannot be known.
    """
    return one.taken_ms == other.taken_ms and bool((one.taken_ms or 0) % 1000)


def _apart(earlier: SeenPhoto, taken_ms: int) -> int:
    assert earlier.fingerprint.taken_ms is not None
    return abs(earlier.fingerprint.taken_ms - taken_ms)


def _taken_ms(facts: Facts) -> int | None:
    """Milliseconds since 1970 by the camera's clock, whatever its zone; None: no time is known.

    An mtime is not the camera's, and a name may give the day alone.
    """
    taken = facts.taken
    if taken.origin is TakenFrom.MTIME or taken.granularity is not Granularity.SECOND:
        return None
    return round((taken.when.replace(tzinfo=UTC) - _EPOCH).total_seconds() * 1000)
