"""The manual's tables of the configuration, in Markdown, made of what the reader reads by.

The manual has them between marks, and a test compares them with these functions.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gallery_daemon.config.conditions import CONDITIONS
from gallery_daemon.config.rules import RULE
from gallery_daemon.config.section import Section
from gallery_daemon.config.settings import MODEL, TOP_LEVEL, WATCH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.config.section import Key, Table

# What a key's map has inside; those of `watch` and `model` are read where a path can stand as well.
_INSIDE = {"watch": WATCH.table, "model": MODEL.table} | {
    key.name: key.kind.table for key in TOP_LEVEL.table.keys if isinstance(key.kind, Section)
}


def condition_table() -> str:
    """Each condition with an example, and what that asks."""
    rows = ((f"`{key.name}: {key.sample}`", key.says) for key in CONDITIONS)
    return _markdown(("condition", "holds if"), rows)


def settings_table() -> str:
    """Each setting: its key, what it takes, its default if it has one, and what it means.

    A key of a map is written behind the map's: `batch.size`.
    """
    return _markdown(("setting", "takes", "default", "means"), _settings(TOP_LEVEL.table))


def rule_table() -> str:
    """Each key of a rule: what it takes, and what it means."""
    rows = ((f"`{key.name}`", key.kind.words, _meaning(key)) for key in RULE.keys)
    return _markdown(("key", "takes", "means"), rows)


def _settings(table: Table, above: str = "") -> Iterator[tuple[str, ...]]:
    for key in table.keys:
        name = f"{above}{key.name}"
        default = "" if key.default is None else f"`{key.default}`"
        yield f"`{name}`", key.kind.words, default, _meaning(key)
        if name in _INSIDE:
            yield from _settings(_INSIDE[name], f"{name}.")


def _meaning(key: Key[object]) -> str:
    """What a key says; a default in brackets is left out, for it has a column of its own."""
    return replace(key, says=key.says.replace(" ({default})", "")).description


def _markdown(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, *rows)
    first, *rest = (f"| {' | '.join(line)} |" for line in lines)
    return "\n".join((first, "|---" * len(head) + "|", *rest))
