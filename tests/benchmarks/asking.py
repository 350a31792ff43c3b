"""How long a journal is asked which of the photos that it has seen are like one."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import CacheEntry, Fingerprint
from gallery_daemon.photo import Identity
from gallery_daemon.rules.conditions.similar import BURST_S, NEAR_BITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_TIMES = 200
_BITS = 128
_A_DAY_S = 86_400
_PHOTOS_A_DAY = 30


def took_us(act: Callable[[], object]) -> float:
    """The median of many times, in microseconds."""
    return statistics.median(_times_us([act] * _TIMES))


def asked_us(photos: int, told: Sequence[int]) -> dict[str, str]:
    """What is asked of a photo, and how long it takes: median and the longest of `_TIMES`.

    Args:
        photos: how many were seen; bits like those `told`, some of them turned over.
        told: real pictures' bits, for real ones do not spread evenly.
    """
    dice = random.Random(2)
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Journal(Path(folder) / "journal.sqlite3")) as journal,
    ):
        began = time.perf_counter()
        journal.inferences.remember(_notes(photos, told, dice))
        written_us = (time.perf_counter() - began) / photos * 1e6
        seen, within_ms = journal.inferences.seen, round(BURST_S * 1000)
        signs = [_sign(told, number * photos // _TIMES, dice) for number in range(_TIMES)]
        like = [partial(_all, seen.like, each.bits, NEAR_BITS, None) for each in signs]
        around = [partial(_all, seen.around, each.taken_ms, within_ms, None) for each in signs]
        return {
            "one is written": f"{written_us:.0f} us with its look",
            "which looks the same": _spread(_times_us(like)),
            "which is of its burst": _spread(_times_us(around)),
        }


def _all(ask: Callable[..., Iterator[object]], *asked: object) -> int:
    return sum(1 for _ in ask(*asked))


def _notes(
    photos: int, told: Sequence[int], dice: random.Random
) -> Iterator[tuple[str, Identity, CacheEntry]]:
    for number in range(photos):
        identity = Identity(1, number + 1, 4_000_000 + number, number)
        sign = _sign(told, number, dice)
        yield f"/photos/IMG_{number}.jpg", identity, CacheEntry("m@00000000", "{}", sign)


def _sign(told: Sequence[int], number: int, dice: random.Random) -> Fingerprint:
    bits = dice.choice(told)
    for _ in range(dice.randrange(_BITS // 4)):
        bits ^= 1 << dice.randrange(_BITS)
    taken_s = number // _PHOTOS_A_DAY * _A_DAY_S + dice.randrange(_A_DAY_S)
    return Fingerprint(bits, taken_s * 1000)


def _times_us(acts: Sequence[Callable[[], object]]) -> list[float]:
    times = []
    for act in acts:
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1e6)
    return times


def _spread(times_us: Sequence[float]) -> str:
    return f"{statistics.median(times_us):.0f} us, at most {max(times_us):.0f} us"
