"""What a person said of a photo is asked of the journal before the photo is judged.

The last word counts, however it was given. By it the rules decide as if the model were certain, so
a photo that a person put into its place is not carried back by the next `refile`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gallery_daemon.journal.lesson import LessonState
from gallery_daemon.journey.examined import Predicted

if TYPE_CHECKING:
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journey.examined import Examined
    from gallery_daemon.photo import Photo


class PersonsWord:
    """Looks up what was said of photos of one library."""

    def __init__(self, journal: Journal, library: str) -> None:
        self._lessons, self._library = journal.lessons, library

    def of(self, examined: Examined) -> Examined:
        """The same, with what was said of the photo where it is now.

        Raises:
            JournalError: the journal cannot be read now.
        """
        if not isinstance(examined, Predicted) or examined.said is not None:
            return examined
        said = self.on(examined.photo)
        return examined if said is None else replace(examined, said=said)

    def of_filed(self, examined: Examined, there: Photo, filing: int) -> Examined:
        """The same, with what was said of the photo that lies `there` and was filed as that row.

        Raises:
            JournalError: the journal cannot be read now.
        """
        said = self.on(there, filing)
        if said is None or not isinstance(examined, Predicted):
            return examined
        return replace(examined, said=said)

    def on(self, file: Photo, filing: int | None = None) -> str | None:
        """The class that was said of the file, which was filed as that row; None: nothing.

        Raises:
            JournalError: the journal cannot be read now.
        """
        said = self._lessons.of_file(self._library, file.path, file.identity, filing)
        holding = [each.class_name for each in said if each.state is LessonState.ACTIVE]
        return holding[-1] if holding else None
