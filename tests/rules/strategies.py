"""How hypothesis draws conditions, nested ones included."""

from __future__ import annotations

from hypothesis import strategies as st

from gallery_daemon.rules.condition import AllOf, AnyOf, Atom, Condition, Not
from gallery_daemon.rules.conditions.date import DatePart, Span, TakenBetween, TakenIn
from gallery_daemon.rules.conditions.model import (
    STRANGE_BELOW,
    ClassIs,
    Comparison,
    Familiar,
    MinConfidence,
    MinFamiliarity,
    MinMargin,
    MinPrecision,
    Probability,
)
from gallery_daemon.rules.conditions.name import CameraLike, ExtIs, NameLike, PathLike, SourceLike
from gallery_daemon.rules.conditions.place import HasGps, Near, Spot
from gallery_daemon.rules.conditions.screenshot import Screenshot
from gallery_daemon.rules.conditions.shape import (
    AspectIs,
    Between,
    HasExif,
    Measure,
    Orientation,
    OrientationIs,
    Ratio,
)
from gallery_daemon.rules.conditions.similar import Burst, NearDuplicate
from tests.rules.photos import CLASSES, texts

_patterns = st.lists(texts | st.text("*?[]!a-z/", max_size=8), min_size=1, max_size=3).map(tuple)
_limits = st.none() | st.floats(0, 10_000)
_days = st.none() | st.datetimes()

_values = {
    DatePart.YEAR: st.integers(1990, 2040),
    DatePart.MONTH: st.integers(1, 12),
    DatePart.WEEKDAY: st.integers(1, 7),
    DatePart.HOUR: st.integers(0, 23),
}


def _taken_in(part: DatePart) -> st.SearchStrategy[Atom]:
    ends = st.none() | _values[part]
    spans = st.lists(st.builds(Span, ends, ends), min_size=1, max_size=3).map(tuple)
    return st.builds(TakenIn, st.just(part), spans)


# Few points, so that two conditions meet at one.
_degrees = st.sampled_from([-90.0, -0.5, 0.0, 48.1, 90.0])
_spots = st.builds(Spot, _degrees, _degrees | st.just(180.0), st.floats(0, 20_040))
_sides = st.sampled_from([1.0, 2.0, 3.0, 4.0, 16.0, 19.5])
_percents = st.sampled_from([0.0, 0.3, 0.5, 1.0]) | st.floats(0, 1)

_of_booleans = (HasExif, HasGps, Screenshot, Burst, NearDuplicate, Familiar)
_of_patterns = (NameLike, PathLike, ExtIs, SourceLike, CameraLike)

ATOMS: dict[type[Atom], st.SearchStrategy[Atom]] = {
    ClassIs: st.lists(st.sampled_from(CLASSES), min_size=1, max_size=3).map(
        lambda each: ClassIs(tuple(each))
    ),
    MinConfidence: st.floats(0, 1).map(MinConfidence),
    MinMargin: st.floats(0, 1).map(MinMargin),
    MinPrecision: _percents.map(MinPrecision),
    MinFamiliarity: (_percents | st.just(STRANGE_BELOW)).map(MinFamiliarity),
    Probability: st.builds(
        Probability, st.sampled_from(CLASSES), st.sampled_from(Comparison), _percents
    ),
    **{kind: _patterns.map(kind) for kind in _of_patterns},
    TakenBetween: st.builds(TakenBetween, _days, _days),
    TakenIn: st.sampled_from(DatePart).flatmap(_taken_in),
    Near: st.lists(_spots, min_size=1, max_size=3).map(lambda each: Near(tuple(each))),
    AspectIs: st.lists(st.builds(Ratio, _sides, _sides), min_size=1).map(
        lambda each: AspectIs(tuple(each))
    ),
    Between: st.builds(Between, st.sampled_from(Measure), _limits, _limits),
    OrientationIs: st.lists(st.sampled_from(Orientation), min_size=1).map(
        lambda each: OrientationIs(tuple(each))
    ),
    **{kind: st.booleans().map(kind) for kind in _of_booleans},
}
"""How each condition is drawn that is not made of others."""

leaves: st.SearchStrategy[Condition] = st.one_of(*ATOMS.values())


def _combined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(parts.map(AllOf), parts.map(AnyOf), inner.map(Not))


conditions = st.recursive(leaves, _combined, max_leaves=6)
