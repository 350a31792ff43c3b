"""A search through a whole library, in a thread of its own: like shots, and doubted photos.

What is found first is there first: a page shows it while the search goes on. It holds numbers, not
rows, however many photos there are.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from gallery_daemon.commands.background import Background
from gallery_daemon.commands.mislabelled import Mislabelled, most_doubted_first
from gallery_daemon.commands.near_pictures import PIECES, NearSearch
from gallery_daemon.daemon.journals import open_to_plan
from gallery_daemon.errors import BundleError
from gallery_daemon.model.manifest_file import read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gallery_daemon.commands.mislabelled import DoubtedPhoto
    from gallery_daemon.commands.near_pictures import NearGroup
    from gallery_daemon.commands.sort import ProgressDisplay
    from gallery_daemon.config.settings import Config
    from gallery_daemon.journal.journal import Journal


class LibrarySearch:
    """A search under way, or done; any thread may read what it has found.

    `compared` are the photos whose pictures are known and so could be compared.
    """

    def __init__(self, config: Config, open_journal: Callable[[], Journal] = open_to_plan) -> None:
        """It begins now."""
        self._config, self._open = config, open_journal
        self.groups: Sequence[NearGroup] = ()
        self.doubted: Sequence[DoubtedPhoto] = ()
        self.compared = 0
        self.has_all_groups = False
        self._act = Background(self._search)

    @property
    def is_done(self) -> bool:
        """Whether it has come to its end."""
        return self._act.is_done

    def check(self) -> None:
        """Whoever waits for it learns that it failed.

        Raises:
            GalleryError: it could not be done.
        """
        if self._act.is_done:
            self._act.result()

    def wait(self, timeout_s: float) -> bool:
        """Whether it has ended within the time."""
        return self._act.wait(timeout_s)

    def cancel(self) -> None:
        """It ends soon."""
        self._act.cancel()

    def _search(self, display: ProgressDisplay) -> bool:
        with contextlib.closing(self._open()) as journal:
            search = NearSearch(journal.inferences.seen.pictures())
            self.compared = search.pictures
            for step in search.steps():
                self.groups = search.groups()
                display.update(step, 2 * PIECES)
            self.has_all_groups = True
            self._doubt(journal, display)
        return True

    def _doubt(self, journal: Journal, display: ProgressDisplay) -> None:
        found: list[DoubtedPhoto] = []
        mislabelled = Mislabelled(journal, self._config.library)
        for place, doubted in mislabelled.search(self.groups, self._model()):
            if doubted is not None:
                found.append(doubted)
                continue
            self.doubted = most_doubted_first(found)
            display.update(PIECES + PIECES * place // len(self.groups), 2 * PIECES)
        self.doubted = most_doubted_first(found)

    def _model(self) -> str | None:
        with contextlib.suppress(BundleError):
            return read_manifest(self._config.model.folder).model_id
        return None
