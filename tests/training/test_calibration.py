"""Calibration: a temperature that makes confidence true, fitted where it matters."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch

from gallery_daemon.model.temperature import fit_temperature
from gallery_daemon.photo import LookKind
from gallery_daemon.training.calibration import (
    MOST_OF_A_SOURCE,
    Calibration,
    RawPredictions,
    calibrate,
    even_rows,
)
from gallery_daemon.training.dataset import Gallery, Labelled

pytestmark = pytest.mark.usefixtures("one_core")

# Pictures 0 to 3 are cats of the source `a`, 4 to 7 dogs of the source `b`.
GALLERY = Gallery(
    ("cat", "dog"),
    tuple(Labelled(Path(f"{'ab'[n // 4]}__{n}.jpg"), n // 4) for n in range(8)),
)


SIZES = {LookKind.FULL: 224, LookKind.QUICK: 128}


def _raw(places: tuple[int, ...], right: float, quick: float = 1.0) -> RawPredictions:
    """Logits that give the right class `right`, by a quick look `quick`, and the other 0."""

    def logits(right: float) -> torch.Tensor:
        return torch.tensor([[right, 0.0] if place < 4 else [0.0, right] for place in places])

    distances = torch.tensor([place / 10 for place in places])
    return RawPredictions(
        places, {LookKind.FULL: logits(right), LookKind.QUICK: logits(quick)}, distances
    )


def _calibrate(
    seen: RawPredictions,
    unseen: list[RawPredictions],
    sizes: dict[LookKind, int] | None = None,
) -> Calibration:
    return calibrate(GALLERY, seen, unseen, sizes or SIZES, neighbours=10)


def test_without_sources_left_out_the_validation_pictures_say_it_all() -> None:
    """They calibrate, they are measured, and they are what a person should look at."""
    seen = _raw((1, 5, 6), 2.0)

    found = _calibrate(seen, [])

    assert ["validation", "validation_quick"] == list(found.measures)
    assert found.left_out is None
    assert (1, 5, 6) == found.places
    assert 3 == found.measures["validation"].pictures
    full = seen.logits[LookKind.FULL].numpy()
    assert fit_temperature(full, np.array([0, 1, 1])) == found.looks[LookKind.FULL].temperature


def test_sources_that_no_network_saw_calibrate_both() -> None:
    """A person's next photos are like them: wrong and sure there, it is less sure everywhere."""
    seen, unseen = _raw((0, 4), 3.0), [_raw((0, 1, 2, 3), -3.0), _raw((4, 5), -3.0)]

    found = _calibrate(seen, unseen)

    keys = ["validation", "validation_quick", "left_out_sources", "left_out_sources_quick"]
    assert keys == list(found.measures)
    temperature = found.looks[LookKind.FULL].temperature
    assert temperature > 1.5
    assert (0, 1, 2, 3, 4, 5) == found.places
    assert 0.0 == found.measures["left_out_sources"].accuracy
    assert 1.0 == found.measures["validation"].accuracy
    sure = torch.softmax(torch.tensor([3.0, 0.0]) / temperature, 0).max().item()
    assert pytest.approx(1 - sure, abs=1e-4) == found.measures["validation"].ece


def test_what_a_person_should_look_at_is_row_by_row_the_pictures() -> None:
    """Probabilities, truths and sources of the places, in their order."""
    found = _calibrate(_raw((0,), 1.0), [_raw((6, 2), 1.0)])

    assert (6, 2) == found.places
    assert [1, 0] == found.held_out[LookKind.FULL].truth.tolist()
    assert ("b", "a") == found.held_out[LookKind.FULL].sources
    assert [1, 0] == found.held_out[LookKind.FULL].probabilities.argmax(1).tolist()
    np.testing.assert_allclose(found.held_out[LookKind.FULL].probabilities.sum(1), 1, rtol=1e-6)
    assert found.looks[LookKind.FULL].temperature == found.held_out[LookKind.FULL].temperature


def test_each_look_has_a_temperature_and_a_tally_of_its_own() -> None:
    """One that is often wrong by a quick look is less sure there, and its tally says so."""
    found = _calibrate(_raw(tuple(range(8)), 3.0, quick=-3.0), [])

    full, quick = (found.looks[look] for look in LookKind)
    assert (224, 128) == (full.size, quick.size)
    assert full.temperature < 1 < quick.temperature
    assert [4, 4] == [sum(full.tallies[name].right) for name in GALLERY.classes]
    assert [0, 0] == [sum(quick.tallies[name].right) for name in GALLERY.classes]
    assert [4, 4] == [sum(quick.tallies[name].called) for name in GALLERY.classes]


def test_a_network_of_one_look_has_that_alone() -> None:
    """The article's network was never shown a thumbnail."""
    found = _calibrate(_raw((1, 5), 1.0), [_raw((2, 6), 1.0)], {LookKind.FULL: 224})

    assert [LookKind.FULL] == list(found.looks)
    assert ["validation", "left_out_sources"] == list(found.measures)


def test_the_scale_of_familiarity_is_how_far_held_out_pictures_are() -> None:
    """From the nearest to the farthest of them, in between in order."""
    found = _calibrate(_raw((0,), 1.0), [_raw((1, 2, 3), 1.0), _raw((4, 7), 1.0)])

    scale = found.familiarity
    assert (10, 101) == (scale.neighbours, len(scale.distances))
    assert pytest.approx((0.1, 0.3, 0.7)) == tuple(scale.distances[n] for n in (0, 50, 100))
    assert list(scale.distances) == sorted(scale.distances)
    assert found.left_out is not None
    assert [1, 2, 3, 4, 7] == found.left_out.places.tolist()
    assert [0, 0, 0, 1, 1] == found.left_out.folds.tolist()
    shares = found.left_out.familiarity[LookKind.FULL].tolist()
    assert pytest.approx([1, 0.8, 0.6, 0.4, 0.2], abs=1e-3) == shares


def test_no_source_counts_for_more_than_its_share() -> None:
    """Of two thousand pictures of one source some are taken, evenly; nameless ones all count."""
    sources = ["big"] * 2000 + ["small"] * 7 + [""] * 100

    rows = even_rows([0] * len(sources), sources)

    big = [row for row in rows if row < 2000]
    assert MOST_OF_A_SOURCE == len(big)
    assert {50} == {later - earlier for earlier, later in itertools.pairwise(big)}
    assert list(range(2000, 2107)) == [row for row in rows if row >= 2000]


def test_a_large_easy_source_does_not_make_the_network_sure() -> None:
    """A thousand that are right and forty that are as often wrong count alike."""
    names = [f"easy__{n}.jpg" for n in range(1000)] + [f"hard__{n}.jpg" for n in range(40)]
    gallery = Gallery(("a", "b"), tuple(Labelled(Path(name), 0) for name in names))
    right = torch.tensor([[2.0, 0.0]] * 1000 + [[2.0, 0.0], [0.0, 2.0]] * 20)
    raw = RawPredictions(tuple(range(1040)), {LookKind.FULL: right}, torch.linspace(0, 1, 1040))

    found = calibrate(gallery, raw, [raw], {LookKind.FULL: 224}, neighbours=10)

    assert found.looks[LookKind.FULL].temperature > fit_temperature(
        right.numpy(), np.zeros(1040, np.int64)
    )
    assert 1040 == found.measures["left_out_sources"].pictures, "measured are all"
    tallies = found.looks[LookKind.FULL].tallies
    assert 80 == sum(tallies["a"].called) + sum(tallies["b"].called)
