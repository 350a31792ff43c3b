"""Each condition of the YAML: what it takes, and what it becomes in `rules`.

Nothing here may come out empty: a condition that was not understood must never match everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from gallery_daemon.config.kinds.base import Flag, OneOf, OneOrMore, Text
from gallery_daemon.config.kinds.date import TakenKind
from gallery_daemon.config.kinds.model import ProbabilityKind
from gallery_daemon.config.kinds.place import SpotKind
from gallery_daemon.config.kinds.quantity import Aspect, Number, Range, Size
from gallery_daemon.config.kinds.text import Extension, Glob
from gallery_daemon.config.section import Key, Schema, ValueKind
from gallery_daemon.rules.conditions.model import ClassIs, MinConfidence, MinMargin
from gallery_daemon.rules.conditions.name import CameraLike, ExtIs, NameLike, PathLike, SourceLike
from gallery_daemon.rules.conditions.place import HasGps, Near
from gallery_daemon.rules.conditions.screenshot import Screenshot
from gallery_daemon.rules.conditions.shape import HasExif, Measure, Orientation, OrientationIs
from gallery_daemon.rules.conditions.similar import Burst, NearDuplicate

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.config.document import Node
    from gallery_daemon.config.mistakes import Mistakes
    from gallery_daemon.rules.condition import Condition

T = TypeVar("T")

CONFIDENCE = Number(0, 1)
_MANY = 1e12


@dataclass(frozen=True, slots=True)
class _Built(Generic[T]):
    """A kind whose value becomes a condition."""

    kind: ValueKind[T]
    build: Callable[[T], Condition]

    @property
    def words(self) -> str:
        return self.kind.words

    @property
    def schema(self) -> Schema:
        return self.kind.schema

    def read(self, node: Node, key: str, mistakes: Mistakes) -> Condition | None:
        value = self.kind.read(node, key, mistakes)
        return None if value is None else self.build(value)


def _key(name: str, kind: ValueKind[Condition], sample: str, says: str) -> Key[Condition]:
    return Key(name, kind, sample=sample, says=says)


CONDITIONS: tuple[Key[Condition], ...] = (
    _key(
        "class",
        _Built(OneOrMore(Text("a class")), ClassIs),
        "[mountains, trees]",
        "the most probable class is one of these",
    ),
    _key(
        "min_confidence",
        _Built(CONFIDENCE, MinConfidence),
        "0.9",
        "the calibrated probability of that class is at least this; missed, the photo is uncertain",
    ),
    _key(
        "min_margin",
        _Built(CONFIDENCE, MinMargin),
        "0.2",
        "it is ahead of the second by at least this; missed, the photo is uncertain",
    ),
    _key(
        "probability",
        ProbabilityKind(),
        '{memes: ">= 0.3", cars: "< 0.1"}',
        "any class's probability is so (`>=`, `>`, `<=`, `<`); several must all hold; missed, it "
        "is a plain no, never uncertain",
    ),
    _key(
        "name",
        _Built(OneOrMore(Glob()), NameLike),
        '"IMG_*"',
        "the file's name fits the glob (`*`, `?`, `[0-9]`), upper or lower case",
    ),
    _key(
        "path",
        _Built(OneOrMore(Glob(folders=True)), PathLike),
        '"Trips/**"',
        "the path below the watch folder fits; `*` stays within a folder, `**` crosses folders",
    ),
    _key("ext", _Built(OneOrMore(Extension()), ExtIs), "[heic, dng]", "the extension fits"),
    _key("source", _Built(OneOrMore(Glob()), SourceLike), "phone", "the watch folder's name fits"),
    _key(
        "taken",
        TakenKind(),
        "{after: 2026-07-01, before: 2026-07-21, weekday: [sat, sun], hour: {min: 22, max: 5}}",
        "it was taken (by EXIF, XMP or the name) from the first day on, before the second, and in "
        "such a `year`, `month` (`jun` or `6`), `weekday` and `hour`: one, a list, or `{min: , "
        "max: }`, both included, also over midnight or New Year",
    ),
    _key("has_exif", _Built(Flag(), HasExif), "true", "it has EXIF of a camera, or has none"),
    _key("has_gps", _Built(Flag(), HasGps), "true", "it says where it was taken, or does not"),
    _key(
        "near",
        _Built(OneOrMore(SpotKind()), Near),
        "{lat: 48.137, lon: 11.575, km: 15, name: Munich}",
        "it was taken within so many kilometres of the place, or of one in a list; the position is "
        "never logged",
    ),
    _key("camera", _Built(OneOrMore(Glob()), CameraLike), '"Apple iPhone*"', "make and model fit"),
    _key(
        "screenshot",
        _Built(Flag(), Screenshot),
        "true",
        "it is called like a screenshot (`Screenshot_*`, `Bildschirmfoto *` ...), or no camera is "
        "known and it has a phone screen's size, or is a PNG as tall as one; or is none",
    ),
    _key(
        "burst",
        _Built(Flag(), Burst),
        "true",
        "a photo of the same burst was seen before it: taken within 2 s of it (not in the same "
        "millisecond, as an edited version is) and alike, or by its name "
        "(`..._BURST...`, `20220514_102409_031`); or none was, so it is the first, or alone",
    ),
    _key(
        "near_duplicate",
        _Built(Flag(), NearDuplicate),
        "true",
        "a photo seen before it looks the same, whatever its name, size or date (at most 8 of 128 "
        "bits differ); the same bytes under the same name are for `identical`; or none does",
    ),
    _key(
        "width",
        Range(Measure.WIDTH, Number(0, _MANY, whole=True)),
        "{min: 4000}",
        "so many pixels wide, as a person sees it",
    ),
    _key(
        "height",
        Range(Measure.HEIGHT, Number(0, _MANY, whole=True)),
        "{max: 1080}",
        "so many pixels high",
    ),
    _key(
        "megapixels",
        Range(Measure.MEGAPIXELS, Number(0, _MANY)),
        "{min: 8, max: 50}",
        "so many million pixels",
    ),
    _key("size", Range(Measure.SIZE, Size()), "{min: 20MB}", "the file is so large"),
    _key(
        "orientation",
        _Built(OneOrMore(OneOf(Orientation)), OrientationIs),
        "landscape",
        "it is `landscape`, `portrait` or `square`",
    ),
    _key(
        "aspect",
        Aspect(),
        '"4:3"',
        "its long side to its short one is so, within 1%, or one of a list; or lies in "
        "`{min: 1.9, max: }`",
    ),
)
