"""What follows `when`: a map of conditions, combined.

Keys are AND, a list of values is OR, and `all`, `any`, `not` say the rest. A map that names a class
takes the defaults of `min_confidence` and `min_margin`, where it says nothing of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from gallery_daemon.config.conditions import CONDITIONS
from gallery_daemon.config.document import MappingNode, Node, ScalarNode, SequenceNode
from gallery_daemon.config.kinds.base import Raw
from gallery_daemon.config.mistakes import Mistakes, did_you_mean, quoted
from gallery_daemon.config.section import Key, Table, Written
from gallery_daemon.rules.condition import All, Any, Condition, Not
from gallery_daemon.rules.glob import name_matches

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

    `classes` are the model's and `sources` the watch folders' names, none if they could not be
    read; `defaults` are the conditions that a map takes which names a class, by their key.
    """

    classes: tuple[str, ...] | None
    sources: tuple[str, ...] | None
    defaults: dict[str, Condition]
    mistakes: Mistakes

    def read(self, node: Node) -> All | None:
        """The conditions in the order of the YAML; none means that mistakes have been reported."""
        return self._map(node, frozenset())

    def _map(self, node: Node, settled: frozenset[str]) -> All | None:
        """One map; `settled` are the keys that it does not take from the defaults."""
        if _is_empty(node):
            hint = "to match every photo leave out `when`"
            self.mistakes.error(node.mark, "a map of conditions cannot be empty", hint)
            return None
        found = WHEN.read(node, self.mistakes)
        if found is None or not isinstance(node, MappingNode):
            return None
        self._refuse_unknown(found)
        settled |= _own_keys(node)
        defaults: tuple[Condition, ...] = ()
        if "class" in found.nodes:
            missing = (key for key in self.defaults if key not in settled)
            defaults = tuple(self.defaults[key] for key in missing)
            settled |= self.defaults.keys()
        parts = [part for name in found.nodes for part in self._parts(name, found, settled)]
        return All((*parts, *defaults)) if parts else None

    def _parts(self, name: str, found: Written, settled: frozenset[str]) -> tuple[Condition, ...]:
        """What one key adds to the conjunction; nothing where a mistake has been reported."""
        node = found.nodes[name]
        match name:
            case "all":
                maps = self._maps(node, name, settled)
                return tuple(part for each in maps for part in each.parts)
            case "any":
                maps = self._maps(node, name, settled)
                return (Any(tuple(_simple(each) for each in maps)),) if maps else ()
            case "not":
                # No default below a `not`: it would make the rule match more, not less.
                inner = self._not(node, settled | self.defaults.keys())
                return () if inner is None else (Not(_simple(inner)),)
            case _:
                value = found.get(_BY_NAME[name])
                if isinstance(value, All):  # a key that asks for several things at once
                    return value.parts
                return () if value is None else (value,)

    def _maps(self, node: Node, key: str, settled: frozenset[str]) -> list[All]:
        if not isinstance(node, SequenceNode) or not node.items:
            hint = f"write {key}: [{{class: cars}}, {{ext: png}}]"
            self.mistakes.error(node.mark, f"{key} must be a list of maps of conditions", hint)
            return []
        maps = [self._map(item, settled) for item in node.items]
        return [each for each in maps if each is not None]

    def _not(self, node: Node, settled: frozenset[str]) -> All | None:
        if isinstance(node, SequenceNode):
            hint = "write not: {any: [...]} if none of them may hold"
            self.mistakes.error(node.mark, "not must be a map of conditions, not a list", hint)
            return None
        return self._map(node, settled)

    def _refuse_unknown(self, found: Written) -> None:
        """Report classes that the model does not have, and sources that match no watch folder."""
        asked = found.nodes.get("probability")
        keys = (name for name, _ in asked.entries) if isinstance(asked, MappingNode) else ()
        for item in (*_scalars(found.nodes.get("class")), *keys):
            if self.classes is not None and item.text.strip() not in self.classes:
                known = f"the model's classes are {', '.join(self.classes)}"
                sentence = f"unknown class {quoted(item.text)}; {known}"
                self.mistakes.error(item.mark, sentence, did_you_mean(item.text, self.classes))
        for item in _scalars(found.nodes.get("source")):
            names = self.sources
            if names is not None and not any(name_matches(item.text.strip(), n) for n in names):
                known = f"matches no watch folder; they are called {', '.join(names)}"
                sentence = f"source {quoted(item.text)} {known}"
                self.mistakes.error(item.mark, sentence, did_you_mean(item.text, names))


def _is_empty(node: Node) -> bool:
    return node.is_null if isinstance(node, ScalarNode) else node.size == 1


def _scalars(node: Node | None) -> tuple[ScalarNode, ...]:
    """The single values of one value or a list; others have been reported as mistakes."""
    items = node.items if isinstance(node, SequenceNode) else (node,)
    return tuple(item for item in items if isinstance(item, ScalarNode) and item.text.strip())


def _own_keys(node: MappingNode) -> frozenset[str]:
    """The keys of a map and of the maps under its `all`, which are one conjunction with it."""
    keys = {name.text for name, _ in node.entries}
    for name, value in node.entries:
        if name.text == "all" and isinstance(value, SequenceNode):
            maps = (item for item in value.items if isinstance(item, MappingNode))
            keys |= {key for item in maps for key in _own_keys(item)}
    return frozenset(keys)


def _simple(each: All) -> Condition:
    """A conjunction of one is that one."""
    return each.parts[0] if len(each.parts) == 1 else each
