"""What every process that parses photos does at its start: its pipes, and its manners.

Imported by the programs of this room only, which are started and never imported.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import threading
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from gallery_daemon.classifier.messages import write_message

if TYPE_CHECKING:
    from gallery_daemon.classifier.messages import FromChild
    from gallery_daemon.classifier.picture_messages import FromPictureMaker

# Below the daemon's own niceness: a backlog must not slow down a desktop.
_NICENESS = 5
# Of 1000, and more than a desktop's programs have: when memory runs out, this process goes first.
# There is no limit of memory: all decoders and the network would share it, so an innocent photo
# would fail beside a greedy one, and torch reserves far more addresses than it uses.
_OOM_SCORE = 500
EXIT_BROKEN = 1


@dataclass(frozen=True, slots=True)
class Pipes:
    """The pipes to the host; any thread may call `send`."""

    incoming: BinaryIO
    outgoing: BinaryIO
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of_process(cls) -> Pipes:
        """Standard input and output, from now on for frames only.

        What a library prints goes to standard error, and never between two frames.
        """
        pipes = cls(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
        with Path(os.devnull).open("rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        os.dup2(2, 1)
        return pipes

    def send(self, message: FromChild | FromPictureMaker) -> None:
        """The message is in the pipe; the process ends if the host has closed it."""
        try:
            with self._lock:
                write_message(self.outgoing, message)
        except OSError:
            os._exit(0)


def end_with_thread(dead: threading.ExceptHookArgs) -> None:
    """A thread that fails ends the process, so the host starts another and does not wait."""
    traceback.print_exception(dead.exc_value)
    os._exit(EXIT_BROKEN)


def step_back() -> None:
    """Yield to other programs, and leave no core dump of a photo."""
    # Ctrl-C and a closed terminal reach the whole process group; the parent handles them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):
        score = Path("/proc/self/oom_score_adj")
        score.write_text(str(max(_OOM_SCORE, int(score.read_text()))))
