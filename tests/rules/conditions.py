"""How hypothesis draws conditions, nested ones included."""

from __future__ import annotations

from hypothesis import strategies as st

from gallery_daemon.rules.condition import (
    All,
    Any,
    ClassIs,
    Condition,
    MinConfidence,
    MinMargin,
    Not,
)
from gallery_daemon.rules.fact import (
    Between,
    HasExif,
    HasGps,
    Measure,
    Orientation,
    OrientationIs,
    TakenBetween,
)
from gallery_daemon.rules.likeness import CameraLike, ExtIs, NameLike, PathLike, SourceLike
from tests.rules.photos import CLASSES, texts

_patterns = st.lists(texts | st.text("*?[]!a-z/", max_size=8), min_size=1, max_size=3).map(tuple)
_limits = st.none() | st.floats(0, 10_000)
_days = st.none() | st.datetimes()

leaves: st.SearchStrategy[Condition] = st.one_of(
    st.lists(st.sampled_from(CLASSES), min_size=1, max_size=3).map(
        lambda each: ClassIs(tuple(each))
    ),
    st.floats(0, 1).map(MinConfidence),
    st.floats(0, 1).map(MinMargin),
    *(_patterns.map(kind) for kind in (NameLike, PathLike, ExtIs, SourceLike, CameraLike)),
    st.builds(TakenBetween, _days, _days),
    st.booleans().map(HasExif),
    st.booleans().map(HasGps),
    st.builds(Between, st.sampled_from(Measure), _limits, _limits),
    st.lists(st.sampled_from(Orientation), min_size=1).map(lambda each: OrientationIs(tuple(each))),
)


def _combined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(parts.map(All), parts.map(Any), inner.map(Not))


conditions = st.recursive(leaves, _combined, max_leaves=6)
