"""Conditions on what a photo says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Check, Truth
from gallery_daemon.rules.conditions.place import HasGps
from gallery_daemon.rules.conditions.shape import (
    Between,
    HasExif,
    Measure,
    Orientation,
    OrientationIs,
)
from tests.rules.photos import FACTS, facts, photo, prediction, truth_of

if TYPE_CHECKING:
    from gallery_daemon.photo import Facts
    from gallery_daemon.rules.condition import Condition


@pytest.mark.parametrize(
    ("condition", "text", "truth", "reason"),
    [
        (HasExif(wanted=True), "has_exif: true", Truth.YES, "the photo has EXIF"),
        (HasExif(wanted=False), "has_exif: false", Truth.NO, "the photo has EXIF"),
        (HasGps(wanted=True), "has_gps: true", Truth.NO, "the photo has no GPS position"),
        (HasGps(wanted=False), "has_gps: false", Truth.YES, "the photo has no GPS position"),
        (
            Between(Measure.WIDTH, 4000, None),
            "width: {min: 4000}",
            Truth.YES,
            "width 4000",
        ),
        (
            Between(Measure.HEIGHT, None, 2999),
            "height: {max: 2999}",
            Truth.NO,
            "height 3000 > 2999",
        ),
        (
            Between(Measure.MEGAPIXELS, 12.5, 40),
            "megapixels: {min: 12.5, max: 40}",
            Truth.NO,
            "megapixels 12 < 12.5",
        ),
        (
            Between(Measure.SIZE, 5_000_000, None),
            "size: {min: 5MB}",
            Truth.NO,
            "size 4MB < 5MB",
        ),
        (
            OrientationIs((Orientation.PORTRAIT, Orientation.SQUARE)),
            "orientation: [portrait, square]",
            Truth.NO,
            "4000x3000 is landscape",
        ),
        (
            Between(Measure.ASPECT, 1.9, None),
            "aspect: {min: 1.9}",
            Truth.NO,
            "aspect 1.333333 < 1.9",
        ),
    ],
)
def test_facts_say_why(condition: Condition, text: str, truth: Truth, reason: str) -> None:
    """The text reads like the YAML and the reason like a sentence."""
    check = condition.check(photo(), FACTS, prediction())

    assert Check(text, truth, reason) == check


@pytest.mark.parametrize(
    ("known", "shape"),
    [
        (facts(width=2, height=1), Orientation.LANDSCAPE),
        (facts(width=1, height=2), Orientation.PORTRAIT),
        (facts(width=2, height=2), Orientation.SQUARE),
    ],
)
def test_the_shape_is_what_a_person_sees(known: Facts, shape: Orientation) -> None:
    """Width and height are those after EXIF's orientation."""
    holding = [
        each for each in Orientation if truth_of(OrientationIs((each,)), known=known) == "yes"
    ]

    assert [shape] == holding


def test_exif_and_gps_may_be_there_or_not() -> None:
    """The opposite facts give the opposite answers."""
    known = facts(has_exif=False, has_gps=True)

    exif, gps = (
        each.check(photo(), known, prediction())
        for each in (HasExif(wanted=True), HasGps(wanted=True))
    )

    assert "the photo has no EXIF" == exif.reason
    assert "the photo has a GPS position" == gps.reason
