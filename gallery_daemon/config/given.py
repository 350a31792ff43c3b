"""`given`: a photo as it might come, in a test of the rules, and what the model says of it.

What is not given is absent: the photo has no camera, no date, no class, and is the first of its
kind; the photo that was seen before it, if one was, is called IMG_0000.jpg. It has 12 megapixels,
the wider side across, and 4 MB; it has EXIF where a camera, a date taken or a position is given,
and is a PNG where its name says so.

`taken` is a date of the photo's own (EXIF's), and `date` one of the file alone (its mtime): without
`taken`, the photo has none of its own. Both make `{date}`, so where a test gives both they are the
same, as far as both go; `{mtime}` is what `date` says. A `taken` without an hour is that of a
photo without one; a `date` without an hour is one that the test does not say.

`class` with `confidence` is enough for most rules. `probabilities` names other classes, or all, as
`classify --json` prints them; the classes that are not named share the rest equally. The precision
is what the present model knows for the class and confidence, unless the test says its own; with a
model that does not know it, a rule that asks for one takes no photo of a test that does not say it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from gallery_daemon.config.conditions import CONFIDENCE
from gallery_daemon.config.document import MappingNode
from gallery_daemon.config.kinds.base import Flag, Text, refuse_unknown, text_schema
from gallery_daemon.config.kinds.date import PartialDateKind
from gallery_daemon.config.kinds.model import ProbabilitiesKind
from gallery_daemon.config.kinds.place import PositionKind
from gallery_daemon.config.kinds.quantity import Size, Whole
from gallery_daemon.config.mistakes import quoted
from gallery_daemon.config.section import Schema, Section, Written, option
from gallery_daemon.partial_date import Granularity, PartialDate
from gallery_daemon.photo import (
    Candidate,
    Facts,
    Identity,
    Photo,
    Position,
    Similar,
    SimilarPhoto,
    Taken,
    TakenFrom,
)
from gallery_daemon.rules.component import extension, stem
from gallery_daemon.rules.fields import DIGITS
from gallery_daemon.rules.ruletest import HASH_LEAST, NO_CLASS, prediction_like

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gallery_daemon.config.document import Node
    from gallery_daemon.config.mistakes import Mark, Mistakes
    from gallery_daemon.photo import Prediction


PrecisionAt: TypeAlias = Callable[[str, float], float | None]
"""How often a model is right that calls a photo so with such a confidence; None: not known."""


def unknown_precision(_name: str, _confidence: float) -> float | None:
    """Of a model that does not know it."""
    return None


_PIXELS = Whole(0, 1e12)
_HASH = rf"[0-9a-fA-F]{{{HASH_LEAST},{DIGITS['hash']}}}"


@dataclass(frozen=True, slots=True)
class HashKind:
    """The beginning of a SHA-256, as `sha256sum` prints it."""

    words: str = f"{HASH_LEAST} to {DIGITS['hash']} hexadecimal digits of a SHA-256"

    @property
    def schema(self) -> Schema:
        """Its digits, which may look like a number."""
        return text_schema(rf"^\s*{_HASH}\s*$")

    def read(self, node: Node, key: str, mistakes: Mistakes) -> str | None:
        """The digits in lower case."""
        text = Text(self.words).read(node, key, mistakes)
        if text is None or re.fullmatch(_HASH, text):
            return text and text.lower()
        mistakes.error(node.mark, f"{key}: {quoted(text)} is not {self.words}")
        return None


@dataclass(frozen=True)
class GivenKeys:
    """What `given` may say of a photo."""

    name: str | None = option(
        Text("a file name such as IMG_1.jpg"), "The file's name.", unwritten=None
    )
    path: str | None = option(
        Text("a path below the watch folder such as Trips/IMG_1.jpg"),
        "The path below the watch folder, instead of the name.",
        unwritten=None,
    )
    source: str | None = option(
        Text("a watch folder's name"), "The watch folder's name (the first one's).", unwritten=None
    )
    top_class: str | None = option(
        Text("a class"),
        "The most probable class; without it, none.",
        key="class",
        unwritten=None,
    )
    confidence: float | None = option(
        CONFIDENCE,
        "Its probability, 0 to 1 (what is left); the other classes share the rest.",
        unwritten=None,
    )
    margin: float | None = option(
        CONFIDENCE, "How far it is ahead of the second class, 0 to 1.", unwritten=None
    )
    probabilities: Mapping[str, float] | None = option(
        ProbabilitiesKind(),
        "What some classes have, 0 to 1 each; the others share the rest.",
        unwritten=None,
    )
    precision: float | None = option(
        CONFIDENCE,
        "How often such calls are right, 0 to 1 (as the model knows it for class and confidence).",
        unwritten=None,
    )
    familiarity: float = option(
        CONFIDENCE,
        "How many pictures of known kinds are as strange to the model, 0 to 1 ({default}).",
        "1",
    )
    taken: PartialDate | None = option(
        PartialDateKind(),
        "When it was taken, as far as the photo knows it; {date} is made from it.",
        unwritten=None,
    )
    date: PartialDate | None = option(
        PartialDateKind(),
        "The file's mtime, which {date} is made from if it has no `taken`.",
        unwritten=None,
    )
    camera: str | None = option(Text("a camera's name"), "Make and model.", unwritten=None)
    width: int = option(_PIXELS, "Pixels from side to side ({default}).", "4000")
    height: int = option(_PIXELS, "Pixels from top to bottom ({default}).", "3000")
    size_bytes: int = option(Size(), "The file's size ({default}).", "4MB", key="size")
    content_hash: str | None = option(
        HashKind(),
        "What the content's SHA-256 begins with, for {hash}: 8 digits and more.",
        key="hash",
        unwritten=None,
    )
    has_exif: bool | None = option(
        Flag(),
        "Whether it has EXIF (true where a camera, a date taken or a position is).",
        unwritten=None,
    )
    has_gps: bool | None = option(
        Flag(),
        "Whether it says where it was taken (true where a position is given).",
        unwritten=None,
    )
    position: Position | None = option(PositionKind(), "Where it was taken.", unwritten=None)
    burst: bool = option(
        Flag(),
        "Whether a photo of the same burst was seen before it: IMG_0000.jpg ({default}).",
        "false",
    )
    near_duplicate: bool = option(
        Flag(), "Whether IMG_0000.jpg was seen before it and looks the same ({default}).", "false"
    )


GIVEN = Section("given", GivenKeys)

_LONG_AGO = datetime(2000, 1, 1, 12, tzinfo=UTC)
_BEFORE = SimilarPhoto("IMG_0000.jpg", bits=0, after_s=1.0)
_NOW = {"added": "the moment of filing, which no test knows"}
_NO_DATE = "which given does not say (add date: 2026-07-01)"
_NO_MTIME = "which given does not say (add date, the same as taken)"


@dataclass(frozen=True, slots=True)
class Given:
    """The photo of a test, and which fields of a template it has no value for, with the reason.

    `mtime_to` is how finely the file's date is said.
    """

    photo: Photo
    facts: Facts
    prediction: Prediction
    unknown: dict[str, str]
    mtime_to: Granularity


@dataclass(frozen=True, slots=True)
class GivenReader:
    """Reads `given`; classes or sources that could not be read are None and not checked against."""

    classes: tuple[str, ...] | None
    sources: tuple[str, ...] | None
    mistakes: Mistakes
    precision: PrecisionAt = unknown_precision

    def read(self, node: Node) -> Given | None:
        """The photo; none means that a mistake has been reported."""
        found = GIVEN.table.read(node, self.mistakes)
        if found is None:
            return None
        given = GIVEN.make(found)
        path, prediction = self._path(given, found), self._prediction(given, found)
        if path is None or prediction is None or not found.is_whole:
            return None
        self._refuse_contradictions(given, found)
        candidate = Candidate(self._source(given, found), "/", path)
        when = given.date or given.taken
        now = _LONG_AGO if when is None else when.when.replace(tzinfo=UTC)
        identity = Identity(0, 0, given.size_bytes, int(now.timestamp()) * 1_000_000_000)
        photo = Photo(candidate, identity, now)
        mtime_to = given.date.granularity if given.date else Granularity.SECOND
        return Given(photo, _facts(given, photo), prediction, _unknown(given), mtime_to)

    def _refuse_contradictions(self, given: GivenKeys, found: Written) -> None:
        if given.position is not None and given.has_gps is False:
            sentence = "given says both position and has_gps: false"
            self.mistakes.error(_mark(found, "has_gps"), sentence, "remove one of them")
        taken, date = given.taken, given.date
        if taken and date and not (taken.is_said_by(date) or date.is_said_by(taken)):
            sentence = "given says both taken and another date, but {date} is the date taken"
            self.mistakes.error(_mark(found, "date"), sentence, "remove date")

    def _path(self, given: GivenKeys, found: Written) -> str | None:
        if given.name is not None and given.path is not None:
            hint = "the path ends with the name; remove name"
            self.mistakes.error(_mark(found, "name"), "given says both name and path", hint)
            return None
        text = given.path or given.name or "IMG_0001.jpg"
        parts = text.split("/")
        if not {"", ".", ".."}.isdisjoint(parts) or (given.path is None and len(parts) > 1):
            mark = _mark(found, "name" if given.path is None else "path")
            what = "a file name" if given.path is None else "a path below the watch folder"
            self.mistakes.error(mark, f"{quoted(text)} is not {what}")
            return None
        return text

    def _source(self, given: GivenKeys, found: Written) -> str:
        if given.source is None:
            return self.sources[0] if self.sources else ""
        mark = _mark(found, "source")
        refuse_unknown(given.source, self.sources, "watch folder", mark, self.mistakes)
        return given.source

    def _prediction(self, given: GivenKeys, found: Written) -> Prediction | None:
        """What the model says; none means a mistake, which has been reported."""
        said = given.probabilities or {}
        name = given.top_class or max(said, key=lambda each: said[each], default=None)
        if name is None:
            self._refuse_without_class(found)
            return replace(NO_CLASS, familiarity=given.familiarity)
        if not self._are_known(given, found) or self.classes is None:
            return None
        confidence = given.confidence
        if confidence is None:
            confidence = said.get(name, max(0.0, 1 - sum(said.values())))
        if said.get(name, confidence) != confidence:
            differs = f"but {name} has {said[name]:g} in probabilities"
            sentence = f"confidence is {confidence:g}, {differs}"
            self.mistakes.error(_mark(found, "confidence"), sentence, "remove one of them")
            return None
        prediction = prediction_like(name, confidence, given.margin, self.classes, said)
        if prediction is None:
            mark = _mark(found, "confidence" if "confidence" in found.nodes else "probabilities")
            sentence = _impossible(given, name, confidence, len(self.classes))
            self.mistakes.error(mark, sentence, "their sum is 1")
            return None
        precision = given.precision
        if precision is None:
            precision = self.precision(name, confidence)
        return replace(prediction, precision=precision, familiarity=given.familiarity)

    def _refuse_without_class(self, found: Written) -> None:
        for name in ("confidence", "margin", "precision"):
            if name in found.nodes:
                sentence = f"{name} says nothing without a class"
                self.mistakes.error(_mark(found, name), sentence)

    def _are_known(self, given: GivenKeys, found: Written) -> bool:
        """Whether the model has all classes that are named; each that it lacks is reported."""
        node = found.nodes.get("probabilities")
        named = [] if given.top_class is None else [(given.top_class, _mark(found, "top_class"))]
        if isinstance(node, MappingNode):
            named += [(each.text, each.mark) for each, _ in node.entries]
        for each, mark in named:
            refuse_unknown(each, self.classes, "class", mark, self.mistakes)
        known = self.classes
        return known is not None and all(each in known for each, _ in named)


def _mark(found: Written, field: str) -> Mark:
    """Where the value of a field of `GivenKeys` stands, or else the map."""
    return found.mark_of(GIVEN.keys[field])


def _unknown(given: GivenKeys) -> dict[str, str]:
    """The fields of a template that have no value, with the reason."""
    has_date = (given.taken, given.date) != (None, None)
    unknown = _NOW | ({} if has_date else {"date": _NO_DATE})
    if given.date is None:
        unknown |= {"mtime": _NO_MTIME if has_date else _NO_DATE}
    return unknown


def _facts(given: GivenKeys, photo: Photo) -> Facts:
    facts = Facts.unread(photo.settled_at)
    camera, taken, position = given.camera, given.taken, given.position
    of_exif = (camera, taken, position) != (None, None, None)
    return replace(
        facts,
        format="png" if extension(photo.name) == "png" else "jpeg",
        width=given.width,
        height=given.height,
        taken=Taken(taken.when, TakenFrom.EXIF, taken.granularity) if taken else facts.taken,
        camera=camera,
        has_exif=of_exif if given.has_exif is None else given.has_exif,
        has_gps=position is not None if given.has_gps is None else given.has_gps,
        content_hash=given.content_hash,
        position=position,
        similar=_similar(given),
    )


def _similar(given: GivenKeys) -> Similar:
    burst = _BEFORE if given.burst else None
    near = _BEFORE if given.near_duplicate else None
    return Similar(burst, near, stem(_BEFORE.name) if burst or near else None)


def _impossible(given: GivenKeys, name: str, confidence: float, classes: int) -> str:
    """The sentence that no probabilities are as `given` has them."""
    margins = "" if given.margin is None else f" and a margin of {given.margin:g}"
    shares = (given.probabilities or {}).items()
    others = ", ".join(f"{each} has {share:g}" for each, share in shares if each != name)
    where = f" where {others}" if others else ""
    return f"no class of {classes} is the first with {confidence:g}{margins}{where}"
