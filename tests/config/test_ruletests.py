"""`tests` of a configuration: how they are read, and every mistake in them with its place.

A test's keys after `TEST` begin in line 7.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from gallery_daemon.photo import Kin, Outcome, Position, Taken, TakenFrom
from gallery_daemon.rules.ruletest import Expected
from tests.config.texts import HEAD, RULES, config_of, errors_of, says

TEST = f"{HEAD}{RULES}tests:\n  - name: x\n"


def test_a_test_says_what_is_given_and_what_is_expected() -> None:
    """Each key becomes a fact of the photo; what is not said is not so."""
    config = config_of(
        f"{TEST}    given: {{path: Trips/a.jpg, class: cars, confidence: 0.9, margin: 0.85,"
        " taken: 2024-05-01 10:00, camera: Canon, width: 100, height: 50, size: 2MB,"
        " has_gps: true}\n    expect: {rule: all, to: All/}\n"
        "  - given: {name: b.jpg}\n    expect: {outcome: otherwise, leave: true}\n"
    )

    full, bare = config.tests
    assert ("x", 7, 5) == (full.name, full.line, full.column)
    assert ("Camera", "Trips/a.jpg") == (
        full.photo.candidate.source,
        full.photo.candidate.relative,
    )
    assert ("cars", 0.9) == (full.prediction.top_class, full.prediction.confidence)
    assert pytest.approx(0.85) == full.prediction.margin
    assert Taken(datetime.fromisoformat("2024-05-01 10:00"), TakenFrom.EXIF) == full.facts.taken
    assert (100, 50, "Canon", True, True) == (
        full.facts.width,
        full.facts.height,
        full.facts.camera,
        full.facts.has_exif,
        full.facts.has_gps,
    )
    assert 2_000_000 == full.photo.identity.size_bytes
    assert Expected(rule="all", folder=("All",)) == full.expected
    assert ("line 10", "b.jpg", False, None) == (
        bare.name,
        bare.photo.name,
        bare.facts.has_exif,
        bare.facts.camera,
    )
    assert TakenFrom.MTIME is bare.facts.taken.origin
    assert bare.prediction.top_class not in {"cars", "memes"}
    assert Expected(outcome=Outcome.OTHERWISE, is_left=True) == bare.expected


def test_a_photo_can_have_been_preceded() -> None:
    """So `burst`, `near_duplicate` and places by `{group}` can be tested; else it is the first."""
    config = config_of(
        f"{TEST}    given: {{burst: true}}\n    expect: {{rule: all}}\n"
        "  - {given: {near_duplicate: yes}, expect: {rule: all}}\n"
        "  - {given: {burst: false}, expect: {rule: all}}\n"
    )

    burst, near, first = (test.facts.kin for test in config.tests)
    assert burst is not None
    assert near is not None
    assert (True, False, "IMG_0000") == (
        burst.burst is not None,
        burst.near_duplicate is not None,
        burst.group,
    )
    assert (None, "IMG_0000") == (near.burst, near.group)
    assert near.near_duplicate is not None
    assert Kin() == first


def test_a_position_and_a_png_are_facts_as_well() -> None:
    """So `near` and `screenshot` can be tested; a position is EXIF with GPS."""
    config = config_of(
        f"{TEST}    given: {{name: a.PNG, position: {{lat: 48.1, lon: -11.6}}}}\n"
        "    expect: {rule: all}\n"
    )

    (test,) = config.tests
    assert Position(48.1, -11.6) == test.facts.position
    assert ("png", True, True) == (test.facts.format, test.facts.has_exif, test.facts.has_gps)


GIVEN = f"{TEST}    expect: {{rule: all}}\n    given: "
EXPECT = f"{TEST}    given: {{name: a.jpg}}\n    expect: "


@pytest.mark.parametrize(
    ("text", "line", "column", "sentence", "hint"),
    [
        (f"{HEAD}{RULES}tests: {{}}\n", 6, 8, "tests must be a list", "- given:"),
        (f"{HEAD}{RULES}tests: [x]\n", 6, 9, "a test must be a map", None),
        (f"{TEST}    given: {{name: a.jpg}}\n", 7, 5, "lacks the key expect", "add expect:"),
        (f"{TEST}    expect: {{rule: all}}\n", 7, 5, "lacks the key given", "add given:"),
        (f"{GIVEN}{{namee: a.jpg}}\n", 9, 13, 'unknown key "namee" in given', "name?"),
        (f"{GIVEN}{{date: 2024-01-01}}\n", 9, 13, 'unknown key "date"', "did you mean taken?"),
        (f"{GIVEN}{{class: meme}}\n", 9, 20, 'there is no class "meme"', "memes?"),
        (f"{GIVEN}{{source: phone}}\n", 9, 21, 'no watch folder "phone"', None),
        (f"{GIVEN}{{confidence: 0.9}}\n", 9, 25, "says nothing without a class", None),
        (f"{GIVEN}{{class: memes, confidence: 0.1}}\n", 9, 39, "is the first with 0.1", "sum"),
        (f"{GIVEN}{{name: a.jpg, path: b/a.jpg}}\n", 9, 19, "both name and path", "remove"),
        (f"{GIVEN}{{name: b/a.jpg}}\n", 9, 19, '"b/a.jpg" is not a file name', None),
        (f"{GIVEN}{{path: /b/a.jpg}}\n", 9, 19, "is not a path below", None),
        (f"{GIVEN}{{position: {{lat: 1, lon: 2}}, has_gps: false}}\n", 9, 50, "says both", "rem"),
        (f"{GIVEN}{{taken: yesterday}}\n", 9, 20, "is not a day", None),
        (f"{EXPECT}{{}}\n", 9, 13, "expect says nothing", "rule: memes"),
        (f"{EXPECT}{{rule: al}}\n", 9, 20, 'there is no rule "al"', "did you mean all?"),
        (f"{EXPECT}{{outcome: rule}}\n", 9, 23, '"rule" is not one of uncertain', None),
        (f"{EXPECT}{{rule: all, outcome: otherwise}}\n", 9, 34, "both rule and outcome", "rem"),
        (f"{EXPECT}{{to: All/, leave: true}}\n", 9, 31, "both to and leave", "remove"),
        (f"{EXPECT}{{leave: false}}\n", 9, 21, "cannot say leave: false", "to: FOLDER/"),
    ],
)
def test_mistakes_have_their_place(
    text: str, line: int, column: int, sentence: str, hint: str | None
) -> None:
    """Line, column, what, and what to do."""
    (error,) = errors_of(text)

    assert (line, column) == (error.line, error.column), error.sentence
    assert says(error, sentence, hint), (error.sentence, error.hint)


def test_a_mistake_in_the_rules_is_not_told_twice() -> None:
    """A rule that could not be read is no unknown rule to the tests."""
    rule, test = "{name: x, too: X/}", "{given: {name: a.jpg}, expect: {rule: x}}"
    text = f"{HEAD}rules:\n  - {rule}\ntests:\n  - {test}\n"

    assert {5} == {error.line for error in errors_of(text)}
