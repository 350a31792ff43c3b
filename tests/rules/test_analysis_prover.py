"""When one condition follows from others."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from hypothesis import given

from gallery_daemon.decision import Truth
from gallery_daemon.rules.analysis import Prover
from gallery_daemon.rules.condition import AllOf, AnyOf, Condition, Not
from gallery_daemon.rules.conditions.date import DatePart, Span, TakenBetween, TakenIn
from gallery_daemon.rules.conditions.model import (
    ClassIs,
    Comparison,
    MinConfidence,
    MinMargin,
    Probability,
)
from gallery_daemon.rules.conditions.name import ExtIs, NameLike
from gallery_daemon.rules.conditions.place import HasGps, Near, Spot
from gallery_daemon.rules.conditions.shape import (
    AspectIs,
    Between,
    HasExif,
    Measure,
    Orientation,
    OrientationIs,
    Ratio,
)
from tests.rules.photos import any_facts, photos, predictions
from tests.rules.strategies import conditions

EXIF, GPS, CARS = HasExif(wanted=True), HasGps(wanted=True), ClassIs(("cars",))
DAY_1, DAY_2, DAY_3 = (datetime.fromisoformat(f"2026-01-0{day}") for day in (1, 2, 3))

JUNE = TakenIn(DatePart.MONTH, (Span(6, 6),))
SUMMER = TakenIn(DatePart.MONTH, (Span(12, 12), Span(6, 8)))
FOUR_THREE, WIDE = Ratio(4, 3), Ratio(16, 9)
AT_HOME, IN_TOWN, AWAY = Spot(48, 11, 1), Spot(48, 11, 15), Spot(52, 13, 15)


def meme(comparison: Comparison, limit: float) -> Probability:
    return Probability("memes", comparison, limit)


def width(low: float | None, high: float | None) -> Between:
    return Between(Measure.WIDTH, low, high)


@pytest.mark.parametrize(
    ("premises", "conclusion"),
    [
        ((EXIF, GPS), EXIF),
        ((), AllOf(())),
        ((EXIF, GPS), AllOf((GPS, EXIF))),
        ((AllOf((EXIF, GPS)),), GPS),
        ((EXIF,), AnyOf((GPS, EXIF))),
        ((AnyOf((AllOf((EXIF, GPS)), EXIF)),), EXIF),
        ((AnyOf((EXIF, GPS)),), AnyOf((GPS, EXIF))),
        ((Not(EXIF),), Not(AllOf((EXIF, GPS)))),
        ((), MinConfidence(0)),
        ((), MinMargin(0)),
        ((MinConfidence(0.9),), MinConfidence(0.8)),
        ((MinMargin(0.9),), MinMargin(0.9)),
        ((CARS,), ClassIs(("trees", "cars"))),
        ((OrientationIs((Orientation.SQUARE,)),), OrientationIs(tuple(Orientation))),
        ((width(5, 6),), width(5, None)),
        ((width(5, 6),), width(1, 9)),
        ((TakenBetween(DAY_2, DAY_3),), TakenBetween(DAY_1, None)),
        ((NameLike(("a",)),), NameLike(("b", "a"))),
        ((JUNE,), SUMMER),
        ((AspectIs((WIDE,)),), AspectIs((FOUR_THREE, WIDE))),
        ((Near((AT_HOME,)),), Near((AWAY, IN_TOWN))),
        ((meme(Comparison.AT_LEAST, 0.5),), meme(Comparison.ABOVE, 0.3)),
        ((), meme(Comparison.AT_LEAST, 0)),
        ((), meme(Comparison.AT_MOST, 1)),
    ],
)
def test_what_follows(premises: tuple[Condition, ...], conclusion: Condition) -> None:
    """A narrower condition implies a wider one of its kind, alone or combined."""
    assert Prover().implies(premises, conclusion)


@pytest.mark.parametrize(
    ("premises", "conclusion"),
    [
        ((EXIF,), GPS),
        ((EXIF,), AllOf((EXIF, GPS))),
        ((AnyOf((EXIF, GPS)),), EXIF),
        ((AnyOf(()),), EXIF),
        ((Not(AllOf((EXIF, GPS))),), Not(EXIF)),
        ((), MinConfidence(0.1)),
        ((MinConfidence(0.7),), MinConfidence(0.8)),
        ((ClassIs(("trees", "cars")),), CARS),
        ((width(5, None),), width(5, 6)),
        ((width(None, 6),), width(5, 6)),
        ((width(5, 6),), Between(Measure.HEIGHT, 5, 6)),
        ((NameLike(("a",)),), ExtIs(("a",))),
        ((NameLike(("a", "b")),), NameLike(("a",))),
        ((NameLike(("a",)),), EXIF),
        ((EXIF,), NameLike(("a",))),
        ((SUMMER,), JUNE),
        ((JUNE,), TakenIn(DatePart.HOUR, (Span(6, 8),))),
        ((Near((IN_TOWN,)),), Near((AT_HOME,))),
        ((Near((AT_HOME,)),), Near((AWAY,))),
        ((meme(Comparison.AT_LEAST, 0.3),), meme(Comparison.ABOVE, 0.3)),
        ((), meme(Comparison.ABOVE, 0)),
    ],
)
def test_what_does_not_follow(premises: tuple[Condition, ...], conclusion: Condition) -> None:
    """A wider condition implies no narrower one, and kinds have nothing to do with each other."""
    assert not Prover().implies(premises, conclusion)


@given(conditions, conditions, photos, any_facts, predictions)
def test_a_yes_is_a_proof(premise, conclusion, on, known, says) -> None:
    """No photo satisfies what implies, and not what is implied."""
    if premise.check(on, known, says).truth is Truth.YES and Prover().implies(
        (premise,), conclusion
    ):
        assert Truth.YES == conclusion.check(on, known, says).truth


@given(conditions)
def test_everything_implies_itself(condition) -> None:
    """However it is nested."""
    assert Prover().implies((condition,), condition)


def nested(depth: int, name: str) -> Condition:
    """An `any` of two, each an `any` of two, and so on."""
    if depth == 0:
        return NameLike((name,))
    return AnyOf((nested(depth - 1, f"{name}a"), nested(depth - 1, f"{name}b")))


@pytest.mark.timeout(300)
def test_a_search_is_given_up() -> None:
    """Two rules of a few kilobytes would take hours; then it is not called proven."""
    began = time.process_time()

    assert not Prover().implies((nested(8, "x"),), nested(8, "y"))
    # The processor's time, because others may keep the machine busy.
    assert time.process_time() - began < 20


def test_a_prover_out_of_steps_proves_nothing() -> None:
    """Not even what is plain: no warning is better than a wrong one."""
    prover = Prover(steps=2)

    assert prover.implies((EXIF,), EXIF)
    assert not prover.implies((EXIF,), EXIF)
