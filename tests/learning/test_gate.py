"""The gate: what is no better, contradicts itself or forgets does not pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.learning.candidate_model import make_candidate
from gallery_daemon.learning.cross_validation import ModelAnswers, Validated
from gallery_daemon.learning.decisions import ChangedDecisions
from gallery_daemon.learning.gate import (
    LEVEL,
    DecidedBy,
    ServingAnswers,
    flip_test,
    judge,
    most_fall,
    sign_test,
    wanted_more,
)
from gallery_daemon.photo import LookKind
from tests.learning.photos_taught import MANIFEST, base, lessons, strange_lessons

if TYPE_CHECKING:
    from gallery_daemon.learning.gate import Gate

HEAD, BANK = base()


def test_shuffled_labels_are_refused() -> None:
    """The very photos that pass with their own labels pass with others' hardly ever."""
    taught = strange_lessons(40)
    shuffles = (np.random.default_rng(seed).permutation(40).tolist() for seed in range(12))

    gates = [
        make_candidate(
            MANIFEST, HEAD, BANK, lessons(taught.full, [taught.classes[each] for each in shuffle])
        ).gate
        for shuffle in shuffles
    ]

    assert make_candidate(MANIFEST, HEAD, BANK, taught).gate.passed
    assert sum(gate.passed for gate in gates) <= 1
    assert all(gate.reasons for gate in gates if not gate.passed)


def test_photos_that_are_nearly_the_same_are_one_lesson() -> None:
    """A burst of ten shots teaches no more than one of them."""
    taught = strange_lessons(1)
    burst = lessons(taught.full.repeat(10, 0) * np.linspace(1, 1.01, 10)[:, None], ["cats"] * 10)

    found = make_candidate(MANIFEST, HEAD, BANK, burst.take(np.arange(10))).gate

    assert 1 == found.figures.lessons
    assert not found.passed


def _validated(before: np.ndarray, after: np.ndarray) -> tuple[Validated, ModelAnswers]:
    """Ten lessons that are learned, and a bank of a hundred whose logits these are."""
    labels = np.repeat(np.arange(2), 5)
    wrong, right = np.eye(2, dtype="f4")[1 - labels] * 3, np.eye(2, dtype="f4")[labels] * 3
    answers = ModelAnswers({LookKind.FULL: right}, {LookKind.FULL: after})
    was = ModelAnswers({LookKind.FULL: wrong}, {LookKind.FULL: before})
    bank_labels = np.repeat(np.arange(2), 50)
    return Validated(("a", "b"), labels, bank_labels, np.arange(10), was, answers), answers


def _bank(lost: int) -> np.ndarray:
    """Logits of a hundred pictures, of which so many of the first class are wrong."""
    labels = np.repeat(np.arange(2), 50)
    labels[:lost] = 1
    found: np.ndarray = np.eye(2, dtype="f4")[labels] * 3
    return found


def test_what_forgets_a_class_does_not_pass() -> None:
    """Five of fifty are more than two points and more than chance; four may be chance."""
    for lost, passes in ((0, True), (4, True), (5, False), (20, False)):
        gate = judge(*_validated(_bank(0), _bank(lost)))
        assert passes is gate.passed, lost
        assert passes or "it forgets a" in gate.reasons[0]


def test_many_lessons_outweigh_a_little_of_what_other_people_have() -> None:
    """The bound is two points up to fifty lessons and five from a hundred on, evenly between."""
    found = [round(most_fall(lessons), 4) for lessons in (0, 1, 50, 75, 100, 101, 10_000)]

    assert [0.02, 0.02, 0.02, 0.035, 0.05, 0.05, 0.05] == found


def test_the_bound_is_of_the_lessons_that_there_are() -> None:
    """Eight of two hundred, four points, pass with a hundred lessons, and do not with ten."""
    for number, passes in ((5, False), (50, True)):
        labels = np.repeat(np.arange(2), number)
        bank_labels = np.repeat(np.arange(2), 200)
        wrong, right = np.eye(2, dtype="f4")[1 - labels] * 3, np.eye(2, dtype="f4")[labels] * 3
        bank = np.eye(2, dtype="f4")[bank_labels] * 3
        forgets = bank.copy()
        forgets[:8] = bank[-1]
        answers = ModelAnswers({LookKind.FULL: right}, {LookKind.FULL: forgets})
        was = ModelAnswers({LookKind.FULL: wrong}, {LookKind.FULL: bank})
        validated = Validated(("a", "b"), labels, bank_labels, np.arange(2 * number), was, answers)

        assert passes is judge(validated, answers).passed, number


