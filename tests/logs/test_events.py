"""Every event, as it was published: its name, level and fields, in both forms of the log.

`lines.txt` was written by version 0.1.0: for each of `EVENTS` the JSON object without its time, and
the console's line without its time, `^` for the escape character. What a person's scripts read
stands there to the letter, so it is changed only where the manual says so.
"""

from __future__ import annotations

import dataclasses
import io
import re
from pathlib import Path

import pytest

from gallery_daemon.errors import ClassifierLost
from gallery_daemon.logs import events, lesson_events, model_events
from gallery_daemon.logs.events import (
    ClassifierFailed,
    ClassifierStarted,
    ClassifierStopped,
    ConfigRejected,
    ConfigReloaded,
    ConfigWarned,
    DaemonStarted,
    DaemonStopped,
    DailySummary,
    EnginesMeasured,
    Event,
    FilingRecovered,
    FolderSkipped,
    FormerRulesFound,
    JournalRebuilt,
    LibraryUnusable,
    MetricsFailed,
    PhotoFailed,
    PhotoFiled,
    PhotoLeft,
    PhotoLine,
    PhotoQuarantined,
    RescanFinished,
    WatchLost,
    WatchStarted,
)
from gallery_daemon.logs.lesson_events import LessonGiven, LessonWithdrawn, MassMoveSeen
from gallery_daemon.logs.model_events import (
    LearningFailed,
    LearningPossible,
    ModelAdopted,
    ModelDamaged,
    ModelDrifted,
    ModelRefused,
)
from gallery_daemon.logs.setup import LogFormat, make_log
from tests.logs.test_logs import Terminal

