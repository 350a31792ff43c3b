"""Tests of rules: what is expected, what became of it, and the sentence between the two."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from gallery_daemon.decision import Action, OnConflict, Outcome
from gallery_daemon.partial_date import Granularity
from gallery_daemon.photo import Facts, Prediction, Taken, TakenFrom
from gallery_daemon.rules.condition import AllOf, Condition
from gallery_daemon.rules.conditions.model import ClassIs, MinConfidence, MinPrecision
from gallery_daemon.rules.decide import Placing, Rule, RuleSet
from gallery_daemon.rules.ruletest import (
    NOT_LOOKED_AT,
    Expected,
    PictureTest,
    RuleTest,
    prediction_like,
    run_tests,
)
from gallery_daemon.rules.template import Template
from tests.rules.photos import CLASSES, FACTS, SETTLED_AT, photo, prediction


def rule(name: str, *parts: Condition, to: str | None, line: int, enabled: bool = True) -> Rule:
    """A rule of these conditions; to nowhere: it leaves the photo."""
    placing = None
    if to is not None:
        parsed = Template.parse(to)
        placing = Placing(parsed, None, Action.COPY, OnConflict.DEDUPE, with_sidecars=True)
    return Rule(name, AllOf(parts), placing, enabled=enabled, line=line)


RULES = RuleSet(
    (
        rule("memes", ClassIs(("memes",)), MinConfidence(0.92), to="Memes/{date:%Y}/", line=21),
        rule("trees", ClassIs(("trees",)), to=None, line=24),
        rule("off", to="X/", line=27, enabled=False),
    )
)
MEME, NEARLY, TREE, CAR = (
    prediction(name, confidence)
    for name, confidence in (("memes", 0.95), ("memes", 0.85), ("trees", 0.6), ("cars", 0.99))
)


@pytest.mark.parametrize(
    ("says", "expected", "failure"),
    [
        (MEME, Expected(rule="memes"), None),
        (MEME, Expected(rule="memes", folder=("Memes", "2026")), None),
        (NEARLY, Expected(outcome=Outcome.UNCERTAIN), None),
        (CAR, Expected(outcome=Outcome.OTHERWISE, is_left=True), None),
        (TREE, Expected(rule="trees", is_left=True), None),
        (
            NEARLY,
            Expected(rule="memes"),
            "expected rule memes, got uncertain (confidence 0.85 < 0.92, line 21)",
        ),
        (
            prediction("trees", 0.95),
            Expected(rule="memes"),
            "expected rule memes, got rule trees (class trees is not memes, line 21)",
        ),
        (CAR, Expected(rule="off"), "expected rule off, got otherwise (it is not enabled)"),
        (MEME, Expected(outcome=Outcome.UNCERTAIN), "expected uncertain, got rule memes"),
        (
            NEARLY,
            Expected(outcome=Outcome.OTHERWISE),
            "expected otherwise, got uncertain (memes: confidence 0.85 < 0.92, line 21)",
        ),
        (MEME, Expected(is_left=True), "expected it to be left, got Memes/2026/ by rule memes"),
        (
            MEME,
            Expected(folder=("Memes",)),
            "expected Memes/, got Memes/2026/ by rule memes",
        ),
        (TREE, Expected(folder=("X", "Y")), "expected X/Y/, it is left by rule trees"),
    ],
)
def test_a_failure_says_what_came_instead_and_why(
    says: Prediction, expected: Expected, failure: str | None
) -> None:
    """With the line of the rule that was expected, and what it lacks."""
    test = RuleTest("x", 40, 5, photo(), FACTS, says, expected)

    (result,) = run_tests((test,), RULES)

    assert failure == result.failure


def test_a_precision_that_nobody_said_can_be_given() -> None:
    """A model of version 0.1 knows none, so the test has to say what it means."""
    rules = RuleSet((rule("memes", ClassIs(("memes",)), MinPrecision(0.95), to="A/", line=21),))
    expected = Expected(rule="memes")
    tests = tuple(
        RuleTest("x", 40, 5, photo(), FACTS, replace(MEME, precision=precision), expected)
        for precision in (None, 0.91, 0.95)
    )

    unknown, low, enough = (result.failure for result in run_tests(tests, rules))

    assert unknown is not None
    assert "the model does not know its precision for memes" in unknown
    assert unknown.endswith(", line 21; given may say precision: 0.97)")
    assert "expected rule memes, got uncertain (precision 0.91 < 0.95, line 21)" == low
    assert enough is None


def named(to: str, as_: str | None) -> RuleSet:
    """One rule that takes everything there, under that name."""
    name = None if as_ is None else Template.parse(as_)
    placing = Placing(Template.parse(to), name, Action.COPY, OnConflict.DEDUPE, with_sidecars=True)
    return RuleSet((Rule("all", AllOf(()), placing, enabled=True, line=21),))


SHORT = replace(FACTS, content_hash="0123abcd")
UNSAID = {"added": "the moment of filing", "date": "which given does not say"}


@pytest.mark.parametrize(
    ("to", "as_", "known", "expected", "failure"),
    [
        ("A/", None, FACTS, Expected(name="IMG_1.JPG"), None),
        ("A/", "{stem}-{hash8}.{ext}", SHORT, Expected(name="IMG_1-0123abcd.jpg"), None),
        ("A/", "x{sequence:4}.{ext}", FACTS, Expected(folder=("A",), name="x0001.jpg"), None),
        ("{hash:3}/", "a.{ext}", SHORT, Expected(folder=("012",), name="a.jpg"), None),
        ("A/", "a.{ext}", FACTS, Expected(name="b.jpg"), "expected b.jpg, got a.jpg by rule all"),
        (
            "A/",
            "{hash:9}.{ext}",
            SHORT,
            Expected(folder=("A",), name="0123abcd0.jpg"),
            (
                "expected 0123abcd0.jpg, but rule all makes it of {hash:9}, of which given says 8 "
                "digits (add hash: of 9 digits)"
            ),
        ),
        (
            "{hash8|none}/",
            None,
            replace(FACTS, content_hash=None),
            Expected(folder=("none",)),
            (
                "expected none/, but rule all makes it of {hash8}, which given does not say "
                "(add hash: of 8 digits)"
            ),
        ),
        (
            "{hash:2}/",
            None,
            replace(FACTS, content_hash=None),
            Expected(folder=("01",)),
            (
                "expected 01/, but rule all makes it of {hash:2}, which given does not say "
                "(add hash: of 8 digits)"
            ),
        ),
        (
            "{added:%Y}/",
            None,
            FACTS,
            Expected(folder=("2026",)),
            "expected 2026/, but rule all makes it of {added}, the moment of filing",
        ),
        ("{camera|date}/{ext}", None, FACTS, Expected(folder=("Canon EOS 5D", "jpg")), None),
        (
            "{taken|date}/",
            None,
            replace(FACTS, taken=Taken(SETTLED_AT, TakenFrom.MTIME)),
            Expected(folder=("2026-08-01",)),
            "expected 2026-08-01/, but rule all makes it of {date}, which given does not say",
        ),
    ],
)
def test_a_name_is_compared_where_it_can_be_known(
    to: str, as_: str | None, known: Facts, expected: Expected, failure: str | None
) -> None:
    """A hash that was not given, and the moment of filing, make no test hold by chance."""
    test = RuleTest("x", 40, 5, photo(), known, CAR, expected, UNSAID)

    (result,) = run_tests((test,), named(to, as_))

    assert failure == result.failure


BY_HOUR, BY_DAY = "{date:%Y}/{date:%H}/", "{mtime:%Y-%m-%d}/"
NO_HOUR = "of which given says no hour (add it to date: 2026-07-01 18:30:00)"
UNDATED = replace(FACTS, taken=Taken(SETTLED_AT, TakenFrom.MTIME))


@pytest.mark.parametrize(
    ("to", "facts", "said_to", "folder", "failure"),
    [
        (BY_HOUR, UNDATED, Granularity.SECOND, ("2026", "12"), None),
        (BY_HOUR, UNDATED, Granularity.MINUTE, ("2026", "12"), None),
        (
            BY_HOUR,
            UNDATED,
            Granularity.DAY,
            ("2026", "12"),
            f"expected 2026/12/, but rule all makes it of {{date}}, {NO_HOUR}",
        ),
        (BY_HOUR, FACTS, Granularity.DAY, ("2026", "18"), None),
        (BY_DAY, FACTS, Granularity.DAY, ("2026-07-16",), None),
        (
            BY_DAY,
            FACTS,
            Granularity.MONTH,
            ("2026-07-16",),
            (
                "expected 2026-07-16/, but rule all makes it of {mtime}, of which given says no "
                "day (add it to date: 2026-07-01 18:30:00)"
            ),
        ),
        (
            BY_HOUR,
            replace(FACTS, taken=Taken(SETTLED_AT, TakenFrom.NAME, Granularity.DAY)),
            Granularity.SECOND,
            ("2026", "unknown"),
            None,
        ),
    ],
)
def test_an_hour_of_the_file_that_is_not_said_meets_no_expectation(
    to: str, facts: Facts, said_to: Granularity, folder: tuple[str, ...], failure: str | None
) -> None:
    """Every file has one; only a date taken may be without, and that is what it is then."""
    expected = Expected(folder=folder)
    test = RuleTest("x", 40, 5, photo(), facts, CAR, expected, {}, said_to)

    (result,) = run_tests((test,), named(to, None))

    assert failure == result.failure


def test_where_no_rule_takes_it_the_outcome_s_folder_is_looked_at() -> None:
    """`uncertain` knows the rule that nearly took the photo; both know no hash."""
    review = Placing(
        Template.parse("{rule|added}/"), None, Action.COPY, OnConflict.DEDUPE, with_sidecars=True
    )
    ruleset = replace(RULES, uncertain=review, otherwise=review)
    unsure, no_rule = (
        RuleTest("x", 40, 5, photo(), FACTS, says, Expected(folder=("memes",)), UNSAID)
        for says in (NEARLY, CAR)
    )

    found = [result.failure for result in run_tests((unsure, no_rule), ruleset)]

    assert [
        None,
        "expected memes/, but otherwise makes it of {added}, the moment of filing",
    ] == found


def test_a_class_can_be_expected_of_what_the_model_says() -> None:
    """The failure says how sure it was of what."""
    expected = Expected(top_class="trees", rule="memes")
    test = RuleTest("x", 40, 5, photo(), FACTS, MEME, expected)

    (result,) = run_tests((test,), RULES)

    assert "expected class trees, got memes 0.95" == result.failure


def test_a_picture_is_skipped_where_nobody_looks_at_it() -> None:
    """It neither holds nor fails, and says why."""
    test = PictureTest("x", 40, 5, "/a.jpg", Expected(rule="memes"))

    (result,) = run_tests((test,), RULES)

    assert (None, NOT_LOOKED_AT) == (result.failure, result.skipped)


@pytest.mark.parametrize(
    ("confidence", "margin", "classes"),
    [
        (0.1, None, CLASSES),
        (0.95, 0.5, CLASSES),
        (0.3, 0.28, CLASSES),
        (0.5, 0.6, CLASSES),
        (0.7, 0.3, ("memes", "cars")),
        (0.6, 0.5, ("memes", "cars")),
    ],
)
def test_there_are_no_probabilities_with_another_sum(
    confidence: float, margin: float | None, classes: tuple[str, ...]
) -> None:
    """Another class would be ahead, or nearer than said, or all would be more than 1."""
    assert prediction_like("memes", confidence, margin, classes) is None


def test_a_prediction_is_as_a_person_says_it() -> None:
    """The class, its confidence and its margin to the last bit, for a rule may ask just that."""
    likely = 0
    for percent, behind in product(range(15, 101), (None, *range(101))):
        margin = None if behind is None else behind / 100

        found = prediction_like("memes", percent / 100, margin, CLASSES)

        if found is None:
            assert margin is not None
            continue
        likely += 1
        assert ("memes", percent / 100) == (found.top_class, found.confidence)
        assert pytest.approx(1) == sum(found.probabilities.values())
        assert margin is None or found.margin >= margin
    assert likely > 1000
