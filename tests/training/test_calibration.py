"""Calibration: a temperature that makes confidence true, fitted where it matters."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from gallery_daemon.photo import LookKind
from gallery_daemon.training.calibration import (
    MOST_OF_A_SOURCE,
    Calibration,
    RawPredictions,
    calibrate,
    even_rows,
    fit_temperature,
)
from gallery_daemon.training.dataset import Gallery, Labelled

pytestmark = pytest.mark.usefixtures("one_core")

# Pictures 0 to 3 are cats of the source `a`, 4 to 7 dogs of the source `b`.
GALLERY = Gallery(
    ("cat", "dog"),
    tuple(Labelled(Path(f"{'ab'[n // 4]}__{n}.jpg"), n // 4) for n in range(8)),
)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
def test_the_temperature_is_found_again(temperature: float) -> None:
    """Labels drawn from known probabilities give back the temperature that was put in."""
    random = torch.Generator().manual_seed(0)
    true_logits = torch.randn(20_000, 5, generator=random)
    truth = torch.multinomial(true_logits.softmax(1), 1, generator=random)[:, 0]

    found = fit_temperature(true_logits * temperature, truth)

    assert pytest.approx(temperature, rel=0.05) == found


def test_few_pictures_that_are_all_right_do_not_make_it_sure_of_everything() -> None:
    """Eighteen rights are no reason to believe in certainty; ten thousand nearly are."""
    logits, truth = torch.tensor([[2.0, 0.0]]), torch.tensor([0])

    few, many = (fit_temperature(logits.repeat(n, 1), truth.repeat(n)) for n in (18, 10_000))

    assert 0.5 < few < 1
    assert many < 0.3


@settings(max_examples=10)  # each fit is 120 losses
@given(st.integers(0, 2**31), st.integers(2, 40), st.integers(2, 6))
def test_a_fitted_temperature_is_no_worse_than_none(seed: int, count: int, classes: int) -> None:
    """For any logits and labels the fit is no worse than leaving them alone."""
    random = torch.Generator().manual_seed(seed)
    logits = torch.randn(count, classes, generator=random) * 3
    truth = torch.randint(classes, (count,), generator=random)

    temperature = fit_temperature(logits, truth)

    fitted, alone = (cross_entropy(logits / value, truth).item() for value in (temperature, 1.0))
    assert fitted <= alone + 1e-6


@given(st.floats(0.05, 20), st.integers(1, 50))
def test_a_temperature_is_within_reason(scale: float, count: int) -> None:
    """However sure and however wrong, the network is trusted twenty times less or more at most."""
    logits = torch.tensor([[scale * 50, 0.0]]).repeat(count, 1)
    for truth in (0, 1):
        found = fit_temperature(logits, torch.full((count,), truth))
        assert 0.05 <= found <= 20.001


def test_a_temperature_changes_no_class() -> None:
    """Only how sure the network is."""
    logits = torch.randn(50, 4, generator=torch.Generator().manual_seed(1))
    truth = torch.randint(4, (50,), generator=torch.Generator().manual_seed(2))

    divided = logits / fit_temperature(logits, truth)

    assert torch.equal(logits.argmax(1), divided.argmax(1))


def test_the_more_pictures_the_less_the_prior_says() -> None:
    """Ten times as many of the same: further from 1."""
    logits, truth = torch.tensor([[2.0, 0.0], [0.0, 2.0], [2.0, 0.0]]), torch.tensor([0, 1, 0])

    found = [fit_temperature(logits.repeat(n, 1), truth.repeat(n)) for n in (1, 10, 100)]

    assert 1 > found[0] > found[1] > found[2]


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
    full = seen.logits[LookKind.FULL]
    assert fit_temperature(full, torch.tensor([0, 1, 1])) == found.looks[LookKind.FULL].temperature


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

    assert found.looks[LookKind.FULL].temperature > fit_temperature(right, torch.zeros(1040).long())
    assert 1040 == found.measures["left_out_sources"].pictures, "measured are all"
    tallies = found.looks[LookKind.FULL].tallies
    assert 80 == sum(tallies["a"].called) + sum(tallies["b"].called)
