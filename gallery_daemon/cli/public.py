"""What `--json` prints: the public form of each value, in one place because its keys are published.

Each `of_...` returns one JSON object. Shares (confidence, probabilities ...) have four digits. A
row of the journal leaves out what is not known; the other values have null there.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from gallery_daemon.decision import library_path
from gallery_daemon.errors import ConfigError, GalleryError
from gallery_daemon.filing.steps import names_to_try
from gallery_daemon.rules.explain import near_misses_of
from gallery_daemon.rules.ruletest import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gallery_daemon.commands.classify import Classification
    from gallery_daemon.commands.doubtful_lessons import DoubtfulLesson
    from gallery_daemon.commands.dry_run import PlannedFile
    from gallery_daemon.commands.explain import Explained
    from gallery_daemon.commands.plan import Change
    from gallery_daemon.commands.refile import Refiled
    from gallery_daemon.commands.undo import UndoResult
    from gallery_daemon.config.settings import Config
    from gallery_daemon.daemon.precision_limits import PrecisionLimit
    from gallery_daemon.decision import Destination, TraceEntry
    from gallery_daemon.doctor.finding import Finding
    from gallery_daemon.journal.lesson import Lesson, MassMove
    from gallery_daemon.journal.past_decisions import PastDecision
    from gallery_daemon.journal.record import Row
    from gallery_daemon.learning.learn import Learning
    from gallery_daemon.learning.resembled import Resemblance
    from gallery_daemon.model.model_version import ListedModelVersion, ModelVersion
    from gallery_daemon.model.version_files import LearnedRecord
    from gallery_daemon.photo import Prediction
    from gallery_daemon.rules.analysis import RuleWarning
    from gallery_daemon.rules.explain import NearMiss
    from gallery_daemon.rules.ruletest import Expected, RuleTestResult

Public = dict[str, object]

_DIGITS = 4


def print_json(value: Mapping[str, object]) -> None:
    """Print the object as one line on standard output, at once."""
    print(json.dumps(value), flush=True)


def of_row(row: Row) -> Public:
    """A row of the journal under the log's field names."""
    fields = {
        "id": row.id,
        "when": row.decided_at,
        "photo": row.path,
        "state": row.state,
        "outcome": row.outcome,
        "rule": row.rule,
        "class": row.top_class,
        "said": row.said,
        "confidence": row.confidence,
        "precision": row.precision,
        "familiarity": row.familiarity,
        "look": row.look,
        "model": row.model,
        "action": row.action,
        "destination": row.destination,
        "reason": row.reason,
        "sidecar_of": row.parent,
        "undoes": row.undoes,
    }
    return {key: value for key, value in fields.items() if value is not None}


def of_lesson(lesson: Lesson) -> Public:
    """What was said of a photo, under the log's field names."""
    return {
        "id": lesson.id,
        "when": lesson.given_at.isoformat(timespec="milliseconds"),
        "photo": lesson.path,
        "class": lesson.class_name,
        "before": lesson.before,
        "kind": lesson.kind,
        "filing": lesson.filing,
    }


def of_doubtful_lesson(doubtful: DoubtfulLesson) -> Public:
    """A lesson that contradicts all others, and what its photo looks like."""
    return of_lesson(doubtful.lesson) | {
        "likelier": doubtful.likelier,
        "given": round(doubtful.given, 4),
        "probability": round(doubtful.probability, 4),
    }


def of_mass_move(move: MassMove) -> Public:
    """A move of very many photos that a person is asked about, under the log's field names."""
    return {
        "move": move.id,
        "when": move.noticed_at.isoformat(timespec="milliseconds"),
        "photos": move.photos,
        "moved_from": "/".join(move.from_folder),
        "moved_to": "/".join(move.to_folder),
        "class": move.class_name,
    }


def of_open_move(move: MassMove) -> Public:
    """The same where moves of several libraries stand together."""
    return {"library": move.library} | of_mass_move(move)


