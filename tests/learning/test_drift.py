"""Drift is said when it is more than chance, lasts, and matters; never of a few photos."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gallery_daemon.learning.drift import JudgedPhoto, drift_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def photos(
    confidence: float,
    familiarity: float | None = 0.5,
    *,
    days: range,
    each: int = 8,
    seed: int = 0,
    folder: str = "Memes",
) -> list[JudgedPhoto]:
    """So many photos on each of those days ago, around these means."""
    lots = random.Random(seed)
    return [
        JudgedPhoto(
            NOW - timedelta(days=day, hours=1),
            min(1.0, max(0.0, confidence + lots.gauss(0, 0.1))),
            None if familiarity is None else min(1.0, max(0.0, familiarity + lots.gauss(0, 0.2))),
            folder,
        )
        for day in days
        for _ in range(each)
    ]


BEFORE, RECENT = range(14, 70), range(14)


def test_less_sure_for_weeks_is_drift() -> None:
    """With the figures, and the folder where the odd ones are."""
    new = photos(0.9, days=RECENT, each=2) + photos(0.5, days=RECENT, seed=2, folder="Review")

    found = drift_of(photos(0.9, days=BEFORE) + new, NOW)

    assert found is not None
    assert "Review" == found.folder
    assert len(new) == found.photos
    assert found.confidence < 0.65
    assert found.confidence_before > 0.85


def test_stranger_photos_are_drift_though_the_model_is_sure() -> None:
    """A model may be sure of what it does not know."""
    old = photos(0.9, 0.6, days=BEFORE)
    new = photos(0.9, 0.1, days=RECENT, seed=1, folder="Cars")

    found = drift_of(old + new, NOW)

    assert found is not None
    assert found.familiarity is not None
    assert found.familiarity < 0.2
    assert "Cars" == found.folder


@pytest.mark.parametrize("seed", range(40))
def test_chance_is_no_drift(seed: int) -> None:
    """Days differ; so do events, whose photos are alike."""
    lots = random.Random(seed)
    seen = [
        replace(photo, confidence=min(1.0, max(0.0, photo.confidence + shift)))
        for day in range(70)
        for shift in [lots.gauss(0, 0.1)]
        for photo in photos(0.8, days=range(day, day + 1), seed=seed * 100 + day)
    ]

    assert drift_of(seen, NOW) is None


@pytest.mark.parametrize(
    "new",
    [
        photos(0.4, days=range(2), each=60),
        photos(0.4, days=RECENT, each=2),
        photos(0.4, days=range(7)) + photos(0.9, days=range(7, 14)),
        photos(0.88, days=RECENT),
        [],
    ],
    ids=["one event", "few photos", "one week", "a little", "none"],
)
def test_what_is_short_few_or_little_is_no_drift(new: list[JudgedPhoto]) -> None:
    """A holiday is none."""
    assert drift_of(photos(0.9, days=BEFORE) + new, NOW) is None


def test_without_a_past_nothing_has_drifted() -> None:
    """A model that was adopted yesterday has none; what is older or to come does not count."""
    assert drift_of(photos(0.4, days=RECENT), NOW) is None
    old = photos(0.9, days=range(80, 140))
    assert drift_of(old + photos(0.4, days=RECENT), NOW) is None


def test_a_model_that_knows_no_familiarity_drifts_by_confidence() -> None:
    """One of version 0.1, say."""
    found = drift_of(photos(0.9, None, days=BEFORE) + photos(0.5, None, days=RECENT), NOW)

    assert found is not None
    assert found.familiarity is None
