"""Maps with known keys: which there are, of which kind, what they mean, which must be there.

A `Table` is data. The reader reads by it and names its keys in messages; the schema for editors and
the tables of the manual are made from the same tables. A `Section` is a map that becomes a frozen
dataclass: each field is declared once as an `option`, with its kind, its meaning and its default.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar, cast

from gallery_daemon.config.document import MappingNode, Node, ScalarNode
from gallery_daemon.config.mistakes import Mark, Mistakes, did_you_mean, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping


T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


Schema: TypeAlias = dict[str, object]
"""A JSON Schema. It takes all that the kind reads, and refuses what it can of the rest."""


class ValueKind(Protocol[T_co]):
    """What a value may be; `words` say it in a sentence, "a number from 0 to 1"."""

    @property
    def words(self) -> str:
        """What is allowed, for a sentence."""
        ...

    @property
    def schema(self) -> Schema:
        """What is allowed, for an editor."""
        ...

    def read(self, node: Node, key: str, mistakes: Mistakes) -> T_co | None:
        """The value; none means that a mistake has been reported."""
        ...


@dataclass(frozen=True, slots=True)
class Key(Generic[T_co]):
    """A key, and what it `says`; one with an `example` must be there.

    `default` is what holds where it is not written, as the YAML would have it; `{default}` in what
    it says stands for that. `sample` is a value that the manual shows.
    """

    name: str
    kind: ValueKind[T_co]
    says: str = ""
    example: str | None = None
    sample: str = ""
    default: str | None = None

    @property
    def description(self) -> str:
        """What it says as a sentence; what its kind allows, if it says nothing."""
        if not self.says:
            return self.kind.words
        said = self.says.replace("{default}", self.default or "")
        return said if said.endswith(".") else f"{said[0].upper()}{said[1:]}."


@dataclass(frozen=True, slots=True)
class Written:
    """The keys of one map that are written, and the values of those that could be read."""

    mark: Mark
    nodes: dict[str, Node]
    values: dict[str, object]

    def get(self, key: Key[T]) -> T | None:
        """The value; none if the key is not written, or its mistake has been reported."""
        return cast("T | None", self.values.get(key.name))

    def get_or(self, key: Key[T], default: T) -> T:
        """The value, or else `default`."""
        value = self.get(key)
        return default if value is None else value

    @property
    def is_whole(self) -> bool:
        """Whether all that is written could be read."""
        return len(self.values) == len(self.nodes)

    def __contains__(self, key: Key[object]) -> bool:
        """Whether the key is written, readable or not."""
        return key.name in self.nodes

    def mark_of(self, key: Key[object]) -> Mark:
        """Where the value stands, or else the map."""
        node = self.nodes.get(key.name)
        return self.mark if node is None else node.mark


@dataclass(frozen=True, slots=True)
class Table:
    """The keys that a map may have; `what` names the map in a sentence, "a rule"."""

    what: str
    keys: tuple[Key[object], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the keys."""
        return tuple(key.name for key in self.keys)

    def schema(self, instead: Mapping[str, Schema] | None = None) -> Schema:
        """The JSON Schema of such a map; `instead` says more of a key than its kind does."""
        instead = instead or {}
        properties = {
            key.name: {"description": key.description} | instead.get(key.name, key.kind.schema)
            for key in self.keys
        }
        required = [key.name for key in self.keys if key.example is not None]
        found: Schema = {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
        }
        return found | ({"required": required} if required else {})

    def read(self, node: Node, mistakes: Mistakes) -> Written | None:
        """What is written, with a mistake reported for each key that is unknown or missing."""
        if not isinstance(node, MappingNode):
            sentence = f"{self.what} must be a map with the keys {', '.join(self.names)}"
            mistakes.error(node.mark, sentence)
            return None
        keys = {key.name: key for key in self.keys}
        nodes: dict[str, Node] = {}
        values: dict[str, object] = {}
        for name, value in node.entries:
            if name.text not in keys:
                self._unknown(name.text, name.mark, mistakes)
                continue
            nodes[name.text] = value
            read = keys[name.text].kind.read(value, name.text, mistakes)
            if read is not None:
                values[name.text] = read
        self._missing(node, nodes, mistakes)
        return Written(node.mark, nodes, values)

    def _unknown(self, name: str, mark: Mark, mistakes: Mistakes) -> None:
        known = ", ".join(self.names)
        sentence = f"unknown key {quoted(name)} in {self.what}; the keys are {known}"
        hint = did_you_mean(name, self.names)
        if name == "<<":
            hint = "merge keys are not supported; write the keys out"
        elif name.isdecimal():
            hint = "a decimal number has a point, as in 0.8"
        mistakes.error(mark, sentence, hint)

    def _missing(self, node: MappingNode, nodes: dict[str, Node], mistakes: Mistakes) -> None:
        for key in self.keys:
            if key.example is not None and key.name not in nodes:
                sentence = f"{self.what} lacks the key {key.name}"
                mistakes.error(node.mark, sentence, f"add {key.name}: {key.example}")


_OPTION = "option"
_REQUIRED: Any = MISSING


def option(
    kind: ValueKind[T],
    says: str,
    default: str | None = None,
    *,
    unwritten: T = _REQUIRED,
    key: str = "",
    example: str | None = None,
) -> T:
    """A field of a dataclass that is read from the key of the field's name, or from `key`.

    `default` is written as in the YAML and read by the kind; what the YAML cannot write, or what
    tells that nothing was written, is given as the value `unwritten`. A field with neither has to
    be given when the dataclass is made. A key with an `example` must be written where the map is.
    """
    is_read = default is not None and unwritten is _REQUIRED
    value = _read_default(kind, default or "") if is_read else unwritten
    declared = Key(key, kind, says, example, default=default)
    return field(default=value, metadata={_OPTION: declared})


@dataclass(frozen=True)
class Section(Generic[T]):
    """A map that becomes a dataclass of options; `what` names the map in a sentence, "model"."""

    what: str
    makes: type[T]
    words: str = "a map"

    @cached_property
    def keys(self) -> dict[str, Key[Any]]:
        """The key of each option, by the field's name."""
        options = {each.name: each.metadata.get(_OPTION) for each in fields(self._dataclass)}
        return {
            name: replace(key, name=key.name or name)
            for name, key in options.items()
            if key is not None
        }

    @cached_property
    def table(self) -> Table:
        """Its keys, in the order of the fields."""
        return Table(self.what, tuple(self.keys.values()))

    @property
    def schema(self) -> Schema:
        """The map's keys."""
        return self.table.schema()

    def read(self, node: Node, _key: str, mistakes: Mistakes) -> T | None:
        """The dataclass, with defaults where nothing is written or a mistake was reported."""
        found = self.table.read(node, mistakes)
        return None if found is None else self.make(found)

    def make(self, found: Written, **instead: object) -> T:
        """The dataclass of what is written; `instead` overrides values by their field."""
        values = {
            name: found.values[key.name]
            for name, key in self.keys.items()
            if key.name in found.values
        }
        return self.makes(**(values | instead))

    @property
    def _dataclass(self) -> Any:  # noqa: ANN401 - any dataclass, which no type says
        return self.makes


def _read_default(kind: ValueKind[T], text: str) -> T:
    """The default's value.

    Raises:
        ValueError: the kind refuses it; the declaration has to be mended.
    """
    mistakes = Mistakes("")
    value = kind.read(ScalarNode(Mark(1, 1), text, plain=True, exact=True), "default", mistakes)
    if value is None:
        raise ValueError(mistakes.errors[0].sentence)
    return value