def of_planned(planned: PlannedFile) -> Public:
    """What would become of one file, under the log's field names."""
    return {
        "photo": planned.photo,
        "state": planned.state,
        "outcome": planned.outcome,
        "rule": planned.rule,
        "class": planned.top_class,
        "confidence": _share(planned.confidence),
        "precision": _share(planned.precision),
        "familiarity": _share(planned.familiarity),
        "look": planned.look,
        "action": planned.action,
        "destination": planned.destination,
        "reason": planned.reason,
        "sidecar_of": planned.sidecar_of,
    }


def of_change(change: Change) -> Public:
    """A photo that would go elsewhere or otherwise: as planned, was and now.

    Each also says what would become of the photo if its name were taken.
    """
    was, now = (each and _of_compared(each) for each in (change.was, change.now))
    return {"photo": change.photo, "was": was, "now": now}


def of_classification(found: Classification) -> Public:
    """What the model sees in a file, or why it cannot be read."""
    if found.prediction is None:
        return {"path": found.path, "error": found.error}
    about = {"path": found.path, "class": found.prediction.top_class}
    return about | _of_probabilities(found.prediction)


def of_past_decision(known: PastDecision) -> Public:
    """What the journal has of a filed photo: its row, and the rules of that time.

    If a sidecar of it was asked about, its row as well.
    """
    prediction = {} if known.prediction is None else _of_prediction(known.prediction)
    misses = _of_misses(near_misses_of(known.trace))
    rules = {"rules": _of_trace(known.trace), "near_misses": misses}
    sidecar = {} if known.sidecar is None else {"sidecar": of_row(known.sidecar)}
    return of_row(known.row) | prediction | rules | sidecar


def of_explained(today: Explained, config: Config, limits: Iterable[PrecisionLimit] = ()) -> Public:
    """What the present rules make of a photo: facts, probabilities, rules, place, near misses.

    `limits` are what the rules' precisions come to.
    """
    facts, decision = today.facts, today.explanation.decision
    said = _of_file(config.file, today.photo.path) | {
        "taken": facts.taken.date.text,
        "taken_from": facts.taken.origin,
    }
    if today.is_looked_at:
        names = ("format", "width", "height", "camera", "has_exif", "has_gps")
        said |= {name: getattr(facts, name) for name in names}
    asked = today.explanation.rules
    rules = [
        rule | {"line": each.line, "reached": each.is_reached}
        for rule, each in zip(_of_trace(each.entry for each in asked), asked, strict=True)
    ]
    return (
        said
        | {"class": today.prediction.top_class, "model": today.prediction.model}
        | _of_prediction(today.prediction)
        | {"rules": rules, "outcome": decision.outcome, "rule": decision.rule}
        | _of_place(today, config)
        | {"near_misses": _of_misses(today.explanation.near_misses)}
        | {"precision_limits": [of_limit(limit) for limit in limits]}
    )


def of_ignored(path: str, why: str, config: Config) -> Public:
    """A file that `run` passes over by its name."""
    return _of_file(config.file, path) | _of_passed_over(why)


def of_no_photo(path: str, why: str, config: Config) -> Public:
    """A file that `run` leaves without asking the rules; the state is what the journal says."""
    nothing = dict.fromkeys(("action", "destination"))
    return _of_file(config.file, path) | nothing | {"state": "left", "reason": why}


def of_refiled(refiled: Refiled) -> Public:
    """A photo that was filed anew, or why it was not."""
    moved, said = refiled.moved, {"was": refiled.refile.was} | of_planned(refiled.refile.planned)
    if moved is not None:
        said |= {"state": moved.row.state, "destination": moved.row.destination}
        said["sidecars"] = [each.destination for each in moved.sidecars]
        said["problems"] = moved.problems
    elif refiled.error is not None:
        said |= {"state": "failed", "destination": None, "error": refiled.error.sentence}
    return said