MODEL = "default@12345678"
FULL = PhotoLine(
    photo="/in/IMG_1.jpg",
    source="phone",
    outcome="rule",
    rule="memes",
    top_class="memes",
    confidence=0.9712,
    action="hardlink",
    destination="/out/Memes/IMG_1.jpg",
    taken="2026-03-04T12:00:00",
    taken_from="exif",
    model=MODEL,
    batch=3,
    sidecars=("IMG_1.xmp", "IMG_1.aae"),
    problems=("IMG_1.mov: it is gone",),
    waited_ms=12.5,
    classify_ms=400.0,
    total_ms=1512.0,
)
BARE = PhotoLine(photo="/in/a\nb\udcff.jpg", source="phone")
EVENTS = (
    PhotoFiled(FULL),
    PhotoFiled(FULL, "a sidecar"),
    PhotoLeft(BARE, "no rule matched"),
    PhotoQuarantined(BARE, "the JPEG data end early"),
    PhotoFailed(FULL, "the disk is full", 30.0),
    PhotoFailed(BARE, "the name is too long", None),
    DaemonStarted("0.1.0", "/etc/c.yaml", "/out", 3),
    DaemonStopped("SIGTERM"),
    ConfigReloaded("/etc/c.yaml", 2, "12ab", ("library changed", 'rule "a" is new')),
    ConfigReloaded("", 2, "12ab", ()),
    ConfigRejected("c.yaml:3:5", "no such key", "did you mean `rules`?"),
    ConfigRejected("", "no such key", None),
    ConfigWarned("c.yaml:3", "never reached"),
    FormerRulesFound("/out", 40, {"everything": 38, "old": 2}, "gallery-daemon refile"),
    LibraryUnusable("/out", "/out: read-only file system", "see who owns it"),
    WatchStarted("phone", "/in", "native", "ext4"),
    WatchStarted("phone", "/in", "poll", "no more watches", is_fallback=True),
    WatchLost("phone", "/in", "it is gone"),
    WatchLost("phone", "/in", "it is gone", "mount its disk"),
    RescanFinished("phone", seen=12, new=2, skipped=1, ignored=4, ms=3.5),
    FolderSkipped("/in/x", "Permission denied"),
    ClassifierStarted(MODEL, "openvino", 900.1, 77, {"torch": 31.0, "openvino": 55.5}),
    ClassifierStarted(MODEL, "openvino", 900.1, 77, {}),
    EnginesMeasured("openvino cpu int8", {"torch cpu float32": 31.0, "openvino cpu int8": 55.5}),
    ClassifierStopped("idle for 300 s"),
    ClassifierFailed(ClassifierLost("no model", "install it"), True, 1.0),
    ClassifierFailed(ClassifierLost("no model"), False, 1.0),
    ModelAdopted("/out", MODEL, "default@87654321", 3, 40, {"error": 0.1, "error_before": 0.2}),
    ModelAdopted("/out", MODEL, "default@87654321", 0, 0, {}),
    ModelRefused("/out", MODEL, 21, "it forgets trees", 12),
    ModelRefused("/out", MODEL, 21, "it forgets trees", None),
    ModelDamaged("/out", "version 2 does not serve: it is cut", MODEL),
    LearningPossible("/out", 20, "gallery-daemon learn"),
    LearningFailed("/out", "the disk is full", "make room"),
    LearningFailed("/out", "it was ended by SIGKILL", None),
    ModelDrifted("/out", MODEL, 80, 0.71, 0.9, 0.2, 0.6, "Review", "look at the folder"),
    ModelDrifted("/out", MODEL, 80, 0.71, 0.9, None, None, "Review", "look at the folder"),
    FilingRecovered("/in/a.jpg", "it lies where it was"),
    JournalRebuilt("/s/journal.damaged", 9),
    DailySummary("2026-03-04", 3, 1, 0, 0, 0, {"rule": 3}, {"memes": 2, "cats": 1}, 4096),
    DailySummary("2026-03-04", 0, 1, 0, 0, 0, {}, {}, 0),
    MetricsFailed("/run/m", "Permission denied", "see there"),
    MetricsFailed("/run/m", "Permission denied", None),
    LessonGiven("/out/Cars/a.jpg", "cars", "memes", "correction"),
    LessonGiven("/out/Cars/a.jpg", "cars", None, "correction"),
    LessonWithdrawn("/out/Cars/a.jpg", "cars"),
    MassMoveSeen(3, 340, "Memes", "Cars/Memes", "cars"),
)
LINES = Path(__file__).with_name("lines.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize(("event", "line"), [*zip(EVENTS, LINES[::2], strict=True)])
def test_the_json_of_every_event_is_as_published(event: Event, line: str) -> None:
    """Level, name and fields, in this order."""
    out = io.StringIO()

    make_log(LogFormat.JSON, stream=out).write(event)

    assert line == re.sub(r'^{"timestamp": "[^"]+Z", ', "{", out.getvalue().rstrip("\n"))


@pytest.mark.parametrize(("event", "line"), [*zip(EVENTS, LINES[1::2], strict=True)])
def test_the_console_s_line_of_every_event_is_as_published(
    event: Event, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Colours and what is left out for a person, too."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = Terminal()

    make_log(LogFormat.CONSOLE, stream=out).write(event)

    assert line == re.sub(r"^[0-9:]{8} ", "", out.getvalue().rstrip("\n")).replace("\x1b", "^")


def test_precision_and_familiarity_stand_beside_the_confidence() -> None:
    """In JSON; a line for a person is long enough without them."""
    event = PhotoFiled(dataclasses.replace(FULL, precision=0.9812, familiarity=0.4))
    json_out, out = io.StringIO(), Terminal()

    make_log(LogFormat.JSON, stream=json_out).write(event)
    make_log(LogFormat.CONSOLE, stream=out).write(event)

    shares = '"confidence": 0.9712, "precision": 0.9812, "familiarity": 0.4, "action"'
    assert shares in json_out.getvalue()
    assert not {"precision", "familiarity"} & set(re.findall(r"\w+", out.getvalue()))


def test_no_event_is_missing_here() -> None:
    """Each class of the modules of events that has a name of its own was written above."""
    declared = (
        it for module in (events, lesson_events, model_events) for it in vars(module).values()
    )
    named = {it for it in declared if isinstance(it, type) and "NAME" in vars(it)}

    assert named == {type(event) for event in EVENTS}


def test_names_are_the_classes_names() -> None:
    """`photo_filed` is `PhotoFiled`: who greps for the one finds the other."""
    for event in EVENTS:
        assert type(event).__name__ == event.NAME.title().replace("_", "")


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_cannot_be_changed(event: Event) -> None:
    """It is a value: what was told stays told."""
    field = dataclasses.fields(event)[0].name  # type: ignore[arg-type]

    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(event, field, "another")
