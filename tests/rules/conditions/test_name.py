"""Conditions on names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Check, Truth
from gallery_daemon.rules.conditions.name import CameraLike, ExtIs, NameLike, PathLike, SourceLike
from tests.rules.photos import FACTS, facts, photo, prediction, truth_of

if TYPE_CHECKING:
    from gallery_daemon.rules.condition import Condition


@pytest.mark.parametrize(
    "condition",
    [
        NameLike(("img_*.jpg",)),
        NameLike(("*.png", "IMG_?.*")),
        PathLike(("2026/*",)),
        PathLike(("**",)),
        ExtIs(("jp*g", "png", "jpg")),
        SourceLike(("Phone",)),
        CameraLike(("canon*",)),
    ],
)
def test_each_looks_at_its_own_name(condition: Condition) -> None:
    """Patterns are case-insensitive, and one of several is enough."""
    assert Truth.YES == truth_of(condition)


@pytest.mark.parametrize(
    "condition",
    [
        NameLike(("2026/*",)),
        NameLike(("IMG",)),
        PathLike(("*.jpg",)),
        ExtIs((".jpg",)),
        SourceLike(("nas",)),
        CameraLike(("EOS",)),
    ],
)
def test_a_pattern_must_match_the_whole(condition: Condition) -> None:
    """A part of the name is not enough."""
    assert Truth.NO == truth_of(condition)


@pytest.mark.parametrize(
    ("condition", "text", "reason"),
    [
        (NameLike(("I*", "x")), "name: [I*, x]", 'name "IMG_1.JPG" matches "I*"'),
        (NameLike(("x",)), "name: x", 'name "IMG_1.JPG" does not match "x"'),
        (NameLike(("x", "y")), "name: [x, y]", 'name "IMG_1.JPG" matches none of 2 patterns'),
    ],
)
def test_the_reason_names_the_pattern(condition: Condition, text: str, reason: str) -> None:
    """One pattern is quoted, several are counted."""
    check = condition.check(photo(), FACTS, prediction())

    assert (text, reason) == (check.condition, check.reason)


def test_what_is_not_known_matches_nothing() -> None:
    """Not even `*` matches a camera or an extension that is not there."""
    camera = CameraLike(("*",)).check(photo(), facts(camera=None), prediction())
    ext = ExtIs(("*",)).check(photo("README"), FACTS, prediction())

    assert Check('camera: "*"', Truth.NO, "no camera is known") == camera
    assert Check('ext: "*"', Truth.NO, "no ext is known") == ext
