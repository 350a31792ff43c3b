"""The one judge: what is to become of a file, decided once for acting and for foretelling.

Pure: no file system, no clock, no log. `pipeline` matches on a verdict and acts; a plan matches on
the same verdict and writes it down; `explain` and `refile` ask the same functions. So a dry run
cannot differ from the run, and every reason why a file stays is worded here.

    of_arrival      what settled, by name and content   Examine | Accompany | Refuse
    of_answer       what is known of a photo            File | Leave | Quarantine | Fail | ...
    of_sidecar      what settled, and what of its photo Wait | Late | Leave
    of_version      another version of a photo          Wait | Late | None: by itself
    of_left_behind  what its photo did not take along   Late | Leave
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from gallery_daemon.classifier.messages import RefusalKind
from gallery_daemon.decision import Decision, Destination, Outcome
from gallery_daemon.filing.sidecars import (
    is_sidecar_name,
    is_surely_sidecar,
    is_thumbnail_name,
)
from gallery_daemon.imaging.formats import Support
from gallery_daemon.imaging.names import claims_to_be_a_photo
from gallery_daemon.journal.record import State
from gallery_daemon.journey.examined import Predicted, Unpredicted
from gallery_daemon.rules.decide import decide

if TYPE_CHECKING:
    from gallery_daemon.imaging.formats import FileKind
    from gallery_daemon.journal.record import Row
    from gallery_daemon.journey.examined import Examined
    from gallery_daemon.rules.decide import Placing, RuleSet

NOT_THIS_TIME = "its photo was not filed in this pass"
"""Why a sidecar stays whose photo has not come to an end when a pass ends."""
PASSED_OVER = "its photo is passed over"
"""Why a sidecar stays whose photo is one that the configuration or its name leaves out."""

_LEFT_BY = {
    Outcome.UNCERTAIN: "the model is not sure enough for a rule",
    Outcome.OTHERWISE: "no rule matched",
}
_LEFT_BESIDE = {
    State.FILED: "its photo was filed by a rule that takes no sidecars",
    State.IDENTICAL: "its photo lies in the library already",
}


@dataclass(frozen=True, slots=True)
class Examine:
    """A photo, by its content: the classifier process looks at it."""


@dataclass(frozen=True, slots=True)
class Accompany:
    """A sidecar: it goes where its photo goes."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """No photo, or no supported one, by its content: the classifier process is not asked."""

    kind: RefusalKind
    reason: str


@dataclass(frozen=True, slots=True)
class File:
    """It goes to the destination; `reason` is what is wrong with the file, if anything."""

    decision: Decision
    destination: Destination
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """It stays where it is, as it should."""

    reason: str
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Quarantine:
    """It cannot be read as a photo, and stays until it changes."""

    reason: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Fail:
    """It could not be looked at; that may pass."""

    reason: str


@dataclass(frozen=True, slots=True)
class Settle:
    """It is another file than the one that had settled: it settles once more."""

    reason: str


@dataclass(frozen=True, slots=True)
class Gone:
    """It vanished on its way."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """The sidecar waits until the photo at `owner` comes to its end."""

    owner: str


@dataclass(frozen=True, slots=True)
class Late:
    """The sidecar goes beside its photo, which was filed before, as `owner` says.

    `completes`: its photo stays, because the same bytes lie in the library; the sidecar goes there
    only if none of its name does.
    """

    owner: Row
    completes: bool = False


ArrivalVerdict: TypeAlias = Examine | Accompany | Refuse
AnswerVerdict: TypeAlias = File | Leave | Quarantine | Fail | Settle | Gone
SidecarVerdict: TypeAlias = Wait | Late | Leave


@dataclass(frozen=True, slots=True)
class Fate:
    """The end that a photo came to; `filed` is its filing, if it is in the library.

    `is_duplicate`: what is in the library is another file of the same bytes.
    """

    state: State
    filed: Row | None = None
    is_duplicate: bool = False


def of_arrival(name: str, kind: FileKind) -> ArrivalVerdict:
    """What is to become of a settled file, by its name and what its content is."""
    if kind.is_photo and not is_thumbnail_name(name):
        return Examine()
    if is_sidecar_name(name):
        return Accompany()
    is_broken = kind.support is Support.NOT_A_PHOTO and claims_to_be_a_photo(name)
    return Refuse(RefusalKind.UNREADABLE if is_broken else RefusalKind.NOT_A_PHOTO, kind.words)


def of_answer(examined: Examined, rules: RuleSet) -> AnswerVerdict:
    """What is to become of a file that was examined, or refused before it was."""
    match examined:
        case Predicted():
            return _of_prediction(examined, rules)
        case Unpredicted():
            return _of_refusal(examined, rules)


def _of_prediction(examined: Predicted, rules: RuleSet) -> File | Leave:
    """What no rule places stays. A person's word counts as the model's certainty."""
    prediction = examined.prediction.as_said(examined.said)
    decision = decide(examined.photo, examined.facts, prediction, rules)
    if decision.destination is None:
        return Leave(_why_left(decision), decision)
    return File(decision, decision.destination, examined.remark)


def _of_refusal(examined: Unpredicted, rules: RuleSet) -> AnswerVerdict:
    """What cannot be read may have a place by `failed`; no rule is asked about the rest."""
    reason = examined.reason
    match examined.refusal:
        case RefusalKind.UNREADABLE:
            decision = decide(examined.photo, examined.facts, None, rules)
            to = decision.destination
            return Quarantine(reason, decision) if to is None else File(decision, to, reason)
        case RefusalKind.NOT_A_PHOTO:
            return Leave(reason)
        case RefusalKind.CHANGED:
            return Settle(reason)
        case RefusalKind.VANISHED:
            return Gone(reason)
        case RefusalKind.DENIED | RefusalKind.FAILED:
            return Fail(reason)


def _why_left(decision: Decision) -> str:
    if decision.outcome is Outcome.RULE:
        return f"the rule {decision.rule} leaves it"
    return _LEFT_BY[decision.outcome]


def of_sidecar(
    name: str, kind: FileKind, awaited: str | None, fate: Fate | None, rules: RuleSet
) -> SidecarVerdict:
    """What is to become of a sidecar of that name and kind.

    `awaited` is the path of its photo while that has not come to its end; `fate` is the end that
    the photo came to.
    """
    if awaited is not None:
        return Wait(awaited)
    if fate is not None:
        return of_left_behind(fate, rules)
    return Leave(_words_alone(name, kind))


def _words_alone(name: str, kind: FileKind) -> str:
    """What a file is that would be a sidecar if its photo were there."""
    if is_thumbnail_name(name):
        return "a camera's thumbnail without the file that it is of"
    return "a sidecar without its photo" if is_surely_sidecar(name) else kind.words


def of_version(awaited: str | None, fate: Fate | None, rules: RuleSet) -> Wait | Late | None:
    """What is to become of a version of another photo; None: it is judged by itself.

    `awaited` and `fate` are as in `of_sidecar`. It is a photo, so unlike a sidecar it is never left
    because its original is, or was by a rule that takes nothing along.
    """
    if awaited is not None:
        return Wait(awaited)
    verdict = None if fate is None or fate.is_duplicate else of_left_behind(fate, rules)
    return verdict if isinstance(verdict, Late) else None


def of_left_behind(fate: Fate, rules: RuleSet) -> Late | Leave:
    """What is to become of a sidecar that its photo did not take along."""
    if fate.filed is not None and _takes_sidecars(rules, fate.filed):
        return Late(fate.filed, fate.is_duplicate)
    return Leave(_LEFT_BESIDE.get(fate.state, "its photo was left"))


def is_expected(latest: Row | None, *, is_known: bool) -> bool:
    """Whether a photo will come to an end, for the first time or once more.

    `latest` is what became of the file at its path; the file that is there `is_known` or not. An
    undone photo may be sorted again; one that was left or filed may have been edited together with
    its sidecar, which settles first; and a camera that counts from the beginning gives the name of
    a photo that was moved away to another. One that was only touched is known by its bytes.
    """
    return has_no_end(latest) or not is_known


def has_no_end(latest: Row | None) -> bool:
    """Whether a photo has not come to an end, by what became of it last."""
    return latest is None or latest.state in {State.FAILED, State.ABANDONED}


def _takes_sidecars(rules: RuleSet, filed: Row) -> bool:
    """Whether the placing that filed a photo takes sidecars along; yes, if its rule is gone."""
    placing = _placing_of(rules, filed)
    return placing is None or placing.with_sidecars


def _placing_of(rules: RuleSet, filed: Row) -> Placing | None:
    match filed.outcome:
        case Outcome.UNCERTAIN:
            return rules.uncertain
        case Outcome.OTHERWISE:
            return rules.otherwise
        case Outcome.FAILED:
            return rules.failed
        case _:
            named = (rule.placing for rule in rules.rules if rule.name == filed.rule)
            return next(named, None)
