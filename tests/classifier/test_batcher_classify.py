"""A batch becomes as many answers, and one bad photo disturbs nobody."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.classifier.batcher import Network, Prepared, Scores, classify
from gallery_daemon.classifier.messages import Answer, Refusal, RefusalKind
from gallery_daemon.photo import Facts, LookKind, Prediction

if TYPE_CHECKING:
    from collections.abc import Sequence

FACTS = Facts.unread(datetime(2024, 1, 1, tzinfo=UTC))
MODEL = "m@01234567"


def looked(number: int, look: LookKind = LookKind.FULL) -> Prepared[float]:
    """A photo whose picture is a number: its probability of being a car."""
    return Prepared(number, FACTS, number / 10, started_s=1.0, look=look)


def network(predict: object = None) -> Network[float]:
    """A network of two classes that believes what the picture says."""

    def believe(pictures: Sequence[float], _look: LookKind) -> list[Scores]:
        return [Scores([picture, 1 - picture]) for picture in pictures]

    return Network(predict or believe, ("cars", "memes"), MODEL)  # type: ignore[arg-type]


def test_answers_come_in_the_order_of_the_batch() -> None:
    """Each has its own probabilities, the batch's size, and its time since it was started."""
    answers = classify([looked(3), looked(1)], network(), lambda: 1.25)

    assert [
        Answer(3, FACTS, Prediction({"cars": 0.3, "memes": 0.7}, MODEL), 2, 250.0),
        Answer(1, FACTS, Prediction({"cars": 0.1, "memes": 0.9}, MODEL), 2, 250.0),
    ] == answers


def test_each_look_is_shown_to_the_network_by_itself() -> None:
    """Their pictures have other sizes; the answer says which look it was."""
    shown: list[tuple[LookKind, tuple[float, ...]]] = []

    def predict(pictures: Sequence[float], look: LookKind) -> list[Scores]:
        shown.append((look, tuple(pictures)))
        return [Scores([picture, 1 - picture]) for picture in pictures]

    batch = [looked(1, LookKind.QUICK), looked(2), looked(3, LookKind.QUICK)]
    replies = classify(batch, network(predict), lambda: 1.0)

    assert [(LookKind.FULL, (0.2,)), (LookKind.QUICK, (0.1, 0.3))] == shown
    said = {reply.id: reply.prediction.look for reply in replies if isinstance(reply, Answer)}
    assert {2: LookKind.FULL, 1: LookKind.QUICK, 3: LookKind.QUICK} == said


def test_a_photo_the_network_fails_on_is_refused_alone() -> None:
    """The batch fails, each is tried alone, and only the bad one is refused, as nobody's fault."""

    def predict(pictures: Sequence[float], _look: LookKind) -> list[Scores]:
        if 0.2 in pictures:
            raise RuntimeError("no kernel")
        return [Scores([picture, 1 - picture]) for picture in pictures]

    replies = classify([looked(1), looked(2), looked(3)], network(predict), lambda: 1.0)

    assert [1, 2, 3] == [reply.id for reply in replies]
    assert [Answer, Refusal, Answer] == [type(reply) for reply in replies]
    reason = "the network failed on it: RuntimeError: no kernel"
    assert Refusal(2, RefusalKind.FAILED, reason, FACTS) == replies[1]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="too few rows"),
        pytest.param([Scores([0.5, 0.5])] * 3, id="too many rows"),
        pytest.param([Scores([1.0])], id="too few classes"),
        pytest.param([Scores([0.2, 0.3, 0.5])], id="too many classes"),
        pytest.param([Scores([math.nan, 0.5])], id="not a number"),
        pytest.param([Scores([0.5, 0.5], precision=math.nan)], id="no precision"),
        pytest.param([Scores([0.5, 0.5], familiarity=math.inf)], id="no familiarity"),
    ],
)
def test_a_network_that_breaks_the_contract_gives_no_answer(rows: list[Scores]) -> None:
    """A wrong length or a NaN is never given out as someone's prediction."""
    (reply,) = classify([looked(1)], network(lambda _pictures, _look: rows), lambda: 1.0)

    assert isinstance(reply, Refusal)
    assert RefusalKind.FAILED == reply.kind


def test_a_hair_more_than_one_is_one() -> None:
    """Rounding in half precision does not make an impossible answer."""
    scores = Scores([1.0001, -0.0001], precision=1.0001, familiarity=-0.0001)
    (reply,) = classify([looked(1)], network(lambda _pictures, _look: [scores]), lambda: 1.0)

    assert isinstance(reply, Answer)
    assert Prediction({"cars": 1.0, "memes": 0.0}, MODEL, 1.0, 0.0) == reply.prediction


def test_what_the_model_knows_of_its_precision_travels_with_the_answer() -> None:
    """And what it does not know is none."""
    scores = [Scores([0.9, 0.1], 0.97, 0.03), Scores([0.1, 0.9])]

    replies = classify(
        [looked(1), looked(2)], network(lambda _pictures, _look: scores), lambda: 1.0
    )

    said = [reply.prediction for reply in replies if isinstance(reply, Answer)]
    assert [(0.97, 0.03), (None, None)] == [(each.precision, each.familiarity) for each in said]
