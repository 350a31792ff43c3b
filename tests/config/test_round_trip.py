"""What a condition says of itself is YAML, and reads back as the same condition."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.rules.condition import AllOf, AnyOf, Condition, Not
from gallery_daemon.rules.conditions.date import DatePart, Span, TakenBetween, TakenIn
from gallery_daemon.rules.conditions.model import ClassIs, Comparison, MinConfidence, Probability
from gallery_daemon.rules.conditions.name import CameraLike, ExtIs, NameLike, PathLike
from gallery_daemon.rules.conditions.place import HasGps, Near, Spot
from gallery_daemon.rules.conditions.screenshot import Screenshot
from gallery_daemon.rules.conditions.shape import (
    AspectIs,
    Between,
    Measure,
    Orientation,
    OrientationIs,
    Ratio,
)
from gallery_daemon.rules.conditions.similar import Burst, NearDuplicate
from tests.config.texts import CLASSES, HEAD, config_of


def several(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(values, min_size=1, max_size=3).map(tuple)


def numbers(least: float, most: float) -> st.SearchStrategy[float]:
    """As a person writes them."""
    return st.floats(least, most).map(lambda value: round(value, 6))


shares = numbers(0, 1)
words = st.text("abcZ09*?[]!-_ ,:#'\"{}&\\\u00e9\U0001f600", min_size=1, max_size=8).map(str.strip)
names = words.filter(lambda word: word and not word.startswith("!"))
moments = st.datetimes().map(lambda moment: moment.replace(microsecond=0))
ranges = {
    DatePart.YEAR: (1826, 9999),
    DatePart.MONTH: (1, 12),
    DatePart.WEEKDAY: (1, 7),
    DatePart.HOUR: (0, 23),
}


@st.composite
def in_parts(draw: st.DrawFn) -> Condition:
    """A part of the date, in spans that a person can write."""
    part = draw(st.sampled_from(DatePart))
    value = st.integers(*ranges[part])
    pairs = draw(several(st.tuples(value, value | st.none())))
    ordered = part is DatePart.YEAR
    return TakenIn(
        part,
        tuple(
            Span(*sorted(pair)) if ordered and pair[1] is not None else Span(*pair)
            for pair in pairs
        ),
    )


leaves: st.SearchStrategy[Condition] = st.one_of(
    several(st.sampled_from(CLASSES)).map(ClassIs),
    shares.map(MinConfidence),
    st.builds(
        Probability,
        st.sampled_from(CLASSES),
        st.sampled_from([Comparison.AT_LEAST, Comparison.AT_MOST]),
        shares,
    ),
    several(names).map(NameLike),
    several(names).map(CameraLike),
    several(names).map(PathLike),
    several(names.filter(lambda word: "." not in word)).map(ExtIs),
    moments.map(lambda moment: TakenBetween(moment, None)),
    in_parts(),
    several(
        st.builds(Spot, numbers(-90, 90), numbers(-180, 180), numbers(1, 20_000), st.none() | names)
    ).map(Near),
    st.booleans().map(Screenshot),
    st.booleans().map(HasGps),
    st.booleans().map(Burst),
    st.booleans().map(NearDuplicate),
    several(st.builds(Ratio, numbers(1, 99).map(lambda n: round(n, 2)), st.just(9.0))).map(
        AspectIs
    ),
    numbers(1, 9).map(lambda most: Between(Measure.ASPECT, None, most)),
    st.integers(0, 10**12).map(lambda least: Between(Measure.SIZE, least, None)),
    st.integers(0, 10**12).map(lambda least: Between(Measure.WIDTH, least, None)),
    several(st.sampled_from(Orientation)).map(OrientationIs),
)


def flat(parts: tuple[Condition, ...]) -> Condition:
    """As the reader makes it: a conjunction of one is that one, and none is in another."""
    inner = tuple(
        each for part in parts for each in (part.parts if isinstance(part, AllOf) else (part,))
    )
    return inner[0] if len(inner) == 1 else AllOf(inner)


def combined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    return st.one_of(several(inner).map(flat), several(inner).map(AnyOf), inner.map(Not))


conditions = st.recursive(leaves, combined, max_leaves=6)


@given(conditions)
def test_every_condition_reads_back_from_its_text(condition: Condition) -> None:
    """Nested, negated, with the same key twice, and whatever its texts hold."""
    when = f"{{{condition.text}}}"
    text = f"{HEAD}defaults: {{min_confidence: 0}}\nrules:\n  - {{name: x, to: X/, when: {when}}}\n"

    (rule,) = config_of(text).rules.rules

    assert condition == flat(rule.conditions)
