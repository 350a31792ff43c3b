"""Distances from places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.decision import Check, Truth
from gallery_daemon.photo import Position
from gallery_daemon.rules.conditions.place import Near, Spot
from tests.rules.photos import facts, photo, prediction, truth_of

MUNICH, BERLIN = Position(48.1374, 11.5755), Position(52.5200, 13.4050)
ROUND_MUNICH = Spot(48.1374, 11.5755, 5, "Munich")


def near(spot: Spot, position: Position | None) -> Truth:
    """Whether a photo taken there was taken near the spot."""
    return truth_of(Near((spot,)), known=facts(position=position))


@pytest.mark.parametrize(
    ("start", "end", "km"),
    [
        (MUNICH, BERLIN, 504.3),
        (Position(36.12, -86.67), Position(33.94, -118.40), 2886.45),
        (Position(0, 179.9), Position(0, -179.9), 22.24),
        (Position(90, 0), Position(90, 120), 0.0),
        (Position(0, 0), Position(0, 180), 20015.1),
        (Position(-33.8688, 151.2093), Position(-33.8688, 151.2093), 0.0),
    ],
)
def test_a_distance_is_known_to_half_a_per_cent(start: Position, end: Position, km: float) -> None:
    """Between cities, over the date line, at the pole and to the other side of the earth.

    Source: Nashville to Los Angeles is Rosetta Code's example, 2887.26 km with a radius of 6372.8.
    """
    nearer = Spot(start.latitude, start.longitude, km * 0.995)
    farther = Spot(start.latitude, start.longitude, km * 1.005 + 0.001)

    assert Truth.YES == near(farther, end)
    assert not km or Truth.NO == near(nearer, end)


def test_the_reason_tells_the_distance_and_not_the_position() -> None:
    """Where a person lives stays out of the log."""
    check = Near((ROUND_MUNICH,)).check(photo(), facts(position=BERLIN), prediction())

    expected = Check(
        "near: {lat: 48.1374, lon: 11.5755, km: 5, name: Munich}",
        Truth.NO,
        "504 km from Munich, more than 5 km",
    )
    assert expected == check


def test_a_distance_is_told_as_finely_as_its_limit_needs() -> None:
    """Just beyond a limit, whole kilometres would not say so."""
    spot = Spot(MUNICH.latitude, MUNICH.longitude, 504, "Munich")

    check = Near((spot,)).check(photo(), facts(position=BERLIN), prediction())

    assert "504.29 km from Munich, more than 504.00 km" == check.reason


def test_the_other_side_of_the_earth_has_a_distance() -> None:
    """Rounding makes the haversine of these two points more than 1."""
    spot = Spot(69.51232454868148, 86.5812282599507, 20_040)

    assert Truth.YES == near(spot, Position(-69.51232454868148, -93.4187717400493))


def test_of_several_places_one_is_enough() -> None:
    """The reason names the one that is nearest for its size."""
    spots = (Spot(52.52, 13.405, 1), ROUND_MUNICH)

    check = Near(spots).check(photo(), facts(position=MUNICH), prediction())

    assert (Truth.YES, "0.00 km from Munich") == (check.truth, check.reason)
    assert "near: [{lat: 52.52, lon: 13.405, km: 1}, {lat: 48.1374" in check.condition


def test_a_place_without_a_name_is_called_by_its_point() -> None:
    """That is the rule's own, and no secret of the photo."""
    check = Near((Spot(0, -0.5, 1),)).check(photo(), facts(position=MUNICH), prediction())

    assert "km from 0, -0.5, more than" in check.reason


def test_a_photo_that_does_not_say_where_was_near_nothing() -> None:
    """Not even with the whole earth round it."""
    check = Near((Spot(0, 0, 20_040),)).check(photo(), facts(), prediction())

    assert (Truth.NO, "no position is known") == (check.truth, check.reason)


@given(
    st.builds(Position, st.floats(-90, 90), st.floats(-180, 180)),
    st.builds(Position, st.floats(-90, 90), st.floats(-180, 180)),
    st.floats(0, 20_040),
)
def test_it_is_as_far_there_as_back(one: Position, other: Position, km: float) -> None:
    """And nothing is farther than the other side of the earth."""
    there = near(Spot(one.latitude, one.longitude, km), other)
    back = near(Spot(other.latitude, other.longitude, km + 1e-6), one)

    assert (there, back) != (Truth.YES, Truth.NO)
    assert Truth.YES == near(Spot(one.latitude, one.longitude, 20_040), other)
