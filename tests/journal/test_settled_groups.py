"""Which of several like shots a person wants: remembered by what the files are."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.journal.empty import new_journal
from tests.journal.test_overview_rows import LIBRARY, entry, write

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_a_group_is_settled_as_a_whole(tmp_path: Path) -> None:
    """Not one that has another shot, nor shots of two groups; and in its library alone."""
    with closing(new_journal(tmp_path / "journal.sqlite3")) as journal:
        write(journal, *map(entry, (1, 2, 3, 4)))
        one, two, three, four = map(journal.existing_row, (1, 2, 3, 4))
        settled = journal.settled_groups

        settled.settle(LIBRARY, [one, two], [1], NOW)
        settled.settle(LIBRARY, [three, four], [], NOW)

        assert settled.is_settled(LIBRARY, [two, one])
        assert settled.is_settled(LIBRARY, [two])
        assert not settled.is_settled(LIBRARY, [one, two, three])
        assert not settled.is_settled(LIBRARY, [two, three])
        assert not settled.is_settled("/another", [one, two])
        assert not settled.is_settled(LIBRARY, [])


def test_what_was_said_is_told_and_taken_back(tmp_path: Path) -> None:
    """The latest first; once."""
    with closing(new_journal(tmp_path / "journal.sqlite3")) as journal:
        write(journal, *map(entry, (1, 2, 3)))
        one, two, three = map(journal.existing_row, (1, 2, 3))
        settled = journal.settled_groups
        first = settled.settle(LIBRARY, [one, two], [2], NOW)
        second = settled.settle(LIBRARY, [one, three], [1, 3], NOW)

        told = settled.latest(LIBRARY, 9)

        assert [second, first] == [each.id for each in told]
        assert [((1, True), (3, True)), ((1, False), (2, True))] == [each.photos for each in told]
        assert NOW == told[0].settled_at
        assert [first] == [each.id for each in settled.latest(LIBRARY, 1, second)]
        assert settled.take_back(first)
        assert not settled.take_back(first)
        assert not settled.is_settled(LIBRARY, [one, two])
        assert settled.is_settled(LIBRARY, [one, three])
