"""Figures by source, and what of hundreds of sources a person is shown."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.training.measures import measure
from gallery_daemon.training.predictions import Predictions
from gallery_daemon.training.sources import SourceGroup, SourceScore, readable, score_of
from tests.training.some_predictions import predictions


def test_sources_are_told_apart_where_there_are_several() -> None:
    """Cars of the shop are right, one of two from the street is taken for a tree, and surely."""
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.2, 0.8]], dtype=np.float32)
    truth, classes = np.array([0, 0, 0, 1]), ("cars", "trees")
    sources = ("shop", "street", "street", "street")

    found = measure(Predictions(probabilities, truth, classes, sources)).per_source

    assert [
        ("shop", "cars", 1, 1.0, 0.0),
        ("street", "cars", 2, 0.5, 0.5),
        ("street", "trees", 1, 1.0, 0.0),
    ] == [(each.source, each.name, each.support, each.recall, each.filed_wrongly) for each in found]
    assert () == measure(Predictions(probabilities, truth, classes, ("shop",) * 4)).per_source


@given(predictions())
def test_sources_part_the_pictures_of_a_class(some: Predictions) -> None:
    """Their pictures add up, and so do those that are right."""
    found = measure(some)
    if not found.per_source:
        return
    for name, score in found.per_class.items():
        own = [each for each in found.per_source if each.name == name]
        assert score.support == sum(each.support for each in own)
        right = sum(each.recall * each.support for each in own)
        assert pytest.approx(right) == score.recall * score.support


@given(predictions())
def test_a_score_comes_back_from_its_json(some: Predictions) -> None:
    """To the four digits that it has there; counts are exact."""
    for score in measure(some).per_source:
        back = score_of(json.loads(json.dumps(score.to_json())))

        assert back.at_confidence == score.at_confidence
        assert score.to_json() == back.to_json()


def _score(source: str, support: int, recall: float) -> SourceScore:
    return SourceScore(source, "cars", support, recall, 0.0, ())


def test_few_sources_are_all_shown_the_worst_first() -> None:
    """Also those with few pictures."""
    found = readable([_score("a", 1, 1.0), _score("b", 90, 0.2), _score("c", 50, 0.9)])

    assert ["b", "c", "a"] == [each.source for each in found.worst]
    assert (None, None) == (found.better, found.small)


def test_of_many_sources_the_worst_are_shown_and_the_others_in_two_rows() -> None:
    """Three hundred of them: twenty by name, and how the rest does."""
    large = [_score(f"large {n}", 20, n / 100) for n in range(100)]
    small = [_score(f"small {n}", 4, 0.5) for n in range(200)]

    found = readable([*small, *large])

    assert [f"large {n}" for n in range(20)] == [each.source for each in found.worst]
    assert found.better is not None
    assert found.small is not None
    assert (80, 1600, 0.2, 0.99) == (
        found.better.sources, found.better.support, found.better.lowest, found.better.highest
    )  # fmt: skip
    assert (200, 800, 0.5) == (found.small.sources, found.small.support, found.small.recall)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 10)), max_size=60))
def test_no_picture_is_lost_in_the_groups(sizes: list[tuple[int, int]]) -> None:
    """Whatever is folded: pictures and those that are right add up."""
    scores = [_score(str(n), count, tenths / 10) for n, (count, tenths) in enumerate(sizes)]

    found = readable(scores)

    shown: list[SourceScore | SourceGroup] = [*found.worst]
    shown += [group for group in (found.better, found.small) if group]
    assert sum(each.support for each in scores) == sum(each.support for each in shown)
    right = sum(each.recall * each.support for each in scores)
    assert pytest.approx(right) == sum(each.recall * each.support for each in shown)
