"""`tests`: photos as they might come, and what the rules shall do with them.

    tests:
      - name: a meme that is not sure enough
        given: {path: Chats/a.jpg, class: memes, confidence: 0.85}
        expect: {outcome: uncertain}

What is not said of a photo, is not so: it has no camera, no date, no class, and is the first of its
kind; the photo that was seen before it, if one was, is called IMG_0000.jpg. It has
12 megapixels, the wider side across, and 4 MB; it has EXIF where a camera, a date or a position is
given, and is a PNG where its name says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from gallery_daemon.config.amounts import Moment, Number, Size
from gallery_daemon.config.conditions import CONFIDENCE
from gallery_daemon.config.distance import PositionKind
from gallery_daemon.config.document import Node, Sequence
from gallery_daemon.config.hints import did_you_mean
from gallery_daemon.config.kinds import Choice, Flag, Raw, Text
from gallery_daemon.config.report import Report, quoted
from gallery_daemon.config.tables import Found, Key, Table
from gallery_daemon.photo import (
    Candidate,
    Facts,
    Identity,
    Kin,
    Outcome,
    Photo,
    Relative,
    Taken,
    TakenFrom,
)
from gallery_daemon.rules.part import extension, stem
from gallery_daemon.rules.ruletest import NO_CLASS, Expected, RuleTest, prediction_like

if TYPE_CHECKING:
    from gallery_daemon.config.report import Place
    from gallery_daemon.photo import Prediction


class NoRule(StrEnum):
    """What becomes of a photo that no rule takes."""

    UNCERTAIN = Outcome.UNCERTAIN.value
    OTHERWISE = Outcome.OTHERWISE.value


_PIXELS = Number(0, 1e12, whole=True)

FILE_NAME = Key("name", Text("a file name such as IMG_1.jpg"))
PATH = Key("path", Text("a path below the watch folder such as Trips/IMG_1.jpg"))
SOURCE = Key("source", Text("a watch folder's name"))
CLASS = Key("class", Text("a class"))
CONFIDENCE_OF = Key("confidence", CONFIDENCE)
MARGIN_OF = Key("margin", CONFIDENCE)
TAKEN = Key("taken", Moment())
CAMERA = Key("camera", Text("a camera's name"))
WIDTH = Key("width", _PIXELS)
HEIGHT = Key("height", _PIXELS)
SIZE = Key("size", Size())
HAS_EXIF = Key("has_exif", Flag())
HAS_GPS = Key("has_gps", Flag())
POSITION = Key("position", PositionKind())
BURST = Key("burst", Flag())
NEAR_DUPLICATE = Key("near_duplicate", Flag())
GIVEN_MAP = Table(
    "given",
    (
        FILE_NAME,
        PATH,
        SOURCE,
        CLASS,
        CONFIDENCE_OF,
        MARGIN_OF,
        TAKEN,
        CAMERA,
        WIDTH,
        HEIGHT,
        SIZE,
        HAS_EXIF,
        HAS_GPS,
        POSITION,
        BURST,
        NEAR_DUPLICATE,
    ),
)

RULE = Key("rule", Text("a rule's name"))
TO = Key("to", Text("a folder in the library such as Memes/"))
OUTCOME = Key("outcome", Choice(NoRule))
LEAVE = Key("leave", Flag())
EXPECT_MAP = Table("expect", (RULE, TO, OUTCOME, LEAVE))

NAME = Key("name", Text())
GIVEN: Key[Node] = Key("given", Raw("a photo"), example="{class: memes, confidence: 0.95}")
EXPECT: Key[Node] = Key("expect", Raw("what becomes of it"), example="{to: Memes/}")
TEST = Table("a test", (NAME, GIVEN, EXPECT))

_LONG_AGO = datetime(2000, 1, 1, 12, tzinfo=UTC)
_BEFORE = Relative("IMG_0000.jpg", bits=0, after_s=1.0)
_USUAL = {"width": 4000, "height": 3000, "size": 4_000_000}


@dataclass(frozen=True, slots=True)
class RuleTestReader:
    """Reads `tests`; what of the three could not be read itself is None and asked for nothing."""

    classes: tuple[str, ...] | None
    sources: tuple[str, ...] | None
    rules: tuple[str, ...] | None
    report: Report

    def read(self, node: Node) -> tuple[RuleTest, ...]:
        """All tests that could be read, in their order."""
        if not isinstance(node, Sequence):
            hint = "begin each test with - given: {...}"
            self.report.error(node.place, "tests must be a list of tests", hint)
            return ()
        tests = (self._test(item) for item in node.items)
        return tuple(test for test in tests if test is not None)

    def _test(self, node: Node) -> RuleTest | None:
        found = TEST.read(node, self.report)
        if found is None:
            return None
        given, expect = found.get(GIVEN), found.get(EXPECT)
        photo = None if given is None else self._given(given)
        expected = None if expect is None else self._expected(expect)
        if photo is None or expected is None:
            return None
        line, column = node.place.line, node.place.column
        name = found.get_or(NAME, f"line {line}")
        return RuleTest(name, line, column, *photo, expected)

    def _given(self, node: Node) -> tuple[Photo, Facts, Prediction] | None:
        found = GIVEN_MAP.read(node, self.report)
        if found is None:
            return None
        path, prediction = self._path(found), self._prediction(found)
        if path is None or prediction is None or not found.is_whole:
            return None
        when = found.get(TAKEN)
        now = _LONG_AGO if when is None else when.replace(tzinfo=UTC)
        identity = Identity(
            0, 0, found.get_or(SIZE, _USUAL["size"]), int(now.timestamp()) * 1_000_000_000
        )
        if POSITION in found and found.get(HAS_GPS) is False:
            sentence = "given says both position and has_gps: false"
            self.report.error(found.place_of(HAS_GPS), sentence, "remove one of them")
        photo = Photo(Candidate(self._source(found), "/", path), identity, now)
        return photo, _facts(found, photo), prediction

    def _path(self, found: Found) -> str | None:
        name, path = found.get(FILE_NAME), found.get(PATH)
        if name is not None and path is not None:
            hint = "the path ends with the name; remove name"
            self.report.error(found.place_of(FILE_NAME), "given says both name and path", hint)
            return None
        text = path or name or "IMG_0001.jpg"
        parts = text.split("/")
        if not {"", ".", ".."}.isdisjoint(parts) or (path is None and len(parts) > 1):
            place = found.place_of(FILE_NAME if path is None else PATH)
            what = "a file name" if path is None else "a path below the watch folder"
            self.report.error(place, f"{quoted(text)} is not {what}")
            return None
        return text

    def _source(self, found: Found) -> str:
        source = found.get(SOURCE)
        if source is None:
            return self.sources[0] if self.sources else ""
        self._known(source, self.sources, "watch folder", found.place_of(SOURCE))
        return source

    def _prediction(self, found: Found) -> Prediction | None:
        name = found.get(CLASS)
        if name is None:
            for key in (CONFIDENCE_OF, MARGIN_OF):
                if key in found:
                    place = found.place_of(key)
                    self.report.error(place, f"{key.name} says nothing without a class")
            return NO_CLASS
        self._known(name, self.classes, "class", found.place_of(CLASS))
        if self.classes is None or name not in self.classes:
            return None
        confidence, margin = found.get_or(CONFIDENCE_OF, 1.0), found.get(MARGIN_OF)
        prediction = prediction_like(name, confidence, margin, self.classes)
        if prediction is None:
            margins = "" if margin is None else f" and a margin of {margin:g}"
            sentence = f"no class of {len(self.classes)} is the first with {confidence:g}{margins}"
            self.report.error(found.place_of(CONFIDENCE_OF), sentence, "their sum is 1")
        return prediction

    def _expected(self, node: Node) -> Expected | None:
        found = EXPECT_MAP.read(node, self.report)
        if found is None:
            return None
        if not found.nodes:
            self.report.error(node.place, "expect says nothing", "say expect: {rule: memes}")
        for one, other in ((RULE, OUTCOME), (TO, LEAVE)):
            if one in found and other in found:
                sentence = f"expect says both {one.name} and {other.name}"
                self.report.error(found.place_of(other), sentence, "remove one of them")
        if found.get(LEAVE) is False:
            place = found.place_of(LEAVE)
            self.report.error(place, "expect cannot say leave: false", "say to: FOLDER/")
        rule, to, outcome = found.get(RULE), found.get(TO), found.get(OUTCOME)
        if rule is not None:
            self._known(rule, self.rules, "rule", found.place_of(RULE))
        return Expected(
            rule=rule,
            folder=None if to is None else tuple(to.strip("/").split("/")),
            outcome=None if outcome is None else Outcome(outcome.value),
            is_left=found.get_or(LEAVE, default=False),
        )

    def _known(self, name: str, names: tuple[str, ...] | None, what: str, place: Place) -> None:
        if names is not None and name not in names:
            sentence = f"there is no {what} {quoted(name)}"
            self.report.error(place, sentence, did_you_mean(name, names))


def _facts(found: Found, photo: Photo) -> Facts:
    camera, when, position = found.get(CAMERA), found.get(TAKEN), found.get(POSITION)
    facts = Facts.unread(photo.settled_at)
    return replace(
        facts,
        format="png" if extension(photo.name) == "png" else "jpeg",
        width=int(found.get_or(WIDTH, _USUAL["width"])),
        height=int(found.get_or(HEIGHT, _USUAL["height"])),
        taken=facts.taken if when is None else Taken(when, TakenFrom.EXIF),
        camera=camera,
        has_exif=found.get_or(HAS_EXIF, default=(camera, when, position) != (None, None, None)),
        has_gps=found.get_or(HAS_GPS, default=position is not None),
        position=position,
        kin=_kin(found),
    )


def _kin(found: Found) -> Kin:
    burst = _BEFORE if found.get(BURST) else None
    near = _BEFORE if found.get(NEAR_DUPLICATE) else None
    return Kin(burst, near, stem(_BEFORE.name) if burst or near else None)
