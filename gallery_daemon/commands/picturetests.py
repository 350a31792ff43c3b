"""Tests of the rules whose photo is a picture on the disk: it is looked at, and then decided about.

Only `check` does so. It takes the classifier process, as every look at a photo's bytes, and seconds
that neither a reload nor a start has; and what lies in a folder beside the configuration may change
without it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gallery_daemon.commands.classify import FileClassifier
from gallery_daemon.daemon.wiring import setup_of
from gallery_daemon.errors import ClassifierLost
from gallery_daemon.photo import Candidate, Photo, Similar, TakenFrom
from gallery_daemon.rules.ruletest import (
    PictureTest,
    RuleTest,
    RuleTestResult,
    run_test,
    run_tests,
)

if TYPE_CHECKING:
    from gallery_daemon.clock import Clock
    from gallery_daemon.commands.classify import Classification
    from gallery_daemon.config.settings import Config

_ADDED = {"added": "the moment of filing, which no test knows"}
_MTIME = "the file's mtime, which a copy may change"


def run_all_tests(config: Config, clock: Clock) -> tuple[RuleTestResult, ...]:
    """Each test with what came of it, in their order; pictures are looked at by the model.

    Where the classifier process cannot be started, those of pictures are `skipped` for that reason.
    """
    results = run_tests(config.tests, config.rules)
    pictures = [test for test in config.tests if isinstance(test, PictureTest)]
    if not pictures:
        return results
    setup = setup_of(config.model, config.batch, config.limits)
    classifier = FileClassifier(setup, clock, want_hash=config.rules.needs_hash)
    try:
        looks = list(classifier.run([test.file for test in pictures]))
    except ClassifierLost as error:
        reason = f"{error.sentence}; {error.hint}" if error.hint else error.sentence
        return tuple(replace(each, skipped=reason) if each.skipped else each for each in results)
    looked_at = {
        (test.line, test.column): _run(test, look, config, clock)
        for test, look in zip(pictures, looks, strict=True)
    }
    return tuple(looked_at.get((each.test.line, each.test.column), each) for each in results)


def _run(test: PictureTest, look: Classification, config: Config, clock: Clock) -> RuleTestResult:
    """The picture is judged as if it lay in the first watch folder, the first of its kind."""
    if look.prediction is None or look.facts is None or look.identity is None:
        return RuleTestResult(test, f"{test.file}: {look.error}")
    folder, _, name = test.file.rpartition("/")
    photo = Photo(Candidate(config.watch[0].name, folder or "/", name), look.identity, clock.wall())
    is_dated = look.facts.taken.origin is not TakenFrom.MTIME
    unknown = _ADDED | {"mtime": _MTIME} | ({} if is_dated else {"date": _MTIME})
    facts = replace(look.facts, similar=Similar())
    known = RuleTest(
        test.name, test.line, test.column, photo, facts, look.prediction, test.expected, unknown
    )
    return run_test(known, config.rules)
