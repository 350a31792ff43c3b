"""The judge as tables of cases: every file has one verdict, whoever asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.classifier.messages import RefusalKind
from gallery_daemon.classifier.results import Classified, Refused
from gallery_daemon.decision import Action, OnConflict, Outcome
from gallery_daemon.imaging import formats
from gallery_daemon.journal.record import FINAL_STATES, Row, State
from gallery_daemon.journey.examined import Predicted, Unpredicted, examined_of
from gallery_daemon.journey.judge import (
    Accompany,
    Examine,
    Fail,
    Fate,
    File,
    Gone,
    Late,
    Leave,
    Quarantine,
    Refuse,
    Settle,
    Wait,
    is_expected,
    of_answer,
    of_arrival,
    of_left_behind,
    of_sidecar,
    of_version,
)
from gallery_daemon.photo import Candidate, Facts, Identity, Photo, Prediction
from gallery_daemon.rules.condition import AllOf
from gallery_daemon.rules.conditions.model import ClassIs, MinConfidence
from gallery_daemon.rules.decide import Placing, Rule, RuleSet
from gallery_daemon.rules.template import Template

if TYPE_CHECKING:
    from gallery_daemon.imaging.formats import FileKind
    from gallery_daemon.journey.judge import AnswerVerdict, ArrivalVerdict

NOW = datetime(2026, 1, 1, tzinfo=UTC)
IDENTITY = Identity(1, 2, 3, 4)
PHOTO = Photo(Candidate("phone", "/in", "IMG_1.jpg"), IDENTITY, NOW)
SURE = Prediction({"cars": 0.98, "other": 0.02}, "m@00000000")
UNSURE = Prediction({"cars": 0.55, "other": 0.45}, "m@00000000")
OTHER = Prediction({"cars": 0.02, "other": 0.98}, "m@00000000")
REASON = "its end is missing"


def placing(to: str = "All/", *, with_sidecars: bool = True) -> Placing:
    """A place in the library."""
    return Placing(
        Template.parse(to), None, Action.COPY, OnConflict.DEDUPE, with_sidecars=with_sidecars
    )


def rule(name: str, to: Placing | None) -> Rule:
    """Cars of which the model is sure."""
    when = AllOf((ClassIs(("cars",)), MinConfidence(0.9)))
    return Rule(name, when, to, enabled=True, line=1)


RULES = RuleSet((rule("cars", placing("{class}/")),))
LEAVING = RuleSet((rule("cars", None),))
PLACED = RuleSet(
    (rule("cars", placing()),),
    uncertain=placing("Review/"),
    otherwise=placing("Rest/"),
    failed=placing("Broken/"),
)


def row(state: State = State.FILED, **said: object) -> Row:
    """What the journal has of the photo."""
    known = Row(
        id=7, parent=None, decided_at=NOW.isoformat(), source="phone", root="/in",
        relative="IMG_1.jpg", identity=IDENTITY, library="/lib", state=state,
        outcome=Outcome.RULE, rule="cars", top_class="cars", confidence=0.98, model="m@00000000",
        action="copy", folder=("cars",), name="IMG_1.jpg", token=None, reason=None,
    )  # fmt: skip
    return replace(known, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "kind", "verdict"),
    [
        ("IMG_1.jpg", formats.JPEG, Examine()),
        ("IMG_1.MOV", formats.HEIC, Examine()),
        ("notes.txt", formats.PNG, Examine()),
        ("IMG_1.xmp", formats.TEXT, Accompany()),
        ("IMG_1.MOV", formats.VIDEO, Accompany()),
        ("IMG_1.aae", formats.EMPTY, Accompany()),
        ("IMG_1.jpg.json", formats.TEXT, Accompany()),
        ("PXL_1.MP", formats.VIDEO, Accompany()),
        ("MVI_1.THM", formats.JPEG, Accompany()),
        ("IMG_E1.JPG", formats.JPEG, Examine()),
        ("IMG_1.jpg", formats.TEXT, Refuse(RefusalKind.UNREADABLE, formats.TEXT.words)),
        ("IMG_1.HEIC", formats.EMPTY, Refuse(RefusalKind.UNREADABLE, formats.EMPTY.words)),
        ("notes.txt", formats.TEXT, Refuse(RefusalKind.NOT_A_PHOTO, formats.TEXT.words)),
        ("IMG_1.cr2", formats.CR2, Refuse(RefusalKind.NOT_A_PHOTO, formats.CR2.words)),
        ("IMG_1.jpg", formats.CR2, Refuse(RefusalKind.NOT_A_PHOTO, formats.CR2.words)),
        ("IMG_1.jpg", formats.VIDEO, Refuse(RefusalKind.UNREADABLE, formats.VIDEO.words)),
    ],
)
def test_content_comes_before_the_name(name: str, kind: FileKind, verdict: ArrivalVerdict) -> None:
    """A name alone makes a sidecar of what is no photo, and a broken photo of what is nothing."""
    assert verdict == of_arrival(name, kind)


@pytest.mark.parametrize(
    ("refusal", "verdict"),
    [
        (RefusalKind.NOT_A_PHOTO, Leave(REASON)),
        (RefusalKind.CHANGED, Settle(REASON)),
        (RefusalKind.VANISHED, Gone(REASON)),
        (RefusalKind.DENIED, Fail(REASON)),
        (RefusalKind.FAILED, Fail(REASON)),
    ],
)
@pytest.mark.parametrize("rules", [RULES, PLACED])
def test_a_refusal_says_what_becomes_of_the_file(
    refusal: RefusalKind, verdict: AnswerVerdict, rules: RuleSet
) -> None:
    """No rule is asked about a file that may be read another time, or is no photo."""
    assert verdict == of_answer(Unpredicted.unread(PHOTO, refusal, REASON), rules)


def test_what_cannot_be_read_is_quarantined_unless_it_has_a_place() -> None:
    """With `failed:` it is filed, and the reason goes with it."""
    broken = Unpredicted.unread(PHOTO, RefusalKind.UNREADABLE, REASON)

    stays, goes = of_answer(broken, RULES), of_answer(broken, PLACED)

    assert isinstance(stays, Quarantine)
    assert (REASON, Outcome.FAILED) == (stays.reason, stays.decision.outcome)
    assert isinstance(goes, File)
    assert (("Broken",), REASON) == (goes.destination.folder, goes.reason)


@pytest.mark.parametrize(
    ("rules", "prediction", "folder", "reason"),
    [
        (RULES, SURE, ("cars",), None),
        (RULES, UNSURE, None, "the model is not sure enough for a rule"),
        (RULES, OTHER, None, "no rule matched"),
        (LEAVING, SURE, None, "the rule cars leaves it"),
        (PLACED, SURE, ("All",), None),
        (PLACED, UNSURE, ("Review",), None),
        (PLACED, OTHER, ("Rest",), None),
    ],
)
def test_the_rules_file_or_leave_what_could_be_read(
    rules: RuleSet, prediction: Prediction, folder: tuple[str, ...] | None, reason: str | None
) -> None:
    """What stays has a reason in words; what goes has none."""
    verdict = of_answer(Predicted(PHOTO, Facts.unread(NOW), prediction), rules)

    assert isinstance(verdict, File | Leave)
    assert verdict.decision is not None
    assert reason == verdict.reason
    assert folder == (verdict.destination.folder if isinstance(verdict, File) else None)


@given(refusal=st.sampled_from(RefusalKind), reason=st.text(), placed=st.booleans())
def test_every_refusal_has_a_verdict_with_its_reason(
    refusal: RefusalKind, reason: str, placed: bool
) -> None:
    """Nothing that the classifier process may say is without an end, and its words are kept."""
    verdict = of_answer(Unpredicted.unread(PHOTO, refusal, reason), PLACED if placed else RULES)

    assert reason == verdict.reason


def test_an_answer_that_is_remembered_is_judged_as_one_that_is_new() -> None:
    """What was examined is the same value; only batch and times are not remembered."""
    facts = Facts.unread(NOW)
    new = examined_of(Classified(PHOTO, facts, SURE, 16, 120.0))
    old = examined_of(Classified(PHOTO, facts, SURE, None, None))
    refused = examined_of(Refused(PHOTO, RefusalKind.UNREADABLE, REASON, None))

    assert of_answer(new, RULES) == of_answer(old, RULES)
    assert Unpredicted.unread(PHOTO, RefusalKind.UNREADABLE, REASON) == refused


@pytest.mark.parametrize(
    ("kind", "awaited", "fate", "verdict"),
    [
        (formats.TEXT, "/in/IMG_1.jpg", None, Wait("/in/IMG_1.jpg")),
        (formats.TEXT, "/in/IMG_1.jpg", Fate(State.FILED, row()), Wait("/in/IMG_1.jpg")),
        (formats.TEXT, None, None, Leave("a sidecar without its photo")),
        (formats.VIDEO, None, None, Leave(formats.VIDEO.words)),
        (formats.TEXT, None, Fate(State.FILED, row()), Late(row())),
        (formats.TEXT, None, Fate(State.LEFT), Leave("its photo was left")),
    ],
)
def test_a_sidecar_waits_follows_or_stays(
    kind: FileKind, awaited: str | None, fate: Fate | None, verdict: object
) -> None:
    """It waits for a photo that is still to come, whatever became of that before."""
    name = "IMG_1.mov" if kind is formats.VIDEO else "IMG_1.xmp"

    assert verdict == of_sidecar(name, kind, awaited, fate, RULES)


@pytest.mark.parametrize(
    ("fate", "verdict"),
    [
        (Fate(State.FILED), Leave("its photo was filed by a rule that takes no sidecars")),
        (Fate(State.IDENTICAL), Leave("its photo lies in the library already")),
        (Fate(State.IDENTICAL, row()), Late(row())),
        (Fate(State.IDENTICAL, row(), is_duplicate=True), Late(row(), completes=True)),
        (Fate(State.SKIPPED), Leave("its photo was left")),
        (Fate(State.QUARANTINED), Leave("its photo was left")),
        (Fate(State.UNDONE), Leave("its photo was left")),
    ],
)
def test_a_sidecar_goes_beside_the_filing_that_its_photo_still_is(
    fate: Fate, verdict: Late | Leave
) -> None:
    """Of a photo edited in place through its hard link there is one in the library: there."""
    assert verdict == of_left_behind(fate, RULES)


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("a.xmp", formats.SIDECAR, "a sidecar without its photo"),
        ("a.jpg.pp3", formats.TEXT, "a sidecar without its photo"),
        ("a.jpg.json", formats.TEXT, formats.TEXT.words),
        ("a.MOV", formats.VIDEO, formats.VIDEO.words),
        ("DSC_0001.WAV", formats.SOUND, formats.SOUND.words),
        ("a.THM", formats.JPEG, "a camera's thumbnail without the file that it is of"),
    ],
)
def test_what_has_no_photo_is_called_what_it_is(name: str, kind: FileKind, reason: str) -> None:
    """A film may be nobody's, but an XMP lacks its photo."""
    assert Leave(reason) == of_sidecar(name, kind, None, None, RULES)


