"""The conditions of the YAML: what each takes and becomes in `rules`, and how a map combines them.

Keys are AND, a list of values is OR, and `all`, `any`, `not` say the rest. A map that names a class
takes the defaults of `min_confidence`, `min_precision` and `min_margin`, where it has none of its
own. The first two say one thing, how sure the model must be, so a map with either of them takes the
default of neither. Nothing here comes out empty: a condition that was not understood must never
match everything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from gallery_daemon.config.document import MappingNode, Node, ScalarNode, SequenceNode
from gallery_daemon.config.kinds.base import Flag, OneOf, OneOrMore, Raw, Text
from gallery_daemon.config.kinds.date import TakenKind
from gallery_daemon.config.kinds.model import ProbabilityKind
from gallery_daemon.config.kinds.place import SpotKind
from gallery_daemon.config.kinds.quantity import AspectKind, Number, RangeKind, Size, Whole
from gallery_daemon.config.kinds.text import Extension, Glob
from gallery_daemon.config.mistakes import Mistakes, did_you_mean, quoted
from gallery_daemon.config.section import Key, Schema, Table, ValueKind, Written
from gallery_daemon.rules.condition import AllOf, AnyOf, Condition, Not
from gallery_daemon.rules.conditions.model import (
    ClassIs,
    Familiar,
    MinConfidence,
    MinFamiliarity,
    MinMargin,
    MinPrecision,
)
from gallery_daemon.rules.conditions.name import CameraLike, ExtIs, NameLike, PathLike, SourceLike
from gallery_daemon.rules.conditions.place import HasGps, Near
from gallery_daemon.rules.conditions.screenshot import Screenshot
from gallery_daemon.rules.conditions.shape import HasExif, Measure, Orientation, OrientationIs
from gallery_daemon.rules.conditions.similar import Burst, NearDuplicate
from gallery_daemon.rules.glob import name_matches

T = TypeVar("T")

CONFIDENCE = Number(0, 1)
HOW_SURE = frozenset({"min_confidence", "min_precision"})
"""Two ways to say how sure the model must be; who says one takes the default of neither."""

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
        "min_precision",
        _Built(CONFIDENCE, MinPrecision),
        "0.95",
        "of a hundred pictures that the model calls so with at least this confidence, so many are "
        "so, by what it knows of pictures held out in training; missed, or not known for lack of "
        "such pictures, the photo is uncertain",
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
        "familiar",
        _Built(Flag(), Familiar),
        "true",
        "it is like what the model was taught; missed, the photo is uncertain. `false`: it is "
        "strange, as only one picture in twenty of known kinds is. A model without a bank knows "
        "neither",
    ),
    _key(
        "min_familiarity",
        _Built(CONFIDENCE, MinFamiliarity),
        "0.1",
        "the same with a limit of your own: at least so many of the pictures of known kinds are "
        "as strange (`familiar: true` is 0.05)",
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
        "it was taken (by EXIF, XMP, IPTC, the name or GPS) from the first day on, before the "
        "second, and in such a `year`, `month` (`jun` or `6`), `weekday` and `hour`: one, a list, "
        "or `{min: , max: }`, both included, also over midnight or New Year; what is not known of "
        "its date, as the hour of a WhatsApp photo, meets no condition",
    ),
    _key(
        "has_exif",
        _Built(Flag(), HasExif),
        "true",
        "it has metadata of a camera (EXIF, or the same in XMP), or has none",
    ),
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
        RangeKind(Measure.WIDTH, Whole(0, _MANY)),
        "{min: 4000}",
        "so many pixels wide, as a person sees it",
    ),
    _key(
        "height",
        RangeKind(Measure.HEIGHT, Whole(0, _MANY)),
        "{max: 1080}",
        "so many pixels high",
    ),
    _key(
        "megapixels",
        RangeKind(Measure.MEGAPIXELS, Number(0, _MANY)),
        "{min: 8, max: 50}",
        "so many million pixels",
    ),
    _key("size", RangeKind(Measure.SIZE, Size()), "{min: 20MB}", "the file is so large"),
    _key(
        "orientation",
        _Built(OneOrMore(OneOf(Orientation)), OrientationIs),
        "landscape",
        "it is `landscape`, `portrait` or `square`",
    ),
    _key(
        "aspect",
        AspectKind(),
        '"4:3"',
        "its long side to its short one is so, within 1%, or one of a list; or lies in "
        "`{min: 1.9, max: }`",
    ),
)


def _scalars(node: Node) -> tuple[ScalarNode, ...]:
    """The single values of one value or a list; others have been reported as mistakes."""
    items = node.items if isinstance(node, SequenceNode) else (node,)
    return tuple(item for item in items if isinstance(item, ScalarNode) and item.text.strip())


def _keys(node: Node) -> tuple[ScalarNode, ...]:
    return tuple(key for key, _ in node.entries) if isinstance(node, MappingNode) else ()


_NamesIn: TypeAlias = Mapping[str, Callable[[Node], tuple[ScalarNode, ...]]]
_CLASSES_IN: _NamesIn = {"class": _scalars, "probability": _keys}
_SOURCES_IN: _NamesIn = {"source": _scalars}
"""The conditions whose values hold names that must be known, and how these are found in a node."""
_TAUGHT = (
    "a class of your own is learned from photos of it: gallery-daemon learn --new-class NAME DIR"
)

_NESTED: tuple[Key[Node], ...] = (
    Key("all", Raw("conditions"), "Each of these maps of conditions holds."),
    Key("any", Raw("conditions"), "At least one of these maps of conditions holds."),
    Key("not", Raw("conditions"), "This map of conditions does not hold."),
)
WHEN = Table("when", (*CONDITIONS, *_NESTED))
_BY_NAME = {key.name: key for key in CONDITIONS}


@dataclass(frozen=True, slots=True)
class WhenReader:
    """Reads `when`.

    `classes` are the model's and `sources` the watch folders' names, None if they could not be
    read; `defaults` are the conditions, by their key, that a map takes which names a class.
    """

    classes: tuple[str, ...] | None
    sources: tuple[str, ...] | None
    defaults: dict[str, Condition]
    mistakes: Mistakes

    def read(self, node: Node) -> AllOf | None:
        """The conditions in the order of the YAML; none means that mistakes have been reported."""
        return self._map(node, frozenset())

    def _map(self, node: Node, fixed: frozenset[str]) -> AllOf | None:
        """One map; `fixed` are the keys that it does not take from the defaults."""
        if _is_empty(node):
            hint = "to match every photo leave out `when`"
            self.mistakes.error(node.mark, "a map of conditions cannot be empty", hint)
            return None
        found = WHEN.read(node, self.mistakes)
        if found is None or not isinstance(node, MappingNode):
            return None
        self._refuse_unknown(found)
        fixed |= _own_keys(node)
        defaults: tuple[Condition, ...] = ()
        if "class" in found.nodes:
            missing = (key for key in self.defaults if key not in fixed)
            defaults = tuple(self.defaults[key] for key in missing)
            fixed |= self.defaults.keys()
        parts = [part for name in found.nodes for part in self._parts(name, found, fixed)]
        return AllOf((*parts, *defaults)) if parts else None

    def _parts(self, name: str, found: Written, fixed: frozenset[str]) -> tuple[Condition, ...]:
        """What one key adds to the conjunction; nothing where a mistake has been reported."""
        node = found.nodes[name]
        match name:
            case "all":
                maps = self._maps(node, name, fixed)
                return tuple(part for each in maps for part in each.parts)
            case "any":
                maps = self._maps(node, name, fixed)
                return (AnyOf(tuple(_simple(each) for each in maps)),) if maps else ()
            case "not":
                # No default below a `not`: it would make the rule match more, not less.
                inner = self._not(node, fixed | self.defaults.keys())
                return () if inner is None else (Not(_simple(inner)),)
            case _:
                value = found.get(_BY_NAME[name])
                if isinstance(value, AllOf):  # a key that asks for several things at once
                    return value.parts
                return () if value is None else (value,)

    def _maps(self, node: Node, key: str, fixed: frozenset[str]) -> list[AllOf]:
        if not isinstance(node, SequenceNode) or not node.items:
            hint = f"write {key}: [{{class: cars}}, {{ext: png}}]"
            self.mistakes.error(node.mark, f"{key} must be a list of maps of conditions", hint)
            return []
        maps = [self._map(item, fixed) for item in node.items]
        return [each for each in maps if each is not None]

    def _not(self, node: Node, fixed: frozenset[str]) -> AllOf | None:
        if isinstance(node, SequenceNode):
            hint = "write not: {any: [...]} if none of them may hold"
            self.mistakes.error(node.mark, "not must be a map of conditions, not a list", hint)
            return None
        return self._map(node, fixed)

    def _refuse_unknown(self, found: Written) -> None:
        """Report classes that the model does not have, and sources that match no watch folder."""
        for item in _items(found, _CLASSES_IN):
            if self.classes is not None and item.text.strip() not in self.classes:
                known = f"the model's classes are {', '.join(self.classes)}"
                sentence = f"unknown class {quoted(item.text)}; {known}"
                hint = did_you_mean(item.text, self.classes) or _TAUGHT
                self.mistakes.error(item.mark, sentence, hint)
        for item in _items(found, _SOURCES_IN):
            names = self.sources
            if names is not None and not any(name_matches(item.text.strip(), n) for n in names):
                known = f"matches no watch folder; they are called {', '.join(names)}"
                sentence = f"source {quoted(item.text)} {known}"
                self.mistakes.error(item.mark, sentence, did_you_mean(item.text, names))


def _is_empty(node: Node) -> bool:
    return node.is_null if isinstance(node, ScalarNode) else node.size == 1


def _items(found: Written, names_in: _NamesIn) -> list[ScalarNode]:
    nodes = ((name, found.nodes.get(name)) for name in names_in)
    return [item for name, node in nodes if node is not None for item in names_in[name](node)]


def _own_keys(node: MappingNode) -> frozenset[str]:
    """The keys of a map and of the maps under its `all`, which are one conjunction with it."""
    keys = {name.text for name, _ in node.entries}
    for name, value in node.entries:
        if name.text == "all" and isinstance(value, SequenceNode):
            maps = (item for item in value.items if isinstance(item, MappingNode))
            keys |= {key for item in maps for key in _own_keys(item)}
    return frozenset(keys | HOW_SURE if keys & HOW_SURE else keys)


def _simple(each: AllOf) -> Condition:
    """A conjunction of one is that one."""
    return each.parts[0] if len(each.parts) == 1 else each
