"""Which rule sets can be asked about a filed photo without opening it."""

from __future__ import annotations

import pytest

from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.rules.aspect import AspectIs, Ratio
from gallery_daemon.rules.calendar import DatePart, Span, TakenBetween, TakenIn
from gallery_daemon.rules.condition import All, Any, ClassIs, Condition, MinMargin, Not
from gallery_daemon.rules.distance import Near, Spot
from gallery_daemon.rules.fact import Between, HasExif, Measure
from gallery_daemon.rules.kin import Burst, NearDuplicate
from gallery_daemon.rules.likeness import CameraLike, NameLike
from gallery_daemon.rules.probability import Comparison, Probability
from gallery_daemon.rules.reliance import needs_kin, needs_the_file
from gallery_daemon.rules.ruleset import Placing, Rule, RuleSet
from gallery_daemon.rules.screenshot import Screenshot
from gallery_daemon.rules.template import Template


def rules(condition: Condition, to: str = "{class}/{date:%Y}/", *, enabled: bool = True) -> RuleSet:
    """One rule."""
    placing = Placing(Template.parse(to), None, Action.COPY, OnConflict.DEDUPE, with_sidecars=True)
    return RuleSet((Rule("x", condition, placing, enabled=enabled, line=1),))


@pytest.mark.parametrize(
    ("ruleset", "needs"),
    [
        (rules(All((ClassIs(("cars",)), MinMargin(0.1)))), False),
        (rules(Any((NameLike(("a",)), TakenBetween(None, None)))), False),
        (rules(TakenIn(DatePart.MONTH, (Span(6, 7),))), False),
        (rules(Probability("cars", Comparison.AT_LEAST, 0.3)), False),
        (rules(All(()), "{class}/{sequence}/"), False),
        (rules(Near((Spot(48, 11, 5),))), True),
        (rules(AspectIs((Ratio(4, 3),))), True),
        (rules(Between(Measure.ASPECT, 2, None)), True),
        (rules(Screenshot(wanted=True)), True),
        (rules(Between(Measure.SIZE, 1, None)), False),
        (rules(Between(Measure.WIDTH, 1, None)), True),
        (rules(Not(CameraLike(("Canon*",)))), True),
        (rules(All((ClassIs(("cars",)), Any((HasExif(wanted=True),))))), True),
        (rules(All(()), "{camera}/"), True),
        (rules(All(()), "{hash8}/"), True),
        (rules(HasExif(wanted=True), enabled=False), False),
    ],
)
def test_what_only_the_file_says(ruleset: RuleSet, needs: bool) -> None:
    """Names, sizes, dates and probabilities are in the journal; all else is not."""
    assert needs is needs_the_file(ruleset)


@pytest.mark.parametrize(
    ("ruleset", "needs"),
    [
        (rules(Burst(wanted=True)), True),
        (rules(All((ClassIs(("cars",)), Any((Not(NearDuplicate(wanted=False)),))))), True),
        (rules(All(()), "{group|stem}/"), True),
        (rules(Burst(wanted=True), enabled=False), False),
        (rules(Screenshot(wanted=True)), False),
    ],
)
def test_kin_are_looked_up_where_they_are_asked_for(ruleset: RuleSet, needs: bool) -> None:
    """By a condition at any depth, or by a place's name; not by a rule that is off."""
    assert needs is needs_kin(ruleset)
