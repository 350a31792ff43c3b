"""`given`: a photo as it might come, in a test of the rules, and what the model says of it.

What is not given is absent: the photo has no camera, no date, no class, and is the first of its
kind; the photo that was seen before it, if one was, is called IMG_0000.jpg. It has 12 megapixels,
the wider side across, and 4 MB; it has EXIF where a camera, a date taken or a position is given,
and is a PNG where its name says so.

`taken` is a date of the photo's own (EXIF's), and `date` one of the file alone (its mtime): without
`taken`, the photo has none of its own. Both make `{date}`, so where a test gives both they are the
same; `{mtime}` is what `date` says.

`class` with `confidence` is enough for most rules. `probabilities` says what other classes have, or
all of it, as `classify --json` prints them; the classes that are not named share the rest alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gallery_daemon.config.conditions import CONFIDENCE
from gallery_daemon.config.document import MappingNode
from gallery_daemon.config.kinds.base import Flag, Text, refuse_unknown, text_schema
from gallery_daemon.config.kinds.date import Moment
from gallery_daemon.config.kinds.model import ProbabilitiesKind
from gallery_daemon.config.kinds.place import PositionKind
from gallery_daemon.config.kinds.quantity import Size, Whole
from gallery_daemon.config.mistakes import Mistakes, quoted
from gallery_daemon.config.section import Key, Schema, Table, Written
from gallery_daemon.photo import (
    Candidate,
    Facts,
    Identity,
    Photo,
    Similar,
    SimilarPhoto,
    Taken,
    TakenFrom,
)
from gallery_daemon.rules.component import extension, stem
from gallery_daemon.rules.fields import DIGITS
from gallery_daemon.rules.ruletest import HASH_LEAST, NO_CLASS, prediction_like

if TYPE_CHECKING:
    from gallery_daemon.config.document import Node
    from gallery_daemon.config.mistakes import Mistakes
    from gallery_daemon.photo import Prediction


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


FILE_NAME = Key(
    "name",
    Text("a file name such as IMG_1.jpg"),
    "The file's name.",
)
PATH = Key(
    "path",
    Text("a path below the watch folder such as Trips/IMG_1.jpg"),
    "The path below the watch folder, instead of the name.",
)
SOURCE = Key(
    "source",
    Text("a watch folder's name"),
    "The watch folder's name (the first one's).",
)
CLASS = Key(
    "class",
    Text("a class"),
    "The most probable class; without it, none.",
)
CONFIDENCE_OF = Key(
    "confidence",
    CONFIDENCE,
    "Its probability, 0 to 1 (what is left); the other classes share the rest.",
)
MARGIN_OF = Key(
    "margin",
    CONFIDENCE,
    "How far it is ahead of the second class, 0 to 1.",
)
PROBABILITIES = Key(
    "probabilities",
    ProbabilitiesKind(),
    "What some classes have, 0 to 1 each; the others share the rest.",
)
TAKEN = Key(
    "taken",
    Moment(),
    "When it was taken, by EXIF; {date} is made from it.",
)
DATE = Key(
    "date",
    Moment(),
    "What {date} is made from where nobody knows when it was taken: the file's mtime.",
)
CAMERA = Key(
    "camera",
    Text("a camera's name"),
    "Make and model.",
)
WIDTH = Key(
    "width",
    _PIXELS,
    "Pixels from side to side (4000).",
)
HEIGHT = Key(
    "height",
    _PIXELS,
    "Pixels from top to bottom (3000).",
)
SIZE = Key(
    "size",
    Size(),
    "The file's size (4MB).",
)
HASH = Key(
    "hash",
    HashKind(),
    "What the content's SHA-256 begins with, for {hash}: 8 digits and more.",
)
HAS_EXIF = Key(
    "has_exif",
    Flag(),
    "Whether it has EXIF (true where a camera, a date taken or a position is).",
)
HAS_GPS = Key(
    "has_gps",
    Flag(),
    "Whether it says where it was taken (true where a position is given).",
)
POSITION = Key(
    "position",
    PositionKind(),
    "Where it was taken.",
)
BURST = Key(
    "burst",
    Flag(),
    "Whether a photo of the same burst was seen before it: IMG_0000.jpg (false).",
)
NEAR_DUPLICATE = Key(
    "near_duplicate",
    Flag(),
    "Whether IMG_0000.jpg was seen before it and looks the same (false).",
)
GIVEN_MAP = Table(
    "given",
    (
        FILE_NAME,
        PATH,
        SOURCE,
        CLASS,
        CONFIDENCE_OF,
        MARGIN_OF,
        PROBABILITIES,
        TAKEN,
        DATE,
        CAMERA,
        WIDTH,
        HEIGHT,
        SIZE,
        HASH,
        HAS_EXIF,
        HAS_GPS,
        POSITION,
        BURST,
        NEAR_DUPLICATE,
    ),
)

_LONG_AGO = datetime(2000, 1, 1, 12, tzinfo=UTC)
_BEFORE = SimilarPhoto("IMG_0000.jpg", bits=0, after_s=1.0)
_USUAL = {"width": 4000, "height": 3000, "size": 4_000_000}
_NOW = {"added": "the moment of filing, which no test knows"}
_NO_DATE = "which given does not say (add date: 2026-07-01)"
_NO_MTIME = "which given does not say (add date, the same as taken)"


@dataclass(frozen=True, slots=True)
class Given:
    """The photo of a test, and which fields of a template it has no value for, with the reason."""

    photo: Photo
    facts: Facts
    prediction: Prediction
    unknown: dict[str, str]


@dataclass(frozen=True, slots=True)
class GivenReader:
    """Reads `given`; classes or sources that could not be read are None and asked for nothing."""

    classes: tuple[str, ...] | None
    sources: tuple[str, ...] | None
    mistakes: Mistakes

    def read(self, node: Node) -> Given | None:
        """The photo; none means that a mistake has been reported."""
        found = GIVEN_MAP.read(node, self.mistakes)
        if found is None:
            return None
        path, prediction = self._path(found), _prediction(found, self.classes, self.mistakes)
        if path is None or prediction is None or not found.is_whole:
            return None
        self._refuse_contradictions(found)
        when = found.get(TAKEN) or found.get(DATE)
        now = _LONG_AGO if when is None else when.replace(tzinfo=UTC)
        identity = Identity(
            0, 0, found.get_or(SIZE, _USUAL["size"]), int(now.timestamp()) * 1_000_000_000
        )
        photo = Photo(Candidate(self._source(found), "/", path), identity, now)
        unknown = _NOW | ({} if when else {"date": _NO_DATE})
        if DATE not in found:
            unknown |= {"mtime": _NO_DATE if when is None else _NO_MTIME}
        return Given(photo, _facts(found, photo), prediction, unknown)

    def _refuse_contradictions(self, found: Written) -> None:
        if POSITION in found and found.get(HAS_GPS) is False:
            sentence = "given says both position and has_gps: false"
            self.mistakes.error(found.mark_of(HAS_GPS), sentence, "remove one of them")
        if TAKEN in found and DATE in found and found.get(TAKEN) != found.get(DATE):
            sentence = "given says both taken and another date, but {date} is the date taken"
            self.mistakes.error(found.mark_of(DATE), sentence, "remove date")

    def _path(self, found: Written) -> str | None:
        name, path = found.get(FILE_NAME), found.get(PATH)
        if name is not None and path is not None:
            hint = "the path ends with the name; remove name"
            self.mistakes.error(found.mark_of(FILE_NAME), "given says both name and path", hint)
            return None
        text = path or name or "IMG_0001.jpg"
        parts = text.split("/")
        if not {"", ".", ".."}.isdisjoint(parts) or (path is None and len(parts) > 1):
            mark = found.mark_of(FILE_NAME if path is None else PATH)
            what = "a file name" if path is None else "a path below the watch folder"
            self.mistakes.error(mark, f"{quoted(text)} is not {what}")
            return None
        return text

    def _source(self, found: Written) -> str:
        source = found.get(SOURCE)
        if source is None:
            return self.sources[0] if self.sources else ""
        mark = found.mark_of(SOURCE)
        refuse_unknown(source, self.sources, "watch folder", mark, self.mistakes)
        return source


def _facts(found: Written, photo: Photo) -> Facts:
    camera, taken, position = found.get(CAMERA), found.get(TAKEN), found.get(POSITION)
    facts = Facts.unread(photo.settled_at)
    return replace(
        facts,
        format="png" if extension(photo.name) == "png" else "jpeg",
        width=found.get_or(WIDTH, _USUAL["width"]),
        height=found.get_or(HEIGHT, _USUAL["height"]),
        taken=facts.taken if taken is None else Taken(taken, TakenFrom.EXIF),
        camera=camera,
        has_exif=found.get_or(HAS_EXIF, default=(camera, taken, position) != (None, None, None)),
        has_gps=found.get_or(HAS_GPS, default=position is not None),
        content_hash=found.get(HASH),
        position=position,
        similar=_similar(found),
    )


def _similar(found: Written) -> Similar:
    burst = _BEFORE if found.get(BURST) else None
    near = _BEFORE if found.get(NEAR_DUPLICATE) else None
    return Similar(burst, near, stem(_BEFORE.name) if burst or near else None)


def _prediction(
    found: Written, classes: tuple[str, ...] | None, mistakes: Mistakes
) -> Prediction | None:
    """The prediction that `given` says; none means that a mistake has been reported.

    Classes that could not be read are None, and then nothing can be said.
    """
    said = found.get_or(PROBABILITIES, {})
    name = found.get(CLASS) or max(said, key=lambda each: said[each], default=None)
    if name is None:
        for key in (CONFIDENCE_OF, MARGIN_OF):
            if key in found:
                mistakes.error(found.mark_of(key), f"{key.name} says nothing without a class")
        return NO_CLASS
    if not _are_known(found, classes, mistakes) or classes is None:
        return None
    confidence = found.get_or(CONFIDENCE_OF, said.get(name, max(0.0, 1 - sum(said.values()))))
    if said.get(name, confidence) != confidence:
        sentence = f"confidence is {confidence:g}, but {name} has {said[name]:g} in probabilities"
        mistakes.error(found.mark_of(CONFIDENCE_OF), sentence, "remove one of them")
        return None
    prediction = prediction_like(name, confidence, found.get(MARGIN_OF), classes, said)
    if prediction is None:
        _refuse(found, name, confidence, len(classes), mistakes)
    return prediction


def _are_known(found: Written, classes: tuple[str, ...] | None, mistakes: Mistakes) -> bool:
    """Whether the model has the classes; which it has not, is reported."""
    name, node = found.get(CLASS), found.nodes.get(PROBABILITIES.name)
    named = [] if name is None else [(name, found.mark_of(CLASS))]
    if isinstance(node, MappingNode):
        named += [(each.text, each.mark) for each, _ in node.entries]
    for each, mark in named:
        refuse_unknown(each, classes, "class", mark, mistakes)
    return classes is not None and all(each in classes for each, _ in named)


def _refuse(found: Written, name: str, confidence: float, classes: int, mistakes: Mistakes) -> None:
    """Report that no probabilities are as they are said."""
    margin, said = found.get(MARGIN_OF), dict(found.get_or(PROBABILITIES, {}))
    said.pop(name, None)
    margins = "" if margin is None else f" and a margin of {margin:g}"
    others = ", ".join(f"{each} has {share:g}" for each, share in said.items())
    where = f" where {others}" if others else ""
    sentence = f"no class of {classes} is the first with {confidence:g}{margins}{where}"
    mark = found.mark_of(CONFIDENCE_OF if CONFIDENCE_OF in found else PROBABILITIES)
    mistakes.error(mark, sentence, "their sum is 1")
