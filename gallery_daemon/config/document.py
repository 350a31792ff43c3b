"""YAML text to nodes that remember line and column, and nothing that YAML can do beyond that.

The nodes are built from PyYAML's events and not by its constructors, for three reasons. Values stay
the text that a person wrote, so `1:30` is never silently 90 nor `no` silently false. Keys that are
given twice are seen. And the limits hold while the text is read: an alias costs as much as what it
stands for, so "a billion laughs" ends after some thousand nodes instead of filling the memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import yaml

from gallery_daemon.codec import lone_surrogate
from gallery_daemon.config.hints import quote_it
from gallery_daemon.config.report import Place, Report, quoted
from gallery_daemon.config.syntax import explain

NODES_LIMIT = 20_000
DEPTH_LIMIT = 20

_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_TOP = Place(1, 1)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as it is written; `plain`: without quotes.

    `exact`: it stands in the file letter by letter, so that a position in it is a column.
    """

    place: Place
    text: str
    plain: bool
    exact: bool
    size: int = 1
    height: int = 0

    @property
    def is_null(self) -> bool:
        """Whether YAML reads it as nothing."""
        return self.plain and self.text.lower() in {"", "~", "null"}

    @property
    def flag(self) -> bool | None:
        """What YAML 1.1 reads it as: true, false or neither."""
        return _FLAGS.get(self.text.lower()) if self.plain else None

    def at(self, position: int) -> Place:
        """The place of the character at `position` in the text, or where the value begins."""
        if not self.exact:
            return self.place
        return Place(self.place.line, self.place.column + position + (0 if self.plain else 1))


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list. `size` counts all nodes in it, `height` how deep they nest."""

    place: Place
    items: tuple[Node, ...]
    size: int
    height: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """A map, in the order of the text, each key once."""

    place: Place
    entries: tuple[tuple[Scalar, Node], ...]
    size: int
    height: int


Node: TypeAlias = Scalar | Sequence | Mapping


def compose(text: str, report: Report) -> Node:
    """The one document in `text`.

    Raises:
        ConfigErrors: the text is not YAML, holds several documents, or is too big.
    """
    try:
        return _Composer(text, report).document()
    except yaml.MarkedYAMLError as error:
        mistake = explain(text, error)
        raise report.fatal(mistake.place, mistake.sentence, mistake.hint) from error
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = Place(before.count("\n") + 1, error.position - before.rfind("\n"))
        code = f"U+{int(error.character):04X}"
        raise report.fatal(
            place, f"the character {code} cannot stand in YAML", "remove it"
        ) from error
    except (ValueError, OverflowError) as error:
        # PyYAML lets them escape for "\UFFFFFFFF" and for a version of a thousand digits.
        raise report.fatal(_TOP, f"this is not YAML: {quoted(str(error))}") from error


class _Mark(Protocol):
    """A place in a text, counted from 0."""

    line: int
    column: int


class _Composer:
    """Reads events one after the other, counting what it makes."""

    def __init__(self, text: str, report: Report) -> None:
        self._report = report
        self._events = yaml.parse(text, Loader=yaml.SafeLoader)
        self._nodes = 0
        self._anchors: dict[str | None, Node] = {}

    def document(self) -> Node:
        next(self._events)  # the stream begins
        if isinstance(next(self._events), yaml.StreamEndEvent):
            hint = "`gallery-daemon check --init` writes a configuration to start from"
            raise self._report.fatal(_TOP, "the configuration is empty", hint)
        root = self._node(next(self._events), depth=0)
        next(self._events)  # the document ends
        second = next(self._events)
        if not isinstance(second, yaml.StreamEndEvent):
            sentence = "the configuration holds more than one YAML document"
            hint = "remove the --- and what follows it"
            raise self._report.fatal(_place(second.start_mark), sentence, hint)
        return root

    def _node(self, event: yaml.Event, depth: int) -> Node:
        place = _place(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            return self._aliased(event, place, depth)
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        self._count(1, depth, place)
        self._refuse_tag(event.tag, place)
        match event:
            case yaml.ScalarEvent():
                self._refuse_half_letters(event.value, place)
                node: Node = _scalar(event, place)
            case yaml.SequenceStartEvent():
                node = self._sequence(place, depth)
            case _:
                node = self._mapping(place, depth)
        self._anchors[event.anchor] = node
        return node

    def _sequence(self, place: Place, depth: int) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return Sequence(place, tuple(items), *_extent(items))

    def _mapping(self, place: Place, depth: int) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        nodes: list[Node] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            nodes += (key, value)
            if not isinstance(key, Scalar):
                self._report.error(key.place, "a key must be a text", "write key: value")
            elif key.text in entries:
                first = entries[key.text][0].place.line
                sentence = f"the key {quoted(key.text)} is given twice"
                self._report.error(key.place, sentence, f"it stands in line {first}; remove one")
            else:
                entries[key.text] = (key, value)
        return Mapping(place, tuple(entries.values()), *_extent(nodes))

    def _aliased(self, event: yaml.AliasEvent, place: Place, depth: int) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            written = f"*{event.anchor}"
            sentence = f"{written} without quotes is an alias of YAML for something not there"
            raise self._report.fatal(place, sentence, quote_it(written))
        self._count(node.size, depth + node.height, place)
        return node

    def _refuse_tag(self, tag: str | None, place: Place) -> None:
        if tag is None:
            return
        # The parser has spelled `!!` out, and takes the comma of a list as part of the tag.
        written = tag.replace("tag:yaml.org,2002:", "!!").rstrip(",")
        sentence = f"{written} without quotes is a tag of YAML"
        raise self._report.fatal(place, sentence, quote_it(written))

    def _refuse_half_letters(self, text: str, place: Place) -> None:
        """JSON writes an emoji as two halves; no file and no journal takes one of them."""
        half = lone_surrogate(text)
        if half is not None:
            sentence = f"\\u{ord(half):04x} is half a character"
            raise self._report.fatal(place, sentence, "write the character itself")

    def _count(self, nodes: int, depth: int, place: Place) -> None:
        self._nodes += nodes
        if depth > DEPTH_LIMIT:
            sentence = f"the configuration nests deeper than {DEPTH_LIMIT} levels"
            raise self._report.fatal(place, sentence)
        if self._nodes > NODES_LIMIT:
            sentence = f"the configuration has more than {NODES_LIMIT} values, aliases counted"
            raise self._report.fatal(place, sentence)


def _place(mark: _Mark | None) -> Place:
    assert mark is not None  # every event that is read from a text has one
    return Place(mark.line + 1, mark.column + 1)


def _scalar(event: yaml.ScalarEvent, place: Place) -> Scalar:
    plain = not event.style
    end = _place(event.end_mark)
    length = len(event.value) + (0 if plain else 2)
    exact = place.line == end.line and end.column - place.column == length
    return Scalar(place, event.value, plain, exact)


def _extent(nodes: list[Node]) -> tuple[int, int]:
    """How many nodes there are with the one that holds them, and how deep they nest in it."""
    size = 1 + sum(node.size for node in nodes)
    return size, 1 + max((node.height for node in nodes), default=0)
