"""Filed photos by what they look like, and by what a model made of them that has not filed them."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Final, NamedTuple

from gallery_daemon.journal.record import row_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gallery_daemon.journal.database import Database
    from gallery_daemon.journal.record import Row

_NUMBERS_A_QUERY: Final = 100
_MARKS: Final = ", ".join("?" * _NUMBERS_A_QUERY)
# CROSS JOIN keeps the order, which has indexes.
_FILED_AS_SEEN: Final = f"""
SELECT seen.number, filings.* FROM seen CROSS JOIN filings ON filings.path = seen.path
AND filings.size_bytes = seen.size_bytes AND filings.mtime_ns = seen.mtime_ns
WHERE seen.number IN ({_MARKS}) AND library = ? AND state = 'filed' AND parent IS NULL
ORDER BY filings.id
"""  # noqa: S608 - our own words
_LOOKED_AT_SINCE: Final = """
SELECT filings.id, coalesce(said, class) AS class, looks.look AS answer FROM filings
CROSS JOIN looks ON looks.path = filings.path AND looks.model = ?
AND looks.size_bytes = filings.size_bytes AND looks.mtime_ns = filings.mtime_ns
WHERE library = ? AND state = 'filed' AND parent IS NULL AND said IS NULL
AND filings.model IS NOT NULL AND filings.model != looks.model ORDER BY filings.id DESC
"""
_LOOK: Final = "SELECT look FROM looks WHERE path = ? AND size_bytes = ? AND mtime_ns = ? LIMIT 1"


class LookedAtSince(NamedTuple):
    """A filed photo (`id` is its row's), its class, and what another model makes of it now."""

    id: int
    class_name: str | None
    probabilities: dict[str, float]


class ShotRows:
    """The filed photos of an open journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def filed(self, library: str, numbers: Sequence[int]) -> dict[int, Row]:
        """The filings that stand of the photos that were seen as those, by that number."""
        found: dict[int, Row] = {}
        for start in range(0, len(numbers), _NUMBERS_A_QUERY):
            some = numbers[start : start + _NUMBERS_A_QUERY]
            # NULL equals nothing.
            asked = (*some, *[None] * (_NUMBERS_A_QUERY - len(some)), os.fsencode(library))
            rows = self._database.rows(_FILED_AS_SEEN, asked)
            found |= {each["number"]: row_of(each) for each in rows}
        return found

    def looked_at_since(self, library: str, model: str) -> Iterator[LookedAtSince]:
        """The filed photos that `model` has seen, and another one has filed; the newest first."""
        for each in self._database.rows(_LOOKED_AT_SINCE, (model, os.fsencode(library))):
            probabilities = _of_look(each["answer"], "prediction").get("probabilities")
            if isinstance(probabilities, dict):
                yield LookedAtSince(each["id"], each["class"], probabilities)

    def pixels(self, row: Row) -> tuple[int, int] | None:
        """Width and height of the row's photo, as a person sees it; None: not known."""
        asked = os.fsencode(row.path), row.identity.size_bytes, row.identity.mtime_ns
        for (text,) in self._database.rows(_LOOK, asked):
            facts = _of_look(text, "facts")
            width, height = facts.get("width"), facts.get("height")
            if isinstance(width, int) and isinstance(height, int) and width and height:
                return width, height
        return None


def _of_look(text: str, part: str) -> dict[str, object]:
    """That part of a cached inference; empty, if it has none or is damaged."""
    with contextlib.suppress(ValueError):
        found = json.loads(text)
        if isinstance(found, dict) and isinstance(found.get(part), dict):
            return dict(found[part])
    return {}
