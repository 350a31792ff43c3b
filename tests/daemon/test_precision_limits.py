"""What a precision comes to with the present model, and what is warned of."""

from __future__ import annotations

from dataclasses import replace

from gallery_daemon.daemon.precision_limits import (
    in_short,
    knows_precision,
    model_warnings,
    precision_limits,
)
from gallery_daemon.model.manifest import FamiliarityScale, LookSettings, Manifest
from gallery_daemon.model.precision import tally_of
from gallery_daemon.photo import LookKind
from tests.config.texts import HEAD, config_of

# Of 100 cars called with 0.9 all are so, of 100 with 0.6 half; there are 10 pictures of trees.
CARS = tally_of([(0.905, True)] * 100 + [(0.605, number < 50) for number in range(100)])
TREES = tally_of([(0.9, True)] * 10)
MEMES = tally_of([(0.9, number < 90) for number in range(100)])
TALLIES = {"cars": CARS, "memes": MEMES, "trees": TREES}
CLASSES = ("cars", "memes", "mountains", "other", "selfies", "trees", "whatsapp_screenshots")
SCALE = FamiliarityScale(10, tuple(number / 100 for number in range(101)))
KNOWS = Manifest(
    "m", CLASSES, "0" * 64, looks={LookKind.FULL: LookSettings(tallies=TALLIES)}, familiarity=SCALE
)
OLD = replace(KNOWS, looks={LookKind.FULL: LookSettings()}, familiarity=None, format_version=1)
RULES = """defaults: {min_precision: 0.95}
rules:
  - {name: vehicles, when: {class: [cars, trees]}, to: A/}
  - {name: memes, when: {class: memes, min_precision: 0.99}, to: B/}
  - {name: usual, when: {class: other, min_confidence: 0.8}, to: C/}
"""
RULESET = config_of(HEAD + RULES).rules


def test_a_precision_is_a_confidence_for_each_class() -> None:
    """With how sure it is; what is never reached, or not known for lack of pictures, is said."""
    sentences = [limit.sentence for limit in precision_limits(RULESET, KNOWS)]

    too_few = "not known, for too few pictures of it were held out"
    assert [
        "min_precision: 0.95 = confidence 0.61 for cars (0.96..1.00 of 100 pictures)",
        f"min_precision: 0.95 is never reached for trees: {too_few}",
        "min_precision: 0.99 is never reached for memes: it is 0.900 at most",
    ] == sentences


def test_in_short_a_precision_is_one_line() -> None:
    """Whatever the reason why it is never reached; `check` has that."""
    assert [
        "min_precision: 0.95 = confidence 0.61 for cars, never for trees",
        "min_precision: 0.99 = confidence never for memes",
    ] == list(in_short(precision_limits(RULESET, KNOWS)))


def test_a_limit_names_all_its_rules() -> None:
    """Two rules may ask the same of a class."""
    rules = f"{RULES}  - {{name: again, when: {{class: cars, min_precision: 0.95}}, to: D/}}\n"

    (limit, *_) = precision_limits(config_of(HEAD + rules).rules, KNOWS)

    assert ("cars", ("vehicles", "again")) == (limit.top_class, limit.rules)


def test_a_rule_that_the_model_cannot_satisfy_is_warned_of() -> None:
    """By its line; one that is satisfied for some class is not."""
    (found,) = model_warnings(RULESET, KNOWS)

    assert ("memes", 7) == (found.rule, found.line)
    assert 'rule "memes" sends everything to review' in found.sentence
    assert "reaches min_precision: 0.99 for no photo of memes" in found.sentence


def test_a_model_of_version_0_1_is_warned_of_once() -> None:
    """All its rules with a precision send everything to review, and there is a way out."""
    (found,) = model_warnings(RULESET, OLD)

    assert "the model m@00000000 of version 0.1 does not know its precision" in found.sentence
    assert 'rules "vehicles", "memes" send everything to review' in found.sentence
    assert "train it anew, or use min_confidence" in found.sentence
    assert (knows_precision(KNOWS), knows_precision(OLD)) == (True, False)


def test_rules_that_ask_for_what_is_known_are_not_warned_of() -> None:
    """Whatever the model is."""
    plain = config_of(f"{HEAD}rules:\n  - {{name: x, when: {{class: cars}}, to: A/}}\n").rules

    assert () == model_warnings(plain, OLD)
    assert () == model_warnings(plain, KNOWS)


def test_a_model_without_a_bank_cannot_tell_what_is_strange() -> None:
    """Each rule that asks is named."""
    text = f"{HEAD}rules:\n  - {{name: odd, when: {{familiar: false}}, to: A/}}\n"
    rules = config_of(text).rules

    (found,) = model_warnings(rules, OLD)

    assert ("odd", 5) == (found.rule, found.line)
    assert "has no bank" in found.sentence
    assert () == model_warnings(rules, KNOWS)
