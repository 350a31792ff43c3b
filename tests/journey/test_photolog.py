"""What is remembered of a file between its beginning and its line."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gallery_daemon.clock import SystemClock
from gallery_daemon.decision import Action, Decision, Outcome
from gallery_daemon.filing.joint_acts import Filing
from gallery_daemon.journal.record import State
from gallery_daemon.journey.examined import Predicted
from gallery_daemon.journey.pass_counts import PassCounts
from gallery_daemon.journey.photolog import PhotoLog
from gallery_daemon.journey.shortfall import ConfidenceGaps
from gallery_daemon.logs.setup import LogFormat, LogLevel, make_log
from gallery_daemon.partial_date import Granularity
from gallery_daemon.photo import Candidate, Facts, Identity, Photo, Prediction, Taken, TakenFrom
from gallery_daemon.rules.conditions.model import MinConfidence
from gallery_daemon.rules.decide import Rule, RuleSet, decide
from tests.cli.test_blocks import ROW

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def file(relative: str) -> Photo:
    """A settled file."""
    return Photo(Candidate("phone", "/in", relative), Identity(1, 2, 3, 4), NOW)


def predicted(name: str, facts: Facts) -> Predicted:
    """A photo that could be read."""
    return Predicted(file(name), facts, Prediction({"cars": 1.0}, "m@00000000"))


def test_nothing_is_remembered_of_what_is_filed() -> None:
    """Neither of the photo nor of the sidecars that came along and have no line of their own."""
    log = make_log(LogFormat.JSON, LogLevel.INFO, io.StringIO())
    photo_log = PhotoLog(log, PassCounts(), "/library", SystemClock())
    for name in ("trip/a.jpg", "trip/a.xmp", "a.jpg", "a.mov"):
        photo_log.settled(file(name))

    for name, sidecar in (("trip/a.jpg", "a.xmp"), ("a.jpg", "a.mov")):
        filing = Filing(State.FILED, Action.COPY, f"/library/{name}", sidecars=(sidecar,))
        photo_log.filed(
            predicted(name, Facts.unread(NOW)), Decision(Outcome.RULE, "all", None, ()), filing
        )

    assert {} == photo_log._times


@pytest.mark.parametrize(
    ("granularity", "expected"),
    [
        (Granularity.SECOND, "2026-01-01T00:00:00+00:00"),
        (Granularity.MINUTE, "2026-01-01T00:00+00:00"),
        (Granularity.DAY, "2026-01-01"),
        (Granularity.MONTH, "2026-01"),
        (Granularity.YEAR, "2026"),
    ],
)
def test_a_line_has_no_more_of_a_date_than_is_known(
    granularity: Granularity, expected: str
) -> None:
    """A midnight in it was one."""
    written = io.StringIO()
    log = make_log(LogFormat.JSON, LogLevel.INFO, written)
    taken = Taken(NOW, TakenFrom.NAME, granularity)
    examined = predicted("a.jpg", replace(Facts.unread(NOW), taken=taken))

    PhotoLog(log, PassCounts(), "/library", SystemClock()).filed(
        examined,
        Decision(Outcome.RULE, "all", None, ()),
        Filing(State.FILED, Action.COPY, "/library/a.jpg"),
    )

    told = json.loads(written.getvalue())
    assert (expected, "name") == (told["taken"], told["taken_from"])


def test_the_line_of_an_uncertain_photo_says_what_it_lacks() -> None:
    """As a number beside its confidence, whether it is filed or stays."""
    written = io.StringIO()
    log = make_log(LogFormat.JSON, LogLevel.INFO, written)
    rules = RuleSet((Rule("sure", MinConfidence(0.92), None, enabled=True, line=1),))
    shortfalls = ConfidenceGaps(rules, dict)
    photo_log = PhotoLog(log, PassCounts(), "/library", SystemClock(), shortfalls)
    says = Prediction({"cars": 0.89, "memes": 0.11}, "default@01234567")
    examined = Predicted(file("a.jpg"), Facts.unread(NOW), says)
    decision = decide(examined.photo, examined.facts, says, rules)

    photo_log.filed(examined, decision, Filing(State.FILED, Action.COPY, "/library/a.jpg"))
    photo_log.left(examined, "the model is not sure enough for a rule", decision)

    filed, left = map(json.loads, written.getvalue().splitlines())
    assert (0.89, 0.92) == (filed["confidence"], filed["needs_confidence"])
    assert (0.89, 0.92) == (left["confidence"], left["needs_confidence"])


def test_a_late_sidecar_has_its_reasons_once() -> None:
    """Why it came alone, and what became of the version before."""
    written = io.StringIO()
    log = make_log(LogFormat.JSON, LogLevel.INFO, written)
    kept = "the version before it is kept as a.AAE.~1~"
    filing = Filing(State.FILED, Action.COPY, "/library/a.AAE", kept)

    PhotoLog(log, PassCounts(), "/library", SystemClock()).filed_late(file("a.AAE"), ROW, filing)

    reason = json.loads(written.getvalue())["reason"]
    assert f"a sidecar of {ROW.relative}, which was filed before; {kept}" == reason