def of_undone(outcome: UndoResult) -> Public:
    """The row that an undo wrote, or why there is none."""
    if outcome.done is not None:
        return of_row(outcome.done)
    assert outcome.error is not None
    return {"id": outcome.asked.id, "photo": outcome.asked.path, "error": outcome.error.sentence}


def of_warning(warning: RuleWarning, file: str) -> Public:
    """What a configuration does and may not mean, for an editor."""
    place: Public = {"file": file, "line": warning.line or None, "column": None}
    return {"kind": "warning"} | place | {"message": warning.sentence, "hint": None}


def of_error(error: GalleryError) -> Public:
    """A mistake, with its place where it has one."""
    place: Public = {"file": None, "line": None, "column": None}
    if isinstance(error, ConfigError):
        place = {"file": error.file, "line": error.line, "column": error.column}
    return {"kind": "error"} | place | {"message": error.sentence, "hint": error.hint}


def of_limit(limit: PrecisionLimit) -> Public:
    """The confidence that a `min_precision` comes to for a class, and how sure that is."""
    found = limit.threshold
    said: Public = {
        "min_precision": limit.wanted,
        "class": limit.top_class,
        "rules": limit.rules,
        "best": _share(limit.best),
    }
    if found is None:
        return said | dict.fromkeys(("confidence", "precision", "lowest", "highest", "pictures"))
    return said | {
        "confidence": found.confidence,
        "precision": _share(found.precision),
        "lowest": _share(found.lowest),
        "highest": _share(found.highest),
        "pictures": found.pictures,
    }


def of_finding(finding: Finding) -> Public:
    """What the doctor found; no advice is left out."""
    fields: Public = {"verdict": finding.status, "about": finding.about, "what": finding.what}
    return fields if finding.advice is None else fields | {"advice": finding.advice}


def of_test(result: RuleTestResult, result_word: str, file: str | None) -> Public:
    """A test of the rules: what it expects, what it got."""
    return {
        "kind": "test",
        "name": result.test.name,
        "file": file,
        "line": result.test.line,
        "column": result.test.column,
        "result": result_word,
        "expected": _of_expected(result.test.expected),
        "got": _of_got(result),
        "reason": result.failure or result.skipped,
    }


def of_learning(
    result: str, learning: Learning, version: ModelVersion | None, before: str
) -> Public:
    """What was learned, and what became of it: `adopted`, `refused`, `candidate`, `known` ..."""
    gate, proposal = learning.candidate.gate, learning.proposal
    return {
        "result": result,
        "model": before if version is None else version.manifest.model_id,
        "before": before,
        "version": None if version is None else version.number,
        "lessons": len(learning.lessons),
        "unread": [{"photo": path, "reason": why} for path, why in learning.unread.items()],
        "by_class": {name: asdict(score) for name, score in proposal.by_class.items()},
        "moves": [
            {"was": was, "now": now, "lessons": count}
            for (was, now), count in proposal.moves.items()
        ],
        "confidence_before": _share(proposal.confidence_before),
        "confidence": _share(proposal.confidence),
        "chance": gate.figures.chance,
        "reasons": gate.reasons,
        "wanted_more": gate.wanted_more,
    }


def of_version(listed: ListedModelVersion) -> Public:
    """A version of the model; what was learned is null for the model as it came."""
    version = listed.version
    said: Public = {"version": listed.number, "state": listed.state}
    if version is None:
        return said | {"model": None, "classes": None} | _of_learned(None, listed.problem)
    manifest = version.manifest
    said |= {"model": manifest.model_id, "classes": manifest.classes}
    return said | _of_learned(version.learned, None)


def _of_learned(learned: LearnedRecord | None, problem: str | None) -> Public:
    names = ("created", "lessons", "kinds", "figures", "gate", "problem")
    if learned is None:
        return dict.fromkeys(names) | {"problem": problem}
    gate = learned.gate
    return {
        "created": learned.created_at.isoformat(),
        "lessons": dict(learned.lessons),
        "kinds": dict(learned.kinds),
        "figures": dict(learned.figures),
        "gate": {
            "passed": gate.passed,
            "reasons": gate.reasons,
            "wanted_more": gate.wanted_more,
        },
        "problem": problem,
    }


