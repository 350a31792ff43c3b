"""What open pages are told, without a server."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from gallery_daemon.errors import JournalError
from gallery_daemon.review import news
from gallery_daemon.review.lifetime import Lifetime
from gallery_daemon.review.news import News
from tests.faults.household import HandClock

if TYPE_CHECKING:
    import pytest


class Journal:
    """A journal whose versions are told beforehand; the last one ends the review."""

    def __init__(self, lifetime: Lifetime, *versions: object) -> None:
        self._lifetime, self._versions = lifetime, list(versions)
        self.pages: set[int] = set()

    async def version(self) -> object:
        """The next one."""
        self.pages.add(self._lifetime.open_pages)
        if len(self._versions) == 1:
            self._lifetime.end()
        version = self._versions.pop(0)
        if isinstance(version, JournalError):
            raise version
        return version

    async def told(self) -> dict[str, object]:
        """What a page is told."""
        return {"counts": {"/review": 7}}


def heard(monkeypatch: pytest.MonkeyPatch, *versions: object) -> tuple[list[str], set[int]]:
    """What a page hears, without the time in between; how many pages were open meanwhile."""
    monkeypatch.setattr(news, "_EVERY_S", 0.0)

    async def listen() -> tuple[list[str], set[int]]:
        lifetime = Lifetime(HandClock(), 60.0)
        journal = Journal(lifetime, *versions)
        stream = News(lifetime, journal.version, journal.told).stream()
        lines = [str(line) async for line in stream.body_iterator]
        assert lifetime.open_pages == 0
        return lines, journal.pages

    return asyncio.run(listen())


def test_a_page_is_told_once_for_each_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """And in the end that the review is over."""
    lines, pages = heard(monkeypatch, 1, 1, 2, 2, 3, 3)

    events = [line for line in lines if line.startswith("event")]
    assert [line.split("\n")[0] for line in events] == [
        "event: changed", "event: changed", "event: over"
    ]  # fmt: skip
    assert json.loads(events[0].split("data: ")[1]) == {"counts": {"/review": 7}}
    assert pages == {1}


def test_a_quiet_page_gives_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    """So a page that was closed is noticed, and does not keep the server."""
    lines, _ = heard(monkeypatch, *[1] * 40)

    assert lines[0].startswith("retry:")
    assert [": \n\n"] * 2 == lines[1:-1]


def test_a_journal_that_cannot_be_read_ends_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is another one afterwards, perhaps, so the page is told."""
    lines, _ = heard(monkeypatch, 1, JournalError("locked"), JournalError("locked"), 1, 1)

    assert 2 == len([line for line in lines if "changed" in line])
