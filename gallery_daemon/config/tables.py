"""Maps with known keys, described as tables: which keys, of which kind, which must be there.

A table is data. The reader reads by it and names its keys in messages; the schema for editors is
made from the same tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeAlias, TypeVar, cast

from gallery_daemon.config.document import Mapping, Node
from gallery_daemon.config.hints import did_you_mean
from gallery_daemon.config.report import Place, Report, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingABC


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

    def read(self, node: Node, key: str, report: Report) -> T_co | None:
        """The value; none means that a mistake has been reported."""
        ...


@dataclass(frozen=True, slots=True)
class Key(Generic[T_co]):
    """A key; one with an `example` must be there.

    What the README tells of it: a `sample` value as the YAML has it, and what that `says`.
    """

    name: str
    kind: ValueKind[T_co]
    example: str | None = None
    sample: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The keys of one map that are written, and the values of those that could be read."""

    place: Place
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

    def place_of(self, key: Key[object]) -> Place:
        """Where the value stands, or else the map."""
        node = self.nodes.get(key.name)
        return self.place if node is None else node.place


@dataclass(frozen=True, slots=True)
class Table:
    """The keys that a map may have; `what` names the map in a sentence, "a rule"."""

    what: str
    keys: tuple[Key[object], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the keys."""
        return tuple(key.name for key in self.keys)

    def schema(
        self,
        described: MappingABC[str, str] | None = None,
        instead: MappingABC[str, Schema] | None = None,
    ) -> Schema:
        """The JSON Schema of such a map; `instead` says more of a key than its kind does."""
        described, instead = described or {}, instead or {}
        properties = {
            key.name: {"description": described.get(key.name, key.kind.words)}
            | instead.get(key.name, key.kind.schema)
            for key in self.keys
        }
        required = [key.name for key in self.keys if key.example is not None]
        found: Schema = {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
        }
        return found | ({"required": required} if required else {})

    def read(self, node: Node, report: Report) -> Found | None:
        """What is written, with a mistake reported for each key that is unknown or missing."""
        if not isinstance(node, Mapping):
            sentence = f"{self.what} must be a map with the keys {', '.join(self.names)}"
            report.error(node.place, sentence)
            return None
        keys = {key.name: key for key in self.keys}
        nodes: dict[str, Node] = {}
        values: dict[str, object] = {}
        for name, value in node.entries:
            if name.text not in keys:
                self._unknown(name.text, name.place, report)
                continue
            nodes[name.text] = value
            read = keys[name.text].kind.read(value, name.text, report)
            if read is not None:
                values[name.text] = read
        self._missing(node, nodes, report)
        return Found(node.place, nodes, values)

    def _unknown(self, name: str, place: Place, report: Report) -> None:
        known = ", ".join(self.names)
        sentence = f"unknown key {quoted(name)} in {self.what}; the keys are {known}"
        hint = did_you_mean(name, self.names)
        if name == "<<":
            hint = "merge keys are not supported; write the keys out"
        elif name.isdecimal():
            hint = "a decimal number has a point, as in 0.8"
        report.error(place, sentence, hint)

    def _missing(self, node: Mapping, nodes: dict[str, Node], report: Report) -> None:
        for key in self.keys:
            if key.example is not None and key.name not in nodes:
                sentence = f"{self.what} lacks the key {key.name}"
                report.error(node.place, sentence, f"add {key.name}: {key.example}")
