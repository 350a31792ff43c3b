"""How conditions are combined, and which maps take the defaults."""

from __future__ import annotations

import pytest

from gallery_daemon.rules.condition import AllOf, AnyOf, Condition, Not
from gallery_daemon.rules.conditions.model import ClassIs, MinConfidence, MinMargin, MinPrecision
from gallery_daemon.rules.conditions.place import HasGps
from gallery_daemon.rules.conditions.shape import HasExif
from tests.config.texts import HEAD, config_of

CARS, TREES, SURE = ClassIs(("cars",)), ClassIs(("trees",)), MinConfidence(0.8)
PRECISE = MinPrecision(0.95)
EXIF, GPS = HasExif(wanted=True), HasGps(wanted=True)


def conditions_of(when: str, defaults: str = "{}") -> tuple[Condition, ...]:
    text = f"{HEAD}defaults: {defaults}\nrules:\n  - {{name: x, when: {when}, to: X/}}\n"
    return config_of(text).rules.rules[0].conditions


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("{has_exif: true, has_gps: true}", (EXIF, GPS)),
        ("{any: [{has_exif: true}, {has_gps: true}]}", (AnyOf((EXIF, GPS)),)),
        (
            "{any: [{has_exif: true, has_gps: true}]}",
            (AnyOf((AllOf((EXIF, GPS)),)),),
        ),
        ("{all: [{has_exif: true}, {has_gps: true}]}", (EXIF, GPS)),
        ("{not: {has_exif: true}}", (Not(EXIF),)),
        ("{not: {has_exif: true, has_gps: true}}", (Not(AllOf((EXIF, GPS))),)),
        (
            "{not: {any: [{has_exif: true}, {not: {has_gps: true}}]}}",
            (Not(AnyOf((EXIF, Not(GPS)))),),
        ),
    ],
)
def test_maps_are_and_and_the_rest_is_said(when: str, expected: tuple[Condition, ...]) -> None:
    """The order is that of the YAML; `all` adds to the map that it stands in."""
    assert expected == conditions_of(when)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("{class: cars}", (CARS, SURE)),
        ("{class: cars, min_confidence: 0.6}", (CARS, MinConfidence(0.6))),
        ("{has_exif: true}", (EXIF,)),
        ("{not: {class: cars}}", (Not(CARS),)),
        ("{not: {not: {class: cars}}}", (Not(Not(CARS)),)),
        (
            "{any: [{class: cars, min_confidence: 0.6}, {class: trees}, {has_gps: true}]}",
            (AnyOf((AllOf((CARS, MinConfidence(0.6))), AllOf((TREES, SURE)), GPS)),),
        ),
        (
            "{min_confidence: 0.7, any: [{class: cars}, {class: trees}]}",
            (MinConfidence(0.7), AnyOf((CARS, TREES))),
        ),
        (
            "{class: [cars, trees], any: [{class: cars}, {has_gps: true}]}",
            (ClassIs(("cars", "trees")), AnyOf((CARS, GPS)), SURE),
        ),
        ("{all: [{class: cars}, {has_exif: true}]}", (CARS, SURE, EXIF)),
        ("{all: [{class: cars}, {min_confidence: 0.6}]}", (CARS, MinConfidence(0.6))),
        ("{all: [{all: [{min_confidence: 0.6}]}], class: cars}", (MinConfidence(0.6), CARS)),
    ],
)
def test_a_map_that_names_a_class_wants_confidence(
    when: str, expected: tuple[Condition, ...]
) -> None:
    """Unless it, or one that it stands in or with, says its own; never below a `not`."""
    assert expected == conditions_of(when)


@pytest.mark.parametrize(
    ("defaults", "expected"),
    [
        ("{}", (CARS, SURE)),
        ("{min_confidence: 0.9}", (CARS, MinConfidence(0.9))),
        ("{min_confidence: 0}", (CARS,)),
        ("{min_margin: 0.1}", (CARS, SURE, MinMargin(0.1))),
        ("{min_precision: 0.95}", (CARS, PRECISE)),
        ("{min_precision: 0.95, min_margin: 0.1}", (CARS, PRECISE, MinMargin(0.1))),
        ("{min_confidence: 0.8, min_precision: 0.95}", (CARS, SURE, PRECISE)),
        ("{min_confidence: 0, min_precision: 0.95}", (CARS, PRECISE)),
        ("{min_precision: 0}", (CARS, SURE)),
    ],
)
def test_the_defaults_are_the_configuration_s(
    defaults: str, expected: tuple[Condition, ...]
) -> None:
    """0.80 where it does not say how sure the model must be; 0 asks for none."""
    assert expected == conditions_of("{class: cars}", defaults)


@pytest.mark.parametrize("defaults", ["{}", "{min_precision: 0.95}", "{min_confidence: 0.9}"])
@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("{class: cars, min_confidence: 0.6}", (CARS, MinConfidence(0.6))),
        ("{class: cars, min_precision: 0.9}", (CARS, MinPrecision(0.9))),
        ("{class: cars, min_precision: 0}", (CARS, MinPrecision(0))),
        ("{all: [{class: cars}, {min_precision: 0.9}]}", (CARS, MinPrecision(0.9))),
        (
            "{min_precision: 0.9, any: [{class: cars}, {class: trees}]}",
            (MinPrecision(0.9), AnyOf((CARS, TREES))),
        ),
        (
            "{class: cars, min_confidence: 0.6, min_precision: 0.9}",
            (CARS, MinConfidence(0.6), MinPrecision(0.9)),
        ),
    ],
)
def test_a_rule_s_own_word_on_how_sure_replaces_both_defaults(
    when: str, expected: tuple[Condition, ...], defaults: str
) -> None:
    """Otherwise a rule's `min_confidence: 0.6` would still wait for the default's precision."""
    assert expected == conditions_of(when, defaults)


def test_a_margin_of_its_own_replaces_no_confidence() -> None:
    """It asks for something else."""
    found = conditions_of("{class: cars, min_margin: 0.2}", "{min_precision: 0.95}")

    assert (CARS, MinMargin(0.2), PRECISE) == found
