"""What is nearest to a photo, of the bank and of the lessons."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from gallery_daemon.journal.lesson import Lesson, LessonKind, LessonState
from gallery_daemon.learning.nearest import nearest_classes, nearest_lessons
from gallery_daemon.learning.resembled import NearClass, Resemblance
from gallery_daemon.model.bank import FeatureBank
from gallery_daemon.photo import Identity

PHOTO = np.array([1, 0], np.float16)


def at(*degrees: float) -> np.ndarray:
    """Features at these angles from the photo's, of any length, float16 (N, 2)."""
    angles = np.radians(degrees)
    rows: np.ndarray = (3 * np.stack([np.cos(angles), np.sin(angles)], axis=1)).astype(np.float16)
    return rows


def lesson(number: int) -> Lesson:
    """One that holds."""
    path, now = f"/photos/IMG_{number}.jpg", datetime(2025, 1, 1, tzinfo=UTC)
    identity = Identity(1, number, 10, 10)
    return Lesson(
        "/photos", path, identity, LessonKind.LABEL, "cars",
        id=number, given_at=now, state=LessonState.ACTIVE,
    )  # fmt: skip


def test_the_nearest_pictures_are_counted_by_class() -> None:
    """The most frequent class first; the photo itself and what is farther do not count."""
    rows = at(0, 10, 20, 30, 80)
    bank = FeatureBank(rows, rows, np.array([0, 1, 0, 0, 1], np.int32))

    found = nearest_classes(PHOTO, bank, ("memes", "other"), 3)

    assert [("memes", 2), ("other", 1)] == [(each.class_name, each.pictures) for each in found]
    assert pytest.approx([0.940, 0.985], abs=0.002) == [each.similarity for each in found]


def test_the_nearest_lessons_come_in_order() -> None:
    """Not the photo's own, nor one that no look or another model's has rows of."""
    rows = {number: (row.tobytes(), b"") for number, row in enumerate(at(0, 40, 20, 60))}
    rows[9] = (b"\0" * 6, b"")

    found = nearest_lessons(PHOTO, [lesson(each) for each in (0, 1, 2, 3, 7, 9)], rows, 2)

    assert [2, 1] == [each.id for each in found]
    assert ("/photos/IMG_2.jpg", "cars") == (found[0].photo, found[0].class_name)
    assert () == nearest_lessons(PHOTO, [lesson(7)], rows)


def test_it_is_said_in_words() -> None:
    """With the similarity of the nearest."""
    seven, one = NearClass("whatsapp_screenshots", 7, 0.834), NearClass("other", 1, 0.7)

    assert (
        "7 of the 8 nearest of the model's pictures are whatsapp screenshots (0.83), 1 other (0.70)"
        == Resemblance((seven, one), ()).words
    )
