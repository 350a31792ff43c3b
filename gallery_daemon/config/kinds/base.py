"""What one value may be: each kind reads a node into a value, or reports why it cannot.

No kind guesses. A value is what its kind allows, or there is an error at its place that names the
text, what is allowed, and if possible what was meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from gallery_daemon.config.document import MappingNode, Node, ScalarNode, SequenceNode
from gallery_daemon.config.mistakes import Mark, Mistakes, did_you_mean, quote_it, quoted

if TYPE_CHECKING:
    from gallery_daemon.config.section import Schema, ValueKind

T = TypeVar("T")
EnumT = TypeVar("EnumT", bound=StrEnum)


def read_scalar(node: Node, key: str, words: str, mistakes: Mistakes) -> ScalarNode | None:
    """The node as one value that says something."""
    if not isinstance(node, ScalarNode):
        mistakes.error(
            node.mark, f"{key}: a {_shape(node)} is not {words}", _template_hint(node, key)
        )
        return None
    if node.is_null:
        lone = 'a lone ~ means "nothing" to YAML; for your home folder write "~/"'
        mistakes.error(node.mark, f"{key} has no value", lone if node.text == "~" else None)
        return None
    return node


def refuse(
    scalar: ScalarNode, key: str, words: str, mistakes: Mistakes, hint: str | None = None
) -> None:
    """Report a value that is not what its kind allows."""
    mistakes.error(scalar.mark, f"{key}: {quoted(scalar.text)} is not {words}", hint)


def refuse_unknown(
    name: str, names: tuple[str, ...] | None, what: str, mark: Mark, mistakes: Mistakes
) -> None:
    """Report a name that is none of these; with None, which could not be read, report nothing."""
    if names is not None and name not in names:
        sentence = f"there is no {what} {quoted(name)}"
        mistakes.error(mark, sentence, did_you_mean(name, names))


def text_schema(pattern: str | None = None) -> Schema:
    """A text that is not empty; a pattern in JavaScript's letters, which are Python's as well."""
    schema: Schema = {"type": ["string", "number"], "minLength": 1}
    return schema if pattern is None else schema | {"pattern": pattern}


def one_or_more(schema: Schema) -> Schema:
    """What `schema` takes, or a list of it that is not empty."""
    return {"anyOf": [schema, {"type": "array", "items": schema, "minItems": 1}]}


@dataclass(frozen=True, slots=True)
class Raw:
    """A node that is read later."""

    words: str

    @property
    def schema(self) -> Schema:
        """Anything."""
        return {}

    def read(self, node: Node, _key: str, _mistakes: Mistakes) -> Node:
        """The node itself."""
        return node


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is not empty."""

    words: str = "a text"

    @property
    def schema(self) -> Schema:
        """What YAML takes for a number is a text as well."""
        return text_schema()

    def read(self, node: Node, key: str, mistakes: Mistakes) -> str | None:
        """The text without spaces round it; numbers and dates are texts here, flags are not."""
        scalar = read_scalar(node, key, self.words, mistakes)
        if scalar is None:
            return None
        if scalar.flag is not None:
            reads = str(scalar.flag).lower()
            sentence = f"{key}: YAML reads {scalar.text} as {reads}, not as {self.words}"
            mistakes.error(scalar.mark, sentence, quote_it(scalar.text))
            return None
        if not scalar.text.strip():
            mistakes.error(scalar.mark, f"{key} is empty")
            return None
        return scalar.text.strip()


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    words: str = "true or false"

    @property
    def schema(self) -> Schema:
        """Also `yes` and `on`, which are texts by now to an editor."""
        words = "|".join(any_case(word) for word in ("true", "yes", "on", "false", "no", "off"))
        return {"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": f"^({words})$"}]}

    def read(self, node: Node, key: str, mistakes: Mistakes) -> bool | None:
        """What YAML makes of `true`, `yes`, `on` and their opposites, without quotes."""
        scalar = read_scalar(node, key, self.words, mistakes)
        if scalar is not None and scalar.flag is None:
            refuse(scalar, key, self.words, mistakes)
        return scalar.flag if scalar is not None else None


@dataclass(frozen=True, slots=True)
class OneOf(Generic[EnumT]):
    """One of a few words."""

    options: type[EnumT]

    @property
    def words(self) -> str:
        """All of them."""
        return f"one of {', '.join(self.options)}"

    @property
    def schema(self) -> Schema:
        """All of them."""
        return {"enum": [str(option) for option in self.options]}

    def read(self, node: Node, key: str, mistakes: Mistakes) -> EnumT | None:
        """The member that the word names."""
        scalar = read_scalar(node, key, self.words, mistakes)
        if scalar is None:
            return None
        if scalar.text in set(self.options):
            return self.options(scalar.text)
        hint = did_you_mean(scalar.text, self.options)
        refuse(scalar, key, self.words, mistakes, hint)
        return None


@dataclass(frozen=True, slots=True)
class OneOrMore(Generic[T]):
    """One value, or a list of them that is not empty."""

    kind: ValueKind[T]

    @property
    def words(self) -> str:
        """The single value's words, and that there may be several."""
        return f"{self.kind.words}, or a list of such"

    @property
    def schema(self) -> Schema:
        """One, or a list."""
        return one_or_more(self.kind.schema)

    def read(self, node: Node, key: str, mistakes: Mistakes) -> tuple[T, ...] | None:
        """All values, or none if a single one is wrong."""
        items = node.items if isinstance(node, SequenceNode) else (node,)
        if not items:
            sentence = f"{key}: the list is empty, so it could match nothing"
            mistakes.error(node.mark, sentence, f"give it a value, or leave out {key}")
            return None
        values = [self.kind.read(item, key, mistakes) for item in items]
        read = tuple(value for value in values if value is not None)
        return read if len(read) == len(values) else None


def any_case(word: str) -> str:
    """A pattern for the word in upper and lower case; JSON Schema has no flag for it."""
    return "".join(f"[{letter.upper()}{letter}]" for letter in word)


def _shape(node: MappingNode | SequenceNode) -> str:
    return "map" if isinstance(node, MappingNode) else "list"


def _template_hint(node: MappingNode | SequenceNode, key: str) -> str | None:
    """For `to: {class}`, which YAML takes for a map with one key and no value."""
    if not isinstance(node, MappingNode) or len(node.entries) != 1:
        return None
    name, value = node.entries[0]
    if not (isinstance(value, ScalarNode) and value.is_null):
        return None
    return quote_it(f"{{{name.text}}}", key)
