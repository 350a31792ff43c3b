"""Takes up another version of the model: one that was learned, chosen, or serves for a damaged one.

On each beat the few files are looked at by stat that decide which version serves. When they have
changed, or the classifier process cannot start, what serves is read anew; and where it is another
version than the session's, the configuration is read again, which begins a session with it.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from gallery_daemon.daemon.beat import next_beat
from gallery_daemon.daemon.configuration import manifest_of, versions_of
from gallery_daemon.errors import BundleError
from gallery_daemon.logs.model_events import ModelAdopted
from gallery_daemon.model.version_files import read_learned

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.config.settings import Config
    from gallery_daemon.journey.classifier_state import ClassifierState
    from gallery_daemon.model.model_versions import ModelVersions


class VersionWatch:
    """A periodic task that asks for a reload when another version serves than the session's."""

    def __init__(
        self,
        versions: ModelVersions,
        serves: str | None,
        ask: Callable[[], None],
        trouble: Callable[[], str | None],
    ) -> None:
        """`serves` is the folder of the session's version.

        `trouble` says why the classifier process cannot be started, if it cannot.
        """
        self._versions, self._serves = versions, serves
        self._ask, self._trouble = ask, trouble
        self._seen: tuple[object, ...] | None = None
        self._next = float("-inf")

    @classmethod
    def of(
        cls, config: Config, ask: Callable[[], None], classifier: ClassifierState
    ) -> VersionWatch | None:
        """The watch for a session; None where the model cannot be read: the log says so."""
        with contextlib.suppress(BundleError):
            versions = versions_of(config.model.bundle, config.library)
            return cls(versions, config.model.version, ask, lambda: classifier.trouble)
        return None

    def next_deadline(self) -> float | None:
        """When the next look is due, in monotonic seconds."""
        return self._next

    def run_due(self, now: float) -> None:
        """One look, if it is due."""
        if now < self._next:
            return
        self._next = next_beat(now)
        seen = (*self._versions.marks(), self._trouble())
        if seen == self._seen:
            return
        self._seen = seen
        folder = self._versions.serving().version.folder
        if self._serves != (None if folder is None else os.fspath(folder)):
            self._ask()


def adopted(before: Config, model_before: str, after: Config) -> ModelAdopted | None:
    """What the log says when a session begins with another version; None: it is the same.

    `model_before` is the `model_id` of the session before.
    """
    was, now = before.model, after.model
    if (was.bundle, before.library) != (now.bundle, after.library) or was.version == now.version:
        return None
    # It was read a moment ago; if it is gone, the next look at the versions says so.
    with contextlib.suppress(BundleError):
        model, learned = manifest_of(now).model_id, None
        if now.version is not None:
            learned = read_learned(now.folder)
        return ModelAdopted(
            after.library,
            model,
            model_before,
            version=0 if learned is None else learned.number,
            lessons=0 if learned is None else learned.count,
            figures={} if learned is None else learned.figures,
        )
    return None
