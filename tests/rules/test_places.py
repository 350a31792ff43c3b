"""Which folders stand for which class."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.rules.condition import AllOf, AnyOf, Condition, Not
from gallery_daemon.rules.conditions.model import (
    ClassIs,
    Comparison,
    MinConfidence,
    Probability,
)
from gallery_daemon.rules.conditions.name import NameLike
from gallery_daemon.rules.decide import Placing, Rule, RuleSet, decide
from gallery_daemon.rules.places import (
    AmbiguousPlace,
    ClassPlace,
    ClassPlaces,
    FolderPlace,
    NoPlace,
    ReviewPlace,
)
from gallery_daemon.rules.template import Template
from tests.rules.photos import CLASSES, any_facts, photos, predictions

CARS, MEMES, TREES = ClassIs(("cars",)), ClassIs(("memes",)), ClassIs(("trees",))
ALWAYS = AllOf(())


def placing(to: str) -> Placing:
    """Photos go there."""
    parsed = Template.parse(to)
    return Placing(parsed, None, Action.HARDLINK, OnConflict.DEDUPE, with_sidecars=True)


def rules(
    *rules: tuple[Condition, str | None],
    uncertain: str | None = None,
    otherwise: str | None = None,
    failed: str | None = None,
) -> RuleSet:
    """Rules called 1, 2, 3 ..., and where other photos go."""
    made = tuple(
        Rule(str(number), when, to and placing(to), enabled=True, line=number)  # type: ignore[arg-type] # None or a placing
        for number, (when, to) in enumerate(rules, start=1)
    )
    others = [to and placing(to) for to in (uncertain, otherwise, failed)]
    return RuleSet(made, *others)  # type: ignore[arg-type] # None or a placing


def place(ruleset: RuleSet, folder: str, *, any_case: bool = False) -> FolderPlace:
    """What the folder stands for."""
    parts = tuple(part for part in folder.split("/") if part)
    return ClassPlaces.of(ruleset, CLASSES).of_folder(parts, any_case=any_case)


def said(found: FolderPlace) -> str:
    """`cars@Cars`, `review@Review`, `shared@Outdoors`, `none`."""
    match found:
        case ClassPlace(folder, name, _):
            return f"{name}@{'/'.join(folder)}"
        case ReviewPlace(folder):
            return f"review@{'/'.join(folder)}"
        case AmbiguousPlace(folder, _, _):
            return f"shared@{'/'.join(folder)}"
        case NoPlace():
            return "none"


@pytest.mark.parametrize(
    ("ruleset", "folder", "expected"),
    [
        # A literal place, and what is below it; not what only begins like it.
        (rules((CARS, "Cars/")), "Cars", "cars@Cars"),
        (rules((CARS, "Cars/")), "Cars/Old/Red", "cars@Cars"),
        (rules((CARS, "Cars/")), "Carsons", "none"),
        (rules((CARS, "Cars/")), "", "none"),
        (rules((CARS, "Cars/")), "Album/Cars", "none"),
        # The class in the template, deep and after a date.
        (rules((ALWAYS, "{class}/")), "cars", "cars@cars"),
        (rules((ALWAYS, "{class}/")), "holiday", "none"),
        (rules((ALWAYS, "{date:%Y}/{class}/")), "2024/cars", "cars@2024/cars"),
        (rules((ALWAYS, "{date:%Y}/{class}/")), "unknown/cars", "cars@unknown/cars"),
        (rules((ALWAYS, "{date:%Y}/{class}/")), "Album/cars", "none"),
        (rules((ALWAYS, "{date:%Y}/{class}/")), "2024/05", "none"),
        (rules((ALWAYS, "{date:%Y/%B}/{class}/")), "2024/May/cars", "cars@2024/May/cars"),
        (rules((ALWAYS, "{source}/{class}/")), "phone/cars", "cars@phone/cars"),
        (rules((ALWAYS, "{class} of {date:%Y}/")), "cars of 2024", "cars@cars of 2024"),
        (rules((ALWAYS, "{class} of {date:%Y}/")), "cars of old", "none"),
        (rules((ALWAYS, "{class}/photos/")), "cars/photos", "cars@cars/photos"),
        (rules((ALWAYS, "{class}/photos/")), "cars", "none"),
        (rules((CARS, "{rule}/")), "1", "cars@1"),
        # Folders behind it that stand for no class may be left out, or be a person's own.
        (rules((CARS, "Cars/{camera|none}/")), "Cars", "cars@Cars"),
        (rules((CARS, "Cars/{date:%Y}/")), "Cars/2024", "cars@Cars"),
        (rules((CARS, "Cars/{date:%Y}/")), "Cars/Best", "cars@Cars"),
        (rules((ClassIs(("cars", "trees")), "Out/{class}/{date}/")), "Out/cars", "cars@Out/cars"),
        (rules((ClassIs(("cars", "trees")), "Out/{class}/{date}/")), "Out", "none"),
        (rules((ClassIs(("cars", "trees")), "Out/{class}/")), "Out/memes", "none"),
        # Several classes share it.
        (rules((ClassIs(("cars", "trees")), "Out/")), "Out", "shared@Out"),
        (rules((CARS, "Out/"), (TREES, "Out/")), "Out", "shared@Out"),
        (rules((NameLike(("*-WA*",)), "WhatsApp/")), "WhatsApp", "shared@WhatsApp"),
        (rules((CARS, "Cars/"), (NameLike(("car*",)), "Cars/")), "Cars", "shared@Cars"),
        (rules((CARS, "Out/{date:%Y}/"), (TREES, "Out/{camera}/")), "Out", "shared@Out"),
        (rules((CARS, "Out/{date:%Y}/"), (TREES, "Out/{camera}/")), "Out/2024", "cars@Out"),
        (rules((CARS, "Cars/"), otherwise="Cars/"), "Cars", "shared@Cars"),
        (rules((CARS, "Cars/"), failed="Cars/"), "Cars", "shared@Cars"),
        (rules(failed="Broken/"), "Broken", "shared@Broken"),
        (rules(otherwise="Rest/"), "Rest", "shared@Rest"),
        (rules(otherwise="{class}/"), "cars", "cars@cars"),
        # Two rules of one class do not share it with another.
        (rules((CARS, "Cars/"), (CARS, "Cars/")), "Cars", "cars@Cars"),
        (rules((CARS, "cars/"), (ALWAYS, "{class}/")), "cars", "cars@cars"),
        # The more exact one of two counts.
        (rules((CARS, "Cars/"), (TREES, "Cars/Trees/")), "Cars/Trees", "trees@Cars/Trees"),
        (rules((CARS, "{camera}/x/"), (TREES, "Canon/x/")), "Canon/x", "trees@Canon/x"),
        # No letter of its own: any folder could be meant.
        (rules((CARS, "{camera}/")), "Canon", "none"),
        (rules((CARS, "{camera|some camera}/")), "some camera", "none"),
        (rules((CARS, "{date:%Y/%m}/")), "2024/05", "none"),
        (rules((CARS, "{date:%Y}-{source}/")), "2024-phone", "none"),
        # The class in a name is none in a folder; a rule that leaves has no place.
        (rules((CARS, None)), "cars", "none"),
        # Which classes a rule takes, whatever else it asks for.
        (rules((AllOf((CARS, MinConfidence(0.9))), "Cars/")), "Cars", "cars@Cars"),
        (rules((AnyOf((CARS, TREES)), "Out/")), "Out", "shared@Out"),
        (rules((Not(ClassIs(tuple(c for c in CLASSES if c != "cars"))), "C/")), "C", "cars@C"),
        (rules((Probability("cars", Comparison.AT_LEAST, 0.6), "C/")), "C", "cars@C"),
        (rules((Probability("cars", Comparison.AT_LEAST, 0.5), "C/")), "C", "shared@C"),
        (rules((AllOf((CARS, TREES)), "C/")), "C", "none"),
        # Review: its own, below a class's place, above one, shared with one.
        (rules((CARS, "Cars/"), uncertain="Review/"), "Review", "review@Review"),
        (rules((CARS, "Cars/"), uncertain="Review/{class}/"), "Review/cars", "review@Review/cars"),
        (rules((CARS, "Cars/"), uncertain="Review/{class}/"), "Review", "none"),
        (rules((CARS, "Cars/"), uncertain="Review/{rule}/"), "Review/1", "review@Review"),
        (rules((CARS, "Cars/"), uncertain="Cars/Review/"), "Cars/Review", "review@Cars/Review"),
        (rules((CARS, "Cars/"), uncertain="Cars/Review/"), "Cars/Old", "cars@Cars"),
        (rules((CARS, "Review/Cars/"), uncertain="Review/"), "Review/Cars", "cars@Review/Cars"),
        (rules((CARS, "Cars/"), uncertain="Cars/"), "Cars", "shared@Cars"),
        (rules((ALWAYS, "{class}/"), uncertain="{class}/"), "cars", "cars@cars"),
    ],
)
def test_what_a_folder_stands_for(ruleset: RuleSet, folder: str, expected: str) -> None:
    """By the rules alone."""
    assert expected == said(place(ruleset, folder))


def test_a_rule_that_is_not_enabled_has_no_place() -> None:
    """Nothing is filed there."""
    rule = Rule("1", CARS, placing("Cars/"), enabled=False, line=1)

    assert NoPlace() == place(RuleSet((rule,)), "Cars")


def test_names_are_composed_and_kept_in_their_case() -> None:
    """A Mac writes an umlaut in two letters; only some disks take `CAFE` for `Cafe`."""
    ruleset = rules((CARS, "Caf\u00e9/"))

    assert "cars@Cafe\u0301" == said(place(ruleset, "Cafe\u0301"))
    assert "none" == said(place(ruleset, "CAF\u00c9"))
    assert "cars@CAF\u00c9" == said(place(ruleset, "CAF\u00c9", any_case=True))


@pytest.mark.parametrize(
    ("ruleset", "folder", "expected"),
    [
        (rules((CARS, "Cars/")), "Cars/x", 'Cars is the place of cars, by rule "1"'),
        (rules(uncertain="Review/"), "Review", "Review is where uncertain photos wait"),
        (
            rules((CARS, "Out/"), (TREES, "Out/")),
            "Out",
            'photos of cars and trees go to Out alike, by rule "1" and rule "2"',
        ),
        (rules(failed="Bad/"), "Bad", "photos that cannot be read go to Bad alike, by failed"),
        (rules(), "Album", "no rule gives this folder to a class"),
    ],
)
def test_the_reason_is_a_clause(ruleset: RuleSet, folder: str, expected: str) -> None:
    """For `explain`."""
    assert expected == place(ruleset, folder).reason


TEMPLATES = st.sampled_from(
    [
        "Cars/",
        "{class}/",
        "{date:%Y}/{class}/",
        "Out/{class}/{date:%Y/%m}/",
        "Out/{camera|none}/",
        "{class}/{rule}/{source}/",
        "{class}-{date:%Y-%m-%d}/",
        "{taken:%Y/%B|never}/{class}/",
        "{camera}/",
        "Out/",
    ]
)
WHENS = st.sampled_from([CARS, MEMES, ClassIs(("cars", "trees")), ALWAYS, NameLike(("*a*",))])


@given(
    st.lists(st.tuples(WHENS, TEMPLATES), max_size=4),
    st.none() | TEMPLATES,
    st.none() | TEMPLATES,
    photos,
    any_facts,
    predictions,
)
def test_where_the_rules_put_a_photo_is_never_another_class_s_place(
    given_rules: list[tuple[Condition, str]],
    uncertain: str | None,
    otherwise: str | None,
    photo: object,
    facts: object,
    prediction: object,
) -> None:
    """So the program's own filings never read as corrections."""
    ruleset = rules(*given_rules, uncertain=uncertain, otherwise=otherwise)
    decision = decide(photo, facts, prediction, ruleset)  # type: ignore[arg-type] # drawn
    if decision.destination is None:
        return

    found = ClassPlaces.of(ruleset, CLASSES).of_folder(decision.destination.folder)

    assert not isinstance(found, ClassPlace) or found.class_name == prediction.top_class  # type: ignore[attr-defined] # a prediction
