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
from gallery_daemon.config.mistakes import TOP, Mark, Mistakes, explain, quote_it, quoted

NODES_LIMIT = 20_000
DEPTH_LIMIT = 20

_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """One value as it is written; `plain`: without quotes.

    `exact`: it stands in the file letter by letter, so that a position in it is a column.
    """

    mark: Mark
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

    def at(self, position: int) -> Mark:
        """The place of the character at `position` in the text, or where the value begins."""
        if not self.exact:
            return self.mark
        return Mark(self.mark.line, self.mark.column + position + (0 if self.plain else 1))


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list. `size` counts all nodes in it, `height` how deep they nest."""

    mark: Mark
    items: tuple[Node, ...]
    size: int
    height: int


@dataclass(frozen=True, slots=True)
class MappingNode:
    """A map, in the order of the text, each key once."""

    mark: Mark
    entries: tuple[tuple[ScalarNode, Node], ...]
    size: int
    height: int


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode


def compose(text: str, mistakes: Mistakes) -> Node:
    """The one document in `text`.

    Raises:
        ConfigErrors: the text is not YAML, holds several documents, or is too big.
    """
    try:
        return _Composer(text, mistakes).document()
    except yaml.MarkedYAMLError as error:
        mistake = explain(text, error)
        raise mistakes.fatal(mistake.mark, mistake.sentence, mistake.hint) from error
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        mark = Mark(before.count("\n") + 1, error.position - before.rfind("\n"))
        code = f"U+{int(error.character):04X}"
        raise mistakes.fatal(
            mark, f"the character {code} cannot stand in YAML", "remove it"
        ) from error
    except (ValueError, OverflowError) as error:
        # PyYAML lets them escape for "\UFFFFFFFF" and for a version of a thousand digits.
        raise mistakes.fatal(TOP, f"this is not YAML: {quoted(str(error))}") from error


class _Mark(Protocol):
    """A place in a text, counted from 0."""

    line: int
    column: int


class _Composer:
    """Reads events one after the other, counting what it makes."""

    def __init__(self, text: str, mistakes: Mistakes) -> None:
        self._mistakes = mistakes
        self._events = yaml.parse(text, Loader=yaml.SafeLoader)
        self._nodes = 0
        self._anchors: dict[str | None, Node] = {}

    def document(self) -> Node:
        next(self._events)  # the stream begins
        if isinstance(next(self._events), yaml.StreamEndEvent):
            hint = "`gallery-daemon check --init` writes a configuration to start from"
            raise self._mistakes.fatal(TOP, "the configuration is empty", hint)
        root = self._node(next(self._events), depth=0)
        next(self._events)  # the document ends
        second = next(self._events)
        if not isinstance(second, yaml.StreamEndEvent):
            sentence = "the configuration holds more than one YAML document"
            hint = "remove the --- and what follows it"
            raise self._mistakes.fatal(_mark(second.start_mark), sentence, hint)
        return root

    def _node(self, event: yaml.Event, depth: int) -> Node:
        mark = _mark(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            return self._aliased(event, mark, depth)
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        self._count(1, depth, mark)
        self._refuse_tag(event.tag, mark)
        match event:
            case yaml.ScalarEvent():
                self._refuse_half_letters(event.value, mark)
                node: Node = _scalar(event, mark)
            case yaml.SequenceStartEvent():
                node = self._sequence(mark, depth)
            case _:
                node = self._mapping(mark, depth)
        self._anchors[event.anchor] = node
        return node

    def _sequence(self, mark: Mark, depth: int) -> SequenceNode:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return SequenceNode(mark, tuple(items), *_extent(items))

    def _mapping(self, mark: Mark, depth: int) -> MappingNode:
        entries: dict[str, tuple[ScalarNode, Node]] = {}
        nodes: list[Node] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            nodes += (key, value)
            if not isinstance(key, ScalarNode):
                self._mistakes.error(key.mark, "a key must be a text", "write key: value")
            elif key.text in entries:
                first = entries[key.text][0].mark.line
                sentence = f"the key {quoted(key.text)} is given twice"
                self._mistakes.error(key.mark, sentence, f"it stands in line {first}; remove one")
            else:
                entries[key.text] = (key, value)
        return MappingNode(mark, tuple(entries.values()), *_extent(nodes))

    def _aliased(self, event: yaml.AliasEvent, mark: Mark, depth: int) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            written = f"*{event.anchor}"
            sentence = f"{written} without quotes is an alias of YAML for something not there"
            raise self._mistakes.fatal(mark, sentence, quote_it(written))
        self._count(node.size, depth + node.height, mark)
        return node

    def _refuse_tag(self, tag: str | None, mark: Mark) -> None:
        if tag is None:
            return
        # The parser has spelled `!!` out, and takes the comma of a list as part of the tag.
        written = tag.replace("tag:yaml.org,2002:", "!!").rstrip(",")
        sentence = f"{written} without quotes is a tag of YAML"
        raise self._mistakes.fatal(mark, sentence, quote_it(written))

    def _refuse_half_letters(self, text: str, mark: Mark) -> None:
        """JSON writes an emoji as two halves; no file and no journal takes one of them."""
        half = lone_surrogate(text)
        if half is not None:
            sentence = f"\\u{ord(half):04x} is half a character"
            raise self._mistakes.fatal(mark, sentence, "write the character itself")

    def _count(self, nodes: int, depth: int, mark: Mark) -> None:
        self._nodes += nodes
        if depth > DEPTH_LIMIT:
            sentence = f"the configuration nests deeper than {DEPTH_LIMIT} levels"
            raise self._mistakes.fatal(mark, sentence)
        if self._nodes > NODES_LIMIT:
            sentence = f"the configuration has more than {NODES_LIMIT} values, aliases counted"
            raise self._mistakes.fatal(mark, sentence)


def _mark(mark: _Mark | None) -> Mark:
    assert mark is not None  # every event that is read from a text has one
    return Mark(mark.line + 1, mark.column + 1)


def _scalar(event: yaml.ScalarEvent, mark: Mark) -> ScalarNode:
    plain = not event.style
    end = _mark(event.end_mark)
    length = len(event.value) + (0 if plain else 2)
    exact = mark.line == end.line and end.column - mark.column == length
    return ScalarNode(mark, event.value, plain, exact)


def _extent(nodes: list[Node]) -> tuple[int, int]:
    """How many nodes there are with the one that holds them, and how deep they nest in it."""
    size = 1 + sum(node.size for node in nodes)
    return size, 1 + max((node.height for node in nodes), default=0)
