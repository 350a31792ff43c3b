"""What watchdog does not tell by itself: dead threads, lost events, and limits of the kernel.

Below the watched folder it passes in silence over a folder that the kernel would not watch, because
a folder may vanish before its turn comes. So after a start, and whenever a folder has appeared, one
more is watched for a moment: if the kernel refuses that one, others may have been refused as well.
"""

from __future__ import annotations

import errno
import logging
import tempfile
import warnings
from typing import TYPE_CHECKING

from watchdog.events import FileSystemEventHandler
from watchdog.observers.inotify import InotifyObserver

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

_JOIN_S = 1.0
_RAISE = "raise the sysctl fs.inotify."

# What watchdog says for programmers does not belong between the daemon's lines: its log, and its
# warning that a folder which is made and seen at the same time is watched twice.
logging.getLogger("watchdog").addHandler(logging.NullHandler())
warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)


def all_alive(observer: BaseObserver) -> bool:
    """Whether all that makes events still runs; `observer.is_alive()` does not say."""
    return all(emitter.is_alive() for emitter in observer.emitters)


def why_no_more_watches() -> OSError | None:
    """Why the kernel would not watch another folder; None if it would, or cannot be asked."""
    try:
        with tempfile.TemporaryDirectory(prefix="gallery-daemon-") as folder:
            return _refusal(folder)
    except OSError:
        return None


def why_no_inotify(error: OSError) -> str:
    """The kernel's refusal in words. Source: inotify_init(2), inotify_add_watch(2)."""
    if error.errno == errno.ENOSPC:
        return f"no inotify watches are left; {_RAISE}max_user_watches and reload"
    if error.errno == errno.EMFILE:
        return f"no inotify instances are left; {_RAISE}max_user_instances and reload"
    return f"inotify failed: {error.strerror}"


def _refusal(folder: str) -> OSError | None:
    observer = InotifyObserver()
    observer.schedule(FileSystemEventHandler(), folder)
    try:
        observer.start()
    except OSError as error:
        return error
    finally:
        observer.stop()
    observer.join(_JOIN_S)
    return None


class OverflowEar(logging.Handler):
    """Hears watchdog say that the kernel's queue overflowed: it logs that and does no more."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._heard = False

    def emit(self, record: logging.LogRecord) -> None:
        """Remember an overflow."""
        if "overflow" in record.getMessage():
            self._heard = True

    def take(self) -> bool:
        """Whether events were lost since the last call."""
        heard, self._heard = self._heard, False
        return heard
