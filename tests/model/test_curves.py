"""Curves of tallies: every picture counts once, at the confidence that it was called with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.model.curves import calibration_error, coverage, reliability
from gallery_daemon.model.manifest import DEFAULT_BUNDLE, TALLY_BINS, find_bundle
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.precision import tally_of

if TYPE_CHECKING:
    from gallery_daemon.model.manifest import Tally

CALLS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40)


def test_a_tenth_of_confidence_is_a_point() -> None:
    """Its mean confidence, how many of its pictures are right, and how many they are."""
    sure, half = tally_of([(0.95, True), (0.98, True)]), tally_of([(0.51, False), (0.59, True)])

    low, high = reliability([sure, half])

    assert (0.5, 2, 1.0, 2) == (low.right, low.pictures, high.right, high.pictures)
    assert pytest.approx((0.515 + 0.595) / 2) == low.confidence
    assert pytest.approx((0.955 + 0.985) / 2) == high.confidence
    assert pytest.approx((0.055 * 2 + 0.03 * 2) / 4) == calibration_error([low, high])


def test_the_higher_a_confidence_the_fewer_reach_it() -> None:
    """All reach the lowest; the curve ends where none is left."""
    points = coverage([tally_of([(0.2, False), (0.7, True), (0.7, True), (0.9, True)])])

    assert (0.0, 1.0, 0.75) == (points[0].confidence, points[0].share, points[0].right)
    assert (0.5, 0.75, 1.0) == (points[50].confidence, points[50].share, points[50].right)
    assert (0.9, 0.25, 1.0) == (points[-1].confidence, points[-1].share, points[-1].right)


def test_of_no_pictures_nothing_is_known() -> None:
    """A bundle of an older program has no tallies."""
    assert ((), (), None) == (reliability([]), coverage([]), calibration_error([]))
    assert () == coverage([tally_of([])])


@given(st.lists(CALLS.map(tally_of), max_size=4))
def test_every_picture_is_counted_once(tallies: list[Tally]) -> None:
    """Whatever the calls: shares fall, and points add up to all pictures."""
    pictures = sum(sum(tally.called) for tally in tallies)
    points, curve = reliability(tallies), coverage(tallies)

    assert pictures == sum(point.pictures for point in points)
    assert all(0 <= right <= 1 for right in [each.right for each in points])
    assert all(0 <= right <= 1 for right in [each.right for each in curve])
    shares = [point.share for point in curve]
    assert sorted(shares, reverse=True) == shares
    assert len(curve) <= TALLY_BINS


def test_the_shipped_model_is_what_it_says_of_itself() -> None:
    """Its tallies, of pictures of sources that it had not seen, are as calibrated as its report."""
    manifest = read_manifest(find_bundle(DEFAULT_BUNDLE))
    tallies = manifest.full.tallies.values()

    error = calibration_error(reliability(tallies))

    assert error is not None
    assert error < 0.03
    assert 0.85 < coverage(tallies)[0].right < 0.92
