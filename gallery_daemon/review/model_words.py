"""What there is to say of a model, its versions and its lessons, as the page shows it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gallery_daemon.journal.lesson import LessonKind
from gallery_daemon.model.curves import calibration_error, coverage, reliability
from gallery_daemon.model.model_version import ModelVersionState
from gallery_daemon.model.precision import threshold
from gallery_daemon.review.charts import coverage_chart, reliability_chart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gallery_daemon.commands.model_overview import ModelOverview
    from gallery_daemon.journal.lesson import Lesson
    from gallery_daemon.model.manifest import Manifest, Tally
    from gallery_daemon.model.model_version import ListedModelVersion, ModelVersion
    from gallery_daemon.review.charts import Chart

_STATES: Final = {
    ModelVersionState.CURRENT: "serves",
    ModelVersionState.ADOPTED: "served before",
    ModelVersionState.CANDIDATE: "may serve",
    ModelVersionState.REFUSED: "refused",
    ModelVersionState.UNUSABLE: "cannot be used",
}
_KINDS: Final = {
    LessonKind.CORRECTION: "dragged to its place",
    LessonKind.CONFIRMATION: "dragged out of the uncertain ones",
    LessonKind.LABEL: "said by you",
    LessonKind.FOLDER: "from a folder of the class",
}
_WANTED: Final = 0.95
_MINUTE: Final = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class ToldVersion:
    """A version of the model as a card: `may_serve` offers it, `reasons` say why it may not."""

    number: int
    name: str
    state: str
    is_current: bool
    may_serve: bool
    made: str
    lessons: str
    right: str | None
    reasons: tuple[str, ...]
    wanted_more: int | None


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """Of a class's calls on held-out pictures: how many, how many right, from where on surely."""

    name: str
    pictures: int
    right: float | None
    surely_from: float | None


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """What is known of the model that serves: `apart` is the mean distance from the diagonal."""

    charts: tuple[Chart, ...]
    classes: tuple[ClassFigures, ...]
    pictures: int
    apart: float | None
    wanted: float = _WANTED


@dataclass(frozen=True, slots=True)
class ToldLesson:
    """A lesson: its photo's name, what was said of it, how, and when."""

    id: int
    name: str
    class_name: str
    before: str | None
    kind: str
    when: str


@dataclass(frozen=True, slots=True)
class ToldModel:
    """All that the page says of the model."""

    name: str
    origin: str
    trouble: str | None
    versions: tuple[ToldVersion, ...]
    figures: ModelFigures | None
    lessons: int
    new: int
    cannot_learn: str | None
    before: int | None


def told_model(found: ModelOverview) -> ToldModel:
    """The model as the page shows it."""
    serving = found.serving
    return ToldModel(
        serving.manifest.model_id,
        _origin(serving),
        found.trouble,
        tuple(map(_told_version, found.versions)),
        _figures(serving.manifest),
        len(found.lessons),
        found.new,
        found.cannot_learn,
        found.before,
    )


def told_lesson(lesson: Lesson) -> ToldLesson:
    """The lesson as the page shows it."""
    before = None if lesson.before == lesson.class_name else lesson.before
    return ToldLesson(
        lesson.id,
        lesson.path.rpartition("/")[2],
        lesson.class_name,
        before,
        _KINDS[lesson.kind],
        lesson.given_at.astimezone().strftime(_MINUTE),
    )


def _told_version(listed: ListedModelVersion) -> ToldVersion:
    version, state = listed.version, _STATES[listed.state]
    is_current = listed.state is ModelVersionState.CURRENT
    if version is None:
        return ToldVersion(
            listed.number, f"version {listed.number}", state, is_current, may_serve=False, made="",
            lessons="", right=None, reasons=(listed.problem or "",), wanted_more=None,
        )  # fmt: skip
    learned = version.learned
    gate = None if learned is None else learned.gate
    return ToldVersion(
        listed.number,
        version.manifest.model_id,
        state,
        is_current,
        may_serve=listed.state in {ModelVersionState.CANDIDATE, ModelVersionState.ADOPTED},
        made="" if learned is None else learned.created_at.astimezone().strftime(_MINUTE),
        lessons=_lessons(version),
        right=None if learned is None else _right(learned.figures),
        reasons=() if gate is None else gate.reasons,
        wanted_more=None if gate is None else gate.wanted_more,
    )


def _origin(version: ModelVersion) -> str:
    learned = version.learned
    if learned is None:
        return f"the model as it came, with {len(version.manifest.classes)} classes"
    when = learned.created_at.astimezone().strftime(_MINUTE)
    lessons = "1 lesson" if learned.count == 1 else f"{learned.count:,} lessons"
    return f"version {version.number}, learned {when} from {lessons}"


def _lessons(version: ModelVersion) -> str:
    if version.learned is None:
        return "the model as it came"
    by_class = sorted(version.learned.lessons.items(), key=lambda each: -each[1])
    return ", ".join(f"{count} {name}" for name, count in by_class)


def _right(figures: Mapping[str, object]) -> str | None:
    """How many lessons it has right that it had not seen, if that is known."""
    lessons, before, after = (
        figures.get(key) for key in ("lessons", "right_before", "right_after")
    )
    if not isinstance(lessons, int) or not lessons:
        return None
    return f"{after} of {lessons} lessons right that it had not seen; the base {before}"


def _figures(manifest: Manifest) -> ModelFigures | None:
    """None of a model from before there were tallies."""
    looks = {
        str(look): tuple(settings.tallies.values())
        for look, settings in manifest.looks.items()
        if settings.tallies
    }
    if not looks:
        return None
    full = manifest.full.tallies
    return ModelFigures(
        (
            reliability_chart({look: reliability(tallies) for look, tallies in looks.items()}),
            coverage_chart({look: coverage(tallies) for look, tallies in looks.items()}),
        ),
        tuple(_class_figures(name, full[name]) for name in manifest.classes if name in full),
        sum(sum(tally.called) for tally in full.values()),
        calibration_error(reliability(full.values())),
    )


def _class_figures(name: str, tally: Tally) -> ClassFigures:
    pictures, found = sum(tally.called), threshold(tally, _WANTED)
    return ClassFigures(
        name,
        pictures,
        sum(tally.right) / pictures if pictures else None,
        None if found is None else found.confidence,
    )


def lessons_by_class(lessons: Sequence[Lesson]) -> tuple[tuple[str, int], ...]:
    """How many lessons of each class hold, those with the most first."""
    counts: dict[str, int] = {}
    for lesson in lessons:
        counts[lesson.class_name] = counts.get(lesson.class_name, 0) + 1
    return tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
