"""The reach: so far from a limit, hardly a picture is beyond it by the full look."""

from __future__ import annotations

import numpy as np
import pytest

from gallery_daemon.model.reach import FEWEST, MOST_WRONG, reach_of

MANY = 4_000


def probabilities(log_odds: np.ndarray) -> np.ndarray:
    """Of two classes, with these log-odds of the first."""
    first = 1 / (1 + np.exp(-log_odds))
    return np.stack((first, 1 - first), axis=1).astype(np.float32)


def reach_between(quick: np.ndarray, full: np.ndarray) -> dict[str, float]:
    """Of pictures whose log-odds of the first class are these by each look."""
    return reach_of(probabilities(quick), probabilities(full), ("cars", "trees"))


def spread(count: int = MANY) -> np.ndarray:
    """Evenly, from one in fifty to fifty to one."""
    return np.linspace(-4, 4, count)


def test_the_reach_is_how_far_the_full_look_is_beyond() -> None:
    """Where it is half a unit lower throughout, whoever is nearer to a limit from above crosses."""
    found = reach_between(spread(), spread() - 0.5)

    # Some few of the nearest to the far end are allowed.
    assert {"cars", "trees"} == found.keys()
    assert all(0.48 <= reach <= 0.5 for reach in found.values())


def test_looks_that_say_the_same_have_no_reach() -> None:
    """Then the quick one always decides."""
    assert {"cars": 0.0, "trees": 0.0} == reach_between(spread(), spread())


def test_a_few_pictures_that_are_wholly_otherwise_do_not_count() -> None:
    """As many as are allowed; one more does."""
    allowed = int(MOST_WRONG * MANY)
    full = spread()
    full[-allowed:] = -4

    assert 0.0 == reach_between(spread(), full)["cars"]

    full[-allowed - 1 :] = -4

    assert reach_between(spread(), full)["cars"] > 7


@pytest.mark.parametrize(("count", "is_known"), [(FEWEST - 1, False), (FEWEST, True)])
def test_of_few_pictures_it_is_not_known(count: int, *, is_known: bool) -> None:
    """A thousandth of them would be less than one."""
    assert is_known is bool(reach_between(spread(count), spread(count)))


def test_what_the_reach_promises_holds_at_every_limit() -> None:
    """On the very pictures that it was measured on, with looks that differ at random."""
    random = np.random.default_rng(0)
    quick = random.normal(0, 3, MANY)
    full = quick + random.normal(0, 0.4, MANY)
    reach = reach_between(quick, full)["cars"]

    for limit in np.log(np.arange(1, 100) / np.arange(99, 0, -1)):
        is_far = np.abs(quick - limit) > reach
        is_other = (quick >= limit) != (full >= limit)
        assert (is_far & is_other).sum() <= MOST_WRONG * MANY
