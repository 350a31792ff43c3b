"""What the pages of the library have between two requests: a search, and counts of a moment ago.

One search at a time, for all tabs: it begins when a page first asks for it, and again once new
photos were seen since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.commands.duplicates import Duplicates
from gallery_daemon.commands.library_search import LibrarySearch
from gallery_daemon.commands.mislabelled import Mislabelled
from gallery_daemon.commands.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.overview_rows import KindCount, MonthCount


@dataclass(frozen=True, slots=True)
class LibraryCounts:
    """How many photos of each kind and month the library has."""

    kinds: Sequence[KindCount]
    months: Sequence[MonthCount]

    @property
    def photos(self) -> int:
        """How many there are."""
        return sum(each.photos for each in self.kinds)


class LibraryRoom:
    """For the journal's thread; its `search` may be read by any."""

    def __init__(
        self,
        config: Config,
        journal: Journal,
        clock: Clock,
        begin: Callable[[Config], LibrarySearch] = LibrarySearch,
    ) -> None:
        """Nothing is searched yet."""
        self._config, self._journal, self._begin = config, journal, begin
        self.recent = Recent(journal, config.library, clock)
        self.duplicates = Duplicates(journal, config.library, clock)
        self.mislabelled = Mislabelled(journal, config.library)
        self._counts: tuple[object, LibraryCounts] | None = None
        self._rules: tuple[object, Sequence[str]] | None = None
        self._search: tuple[int, LibrarySearch] | None = None

    def counts(self) -> LibraryCounts:
        """How many photos of each kind and month the library has.

        Raises:
            JournalError: the journal cannot be read now.
        """
        version = self._journal.version()
        if self._counts is None or self._counts[0] != version:
            rows, library = self._journal.overview, self._config.library
            counts = LibraryCounts(rows.kinds(library), rows.months(library))
            self._counts = version, counts
        return self._counts[1]

    def rules(self) -> Sequence[str]:
        """The rules by which photos were filed, in order.

        Raises:
            JournalError: the journal cannot be read now.
        """
        version = self._journal.version()
        if self._rules is None or self._rules[0] != version:
            self._rules = version, self.recent.rules()
        return self._rules[1]

    def search(self, *, is_new: bool = False) -> LibrarySearch:
        """The search that is under way or done; another one, if photos came since and `is_new`.

        Raises:
            JournalError: the journal cannot be read now.
        """
        newest = self._journal.inferences.seen.newest()
        if self._search is None or (is_new and self._is_old(newest)):
            self.close()
            self._search = newest, self._begin(self._config)
        return self._search[1]

    def close(self) -> None:
        """A search that is under way ends."""
        if self._search is not None:
            self._search[1].cancel()

    def _is_old(self, newest: int) -> bool:
        assert self._search is not None
        seen, search = self._search
        return search.is_done and seen != newest
