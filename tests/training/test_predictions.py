"""Predictions: counted by hundredths, and kept in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gallery_daemon.errors import TrainingError
from gallery_daemon.model.precision import precision_at, tally_of, threshold
from gallery_daemon.photo import LookKind
from gallery_daemon.training.measures import PRECISIONS
from gallery_daemon.training.predictions import (
    LeftOutPredictions,
    Predictions,
    hundredths,
    load_predictions,
    save_predictions,
    uncalibrated,
)
from tests.training.some_predictions import predictions

if TYPE_CHECKING:
    from pathlib import Path


@given(st.floats(0, 1, width=32))
def test_a_hundredth_is_the_highest_that_a_rule_would_let_through(confidence: float) -> None:
    """Compared as a rule compares: by the number that stands in the YAML."""
    (found,) = hundredths(np.array([confidence], dtype=np.float32)).tolist()

    passed = [step for step in range(100) if confidence >= step / 100]
    assert max(passed) == found


@given(predictions())
def test_a_tally_counts_each_call_once(some: Predictions) -> None:
    """All of them together are the pictures; the right ones those that are right."""
    tallies = some.tallies()

    assert list(some.classes) == list(tallies)
    assert len(some.truth) == sum(sum(tally.called) for tally in tallies.values())
    assert some.is_right().sum() == sum(sum(tally.right) for tally in tallies.values())
    assert (100, 100) == (len(tallies["a"].called), len(tallies["a"].right))


@given(predictions())
def test_a_tally_is_that_of_the_model_s_own_reckoning(some: Predictions) -> None:
    """Of one class, call by call, as `precision` counts them."""
    own = some.called() == 0
    calls = zip(
        some.probabilities.max(1)[own].astype(float).tolist(),
        some.is_right()[own].tolist(),
        strict=True,
    )

    assert tally_of(calls) == some.tallies()["a"]


@given(
    st.lists(st.tuples(st.floats(0.5, 1, width=32), st.booleans()), min_size=25, max_size=80),
    st.floats(0, 1, width=32),
)
def test_a_precision_is_reached_exactly_from_its_threshold_on(
    calls: list[tuple[float, bool]], confidence: float
) -> None:
    """So `min_precision: 0.95` takes the photos that `check` says it takes."""
    sure = np.array([call for call, _ in calls], dtype=np.float32)
    some = Predictions(
        np.stack([sure, 1 - sure], 1),
        np.array([int(not is_right) for _, is_right in calls]),
        ("a", "b"),
    )
    tally = some.tallies()["a"]

    for wanted in PRECISIONS:
        found, precision = threshold(tally, wanted), precision_at(tally, confidence)
        reached = precision is not None and precision >= wanted
        assert reached == (found is not None and confidence >= found.confidence)


@given(st.integers(0, 2**31), st.floats(0.2, 5))
def test_a_temperature_can_be_taken_back(seed: int, temperature: float) -> None:
    """What the temperature did to the probabilities is undone, whatever it was."""
    logits = torch.randn(8, 4, generator=torch.Generator().manual_seed(seed))

    back = uncalibrated((logits / temperature).softmax(1).numpy(), temperature)

    np.testing.assert_allclose(logits.softmax(1).numpy(), back, atol=1e-4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some=predictions(), other=predictions())
def test_a_file_gives_back_what_was_kept(
    some: Predictions, other: Predictions, tmp_path: Path
) -> None:
    """Probabilities to a thousandth, all else as it was; the class of each picture is the same."""
    count = min(len(some.truth), len(other.truth))
    full = some.rows(np.arange(count))
    quick = Predictions(
        full.probabilities[::-1].copy(), full.truth, full.classes, full.sources, other.temperature
    )
    kept = LeftOutPredictions(
        {LookKind.FULL: full, LookKind.QUICK: quick},
        np.arange(count) % 3,
        np.arange(count) + 100_000,
        {LookKind.FULL: np.linspace(0, 1, count).astype(np.float16)},
    )
    file = tmp_path / "predictions.safetensors"
    file.write_bytes(save_predictions(kept))

    found = load_predictions(file)

    for look, each in kept.looks.items():
        back = found.looks[look]
        np.testing.assert_allclose(back.probabilities, each.probabilities, atol=5e-3)
        assert (each.truth.tolist(), each.classes, each.sources, each.temperature) == (
            back.truth.tolist(), back.classes, back.sources, back.temperature
        )  # fmt: skip
    assert kept.places.tolist() == found.places.tolist()
    assert kept.folds.tolist() == found.folds.tolist()
    assert list(kept.familiarity) == list(found.familiarity)


def test_a_file_of_seven_classes_takes_forty_bytes_a_picture() -> None:
    """So that of 13,000 pictures is half a megabyte, and can stay in a bundle."""
    rows = np.full((1000, 7), 1 / 7, dtype=np.float32)
    some = Predictions(rows, np.zeros(1000, dtype=np.int64), tuple("abcdefg"), ("x",) * 1000)
    looks = {LookKind.FULL: some, LookKind.QUICK: some}
    zeros = np.zeros(1000, dtype=np.int64)

    assert 41_000 > len(save_predictions(LeftOutPredictions(looks, zeros, zeros, {})))


@pytest.mark.parametrize("content", [None, b"", b"no tensors", b"\x02\0\0\0\0\0\0\0{}"])
def test_another_file_is_refused_in_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    """Missing, empty, torn, or of something else."""
    file = tmp_path / "predictions.safetensors"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(TrainingError, match=r"predictions\.safetensors"):
        load_predictions(file)
