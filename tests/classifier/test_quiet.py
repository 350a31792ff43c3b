"""Quiet is when photos were answered and none has come for a while."""

from __future__ import annotations

import threading
import time

import pytest

from gallery_daemon.classifier.quiet import PhotosInside, when_quiet
from gallery_daemon.model.engines.engine import INT8
from gallery_daemon.model.engines.measured import Measurement

QUIET_S = 0.1


def waiting(inside: PhotosInside) -> threading.Thread:
    """A thread that ends with the quiet."""
    thread = threading.Thread(target=inside.wait_for_quiet, args=(QUIET_S,), daemon=True)
    thread.start()
    return thread


def test_before_the_first_photo_it_is_never_quiet() -> None:
    """Nothing is measured before the first photo is answered."""
    inside = PhotosInside()
    thread = waiting(inside)
    thread.join(5 * QUIET_S)
    assert thread.is_alive()

    inside.came()
    thread.join(5 * QUIET_S)
    assert thread.is_alive()

    inside.left()
    thread.join(10)
    assert not thread.is_alive()


def test_a_photo_begins_the_wait_anew() -> None:
    """Quiet is counted from the last photo and not from the first."""
    inside = PhotosInside()
    inside.came()
    inside.left()
    thread = waiting(inside)
    inside.came()
    thread.join(5 * QUIET_S)
    assert thread.is_alive()

    began = time.monotonic()
    inside.left()
    thread.join(10)

    assert not thread.is_alive()
    assert time.monotonic() - began >= QUIET_S


def test_photos_are_inside_until_the_last_has_left() -> None:
    """The event that ends a measurement is set as long as one is there."""
    inside = PhotosInside()
    assert not inside.are_some.is_set()
    inside.came()
    inside.came()
    inside.left()
    assert inside.are_some.is_set()
    inside.left()
    assert not inside.are_some.is_set()


DOUBTFUL = Measurement(INT8, {INT8: 9.0}, is_settled=False)
SETTLED = Measurement(INT8, {INT8: 99.0})


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([SETTLED, SETTLED], [SETTLED]),
        ([None, DOUBTFUL, SETTLED, SETTLED], [DOUBTFUL, SETTLED]),
        ([None, None, None, None, SETTLED], []),
        ([DOUBTFUL] * 5, [DOUBTFUL] * 4),
    ],
)
def test_it_is_tried_until_it_is_settled_but_not_for_ever(
    found: list[Measurement | None], told: list[Measurement]
) -> None:
    """A machine that is never quiet, or photos that keep coming, are not measured all day."""
    inside = PhotosInside()
    inside.came()
    inside.left()
    results = iter(found)

    assert told == list(when_quiet(inside, lambda: next(results), quiet_s=0.001))
