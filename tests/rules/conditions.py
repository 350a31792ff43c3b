"""How hypothesis draws conditions, nested ones included."""

from __future__ import annotations

from hypothesis import strategies as st

from gallery_daemon.rules.aspect import AspectIs, Ratio
from gallery_daemon.rules.calendar import DatePart, Span, TakenBetween, TakenIn
from gallery_daemon.rules.condition import (
    All,
    Any,
    ClassIs,
    Condition,
    MinConfidence,
    MinMargin,
    Not,
)
from gallery_daemon.rules.distance import Near, Spot
from gallery_daemon.rules.fact import (
    Between,
    HasExif,
    HasGps,
    Measure,
    Orientation,
    OrientationIs,
)
from gallery_daemon.rules.kin import Burst, NearDuplicate
from gallery_daemon.rules.likeness import CameraLike, ExtIs, NameLike, PathLike, SourceLike
from gallery_daemon.rules.probability import Comparison, Probability
from gallery_daemon.rules.screenshot import Screenshot
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


def _taken_in(part: DatePart) -> st.SearchStrategy[Condition]:
    ends = st.none() | _values[part]
    spans = st.lists(st.builds(Span, ends, ends), min_size=1, max_size=3).map(tuple)
    return st.builds(TakenIn, st.just(part), spans)


# Few points, so that two conditions meet at one.
_degrees = st.sampled_from([-90.0, -0.5, 0.0, 48.1, 90.0])
_spots = st.builds(Spot, _degrees, _degrees | st.just(180.0), st.floats(0, 20_040))
_sides = st.sampled_from([1.0, 2.0, 3.0, 4.0, 16.0, 19.5])
_percents = st.sampled_from([0.0, 0.3, 0.5, 1.0]) | st.floats(0, 1)

leaves: st.SearchStrategy[Condition] = st.one_of(
    st.lists(st.sampled_from(CLASSES), min_size=1, max_size=3).map(
        lambda each: ClassIs(tuple(each))
    ),
    st.floats(0, 1).map(MinConfidence),
    st.floats(0, 1).map(MinMargin),
    *(_patterns.map(kind) for kind in (NameLike, PathLike, ExtIs, SourceLike, CameraLike)),
    st.builds(TakenBetween, _days, _days),
    st.sampled_from(DatePart).flatmap(_taken_in),
    st.lists(_spots, min_size=1, max_size=3).map(lambda each: Near(tuple(each))),
    st.booleans().map(Screenshot),
    st.lists(st.builds(Ratio, _sides, _sides), min_size=1).map(lambda each: AspectIs(tuple(each))),
    st.builds(Probability, st.sampled_from(CLASSES), st.sampled_from(Comparison), _percents),
    st.booleans().map(HasExif),
    st.booleans().map(HasGps),
    st.booleans().map(Burst),
    st.booleans().map(NearDuplicate),
    st.builds(Between, st.sampled_from(Measure), _limits, _limits),
    st.lists(st.sampled_from(Orientation), min_size=1).map(lambda each: OrientationIs(tuple(each))),
)


def _combined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(parts.map(All), parts.map(Any), inner.map(Not))


conditions = st.recursive(leaves, _combined, max_leaves=6)
