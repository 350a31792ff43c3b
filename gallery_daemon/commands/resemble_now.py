"""`explain --resembles` as a process of its own, for a page: its memory is gone with it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from gallery_daemon.codec import CodecError, object_of, value_of
from gallery_daemon.daemon.learner_process import CommandProcess, why_failed
from gallery_daemon.errors import GalleryError
from gallery_daemon.learning.resembled import Resemblance

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class ResemblingNow:
    """A photo that is being compared, for one thread at a time."""

    def __init__(
        self, config: Path, photo: str, start: Callable[..., CommandProcess] = CommandProcess
    ) -> None:
        """It is begun, by the configuration in the file, for the photo at that absolute path.

        Raises:
            GalleryError: it cannot be.
        """
        words = ("explain", "--resembles", "--json", "--config", os.fspath(config), photo)
        try:
            self._process = start(*words)
        except OSError as error:
            raise GalleryError(
                f"no process can be started: {(error.strerror or str(error)).lower()}"
            ) from error
        self._is_over = False

    def outcome(self) -> Resemblance | None:
        """What came of it, once; None: it is still at work.

        Raises:
            GalleryError: the command says why it cannot be said.
        """
        ended = self._process.result()
        if ended is None:
            return None
        self._is_over = True
        try:
            said = object_of(ended.said).get("resembles")
            found: Resemblance = value_of(Resemblance, _named(said), "resembles", exact=False)
        except CodecError as error:
            raise GalleryError(*why_failed(ended)) from error
        return found

    def end(self) -> None:
        """It is gone, if it was not before."""
        if not self._is_over:
            self._is_over = True
            self._process.end()


def _named(said: object) -> object:
    """The same with `class`, which is no name in Python, as `class_name`."""
    if isinstance(said, Mapping):
        return {"class_name" if key == "class" else key: _named(each) for key, each in said.items()}
    return [_named(each) for each in said] if isinstance(said, list) else said
