"""The classifier process, asked about some files: no journal and no filing.

`FileClassifier` does what `classify` asks for; `run_all_tests` does what `check` asks for, where
the photo of a rule test is a picture on the disk. The files go through the same process as the
daemon's photos, so one that crashes a decoder ends as an error of its own.

Only `check` runs tests of pictures: they need the process, and seconds that neither a start nor a
reload has; and the pictures may change while the configuration does not.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.classifier.answers import Answers
from gallery_daemon.classifier.results import Classified, Refused
from gallery_daemon.daemon.wiring import setup_of
from gallery_daemon.errors import ClassifierLost
from gallery_daemon.photo import Candidate, Facts, Identity, Photo, Prediction, Similar, TakenFrom
from gallery_daemon.rules.ruletest import (
    PictureTest,
    RuleTest,
    RuleTestResult,
    run_test,
    run_tests,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gallery_daemon.classifier.host import IsEnough
    from gallery_daemon.classifier.messages import Setup
    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config


@dataclass(frozen=True, slots=True)
class Classification:
    """What the process says of a file: a prediction, or why there is none, and `facts` if read.

    `identity` is what the file was when it was asked about; None: there was none to ask about.
    """

    path: str
    prediction: Prediction | None
    error: str | None
    facts: Facts | None = None
    identity: Identity | None = None


class FileClassifier:
    """Classifies the files of one command, in the order of its arguments."""

    def __init__(
        self,
        setup: Setup,
        clock: Clock,
        *,
        want_hash: bool = False,
        is_enough: IsEnough | None = None,
    ) -> None:
        """`want_hash`: the facts have the content's hash, for which a whole file is read.

        `is_enough` is as of `ClassifierHost`.
        """
        self._want_hash = want_hash
        self._answers = Answers(setup, clock, is_enough=is_enough)
        self._clock = clock
        self._done: dict[int, Classification] = {}

    def run(self, paths: Sequence[str]) -> Iterator[Classification]:
        """One Classification for each path, as soon as those before it are there.

        Raises:
            ClassifierLost: the classifier process cannot be started.
        """
        given_out = 0
        for report in self._answers.of(self._photos(paths), want_hash=self._want_hash):
            place = int(report.photo.candidate.source)
            self._done[place] = _classification(report, paths[place])
            while given_out in self._done:
                yield self._done.pop(given_out)
                given_out += 1
        # Those that could not be asked about, behind the last that could.
        yield from (self._done.pop(place) for place in sorted(self._done))

    def _photos(self, paths: Sequence[str]) -> Iterator[Photo]:
        """Those that can be asked about; the others are done already."""
        for place, path in enumerate(paths):
            try:
                now = os.lstat(path)
            except OSError as error:
                self._done[place] = Classification(path, None, error.strerror or "cannot be read")
                continue
            folder, _, name = os.fspath(Path(path).absolute()).rpartition("/")
            identity = Identity.of(now)
            # The place stands where a watch folder's name would, and leads the report back to it.
            candidate = Candidate(str(place), folder or "/", name)
            yield Photo(candidate, identity, self._clock.wall())


def _classification(report: Classified | Refused, path: str) -> Classification:
    match report:
        case Classified(photo, facts, prediction):
            return Classification(path, prediction, None, facts, photo.identity)
        case Refused(photo, _, reason, facts):
            return Classification(path, None, reason, facts, photo.identity)


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
    """The picture is judged as if it were in the first watch folder, and similar to none."""
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
