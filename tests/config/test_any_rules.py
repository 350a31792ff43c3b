"""Any rule set is refused with its mistakes, or decides any photo and keeps it in the library."""

from __future__ import annotations

import json
import os
import posixpath
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from gallery_daemon.filing.steps import names_to_try
from gallery_daemon.rules.analysis import warnings
from gallery_daemon.rules.decide import decide
from gallery_daemon.rules.ruletest import RuleTest, run_tests
from tests.config.texts import CLASSES, HEAD, config_of, errors_of
from tests.rules.photos import any_facts, photo, predictions
from tests.rules.test_template import some_templates


def rarely(strange: st.SearchStrategy, usual: st.SearchStrategy) -> st.SearchStrategy:
    """One in ten, so that a rule set as a whole has a chance to be understood."""
    return st.integers(0, 9).flatmap(lambda number: strange if number == 9 else usual)


odd = st.text(max_size=6) | st.none() | st.booleans() | st.integers(-5, 3000) | st.floats()


def one_or_more(values: st.SearchStrategy) -> st.SearchStrategy:
    return rarely(odd, values | st.lists(values, min_size=1, max_size=3))


def ends(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.dictionaries(st.sampled_from(["min", "max"]), values, min_size=1)


shares = st.sampled_from([0, 0.3, 0.8, 1]) | st.floats(0, 1)
globs = st.sampled_from(["*", "IMG_*", "**", "[a-z]?", "Trips/**", "a*b"])
limits = rarely(odd, st.sampled_from([">= 0.3", "<.5", "> 0, < 1", "<= 1"]))
classes = st.sampled_from(CLASSES)
degrees = rarely(st.integers(-180, 180), st.integers(-90, 90))
months = st.sampled_from(["jun", "december"]) | st.integers(1, 12)
days = st.sampled_from(["sat", "monday"])
conditions: dict[str, st.SearchStrategy] = {
    "class": one_or_more(classes),
    "min_confidence": shares,
    "min_precision": shares,
    "min_margin": shares,
    "familiar": st.booleans(),
    "min_familiarity": shares,
    "probability": st.dictionaries(classes, limits, min_size=1),
    **dict.fromkeys(("name", "path", "ext", "source", "camera"), one_or_more(globs)),
    "taken": st.fixed_dictionaries(
        {},
        optional={
            "after": st.dates().map(str),
            "before": st.dates().map(str),
            "year": one_or_more(st.integers(1826, 9999)),
            "month": one_or_more(months | ends(months)),
            "weekday": one_or_more(days | ends(days)),
            "hour": one_or_more(st.integers(0, 23) | ends(st.integers(0, 23))),
        },
    ),
    **dict.fromkeys(
        ("has_exif", "has_gps", "screenshot", "burst", "near_duplicate"), st.booleans()
    ),
    "near": one_or_more(
        st.fixed_dictionaries({"lat": degrees, "lon": degrees, "km": st.integers(1, 20_000)})
    ),
    **dict.fromkeys(("width", "height", "megapixels"), ends(st.integers(0, 10**6))),
    "size": ends(st.sampled_from(["1MB", "2 GiB"])),
    "orientation": one_or_more(st.sampled_from(["landscape", "square"])),
    "aspect": one_or_more(st.sampled_from(["4:3", "16:9"])) | ends(st.integers(1, 20)),
}
flat = st.lists(st.sampled_from(sorted(conditions)), min_size=1, max_size=3).flatmap(
    lambda keys: st.fixed_dictionaries({key: conditions[key] for key in keys})
)
whens = st.recursive(
    flat,
    lambda inner: st.sampled_from(["any", "all", "not"]).flatmap(
        lambda key: st.fixed_dictionaries(
            {key: inner if key == "not" else st.lists(inner, min_size=1, max_size=2)}
        )
    ),
    max_leaves=4,
)
folders = st.sampled_from(["A/", "{class}/{date:%Y/%m}/", "{group|alone}/{source}", "{rule}"])
names = st.sampled_from(["{name}", "{stem}-{hash:9}.{ext}", "{group|camera} {sequence:3}.{ext}"])
rules = st.fixed_dictionaries(
    {"name": st.text("abc", min_size=1, max_size=3), "to": rarely(some_templates, folders)},
    optional={
        "when": whens,
        "as": rarely(some_templates.map(lambda text: f"{text}.{{ext}}"), names),
        "on_conflict": st.sampled_from(["dedupe", "rename", "keep-both", "skip"]),
        "identical": st.sampled_from(["merge", "keep", "leave"]),
    },
)


files = st.binary(max_size=20).map(os.fsdecode)


@given(
    st.lists(rules, min_size=1, max_size=4),
    rarely(some_templates, folders),
    files.map(photo),
    any_facts,
    predictions,
)
@settings(max_examples=200)
def test_any_rules_are_refused_or_keep_any_photo_in_the_library(
    said, uncertain: str, on, known, says
) -> None:
    """Nothing is raised but the mistakes, and no name leads out of the library."""
    text = f"{HEAD}rules: {json.dumps(said)}\nuncertain: {json.dumps(uncertain)}\n"
    if errors_of(text):
        return
    ruleset = config_of(text).rules
    warnings(ruleset, CLASSES)

    decision = decide(on, known, says, ruleset)

    if decision.destination is None:
        return
    for name in islice(names_to_try(decision.destination.name), 3):
        place = posixpath.join("/library", *decision.destination.folder, name)
        assert posixpath.normpath(place) == place
        assert place.startswith("/library/")
        assert "\0" not in name


def test_the_rules_that_are_drawn_are_not_all_refused() -> None:
    """So that the property does not hold for want of rules that load."""
    found = []

    @given(st.lists(rules, min_size=1, max_size=2))
    @settings(max_examples=100, database=None, derandomize=True)
    def draw(said) -> None:
        found.append(not errors_of(f"{HEAD}rules: {json.dumps(said)}\n"))

    draw()

    assert sum(found) >= len(found) / 10


moments = st.dates().map(str) | st.sampled_from(["2026-03-04 18:30", "2000-02-29T00:00:59"])
givens = st.fixed_dictionaries(
    {},
    optional={
        "class": classes,
        "confidence": shares,
        "margin": shares,
        "precision": shares,
        "familiarity": shares,
        "probabilities": rarely(odd, st.dictionaries(classes, shares, min_size=1, max_size=3)),
        "taken": moments,
        "date": rarely(odd, moments),
        "hash": rarely(odd, st.text("0123456789abcdefABCDEF", min_size=8, max_size=64)),
        "name": st.sampled_from(["a.jpg", "IMG_1.HEIC", ".jpg", "noext"]),
        "burst": st.booleans(),
    },
)
expects = st.fixed_dictionaries(
    {"rule": st.just("x")},
    optional={
        "to": folders.map(lambda text: text.replace("{", "").replace("}", "")),
        "as": rarely(odd, st.sampled_from(["a.jpg", "1.jpg", "a/b"])),
        "class": classes,
    },
)


@given(givens, expects, folders, names)
@settings(max_examples=300)
def test_any_test_is_refused_or_can_be_run(says, expected, to: str, as_: str) -> None:
    """What is given adds up, as it is said; the test holds or fails with a sentence."""
    rule = {"name": "x", "to": to, "as": as_}
    tests = [{"given": says, "expect": expected}]
    text = f"{HEAD}rules: [{json.dumps(rule)}]\ntests: {json.dumps(tests)}\n"
    if errors_of(text):
        return
    config = config_of(text)

    (result,) = run_tests(config.tests, config.rules)

    assert isinstance(result.test, RuleTest)
    found = result.test.prediction.probabilities
    if "class" in says or "probabilities" in says:
        assert abs(sum(found.values()) - 1) < 0.01
        assert set(CLASSES) == set(found)
        assert {**found, **says.get("probabilities", {})} == found
    assert result.skipped is None
    unknown = "as" in expected and "hash" in as_ and "hash" not in says
    assert result.failure is not None or not unknown
