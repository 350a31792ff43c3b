"""Each condition of the YAML: what it takes, and what it becomes in `rules`.

Nothing here may come out empty: a condition that was not understood must never match everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from gallery_daemon.config.amounts import Moment, Number, Size
from gallery_daemon.config.document import Mapping, Node, Scalar
from gallery_daemon.config.kinds import Choice, Flag, Kind, OneOrMore, Schema, Text, refuse
from gallery_daemon.config.names import Extension, Glob
from gallery_daemon.config.tables import Key, Table
from gallery_daemon.rules.condition import ClassIs, Condition, MinConfidence, MinMargin
from gallery_daemon.rules.fact import (
    Between,
    HasExif,
    HasGps,
    Measure,
    Orientation,
    OrientationIs,
    TakenBetween,
)
from gallery_daemon.rules.likeness import CameraLike, ExtIs, NameLike, PathLike, SourceLike

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from gallery_daemon.config.report import Report

T = TypeVar("T")

CONFIDENCE = Number(0, 1)
_MANY = 1e12


@dataclass(frozen=True, slots=True)
class _Built(Generic[T]):
    """A kind whose value becomes a condition."""

    kind: Kind[T]
    build: Callable[[T], Condition]

    @property
    def words(self) -> str:
        return self.kind.words

    @property
    def schema(self) -> Schema:
        return self.kind.schema

    def read(self, node: Node, key: str, report: Report) -> Condition | None:
        value = self.kind.read(node, key, report)
        return None if value is None else self.build(value)


@dataclass(frozen=True, slots=True)
class _Range:
    """`{min, max}` of a measure; one of the two may be absent."""

    measure: Measure
    end: Kind[float]

    @property
    def words(self) -> str:
        return "a map such as {min: 12}"

    @property
    def schema(self) -> Schema:
        return _ends_schema(Key("min", self.end), Key("max", self.end))

    def read(self, node: Node, key: str, report: Report) -> Condition | None:
        if isinstance(node, Scalar) and not node.is_null:
            end = "max" if node.text.startswith("<") else "min"
            limit = node.text.lstrip("<>= ")
            refuse(node, key, self.words, report, f"write {key}: {{{end}: {limit}}}")
            return None
        low, high = Key("min", self.end), Key("max", self.end)
        found = Table(key, (low, high)).read(node, report)
        if found is None or not _has_ends(found.nodes, key, node, report):
            return None
        least, most = found.get(low), found.get(high)
        if least is not None and most is not None and least > most:
            report.error(node.place, f"{key}: min is greater than max, so nothing would match")
            return None
        return Between(self.measure, least, most) if len(found.values) == len(found.nodes) else None


@dataclass(frozen=True, slots=True)
class _Taken:
    """`{after, before}`; one of the two may be absent."""

    words: str = "a map such as {after: 2026-07-01}"

    @property
    def schema(self) -> Schema:
        return _ends_schema(Key("after", Moment()), Key("before", Moment()))

    def read(self, node: Node, key: str, report: Report) -> Condition | None:
        after: Key[datetime] = Key("after", Moment())
        before: Key[datetime] = Key("before", Moment())
        found = Table(key, (after, before)).read(node, report)
        if found is None or not _has_ends(found.nodes, key, node, report):
            return None
        start, end = found.get(after), found.get(before)
        if start is not None and end is not None and start >= end:
            report.error(node.place, f"{key}: after is not earlier than before, so nothing matches")
            return None
        return TakenBetween(start, end) if len(found.values) == len(found.nodes) else None


def _ends_schema(low: Key[object], high: Key[object]) -> Schema:
    return Table("", (low, high)).schema() | {"minProperties": 1}


def _has_ends(nodes: dict[str, Node], key: str, node: Node, report: Report) -> bool:
    """Whether a range says anything; an unknown key in it has been reported already."""
    if not nodes and isinstance(node, Mapping) and not node.entries:
        report.error(node.place, f"{key}: the map is empty, so it could match nothing")
    return bool(nodes)


CONDITIONS: tuple[Key[Condition], ...] = (
    Key("class", _Built(OneOrMore(Text("a class")), ClassIs)),
    Key("min_confidence", _Built(CONFIDENCE, MinConfidence)),
    Key("min_margin", _Built(CONFIDENCE, MinMargin)),
    Key("name", _Built(OneOrMore(Glob()), NameLike)),
    Key("path", _Built(OneOrMore(Glob(folders=True)), PathLike)),
    Key("ext", _Built(OneOrMore(Extension()), ExtIs)),
    Key("source", _Built(OneOrMore(Glob()), SourceLike)),
    Key("taken", _Taken()),
    Key("has_exif", _Built(Flag(), HasExif)),
    Key("has_gps", _Built(Flag(), HasGps)),
    Key("camera", _Built(OneOrMore(Glob()), CameraLike)),
    Key("width", _Range(Measure.WIDTH, Number(0, _MANY, whole=True))),
    Key("height", _Range(Measure.HEIGHT, Number(0, _MANY, whole=True))),
    Key("megapixels", _Range(Measure.MEGAPIXELS, Number(0, _MANY))),
    Key("size", _Range(Measure.SIZE, Size())),
    Key("orientation", _Built(OneOrMore(Choice(Orientation)), OrientationIs)),
)
