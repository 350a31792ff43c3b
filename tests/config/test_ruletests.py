"""`tests` of a configuration: how they are read, and every mistake in them with its place.

A test's keys after `TEST` begin in line 7.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.load import check_text
from gallery_daemon.decision import Outcome
from gallery_daemon.photo import Position, Similar, Taken, TakenFrom
from gallery_daemon.rules.ruletest import Expected, PictureTest, RuleTest
from tests.config.texts import (
    CLASSES,
    FILE,
    HEAD,
    RULES,
    config_of,
    default_classes,
    errors_of,
    says,
)

if TYPE_CHECKING:
    from gallery_daemon.config.settings import Config

TEST = f"{HEAD}{RULES}tests:\n  - name: x\n"


def photo_tests(config: Config) -> tuple[RuleTest, ...]:
    """The tests, none of which is of a picture."""
    tests = tuple(test for test in config.tests if isinstance(test, RuleTest))
    assert tests == config.tests
    return tests


def test_a_test_says_what_is_given_and_what_is_expected() -> None:
    """Each key becomes a fact of the photo; what is not said is not so."""
    config = config_of(
        f"{TEST}    given: {{path: Trips/a.jpg, class: cars, confidence: 0.9, margin: 0.85,"
        " taken: 2024-05-01 10:00, camera: Canon, width: 100, height: 50, size: 2MB,"
        " has_gps: true}\n    expect: {rule: all, to: All/}\n"
        "  - given: {name: b.jpg}\n    expect: {outcome: otherwise, leave: true}\n"
    )

    full, bare = photo_tests(config)
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

    burst, near, first = (test.facts.similar for test in photo_tests(config))
    assert burst is not None
    assert near is not None
    assert (True, False, "IMG_0000") == (
        burst.burst is not None,
        burst.near_duplicate is not None,
        burst.group,
    )
    assert (None, "IMG_0000") == (near.burst, near.group)
    assert near.near_duplicate is not None
    assert Similar() == first


def test_a_position_and_a_png_are_facts_as_well() -> None:
    """So `near` and `screenshot` can be tested; a position is EXIF with GPS."""
    config = config_of(
        f"{TEST}    given: {{name: a.PNG, position: {{lat: 48.1, lon: -11.6}}}}\n"
        "    expect: {rule: all}\n"
    )

    (test,) = photo_tests(config)
    assert Position(48.1, -11.6) == test.facts.position
    assert ("png", True, True) == (test.facts.format, test.facts.has_exif, test.facts.has_gps)


GIVEN = f"{TEST}    expect: {{rule: all}}\n    given: "
EXPECT = f"{TEST}    given: {{name: a.jpg}}\n    expect: "


def only_test(given: str, expect: str = "{rule: all}") -> RuleTest:
    """The one test of a photo that is given so."""
    (test,) = photo_tests(config_of(f"{TEST}    given: {given}\n    expect: {expect}\n"))
    return test


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ("2024-05-01 10:11:12", "2024-05-01T10:11:12"),
        ("2024-05-01T10:11", "2024-05-01T10:11:00"),
        ("2024-05-01", "2024-05-01"),
        ("2024-05", "2024-05"),
        ("2024", "2024"),
    ],
)
def test_a_test_says_as_much_of_a_date_as_the_photo_knows(taken: str, expected: str) -> None:
    """A messenger's photo has no hour, and some scans only a year."""
    test = only_test(f"{{taken: {taken}}}")

    assert expected == test.facts.taken.date.text


def test_a_date_alone_is_the_file_s_and_no_date_taken() -> None:
    """So `{date}` is known, and what asks for a date of the photo's own finds none."""
    dated, taken, both = (
        only_test(given)
        for given in (
            "{date: 2026-03-04}",
            "{taken: 2026-03-04}",
            "{date: 2026-03-04, taken: 2026-03-04 00:00}",
        )
    )

    assert (TakenFrom.MTIME, False) == (dated.facts.taken.origin, dated.facts.has_exif)
    assert "2026-03-04" == f"{dated.facts.taken.when:%F}"
    assert (TakenFrom.EXIF, True) == (taken.facts.taken.origin, taken.facts.has_exif)
    assert ("2026-03-04T00:00:00", "2026-03-04") == (
        both.facts.taken.date.text,
        taken.facts.taken.date.text,
    )
    assert {"added"} == set(dated.unknown) == set(both.unknown)
    assert {"added", "mtime"} == set(taken.unknown)
    assert {"added", "date", "mtime"} == set(only_test("{class: cars}").unknown)


