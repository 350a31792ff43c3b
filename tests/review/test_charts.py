"""Curves as drawings: within their frame, true to their figures."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.model.curves import CoveragePoint, ReliabilityPoint, coverage, reliability
from gallery_daemon.model.precision import tally_of
from gallery_daemon.review.charts import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Chart,
    coverage_chart,
    reliability_chart,
)

CALLS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=30)


def places(chart: Chart) -> list[tuple[float, float]]:
    """All points of all lines."""
    drawn = (line.points.split() for line in chart.lines)
    return [(float(x), float(y)) for each in drawn for x, y in [p.split(",") for p in each]]


def test_a_true_confidence_lies_on_the_diagonal() -> None:
    """The more pictures a point stands for, the larger it is."""
    chart = reliability_chart(
        {"full": [ReliabilityPoint(0.5, 0.5, 10), ReliabilityPoint(1.0, 1.0, 1000)]}
    )

    diagonal, full = chart.lines
    assert f"{LEFT},{BOTTOM} {RIGHT},{TOP}" == diagonal.points
    half, whole = full.dots
    assert ((LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2) == (half.x, half.y)
    assert (RIGHT, TOP) == (whole.x, whole.y)
    assert half.radius < whole.radius
    assert "confidence 0.50: 50% of 10 pictures are right" == half.says


def test_usual_confidences_are_marked_on_the_curve() -> None:
    """Its axis begins a little below the worst point."""
    points = [CoveragePoint(step / 100, 1 - step / 100, 0.9 + step / 1000) for step in range(100)]

    (line,) = coverage_chart({"full": points}).lines

    assert ["0.6", "0.7", "0.8", "0.9"] == [dot.label for dot in line.dots]
    assert "confidence 0.9: 10% of the photos reach it, 99.0% of these are right" in {
        dot.says for dot in line.dots
    }


@given(st.dictionaries(st.sampled_from(["full", "quick"]), CALLS))
def test_every_point_lies_within_the_frame(looks: dict[str, list[tuple[float, bool]]]) -> None:
    """Whatever the figures, none at all too."""
    tallies = {look: [tally_of(calls)] for look, calls in looks.items()}
    charts = (
        reliability_chart({look: reliability(each) for look, each in tallies.items()}),
        coverage_chart({look: coverage(each) for look, each in tallies.items()}),
    )

    for chart in charts:
        assert all(LEFT <= x <= RIGHT and TOP <= y <= BOTTOM for x, y in places(chart))
        assert all(TOP <= tick.at <= BOTTOM for tick in chart.y_ticks)
