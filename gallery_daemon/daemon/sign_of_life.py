"""What a person at a terminal is told while the log has nothing to say.

The model takes seconds to load, on a small machine half a minute, and a folder without new photos
gives no line at all. So `run` says at a terminal that the model loads and how many files wait for
it, and once, when nothing is left to do, that it goes on watching. What failed and is tried again
is left to do. Neither is an event: a program that reads the log can wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.daemon.watching import Watching
    from gallery_daemon.daemon.wiring import Runtime


class SignOfLife:
    """A periodic task that tells a person what `run` waits for."""

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        files: Callable[[], int],
        is_loading: Callable[[], bool],
        is_done: Callable[[], bool],
        is_watching: Callable[[], bool],
    ) -> None:
        """`files` are on their way; `is_done`: nor is there any that is not known or tried yet."""
        self._say, self._files = say, files
        self._is_loading, self._is_done = is_loading, is_done
        self._is_watching = is_watching
        self._has_said_loading = self._has_said_idle = False

    @classmethod
    def of(cls, runtime: Runtime, watching: Watching, say: Callable[[str], None]) -> SignOfLife:
        """The task that tells what a daemon waits for."""
        state, host = runtime.photo_log.classifier, runtime.host

        def is_done() -> bool:
            is_listing = any(each.is_under_way for each in watching.listings)
            return runtime.inbox.is_empty and runtime.pipeline.is_done and not is_listing

        return cls(
            say,
            files=lambda: runtime.pipeline.load,
            is_loading=lambda: state.word(host.pid) == "starting",
            is_done=is_done,
            is_watching=lambda: any(is_up for _, is_up in watching.folders),
        )

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
        if self._is_loading():
            files = self._files()
            which = "1 file waits" if files == 1 else f"{files} files wait"
            return None if self._has_said_loading else f"the model loads; {which} for it"
        if self._has_said_idle or not self._is_watching() or not self._is_done():
            return None
        return "nothing is left to do; watching for new photos, until Ctrl-C"