def test_a_precision_is_the_present_model_s_unless_it_is_said() -> None:
    """By class and confidence; a test's photo is familiar, unless it says how strange it is."""

    def known(name: str, confidence: float) -> float | None:
        return confidence / 2 if name == "cars" else None

    givens = (
        "{class: cars, confidence: 0.8}",
        "{class: cars}",
        "{class: cars, precision: 0.97}",
        "{class: memes, familiarity: 0.01}",
        "{familiarity: 0.02}",
    )
    tests = "".join(f"  - {{given: {each}, expect: {{rule: all}}}}\n" for each in givens)
    text = f"{HEAD}{RULES}tests:\n{tests}"
    config = check_text(text, FILE, default_classes, lambda _bundle: known)

    found = [
        (test.prediction.precision, test.prediction.familiarity) for test in photo_tests(config)
    ]
    assert [(0.4, 1), (0.5, 1), (0.97, 1), (None, 0.01), (None, 0.02)] == found
    assert only_test("{class: cars}").prediction.precision is None


def test_a_hash_is_what_a_sha_256_begins_with() -> None:
    """As `sha256sum` prints it, or in upper case, also where YAML sees a number."""
    hashes = [
        only_test(f"{{hash: {text}}}").facts.content_hash for text in ("0123ABCD", "12345678")
    ]

    assert ["0123abcd", "12345678"] == hashes


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("{probabilities: {memes: 0.55, cars: 0.4}}", {"memes": 0.55, "cars": 0.4, "trees": 0.01}),
        ("{class: cars, probabilities: {memes: 0.2}}", {"cars": 0.8, "memes": 0.2, "trees": 0}),
        (
            "{class: cars, confidence: 0.7, probabilities: {memes: 0.2}}",
            {"cars": 0.7, "memes": 0.2, "trees": 0.02},
        ),
        (
            "{class: cars, confidence: 0.6, margin: 0.4, probabilities: {memes: 0.1}}",
            {"cars": 0.6, "memes": 0.1, "mountains": 0.2},
        ),
        (
            "{confidence: 0.6, margin: 0.2, probabilities: {memes: 0.6, cars: 0.4}}",
            {"memes": 0.6, "cars": 0.4, "trees": 0},
        ),
    ],
)
def test_probabilities_are_as_said_and_the_rest_is_shared(
    given: str, expected: dict[str, float]
) -> None:
    """With a class or without, with a confidence and a margin that agree."""
    found = only_test(given).prediction

    assert expected == pytest.approx({name: found.probabilities[name] for name in expected})
    assert pytest.approx(1) == sum(found.probabilities.values())
    assert max(expected, key=lambda name: expected[name]) == found.top_class


def test_figures_that_were_rounded_are_taken() -> None:
    """What `classify --json` prints adds up to 1 within its four decimals."""
    shares = ", ".join(f"{name}: {0.1667 if name != 'cars' else 0.0}" for name in CLASSES)

    test = only_test(f"{{probabilities: {{{shares}}}}}")

    assert {0.1667, 0.0} == set(test.prediction.probabilities.values())


def test_a_name_and_a_class_can_be_expected() -> None:
    """Both are kept as they are written."""
    test = only_test("{class: cars}", "{as: 2026 a.JPG, class: cars}")

    assert Expected(name="2026 a.JPG", top_class="cars") == test.expected


def test_a_picture_stands_beside_the_configuration() -> None:
    """A relative path begins there, `~` is the home folder, and nothing is looked at yet."""
    config = config_of(
        f"{TEST}    file: tests/a.jpg\n    expect: {{class: cars, rule: all}}\n"
        "  - {file: ~/b.jpg, expect: {rule: all}}\n"
    )

    beside, home = config.tests
    expected = Expected(rule="all", top_class="cars")
    assert PictureTest("x", 7, 5, "/etc/gallery/tests/a.jpg", expected) == beside
    assert isinstance(home, PictureTest)
    assert str(Path.home() / "b.jpg") == home.file


