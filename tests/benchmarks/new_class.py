"""A new class from some photos: how many of its other photos are found, and what the old ones lose.

The class is left out of the base's head and bank wholly, and so is a fifth of all sources, on which
the old classes are measured. Of the new class the photos that were not lessons are measured. Recall
is at the confidence from which on 90 of 100 photos that are called so are so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table

from gallery_daemon.learning.candidate_model import make_candidate
from gallery_daemon.learning.fit import Taught
from gallery_daemon.model.engines.probes import softmax
from gallery_daemon.photo import LookKind
from gallery_daemon.training.split import fold_sources
from tests.benchmarks.played import base_without

if TYPE_CHECKING:
    from gallery_daemon.model.manifest import Manifest
    from tests.benchmarks.body_features import BodyFeatures
    from tests.benchmarks.played import Base, Integers

COUNTS = (15, 30, 60)
WANTED = {15: 0.8, 30: 0.88, 60: 0.92}
PRECISION = 0.9
CLASSES = ("cars", "whatsapp_screenshots", "memes", "mountains")
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class NewClassResult:
    """Recall of a new class at 90% precision, and the old classes' mean recall before and after.

    `worst` is the largest fall of an old class, as a share; `passed` says whether the gate let it.
    """

    recall: float
    before: float
    after: float
    worst: float
    passed: bool


def new_class_table(features: BodyFeatures, manifest: Manifest, streams: int) -> Table:
    """A row for each new class and number of photos; means of `streams` random choices."""
    table = Table(
        "new class", "photos", "recall", "wanted", "old before", "after", "worst", "passed"
    )
    left_out = fold_sources(features.gallery, _FOLDS)[0]
    for name in CLASSES:
        base = base_without(features, manifest, left_out, name)
        for count in COUNTS:
            found = [_learn(features, base, name, left_out, count, seed) for seed in range(streams)]
            recalls = np.array([each.recall for each in found])
            table.add_row(
                name,
                str(count),
                f"{recalls.mean():.2f} ± {recalls.std():.2f}",
                f"{WANTED[count]:.2f}",
                f"{np.mean([each.before for each in found]):.3f}",
                f"{np.mean([each.after for each in found]):.3f}",
                f"{np.mean([each.worst for each in found]):+.1%}",
                f"{sum(each.passed for each in found)}/{len(found)}",
            )
    return table


def _learn(
    features: BodyFeatures,
    base: Base,
    name: str,
    left_out: tuple[str, ...],
    count: int,
    seed: int,
) -> NewClassResult:
    old = base.manifest.classes
    rows = features.looks[LookKind.FULL]
    label = features.gallery.classes.index(name)
    own = np.random.default_rng(seed).permutation(np.flatnonzero(features.labels == label))
    taught = rows[own[:count]].astype(np.float32)
    lessons = Taught(taught, taught, (name,) * count, tuple(range(count)), (None,) * count)
    candidate = make_candidate(base.manifest, base.head, base.bank, lessons)
    others = np.flatnonzero(np.isin(features.sources, list(left_out)) & (features.labels != label))
    truth = np.array(
        [old.index(features.gallery.classes[each]) for each in features.labels[others]]
    )
    shown = rows[np.concatenate([own[count:], others])].astype(np.float32)
    scale = np.float32(candidate.manifest.full.temperature)
    probabilities = softmax(candidate.head.logits(shown) / scale)
    is_new = np.arange(len(shown)) < len(own) - count
    before = _recalls(base.head.logits(rows[others].astype(np.float32)).argmax(1), truth, len(old))
    after = _recalls(probabilities[~is_new].argmax(1), truth, len(old))
    return NewClassResult(
        recall_at(probabilities[:, -1], is_new),
        float(before.mean()),
        float(after.mean()),
        float((after - before).min()),
        candidate.gate.passed,
    )


def recall_at(confidences: np.ndarray, is_new: np.ndarray) -> float:
    """The largest recall that a confidence gives with `PRECISION`, 0..1."""
    order = np.argsort(-confidences)
    right = is_new[order].cumsum()
    is_enough = right / np.arange(1, len(order) + 1) >= PRECISION
    return float(right[is_enough].max(initial=0) / is_new.sum())


def _recalls(called: Integers, truth: Integers, classes: int) -> np.ndarray:
    return np.array([(called[truth == each] == each).mean() for each in range(classes)])
