"""A command, above all `gallery-daemon learn --json`, as a process of its own.

It is the same act as a person's, holds the same lock, may be ended at any instruction, and its
memory is the system's again afterwards. Learning has a low priority.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass

# -P: the working folder may be a synced one, and a `torch.py` in it must not be imported.
LEARNER = (sys.executable, "-P", "-m", "gallery_daemon")

_END_S = 2.0
_NICENESS = 15
_WORDS_LIMIT = 200


@dataclass(frozen=True, slots=True)
class LearnerResult:
    """How the process ended: its status, and what it printed."""

    status: int
    said: str
    errors: str


class CommandProcess:
    """A command of ours with these words, for one thread at a time."""

    def __init__(self, *words: str) -> None:
        """It is started.

        Raises:
            OSError: it cannot be.
        """
        # No pipes: nobody reads them before the end, and a full one would keep it from ending.
        self._said, self._errors = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            (*LEARNER, *words), stdin=subprocess.DEVNULL, stdout=self._said, stderr=self._errors
        )

    def result(self) -> LearnerResult | None:
        """What came of it, to be asked until it is there; None: it is still at work."""
        if self._process.poll() is None:
            return None
        texts = []
        for file in (self._said, self._errors):
            with file:
                file.seek(0)
                texts.append(file.read().decode("utf-8", "replace"))
        return LearnerResult(self._process.returncode, *texts)

    def end(self) -> None:
        """It is gone; what it had not done is done the next time."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_END_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        self._said.close()
        self._errors.close()


class LearnerProcess(CommandProcess):
    """A process that learns, for one thread at a time."""

    def __init__(self, file: str, *, adopts: bool = True) -> None:
        """It is started, for the configuration in the file; what passes the gate serves or waits.

        Raises:
            OSError: it cannot be.
        """
        super().__init__("learn", *(("--yes",) if adopts else ()), "--json", "--config", file)
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _NICENESS)


def why_failed(found: LearnerResult) -> tuple[str, str | None]:
    """Why a process failed, and what to do, from what it wrote."""
    if found.status < 0:
        return f"it was ended by signal {-found.status}", None
    lines = [line.strip() for line in found.errors.splitlines() if line.strip()]
    error = next((line for line in lines if line.startswith("error: ")), (lines or [""])[-1])
    hint = next((line for line in lines if line.startswith("hint: ")), None)
    sentence = error.removeprefix("error: ")[:_WORDS_LIMIT] or f"exit status {found.status}"
    return sentence, hint and hint.removeprefix("hint: ")[:_WORDS_LIMIT]
