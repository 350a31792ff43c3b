"""Conditions on what a photo says of itself."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.photo import Check, Facts, Taken, TakenFrom, Truth
from gallery_daemon.rules.fact import (
    Between,
    HasExif,
    HasGps,
    Measure,
    Orientation,
    OrientationIs,
    TakenBetween,
)
from tests.rules.photos import FACTS, facts, photo, prediction, truth_of

if TYPE_CHECKING:
    from gallery_daemon.rules.condition import Condition

JULY_1, JULY_15, AUGUST_1 = (
    datetime.fromisoformat(f"2026-{day}") for day in ("07-01", "07-15 18:30", "08-01")
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (TakenBetween(JULY_1, AUGUST_1), Truth.YES),
        (TakenBetween(JULY_15, None), Truth.YES),
        (TakenBetween(None, JULY_15), Truth.NO),
        (TakenBetween(AUGUST_1, None), Truth.NO),
    ],
)
def test_after_is_inclusive_and_before_is_not(condition: Condition, expected: Truth) -> None:
    """So that one month's end is the next month's beginning."""
    assert expected == truth_of(condition)


def test_a_date_is_compared_as_the_photo_s_local_time() -> None:
    """What the clock on the wall said there counts, not what it said at home."""
    tokyo = timezone(timedelta(hours=9))
    known = facts(taken=Taken(datetime(2026, 7, 15, 0, 30, tzinfo=tokyo), TakenFrom.XMP))

    assert Truth.YES == truth_of(
        TakenBetween(datetime.fromisoformat("2026-07-15"), None), known=known
    )


def test_an_mtime_is_no_date_taken() -> None:
    """It says when the file was written."""
    known = facts(taken=Taken(JULY_15, TakenFrom.MTIME))

    check = TakenBetween(JULY_1, None).check(photo(), known, prediction())

    expected = Check("taken: {after: 2026-07-01 00:00:00}", Truth.NO, "no date taken is known")
    assert expected == check


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
            TakenBetween(None, JULY_1),
            "taken: {before: 2026-07-01 00:00:00}",
            Truth.NO,
            "taken 2026-07-15 18:30:00, not before 2026-07-01 00:00:00",
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