@pytest.mark.parametrize(
    ("awaited", "fate", "verdict"),
    [
        ("/in/IMG_1.jpg", None, Wait("/in/IMG_1.jpg")),
        (None, Fate(State.FILED, row()), Late(row())),
        (None, None, None),
        (None, Fate(State.LEFT), None),
        (None, Fate(State.QUARANTINED), None),
        (None, Fate(State.UNDONE), None),
        (None, Fate(State.FILED, row(rule="alone")), None),
        (None, Fate(State.IDENTICAL, row(), is_duplicate=True), None),
    ],
)
def test_a_version_goes_with_its_original_or_is_judged_by_itself(
    awaited: str | None, fate: Fate | None, verdict: object
) -> None:
    """It is a photo, and never left for what became of another one."""
    rules = RuleSet((rule("cars", placing()), rule("alone", placing(with_sidecars=False))))

    assert verdict == of_version(awaited, fate, rules)


@pytest.mark.parametrize(
    ("outcome", "named", "takes"),
    [
        (Outcome.RULE, "cars", True),
        (Outcome.RULE, "alone", False),
        (Outcome.RULE, "a rule of last year", True),
        (Outcome.UNCERTAIN, None, False),
        (Outcome.OTHERWISE, None, True),
        (Outcome.FAILED, None, False),
        (None, None, True),
    ],
)
def test_the_place_that_a_photo_went_to_says_whether_sidecars_follow(
    outcome: Outcome | None, named: str | None, takes: bool
) -> None:
    """By what made the decision; where nothing says it any more, they follow."""
    rules = RuleSet(
        (rule("cars", placing()), rule("alone", placing(with_sidecars=False))),
        uncertain=placing(with_sidecars=False),
        otherwise=placing(),
        failed=placing(with_sidecars=False),
    )
    filed = row(outcome=outcome, rule=named)

    assert takes == isinstance(of_left_behind(Fate(State.FILED, filed), rules), Late)


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize(
    ("latest", "expected"),
    [
        (None, (True, True)),
        (row(State.FAILED), (True, True)),
        (row(State.ABANDONED), (True, True)),
        (row(State.FILED), (False, True)),
        (row(State.LEFT), (False, True)),
        (row(State.UNDONE), (False, True)),
    ],
)
def test_a_photo_is_expected_while_it_has_an_end_to_come_to(
    latest: Row | None, expected: tuple[bool, bool], is_known: bool
) -> None:
    """One that failed always; else if it is new, by its identity and by its bytes."""
    assert expected[not is_known] == is_expected(latest, is_known=is_known)


@given(state=st.sampled_from(FINAL_STATES))
def test_no_photo_that_came_to_an_end_is_waited_for(state: State) -> None:
    """Whatever end that was, if its file is as it was then."""
    assert not is_expected(row(state), is_known=True)