def first_path(place: Destination, config: Config) -> str:
    """The path that is tried first, whether or not its name is taken."""
    return library_path(config.library, *place.folder, next(names_to_try(place.name)))


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _of_compared(planned: PlannedFile) -> Public:
    on_conflict, identical = planned.conflict or (None, None)
    return of_planned(planned) | {"on_conflict": on_conflict, "identical": identical}


def _of_prediction(prediction: Prediction) -> Public:
    known = {
        "precision": _share(prediction.precision),
        "familiarity": _share(prediction.familiarity),
        "look": prediction.look,
    }
    return _of_probabilities(prediction) | known


def _of_probabilities(prediction: Prediction) -> Public:
    each = {name: _share(value) for name, value in prediction.probabilities.items()}
    return {"confidence": _share(prediction.confidence), "probabilities": each}


def _of_file(config: str | None, path: str) -> Public:
    return {"config": config, "photo": path}


def _of_place(today: Explained, config: Config) -> Public:
    """The place and how the photo gets there; for a file not known yet, also its state."""
    if today.passed_over is not None:
        return _of_passed_over(today.passed_over)
    place, planned = today.explanation.decision.destination, today.planned
    if planned is not None:
        said: Public = {"action": planned.action, "destination": planned.destination}
        return said | {"state": planned.state, "reason": planned.reason}
    if place is None:
        return {"action": None, "destination": None}
    return {"action": place.action, "destination": first_path(place, config)}


def _of_passed_over(why: str) -> Public:
    """All null but the reason, so what the rule would do is not taken for what happens."""
    return dict.fromkeys(("action", "destination", "state", "reason")) | {"passed_over": why}


def _of_trace(trace: Iterable[TraceEntry]) -> list[Public]:
    return [
        {
            "rule": entry.rule,
            "truth": entry.truth,
            "conditions": [
                {"condition": check.condition, "truth": check.truth, "reason": check.reason}
                for check in entry.checks
            ],
        }
        for entry in trace
    ]


def _of_misses(misses: Iterable[NearMiss]) -> list[Public]:
    return [
        {
            "rule": miss.rule,
            "line": miss.line,
            "missing": [check.reason for check in miss.missing],
            "behind": miss.behind,
        }
        for miss in misses
    ]


def of_resemblance(found: Resemblance) -> Public:
    """What a photo is most like, the nearest by class, and the nearest lessons."""
    return {
        "classes": [
            {
                "class": each.class_name,
                "pictures": each.pictures,
                "similarity": _share(each.similarity),
            }
            for each in found.classes
        ],
        "lessons": [
            {
                "id": each.id,
                "photo": each.photo,
                "class": each.class_name,
                "similarity": _share(each.similarity),
            }
            for each in found.lessons
        ],
    }


def _of_expected(expected: Expected) -> Public:
    """What the test says, by its keys."""
    folder = expected.folder
    said = {
        "class": expected.top_class,
        "rule": expected.rule,
        "to": None if folder is None else "".join(f"{each}/" for each in folder),
        "as": expected.name,
        "outcome": expected.outcome,
        "leave": expected.is_left or None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _of_got(result: RuleTestResult) -> Public | None:
    """What came of the photo; None for a picture that was not looked at."""
    if result.found is None:
        return None
    decision, says = result.found.decision, result.prediction
    to, name = place_of(decision) or (None, None)
    got: Public = {"rule": decision.rule, "outcome": decision.outcome, "to": to, "as": name}
    if says is None or not says.confidence:
        return {"class": None, "confidence": None} | got
    return {"class": says.top_class, "confidence": _share(says.confidence)} | got
