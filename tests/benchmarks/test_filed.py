"""What counts as filed where it belongs."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.config.load import check_text
from gallery_daemon.model.manifest import LookSettings, Manifest
from gallery_daemon.model.precision import precision_at
from gallery_daemon.photo import LookKind, Prediction
from gallery_daemon.training.predictions import LeftOutPredictions, Predictions
from tests.benchmarks.filed import Fate, as_told, filed, imagined_photos, left_out_as_told

CLASSES = ("cars", "other", "selfies", "trees")
RULES = check_text(
    """
version: 1
watch: /watch
library: /library
defaults: {min_confidence: 0.8}
rules:
  - {name: selfies, when: {class: selfies, has_exif: true}, to: Selfies/}
  - {name: outdoors, when: {class: [cars, trees]}, to: "Outdoors/{class}/"}
""",
    "config.yaml",
    lambda _: CLASSES,
).rules


def _fate(truth: str, called: str, confidence: float, *, has_exif: bool = True) -> Fate:
    rest = (1 - confidence) / (len(CLASSES) - 1)
    said = Prediction({name: confidence if name == called else rest for name in CLASSES}, "a test")
    found = filed(imagined_photos(1, has_exif=has_exif), [truth], [said], RULES)
    (fate,) = found.by_class[truth]
    assert 1.0 == found.share(fate) == found.share(fate, truth)
    return fate


def test_a_photo_belongs_where_its_true_class_would_go() -> None:
    """A rule of two classes has a folder for each; unsure is review; no rule wants others."""
    assert Fate.OWN is _fate("trees", "trees", 0.9)
    assert Fate.ANOTHER is _fate("trees", "cars", 0.9)
    assert Fate.ANOTHER is _fate("other", "cars", 0.9)
    assert Fate.REVIEW is _fate("trees", "trees", 0.7)
    assert Fate.LEFT is _fate("trees", "other", 0.9)
    assert Fate.OWN is _fate("selfies", "selfies", 0.9)
    assert Fate.LEFT is _fate("selfies", "selfies", 0.9, has_exif=False)


def test_the_json_counts_each_class() -> None:
    """And has the shares of all."""
    said = as_told(
        Predictions(np.eye(4, dtype=np.float32), np.arange(4), CLASSES), [None] * 4, [None] * 4
    )

    told = filed(imagined_photos(4, has_exif=True), list(CLASSES), said, RULES).to_json()

    assert {"own": 0.75, "another": 0.0, "review": 0.0, "left": 0.25} == told["shares"]
    assert list(CLASSES) == list(told["by_class"])  # type: ignore[call-overload]


@given(st.integers(0, 2**31))
def test_a_left_out_picture_is_judged_by_the_other_folds(seed: int) -> None:
    """Its own fold has no part in its precision; of one fold the manifest's tallies count."""
    random = np.random.default_rng(seed)
    sure = random.uniform(0.5, 1, 120).astype(np.float32)
    some = Predictions(np.stack([sure, 1 - sure], 1), random.integers(0, 2, 120), ("a", "b"))
    folds = np.arange(120) % 2
    manifest = Manifest(
        "x", ("a", "b"), "0" * 64, looks={LookKind.FULL: LookSettings(tallies=some.tallies())}
    )

    halves = LeftOutPredictions({LookKind.FULL: some}, folds, np.arange(120), {})
    said = left_out_as_told(halves, LookKind.FULL, manifest)
    whole = LeftOutPredictions({LookKind.FULL: some}, folds * 0, np.arange(120), {})
    said_of_one = left_out_as_told(whole, LookKind.FULL, manifest)

    odd = some.rows(np.flatnonzero(folds == 1)).tallies()["a"]
    assert precision_at(odd, float(sure[0])) == said[0].precision
    assert precision_at(some.tallies()["a"], float(sure[0])) == said_of_one[0].precision
