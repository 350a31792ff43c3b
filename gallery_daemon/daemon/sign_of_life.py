"""What a person at a terminal is told while the log has nothing to say.

The model takes seconds to load, on a small machine half a minute, and a folder without new photos
gives no line at all. So `run` says at a terminal that the model loads and how many files wait for
it, and once, when nothing is left to do, that it goes on watching. Neither is an event: a program
that reads the log can wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class SignOfLife:
    """A periodic task that tells a person what `run` waits for."""

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        files: Callable[[], int],
        is_loading: Callable[[], bool],
        is_listing: Callable[[], bool],
        is_watching: Callable[[], bool],
    ) -> None:
        """`files` are on their way; `is_listing`: there may be more that are not known yet."""
        self._say, self._files = say, files
        self._is_loading, self._is_listing = is_loading, is_listing
        self._is_watching = is_watching
        self._has_said_loading = self._has_said_idle = False

    def next_deadline(self) -> float | None:
        """At once, if there is something to tell; else not by itself."""
        return None if self._words() is None else float("-inf")

    def run_due(self, _now: float) -> None:
        """What there is to tell has been told."""
        words, loading = self._words(), self._is_loading()
        if words is not None:
            self._say(words)
            self._has_said_idle = self._has_said_idle or not loading
        self._has_said_loading = loading

    def _words(self) -> str | None:
        files = self._files()
        if self._is_loading():
            which = "1 file waits" if files == 1 else f"{files} files wait"
            return None if self._has_said_loading else f"the model loads; {which} for it"
        if self._has_said_idle or files or self._is_listing() or not self._is_watching():
            return None
        return "nothing is left to do; watching for new photos, until Ctrl-C"
