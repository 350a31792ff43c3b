"""Who runs against whom: each contestant once in each round, in a fresh process, by turns.

So a slow minute of the machine hits all of them.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks import ceilings, loader, ours
from tests.benchmarks.figures import Spread, ratio, roofline
from tests.benchmarks.processes import run_contestant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tests.benchmarks.figures import Run

OURS, DECODE, INFERENCE = "ours", "decode", "inference"
# Opponents, and how many times as fast ours is to be.
_TARGETS = {"article with Pillow": 8.0, "article with OpenCV": 8.0, "DataLoader": 4.0}
_ROOFLINE_TARGET = 0.85

Runs = dict[str, list["Run"]]


@dataclass(frozen=True)
class Comparison:
    """Ours against something else, per round; `target` is the least that it should be."""

    against: str
    whole: Spread
    steady: Spread
    target: float


def contestants(
    photos: Sequence[Path], article_photos: int, scene: Path, environ: Mapping[str, str]
) -> dict[str, Callable[[], Run]]:
    """All of them that are installed, by name, in their order in a round."""
    folder = str(photos[0].parent)
    article = ("tests.benchmarks.article", folder, "--photos", str(article_photos), "--reader")
    run = partial(run_contestant, environ=environ)
    found: dict[str, Callable[[], Run]] = {
        "article with Pillow": partial(run, *article, "pillow", burst=1),
        "article with OpenCV": partial(run, *article, "cv2", burst=1),
        "DataLoader": partial(run, "tests.benchmarks.loader", folder, burst=loader.BATCH_SIZE),
        OURS: partial(ours.sort_once, photos, scene, environ),
    }
    for kind, burst in ((DECODE, 1), (INFERENCE, ceilings.BATCH_SIZE)):
        found[kind] = partial(run, "tests.benchmarks.ceilings", kind, folder, burst=burst)
    if importlib.util.find_spec("cv2") is None:
        del found["article with OpenCV"]
    return found


def play(acts: Mapping[str, Callable[[], Run]], rounds: int, say: Callable[[str], None]) -> Runs:
    """The runs of each contestant, one a round.

    Raises:
        Broken: one of them failed, or ours lost or doubled a photo.
    """
    runs: Runs = {name: [] for name in acts}
    for number in range(rounds):
        for name, act in acts.items():
            runs[name].append(act())
            last = runs[name][-1]
            say(f"round {number + 1}: {name}, {last.whole_s:.1f} s, {last.steady_per_s:.1f}/s")
    return runs


def comparisons(runs: Runs) -> list[Comparison]:
    """Ours against each opponent that has run, and its share of the roofline."""
    mine = runs[OURS]
    photos = mine[0].photos
    whole_s = [run.whole_s for run in mine]
    steady = [run.steady_per_s for run in mine]
    found = [
        Comparison(
            name,
            ratio([run.whole_s_for(photos) for run in runs[name]], whole_s),
            ratio(steady, [run.steady_per_s for run in runs[name]]),
            target,
        )
        for name, target in _TARGETS.items()
        if name in runs
    ]
    limits = rooflines(runs)
    whole_rates = [run.whole_per_s for run in mine]
    return [
        *found,
        Comparison("roofline", ratio(whole_rates, limits), ratio(steady, limits), _ROOFLINE_TARGET),
    ]


def rooflines(runs: Runs) -> list[float]:
    """Photos a second that each round's ceilings allow."""
    return [
        roofline(decode.steady_per_s, inference.steady_per_s)
        for decode, inference in zip(runs[DECODE], runs[INFERENCE], strict=True)
    ]
