"""What there is to say of a text of the rules and of its plan, as the page shows it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gallery_daemon.daemon.configuration import hint_for
from gallery_daemon.decision import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gallery_daemon.commands.dry_run import PlannedFile
    from gallery_daemon.commands.rules_plan import ChangedWay, ReplannedPhoto, RulesPlan
    from gallery_daemon.commands.rules_text import CheckedRules
    from gallery_daemon.review.rules_room import PlannedText
    from gallery_daemon.rules.ruletest import RuleTestResult

_OK, _FAILED, _SKIPPED = "ok", "failed", "skipped"
_WORDS: Final = {
    Outcome.UNCERTAIN: "the model is not sure enough",
    Outcome.OTHERWISE: "no rule takes it",
    Outcome.FAILED: "it cannot be read",
}
MOST_WAYS: Final = 100
"""So many ways are shown; the others are counted."""


@dataclass(frozen=True, slots=True)
class RulesFinding:
    """A line of the text and what is said of it; `line` is None where it is about the whole."""

    line: int | None
    column: int | None
    sentence: str
    hint: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToldTest:
    """A test of the rules: `word` is ok, failed or skipped; `reason` why."""

    name: str
    line: int
    column: int
    word: str
    reason: str | None
    hint: str | None


@dataclass(frozen=True, slots=True)
class RulesFindings:
    """All that is said of a text; `marks` are its lines for the editor, by kind."""

    mistakes: tuple[RulesFinding, ...]
    warnings: tuple[RulesFinding, ...]
    tests: tuple[ToldTest, ...]
    why_not: str | None

    @property
    def marks(self) -> Sequence[Mapping[str, object]]:
        """The lines that are marked, each with its kind; a mistake before a warning."""
        mistakes = {each.line for each in self.mistakes if each.line}
        mistakes |= {each.line for each in self.tests if each.word == _FAILED}
        warned = {each.line for each in self.warnings if each.line} - mistakes
        marks = [(line, "mistake") for line in mistakes] + [(line, "warning") for line in warned]
        return [{"line": line, "kind": kind} for line, kind in sorted(marks)]

    @property
    def sum_of_tests(self) -> str:
        """How many tests hold: `3 ok, 1 failed`."""
        counts = {
            word: sum(each.word == word for each in self.tests) for word in (_OK, _FAILED, _SKIPPED)
        }
        return ", ".join(f"{count} {word}" for word, count in counts.items() if count)

    @property
    def has_skipped(self) -> bool:
        """Whether there are tests that only a look at their pictures decides."""
        return any(each.word == _SKIPPED for each in self.tests)


@dataclass(frozen=True, slots=True)
class ToldPhoto:
    """A photo of a plan: `picture` is where its picture is asked for, `why` why it goes there."""

    name: str
    picture: str
    was: str
    now: str
    why: str


@dataclass(frozen=True, slots=True)
class ToldWay:
    """From where to where, how many, and the first photos; `more` are not shown."""

    was: str
    now: str
    filed: int
    waiting: int
    photos: tuple[ToldPhoto, ...]
    more: int


@dataclass(frozen=True, slots=True)
class ToldPlan:
    """A plan as it is shown; `notes` are sentences about what it does not say."""

    number: int
    changes: tuple[str, ...]
    sum: str
    ways: tuple[ToldWay, ...]
    more_ways: int
    notes: tuple[str, ...]
    unjudged: int
    warning: str | None
    filed: int


def findings_of(checked: CheckedRules) -> RulesFindings:
    """What the reader and the tests have to say of a text."""
    return RulesFindings(
        tuple(
            RulesFinding(each.line, each.column, each.sentence, _lines(each.hint))
            for each in checked.mistakes
        ),
        tuple(RulesFinding(each.line or None, None, each.sentence) for each in checked.warnings),
        tuple(_told_test(each, checked) for each in checked.tests),
        checked.why_not,
    )


def told_plan(planned: PlannedText, number: int) -> ToldPlan:
    """The plan of that number."""
    plan = planned.plan
    return ToldPlan(
        number,
        planned.changes,
        _sum(plan),
        tuple(_told_way(way, number, place) for place, way in enumerate(plan.ways[:MOST_WAYS])),
        max(0, len(plan.ways) - MOST_WAYS),
        tuple(_notes(plan)),
        plan.unjudged,
        plan.warning,
        plan.filed,
    )


def _told_test(result: RuleTestResult, checked: CheckedRules) -> ToldTest:
    word = _FAILED if result.failure is not None else _SKIPPED if result.skipped else _OK
    file = None if checked.config is None else checked.config.file
    hint = hint_for(result.test, file) if word == _FAILED else None
    test, reason = result.test, result.failure or result.skipped
    return ToldTest(test.name, test.line, test.column, word, reason, hint)


def _sum(plan: RulesPlan) -> str:
    if not plan.ways:
        return f"No photo would go elsewhere, of {plan.judged:,} that were judged."
    parts = []
    if plan.filed:
        parts.append(f"{_photos(plan.filed)} of the library")
    if plan.waiting:
        parts.append(f"{_photos(plan.waiting)} in the watch folders")
    return f"{' and '.join(parts)} would go elsewhere, of {plan.judged:,} that were judged."


def _notes(plan: RulesPlan) -> Iterator[str]:
    if plan.unplaced:
        yield f"{_photos(plan.unplaced)} would stay: the new rules have no place for them."
    if plan.changed:
        yield f"{_photos(plan.changed)} would stay: you have moved or edited them since."
    if plan.elsewhere:
        yield f"{_photos(plan.elsewhere)} stay in the library before; the new one begins anew."


def _photos(count: int) -> str:
    return "1 photo" if count == 1 else f"{count:,} photos"


def _told_way(way: ChangedWay, number: int, place: int) -> ToldWay:
    photos = tuple(
        _told_photo(each, f"/rules/plan/{number}/{place}/{at}")
        for at, each in enumerate(way.photos)
    )
    more = way.filed + way.waiting - len(photos)
    return ToldWay(way.was, way.now, way.filed, way.waiting, photos, more)


def _told_photo(photo: ReplannedPhoto, address: str) -> ToldPhoto:
    name = photo.path.rpartition("/")[2]
    was, now = (_name_in(each) for each in (photo.was, photo.now))
    return ToldPhoto(name, address, was, now, _why(photo.now))


def _name_in(planned: PlannedFile | None) -> str:
    if planned is None or planned.wanted is None:
        return ""
    return planned.wanted.rpartition("/")[2]


def _why(planned: PlannedFile | None) -> str:
    """Which rule takes it, or why none does; and what the model sees."""
    if planned is None:
        return "it is not watched any more"
    if planned.outcome is None:
        return planned.reason or planned.state
    outcome = Outcome(planned.outcome)
    rule = f"rule {planned.rule}" if outcome is Outcome.RULE else _WORDS[outcome]
    if planned.top_class is None or planned.confidence is None:
        return rule
    return f"{rule}: {planned.top_class} {planned.confidence:.2f}"


def _lines(hint: str | None) -> tuple[str, ...]:
    return tuple((hint or "").splitlines())
