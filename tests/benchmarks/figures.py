"""What the clock said, as figures: rates, medians with their spread, ratios of one round.

The machine is a shared one and its speed wanders. So contestants take turns, and what is divided is
what one round measured: the ratio's median says more than the ratio of two medians.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# How many photos count as the start of a pass, at most: two batches, after which decoders and
# network are warm and every queue is filled.
_START_PHOTOS = 32
_START_SHARE = 6
# What counts as a burst is at most this part of a short pass.
_BURST_SHARE = 4
# How many photos the `DataLoader` has decoded ahead: 2 workers, 2 batches of 16 each.
# At the end of a pass their decoding is paid for already, so they are cut off, of everybody's pass
# that is long enough.
_AHEAD_PHOTOS = 64
_WORTH_CUTTING = 4 * _AHEAD_PHOTOS


@dataclass(frozen=True)
class Run:
    """One pass of one contestant: from process start to exit, and once it was in full swing.

    `processor_s` are the seconds of all cores that its processes took: on a machine that has other
    work to do, they say more than the clock.
    """

    photos: int
    whole_s: float
    processor_s: float
    steady_per_s: float

    @property
    def whole_per_s(self) -> float:
        """Photos a second, start and end of the process included."""
        return self.photos / self.whole_s

    @property
    def cores_busy(self) -> float:
        """How many cores it had, on average."""
        return self.processor_s / self.whole_s

    def whole_s_for(self, photos: int) -> float:
        """How long so many photos would have taken: start and end once, the rest steadily."""
        return self.whole_s + (photos - self.photos) / self.steady_per_s


@dataclass(frozen=True)
class Spread:
    """What several rounds gave."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of one value or more."""
        return cls(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        return f"{_short(self.median)} ({_short(self.least)}..{_short(self.most)})"


def steady_rate(finishes: Sequence[float], burst: int) -> float:
    """Photos a second in the middle of the pass.

    Args:
        finishes: when each photo was done, in seconds of any clock.
        burst: how many photos may be done at once. Counting begins and ends with the last photo of
            a burst: from the middle of one, its rest would be free.
    """
    times = sorted(finishes)
    start = _burst_end(times, min(_START_PHOTOS, len(times) // _START_SHARE) - 1, burst)
    end = len(times) - 1
    if len(times) >= _WORTH_CUTTING:
        end = _burst_end(times, len(times) - _AHEAD_PHOTOS - burst, burst)
    return (end - start) / (times[end] - times[start])


def rate_after_first(finishes: Sequence[float], burst: int) -> float:
    """Photos a second from the first ones to the last.

    Nothing is cut off at the end: of photos that are looked at twice, the slow ones come last.

    Args:
        finishes: when each photo was done, in seconds of any clock.
        burst: how many photos may be done at once, at most; counting begins behind the first.
    """
    times = sorted(finishes)
    start = _burst_end(times, 0, max(1, min(burst, len(times) // _BURST_SHARE)))
    return (len(times) - 1 - start) / (times[-1] - times[start])


def each_more(more: float, fewer: float, photos: int) -> float:
    """What one photo costs, of two passes of which one had so many `photos` more.

    What a pass costs whatever it does, as its start and the model, falls out.
    """
    return (more - fewer) / photos


def _burst_end(times: Sequence[float], place: int, burst: int) -> int:
    """The photo at or up to `burst` behind `place` after which the pause is the longest."""
    candidates = range(max(0, place), min(max(0, place) + burst, len(times) - 1))
    return max(candidates, key=lambda each: times[each + 1] - times[each])


def roofline(decode_per_s: float, inference_per_s: float) -> float:
    """Photos a second if every core always decodes or infers; each rate is that of all cores."""
    return 1 / (1 / decode_per_s + 1 / inference_per_s)


def ratio(upper: Sequence[float], lower: Sequence[float]) -> Spread:
    """Of what the same rounds gave."""
    return Spread.of([above / below for above, below in zip(upper, lower, strict=True)])


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
