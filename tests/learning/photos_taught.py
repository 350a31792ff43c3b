"""A base, its bank and lessons, all of made-up features: clouds around corners, one a class."""

from __future__ import annotations

import numpy as np

from gallery_daemon.learning.fit import Taught
from gallery_daemon.model.bank import FeatureBank
from gallery_daemon.model.fit_head import fit_head
from gallery_daemon.model.head import Head
from gallery_daemon.model.manifest import FamiliarityScale, LookSettings, Manifest
from gallery_daemon.model.precision import tally_of
from gallery_daemon.photo import LookKind

CLASSES = ("cats", "dogs", "other")
WIDTH, ROWS = 24, 340
"""Numbers in a feature, and rows of each class in the bank: enough that a reach is known."""
_TALLIES = {name: tally_of([(0.95, True)] * 40 + [(0.6, False)] * 5) for name in CLASSES}
_REACH = dict.fromkeys(CLASSES, 0.4)
MANIFEST = Manifest(
    "made",
    CLASSES,
    "1" * 64,
    head_sha256="2" * 64,
    bank_sha256="3" * 64,
    looks={
        LookKind.FULL: LookSettings(128, 0.8, _TALLIES),
        LookKind.QUICK: LookSettings(128, 0.9, _TALLIES, _REACH),
    },
    familiarity=FamiliarityScale(5, tuple(n / 100 for n in range(101))),
)


def cloud(corner: int, count: int, seed: int, spread: float = 0.25) -> np.ndarray:
    """Features around a corner, float32 (count, WIDTH); quick ones are the same, a bit blurred."""
    random = np.random.default_rng(seed)
    middle = np.zeros(WIDTH)
    middle[corner] = 1
    found: np.ndarray = np.abs(middle + random.normal(0, spread, (count, WIDTH))).astype("f4")
    return found


def base(seed: int = 0) -> tuple[Head, FeatureBank]:
    """A head that knows three corners, and a bank of them."""
    rows = np.concatenate([cloud(corner, ROWS, seed + corner) for corner in range(3)])
    labels = np.repeat(np.arange(3), ROWS)
    shares = np.ones(len(rows), np.float32)
    looks = (rows, rows * np.float32(0.9))
    full, quick = (fit_head(each, labels, shares, 3, smoothing=0.05) for each in looks)
    head = Head(full.weight, full.bias, Head(quick.weight, quick.bias))
    return head, FeatureBank(rows.astype("f2"), (rows * 0.9).astype("f2"), labels)


def lessons(rows: np.ndarray, names: list[str]) -> Taught:
    """Lessons of these rows, which are classes of these names."""
    count = len(rows)
    return Taught(rows, rows * np.float32(0.9), tuple(names), tuple(range(count)), (None,) * count)


def strange_lessons(count: int, seed: int = 7) -> Taught:
    """Photos of two corners that the base does not know: cats' and dogs' of another house."""
    half = count // 2
    rows = np.concatenate([cloud(10, half, seed), cloud(11, count - half, seed + 1)])
    order = np.random.default_rng(seed).permutation(count)
    names = ["cats"] * half + ["dogs"] * (count - half)
    return lessons(rows[order], [names[place] for place in order])
