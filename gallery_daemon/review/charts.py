"""Two curves of a model as lines and points of a drawing, whose colours are the stylesheet's. Pure.

A drawing is 320 wide and 200 high in units of its own; the page makes it as large as there is room.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gallery_daemon.model.curves import CoveragePoint, ReliabilityPoint

LEFT, RIGHT, TOP, BOTTOM = 36.0, 304.0, 8.0, 168.0
_LEAST_RADIUS, _MOST_RADIUS = 2.0, 7.0
_TENTHS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_MARKED: Final = (0.6, 0.7, 0.8, 0.9)
_GRID_STEPS = 5
_STEP = 0.05


@dataclass(frozen=True, slots=True)
class ChartTick:
    """A line of the grid at that place, and its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class ChartDot:
    """A point that is marked; `says` is what it stands for, `label` a word beside it."""

    x: float
    y: float
    radius: float
    says: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A line through points, as SVG has them; `kind` is a class of the stylesheet."""

    kind: str
    name: str
    points: str
    dots: tuple[ChartDot, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its axes."""

    title: str
    across: str
    up: str
    x_ticks: tuple[ChartTick, ...]
    y_ticks: tuple[ChartTick, ...]
    lines: tuple[ChartLine, ...]


def reliability_chart(looks: Mapping[str, Sequence[ReliabilityPoint]]) -> Chart:
    """How often a confidence is right; what is true lies on the diagonal."""
    most = max((point.pictures for points in looks.values() for point in points), default=1)
    diagonal = _points([(_x(0.0), _y(0.0, 0.0)), (_x(1.0), _y(1.0, 0.0))])
    lines = [ChartLine("truth", "as it should be", diagonal)]
    # What is drawn last lies on top.
    for kind, points in reversed(list(looks.items())):
        dots = tuple(
            ChartDot(
                _x(point.confidence),
                _y(point.right, 0.0),
                round(_MOST_RADIUS * math.sqrt(point.pictures / most) + _LEAST_RADIUS, 1),
                f"confidence {point.confidence:.2f}: {point.right:.0%} of"
                f" {point.pictures:,} pictures are right",
            )
            for point in points
        )
        drawn = _points((dot.x, dot.y) for dot in dots)
        lines.append(ChartLine(kind, f"{kind} look", drawn, dots))
    ticks = tuple(ChartTick(_y(each, 0.0), f"{each:.0%}") for each in _TENTHS)
    return Chart(
        "How far a confidence can be trusted", "confidence", "right", _x_ticks("g"), ticks,
        tuple(lines),
    )  # fmt: skip


def coverage_chart(looks: Mapping[str, Sequence[CoveragePoint]]) -> Chart:
    """The surer a photo must be, the fewer are filed, and the more of these rightly."""
    lowest = min((point.right for points in looks.values() for point in points), default=0.0)
    # In steps, and one below, so that the line does not lie on the axis.
    least = max(0.0, math.floor(lowest / _STEP - 1) * _STEP)
    lines = []
    for kind, points in reversed(list(looks.items())):
        dots = tuple(
            ChartDot(
                _x(point.share),
                _y(point.right, least),
                _LEAST_RADIUS * 2,
                f"confidence {point.confidence:.1f}: {point.share:.0%} of the photos reach it,"
                f" {point.right:.1%} of these are right",
                f"{point.confidence:.1f}",
            )
            for point in points
            if round(point.confidence, 2) in _MARKED
        )
        drawn = _points((_x(point.share), _y(point.right, least)) for point in points)
        lines.append(ChartLine(kind, f"{kind} look", drawn, dots))
    height = 1.0 - least
    steps = [least + height * step / _GRID_STEPS for step in range(_GRID_STEPS + 1)]
    ticks = tuple(ChartTick(_y(each, least), f"{each:.0%}") for each in steps)
    return Chart(
        "The surer it must be, the fewer are filed", "share of photos that are filed", "right",
        _x_ticks(".0%"), ticks, tuple(lines),
    )  # fmt: skip


def _x_ticks(form: str) -> tuple[ChartTick, ...]:
    return tuple(ChartTick(_x(each), format(each, form)) for each in _TENTHS)


def _x(share: float) -> float:
    return round(LEFT + share * (RIGHT - LEFT), 1)


def _y(share: float, least: float) -> float:
    """From the top down, as drawings count; the axis begins at `least`."""
    return round(BOTTOM - (share - least) / max(1.0 - least, _STEP) * (BOTTOM - TOP), 1)


def _points(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)
