"""Conditions on the photos that were seen before one: of the same burst, or the same to look at.

Which ones they are is looked up elsewhere and comes with the facts (`Similar`), so what is decided
here depends on the arguments alone. Of the first photo of a burst neither condition is true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.photo import PLAIN, Similar
from gallery_daemon.rules.condition import Boolean, Need, Needs, yes_or_no

if TYPE_CHECKING:
    from gallery_daemon.decision import Check
    from gallery_daemon.photo import Facts, Photo, Prediction, SimilarPhoto

_NEEDS: Needs = frozenset({Need.FILE, Need.SIMILAR})

DHASH_BITS = 128
NEAR_BITS = 8
"""Two photos look the same if no more of their bits differ.

This finds 99.9% of the copies that a messenger or an editor saves again, half as large or smaller,
and 93.2% of those that lost 2% of their width and height. Of 35 million pairs of other pictures 56
count as alike; seen by eye, all but two of the gallery's are the same picture in two versions. 10
bits would find 97.6% of the cut ones, and six more pairs that are not the same.
Measured: `python -m tests.benchmarks.alike`.
"""

BURST_BITS = 36
"""Two photos may be of one burst if no more of their bits differ.

A moving hand and a moving child change more than a copy does: of pictures that were turned by 3
degrees and cut by 8%, 99.5% are as near. Of other photos one pair in 1,000 is, but hardly within
`BURST_S`. Measured: `python -m tests.benchmarks.alike`.
"""

BURST_S = 2.0
"""The most seconds between two neighbours in a burst.

Phones write 10 and more photos a second, but many EXIF times have no fraction, and somebody who
presses the button again at once has the same in mind. Measured: the times in the names of bursts.
"""


class Burst(Boolean):
    """A photo of the same burst was seen before; or none was."""

    __slots__ = ()
    KEY = "burst"

    def check(self, _photo: Photo, facts: Facts, _prediction: Prediction | None) -> Check:
        """Yes or no."""
        first = (facts.similar or Similar()).burst
        reason = "no photo of its burst was seen before" if first is None else _in_burst(first)
        return yes_or_no(self, holds=(first is not None) is self.wanted, reason=reason)

    @property
    def needs(self) -> Needs:
        """The photos seen before, and the file, to compare it with them."""
        return _NEEDS


class NearDuplicate(Boolean):
    """A photo that looks the same was seen before; or none was."""

    __slots__ = ()
    KEY = "near_duplicate"

    def check(self, _photo: Photo, facts: Facts, _prediction: Prediction | None) -> Check:
        """Yes or no."""
        first = (facts.similar or Similar()).near_duplicate
        if first is not None:
            reason = f"{first.bits} of {DHASH_BITS} bits away from {first.name}, seen before"
        elif facts.dhash == PLAIN:
            reason = "the picture is too plain to compare"
        else:
            reason = "no photo seen before looks the same"
        return yes_or_no(self, holds=(first is not None) is self.wanted, reason=reason)

    @property
    def needs(self) -> Needs:
        """The photos seen before, and the file, to compare it with them."""
        return _NEEDS


def _in_burst(first: SimilarPhoto) -> str:
    """Why it is of one burst with the photo."""
    if first.after_s is None or first.bits is None:
        return f"its name is of the same burst as {first.name}, seen before"
    when = "after" if first.after_s >= 0 else "before"
    return f"taken {abs(first.after_s):g} s {when} {first.name}, seen before"
