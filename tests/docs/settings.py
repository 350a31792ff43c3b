"""The settings as tables of the manual, made of the keys that the configuration's reader knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gallery_daemon.config.given import GIVEN
from gallery_daemon.config.kinds.base import Raw
from gallery_daemon.config.rules import RULE
from gallery_daemon.config.ruletests import EXPECT_MAP, TEST
from gallery_daemon.config.section import Section
from gallery_daemon.config.settings import MODEL, TOP_LEVEL, WATCH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.config.section import Key, Table

Row = tuple[str, ...]

HEADS = ("key", "takes", "default", "means")

# The maps that are read later than their key, because a path or a list may stand there as well.
_READ_LATER = {
    "watch": WATCH.table,
    "model": MODEL.table,
    "rules": RULE,
    "tests": TEST,
    "tests.given": GIVEN.table,
    "tests.expect": EXPECT_MAP,
}


def settings_rows() -> Iterator[tuple[str, tuple[Row, ...]]]:
    """Each map's path, empty at the top, and the rows of its table, the heads first."""
    for path, table in _maps("", TOP_LEVEL.table):
        rows = [_row(key) for key in table.keys]
        columns = [0, 1, 2, 3] if any(default for _, _, default, _ in rows) else [0, 1, 3]
        yield path, tuple(tuple(row[column] for column in columns) for row in (HEADS, *rows))


def _maps(path: str, table: Table) -> Iterator[tuple[str, Table]]:
    yield path, table
    for key in table.keys:
        inner = f"{path}.{key.name}".removeprefix(".")
        if isinstance(key.kind, Section):
            yield from _maps(inner, key.kind.table)
        elif inner in _READ_LATER:
            yield from _maps(inner, _READ_LATER[inner])


def _row(key: Key[object]) -> Row:
    # What is read later is told by the meaning, or has a table of its own.
    takes = "" if isinstance(key.kind, Raw | Section) else key.kind.words
    default = "" if key.default is None else f"`{key.default}`"
    # A default in brackets has a column of its own here.
    means = replace(key, says=key.says.replace(" ({default})", "")).description
    return f"`{key.name}`", takes, default, means