@pytest.mark.parametrize(
    ("text", "line", "column", "sentence", "hint"),
    [
        (f"{HEAD}{RULES}tests: {{}}\n", 6, 8, "tests must be a list", "- given:"),
        (f"{HEAD}{RULES}tests: [x]\n", 6, 9, "a test must be a map", None),
        (f"{TEST}    given: {{name: a.jpg}}\n", 7, 5, "lacks the key expect", "add expect:"),
        (f"{TEST}    expect: {{rule: all}}\n", 7, 5, "lacks the key given", "add given:"),
        (f"{GIVEN}{{namee: a.jpg}}\n", 9, 13, 'unknown key "namee" in given', "name?"),
        (f"{GIVEN}{{date: yesterday}}\n", 9, 19, "is not a date", None),
        (f"{GIVEN}{{taken: 2024-01-01, date: 2024-01-02}}\n", 9, 38, "another date", "remove date"),
        (f"{GIVEN}{{hash: 0123}}\n", 9, 19, '"0123" is not 8 to 64 hexadecimal digits', None),
        (f"{GIVEN}{{probabilities: {{}}}}\n", 9, 28, "must be a map such as {memes: 0.55", None),
        (f"{GIVEN}{{probabilities: {{meme: 0.6}}}}\n", 9, 29, 'no class "meme"', "memes?"),
        (f"{GIVEN}{{probabilities: {{memes: 55%}}}}\n", 9, 36, 'memes: "55%" is not', "0.55"),
        (f"{GIVEN}{{probabilities: {{memes: 0.1}}}}\n", 9, 28, "is the first with 0.1", "sum"),
        (
            f"{GIVEN}{{probabilities: {{memes: 0.6, cars: 0.5}}}}\n",
            9,
            28,
            "is the first with 0.6 where cars has 0.5",
            "their sum is 1",
        ),
        (
            f"{GIVEN}{{class: cars, confidence: 0.4, probabilities: {{memes: 0.5}}}}\n",
            9,
            38,
            "is the first with 0.4 where memes has 0.5",
            "their sum is 1",
        ),
        (
            f"{GIVEN}{{class: cars, margin: 0.1, probabilities: {{memes: 0.4, cars: 0.6}}}}\n",
            9,
            54,
            "with 0.6 and a margin of 0.1 where memes has 0.4",
            "their sum is 1",
        ),
        (
            f"{GIVEN}{{class: cars, confidence: 0.7, probabilities: {{cars: 0.6}}}}\n",
            9,
            38,
            "confidence is 0.7, but cars has 0.6 in probabilities",
            "remove one",
        ),
        (f"{GIVEN}{{name: a.jpg}}\n    file: a.jpg\n", 10, 11, "both given and file", "remove"),
        (
            f"{TEST}    file: ~nobody-here/a.jpg\n    expect: {{rule: all}}\n",
            8,
            11,
            "not a path",
            "~/",
        ),
        (f"{GIVEN}{{class: meme}}\n", 9, 20, 'there is no class "meme"', "memes?"),
        (f"{GIVEN}{{source: phone}}\n", 9, 21, 'no watch folder "phone"', None),
        (f"{GIVEN}{{confidence: 0.9}}\n", 9, 25, "says nothing without a class", None),
        (f"{GIVEN}{{class: memes, confidence: 0.1}}\n", 9, 39, "is the first with 0.1", "sum"),
        (f"{GIVEN}{{name: a.jpg, path: b/a.jpg}}\n", 9, 19, "both name and path", "remove"),
        (f"{GIVEN}{{name: b/a.jpg}}\n", 9, 19, '"b/a.jpg" is not a file name', None),
        (f"{GIVEN}{{path: /b/a.jpg}}\n", 9, 19, "is not a path below", None),
        (f"{GIVEN}{{position: {{lat: 1, lon: 2}}, has_gps: false}}\n", 9, 50, "says both", "rem"),
        (f"{GIVEN}{{taken: yesterday}}\n", 9, 20, "is not a date", None),
        (f"{GIVEN}{{taken: 2024-13}}\n", 9, 20, "is not a date", None),
        (f"{GIVEN}{{taken: 24}}\n", 9, 20, "is not a date", None),
        (f"{GIVEN}{{taken: 2024-05, date: 2024-06-01}}\n", 9, 35, "another date", "remove date"),
        (f"{EXPECT}{{}}\n", 9, 13, "expect says nothing", "rule: memes"),
        (f"{EXPECT}{{rule: al}}\n", 9, 20, 'there is no rule "al"', "did you mean all?"),
        (f"{EXPECT}{{outcome: rule}}\n", 9, 23, '"rule" is not one of uncertain', None),
        (f"{EXPECT}{{rule: all, outcome: otherwise}}\n", 9, 34, "both rule and outcome", "rem"),
        (f"{EXPECT}{{as: a/b.jpg}}\n", 9, 18, '"a/b.jpg" is not a file name', "folder in to"),
        (f"{EXPECT}{{as: b.jpg, leave: true}}\n", 9, 32, "both as and leave", "remove"),
        (f"{EXPECT}{{class: meme}}\n", 9, 21, 'there is no class "meme"', "memes?"),
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
