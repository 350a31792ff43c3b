"""When two looks count as deciding as full looks alone do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.load import check_text
from gallery_daemon.photo import Prediction
from gallery_daemon.rules.decide import decide
from tests.benchmarks.filed import imagined_photos
from tests.benchmarks.rule_sets import EXAMPLE, rule_sets
from tests.benchmarks.same import LookedAt, is_same, tallied

if TYPE_CHECKING:
    from gallery_daemon.photo import Facts, Photo

CLASSES = ("cars", "memes", "mountains", "other", "selfies", "trees", "whatsapp_screenshots")
RULES = check_text(
    """
version: 1
watch: /watch
library: /library
defaults: {min_confidence: 0.8}
rules:
  - {name: outdoors, when: {class: [mountains, trees]}, to: "Outdoors/{class}/"}
  - {name: cars, when: {class: cars}, to: Cars/}
uncertain: Review/
""",
    "/config.yaml",
    lambda _: CLASSES,
).rules
((PHOTO, FACTS),) = imagined_photos(1, has_exif=True)


def said(name: str, confidence: float) -> Prediction:
    """The model's words: a class and its probability."""
    rest = (1 - confidence) / (len(CLASSES) - 1)
    return Prediction({each: confidence if each == name else rest for each in CLASSES}, "a test")


def seen(truth: str, quick: Prediction, full: Prediction) -> LookedAt:
    """A picture of that class."""
    return LookedAt("a picture", truth, PHOTO, FACTS, quick, full)


def is_sure(_photo: Photo, _facts: Facts, prediction: Prediction) -> bool:
    """A quick look may stand if it is sure."""
    return prediction.confidence >= 0.9


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (said("cars", 0.81), said("cars", 0.99), True),
        (said("trees", 0.9), said("mountains", 0.9), False),  # one rule, two folders
        (said("cars", 0.9), said("trees", 0.9), False),
        (said("cars", 0.81), said("cars", 0.79), False),
        (said("cars", 0.7), said("trees", 0.7), True),  # both to Review
        (said("memes", 0.9), said("other", 0.9), True),  # no rule wants either
        (said("memes", 0.7), said("cars", 0.7), False),
    ],
)
def test_a_decision_is_what_becomes_of_the_photo(
    one: Prediction, other: Prediction, *, same: bool
) -> None:
    """Outcome, rule and folder; reasons may differ."""
    decisions = [decide(PHOTO, FACTS, each, RULES) for each in (one, other)]

    assert same == is_same(*decisions)


def test_only_a_quick_look_that_stands_can_differ() -> None:
    """The other photos get their full look, and so its decision."""
    pictures = [
        seen("cars", said("cars", 0.95), said("cars", 0.99)),
        seen("cars", said("cars", 0.95), said("trees", 0.99)),
        seen("cars", said("cars", 0.85), said("trees", 0.99)),
        seen("trees", said("trees", 0.85), said("trees", 0.99)),
    ]

    found = tallied(pictures, RULES, is_sure)

    assert ["cars", "trees"] == found.classes
    assert (0.5, 0.75) == (found.quick_share(), found.same_share())
    for share in (found.quick_share("cars"), found.same_share("cars")):
        assert 2 / 3 == pytest.approx(share)
    assert (0.0, 1.0) == (found.quick_share("trees"), found.same_share("trees"))
    (one,) = found.disagreements
    assert pictures[1] is one.looked_at
    assert ("cars", "outdoors") == (one.by_quick.rule, one.by_full.rule)


def test_without_quick_looks_all_is_the_same() -> None:
    """The rules, or the model, may want full looks only."""
    found = tallied([seen("cars", said("cars", 1.0), said("trees", 1.0))], RULES, None)

    assert (0.0, 1.0) == (found.quick_share(), found.same_share())


def test_no_picture_is_no_disagreement() -> None:
    """Nor is a class without one."""
    assert 1.0 == tallied([], RULES, is_sure).same_share()
    assert 0.0 == tallied([], RULES, is_sure).quick_share("cars")


def test_the_rule_sets_are_for_the_shipped_classes() -> None:
    """And of the bundle that is asked about."""
    found = rule_sets(CLASSES, "/bundle")

    assert EXAMPLE == next(iter(found))
    assert 5 == len(found)
    assert {"/bundle"} == {each.model.bundle for each in found.values()}
