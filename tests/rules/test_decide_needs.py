"""Which rule sets can be asked about a filed photo without opening it."""

from __future__ import annotations

import pytest

from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.rules.condition import AllOf, AnyOf, Condition, Need, Not
from gallery_daemon.rules.conditions.date import DatePart, Span, TakenBetween, TakenIn
from gallery_daemon.rules.conditions.model import ClassIs, Comparison, MinMargin, Probability
from gallery_daemon.rules.conditions.name import CameraLike, NameLike
from gallery_daemon.rules.conditions.place import Near, Spot
from gallery_daemon.rules.conditions.screenshot import Screenshot
from gallery_daemon.rules.conditions.shape import AspectIs, Between, HasExif, Measure, Ratio
from gallery_daemon.rules.conditions.similar import Burst, NearDuplicate
from gallery_daemon.rules.decide import Placing, Rule, RuleSet
from gallery_daemon.rules.template import Template


def rules(condition: Condition, to: str = "{class}/{date:%Y}/", *, enabled: bool = True) -> RuleSet:
    """One rule."""
    placing = Placing(Template.parse(to), None, Action.COPY, OnConflict.DEDUPE, with_sidecars=True)
    return RuleSet((Rule("x", condition, placing, enabled=enabled, line=1),))


@pytest.mark.parametrize(
    ("ruleset", "needs"),
    [
        (rules(AllOf((ClassIs(("cars",)), MinMargin(0.1)))), False),
        (rules(AnyOf((NameLike(("a",)), TakenBetween(None, None)))), False),
        (rules(TakenIn(DatePart.MONTH, (Span(6, 7),))), False),
        (rules(Probability("cars", Comparison.AT_LEAST, 0.3)), False),
        (rules(AllOf(()), "{class}/{sequence}/"), False),
        (rules(Near((Spot(48, 11, 5),))), True),
        (rules(AspectIs((Ratio(4, 3),))), True),
        (rules(Between(Measure.ASPECT, 2, None)), True),
        (rules(Screenshot(wanted=True)), True),
        (rules(Between(Measure.SIZE, 1, None)), False),
        (rules(Between(Measure.WIDTH, 1, None)), True),
        (rules(Not(CameraLike(("Canon*",)))), True),
        (rules(AllOf((ClassIs(("cars",)), AnyOf((HasExif(wanted=True),))))), True),
        (rules(AllOf(()), "{camera}/"), True),
        (rules(AllOf(()), "{hash8}/"), True),
        (rules(HasExif(wanted=True), enabled=False), False),
    ],
)
def test_what_only_the_file_says(ruleset: RuleSet, needs: bool) -> None:
    """Names, sizes, dates and probabilities are in the journal; all else is not."""
    assert needs is (Need.FILE in ruleset.needs)


@pytest.mark.parametrize(
    ("ruleset", "needs"),
    [
        (rules(Burst(wanted=True)), True),
        (rules(AllOf((ClassIs(("cars",)), AnyOf((Not(NearDuplicate(wanted=False)),))))), True),
        (rules(AllOf(()), "{group|stem}/"), True),
        (rules(Burst(wanted=True), enabled=False), False),
        (rules(Screenshot(wanted=True)), False),
    ],
)
def test_similar_photos_are_looked_up_where_they_are_asked_for(
    ruleset: RuleSet, needs: bool
) -> None:
    """By a condition at any depth, or by a place's name; not by a rule that is off."""
    assert needs is (Need.SIMILAR in ruleset.needs)


def test_needs_are_found_once() -> None:
    """And not for every photo: they depend on the rules alone."""
    ruleset = rules(Burst(wanted=True))

    assert ruleset.needs is ruleset.needs
