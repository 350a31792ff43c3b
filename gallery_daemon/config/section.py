"""Maps with known keys, described as tables: which keys, of which kind, which must be there.

A table is data. The reader reads by it and names its keys in messages; the schema for editors is
made from the same tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeAlias, TypeVar, cast

from gallery_daemon.config.document import MappingNode, Node
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
    """A key; one with an `example` must be there.

    What the README tells of it: a `sample` value as the YAML has it, and what that `says`.
    """

    name: str
    kind: ValueKind[T_co]
    example: str | None = None
    sample: str = ""
    says: str = ""


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

    def schema(
        self,
        described: Mapping[str, str] | None = None,
        instead: Mapping[str, Schema] | None = None,
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