def test_what_is_worse_does_not_pass_and_no_number_of_such_lessons_would() -> None:
    """The base's answers for the candidate's, and the other way round."""
    validated, answers = _validated(_bank(0), _bank(0))
    turned = Validated(
        validated.classes,
        validated.lesson_labels,
        validated.bank_labels,
        validated.groups,
        answers,
        validated.base,
    )

    found = judge(turned, validated.base)

    assert not found.passed
    assert found.wanted_more is None


def _ten(before: float, after: float) -> tuple[Validated, ModelAnswers]:
    """Ten lessons whose right class has this probability, and a bank that stays as it was."""
    validated, _ = _validated(_bank(0), _bank(0))
    was, now = (
        np.eye(2, dtype="f4")[validated.lesson_labels] * np.float32(np.log(each / (1 - each)))
        for each in (before, after)
    )
    bank = {LookKind.FULL: _bank(0)}
    base, answers = (ModelAnswers({LookKind.FULL: each}, bank) for each in (was, now))
    return replace(validated, base=base, left_out=answers), answers


def test_what_decides_nothing_otherwise_does_not_pass() -> None:
    """Ten lessons that are answered a little better, and go where they went."""
    gate = judge(*_ten(0.85, 0.99))

    assert gate.figures.chance <= LEVEL
    assert not gate.passed
    assert gate.reasons == ("it decides every lesson as the base does",)
    assert gate.wanted_more is None


def test_what_leaves_less_to_the_person_passes() -> None:
    """The same calls, but now sure enough for the rules; how sure that is, they say."""
    validated, answers = _ten(0.7, 0.9)

    assert judge(validated, answers).passed
    assert judge(validated, answers).figures.decided == ChangedDecisions(10, 0)
    assert not judge(validated, answers, DecidedBy(sure=0.95)).passed
    assert not judge(validated, answers, DecidedBy(sure=0.6)).passed


def test_what_decides_more_worse_than_better_does_not_pass() -> None:
    """Three lessons leave the uncertain place for a wrong one, two for the right one."""
    validated, answers = _ten(0.6, 0.75)
    logits = answers.lessons[LookKind.FULL].copy()
    rows = np.arange(5)
    logits[rows, validated.lesson_labels[rows]] = [3, 3, -3, -3, -3]

    gate = judge(validated, ModelAnswers({LookKind.FULL: logits}, answers.bank))

    assert gate.figures.decided == ChangedDecisions(2, 3)
    assert "decides 2 better than the base, and 3 worse" in " ".join(gate.reasons)


def test_it_must_be_better_than_the_version_that_serves() -> None:
    """Much better than the base is not enough, unless a lesson that taught it was withdrawn."""
    validated, answers = _ten(0.3, 0.9)

    def gate(serving: float, *, has_withdrawn: bool = False) -> Gate:
        logits = _ten(0.3, serving)[1].lessons[LookKind.FULL]
        served = ServingAnswers(logits, 1.0, has_withdrawn)
        return judge(validated, answers, DecidedBy(serving=served))

    assert gate(0.7).passed
    assert gate(0.7).figures.since == ChangedDecisions(10, 0)
    assert gate(0.95).reasons == ("it decides every lesson as the version that serves does",)
    assert gate(0.95, has_withdrawn=True).passed


def test_what_is_worse_than_the_version_that_serves_does_not_pass() -> None:
    """Not even where a lesson was withdrawn."""
    validated, answers = _ten(0.1, 0.7)
    better = ServingAnswers(_ten(0.1, 0.9)[1].lessons[LookKind.FULL], 1.0, has_withdrawn=True)

    found = judge(validated, answers, DecidedBy(serving=better))

    assert found.figures.decided == ChangedDecisions(10, 0)
    assert "decides 0 better than the version that serves, and 10 worse" in found.reasons[0]


@given(st.lists(st.floats(-4, 4), min_size=1, max_size=14))
def test_a_chance_is_a_chance(gains: list[float]) -> None:
    """Between 0 and 1, and never below what so few lessons can show."""
    chance = flip_test(np.array(gains))

    assert 0 < chance <= 1
    assert len(gains) > 4 or chance > LEVEL


def test_signs_are_thrown_like_coins() -> None:
    """The exact tail of the binomial distribution."""
    assert 1 / 32 == sign_test(5, 0)
    assert 1.0 == sign_test(0, 0)
    assert 11 / 64 + 11 / 64 > sign_test(5, 1) == 7 / 64


def test_how_many_more_are_wanted() -> None:
    """The less they gain beside how they differ, the more; of a loss no number is enough."""
    assert 3 == wanted_more(np.array([1.0, 1.0]))
    small = wanted_more(np.tile([1.0, -0.8], 5))
    assert small is not None
    assert small > 100
    assert wanted_more(np.array([0.5, -1.0])) is None
