"""The classifier process as its parent sees it: three pipes, three threads, one end.

The main thread never touches a pipe, so none can block it. A writer thread empties a queue into the
process's input; a reader thread delivers what comes out; a third keeps the last lines of standard
error, which say why it crashed. There is no deadlock: the process always reads its input
(`worker._listen` waits for nothing else), and the reader delivers to an inbox that never blocks.
The queue itself is bounded by the host's number of photos.

When the process ends, each thread reaches its pipe's end, closes it and ends too.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections import deque
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO, cast

from gallery_daemon.classifier.messages import read_from_child, write_message
from gallery_daemon.codec import CodecError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gallery_daemon.classifier.messages import FromChild, ToChild

# The process has no state: its input is closed, then SIGTERM, then SIGKILL, all in under 2 s.
_CLOSE_S = 1.0
_TERMINATE_S = 0.4
_KILL_S = 0.4
_JOIN_S = 0.2
_LAST_LINES = 20
_LINE_BYTES = 1000
# numpy multiplies only small matrices there: threads of its own that wait for work would take as
# much of the processor as the network does (OpenBLAS 0.3.31 on two cores: 11 of 41 ms a photo).
_ENVIRON = {"OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class PipeClosed:
    """The process closed its pipe; `problem` if it broke the rules of the frames before."""

    problem: str | None


@dataclass(frozen=True, slots=True)
class ChildEvent:
    """What a process said. `child` is its number, to tell it from those before it."""

    child: int
    message: FromChild | PipeClosed


class Child:
    """A running classifier process, the `number`th. Only the main thread calls its methods."""

    def __init__(
        self, command: Sequence[str], number: int, deliver: Callable[[ChildEvent], None]
    ) -> None:
        """Start it; `deliver` is called by a thread of ours.

        Raises:
            OSError: the program cannot be started.
        """
        self.number = number
        self._deliver = deliver
        self._outgoing: SimpleQueue[ToChild | None] = SimpleQueue()
        self._last_lines: deque[str] = deque(maxlen=_LAST_LINES)
        pipe = subprocess.PIPE
        environ = os.environ | _ENVIRON
        self._process = subprocess.Popen(  # noqa: S603
            command, stdin=pipe, stdout=pipe, stderr=pipe, env=environ
        )
        process = self._process
        streams = cast("list[BinaryIO]", [process.stdin, process.stdout, process.stderr])
        works = (self._write, self._read, self._listen)
        self._threads = [
            Thread(target=work, args=(stream,), daemon=True, name=f"classifier {work.__name__}")
            for work, stream in zip(works, streams, strict=True)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The process's number in the system."""
        return self._process.pid

    def send(self, message: ToChild) -> None:
        """The message will be written, if the process lives that long; never blocks."""
        self._outgoing.put(message)

    def end(self) -> str:
        """Let it finish by closing its input; kill it if it does not. Returns how it ended."""
        self._outgoing.put(None)
        if not self._is_gone_within(_CLOSE_S):
            self._process.terminate()
            if not self._is_gone_within(_TERMINATE_S):
                return self.kill()
        return self._tidy()

    def kill(self) -> str:
        """End it at once; it has nothing to lose. Returns how it ended."""
        self._outgoing.put(None)
        self._process.kill()
        self._is_gone_within(_KILL_S)
        return self._tidy()

    def reap(self) -> str:
        """Wait for a process that has closed its pipe. Returns how it ended."""
        return self._tidy() if self._is_gone_within(_KILL_S) else self.kill()

    def _is_gone_within(self, patience_s: float) -> bool:
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _tidy(self) -> str:
        """End its threads; if it cannot be killed (a dead disk), they are left."""
        self._outgoing.put(None)
        for thread in self._threads:
            thread.join(_JOIN_S)
        return _described(self._process.poll(), self._last_lines)

    def _write(self, pipe: BinaryIO) -> None:
        # The reader reports a process that died; a closed input says no more.
        with contextlib.suppress(OSError), pipe:
            while (message := self._outgoing.get()) is not None:
                write_message(pipe, message)

    def _read(self, pipe: BinaryIO) -> None:
        problem: str | None = "what it said could not be read"
        try:
            with pipe:
                while (message := read_from_child(pipe)) is not None:
                    self._deliver(ChildEvent(self.number, message))
            problem = None
        except CodecError as error:
            problem = str(error)
        finally:
            self._deliver(ChildEvent(self.number, PipeClosed(problem)))

    def _listen(self, pipe: BinaryIO) -> None:
        with pipe:
            while line := pipe.readline(_LINE_BYTES):
                self._last_lines.append(line.decode("utf-8", "replace").rstrip())


def _described(status: int | None, last_lines: Iterable[str]) -> str:
    if status is None:
        return "it cannot be killed"
    # A traceback's most useful line is the last that is not indented.
    said = [line for line in last_lines if line and not line[0].isspace()]
    if status < 0:
        name = signal.Signals(-status).name
        # Of the signals only abort(3) prints a reason; older lines would mislead.
        said = said if -status == signal.SIGABRT else []
    else:
        name = f"exit status {status}"
    return f"{name}: {said[-1]}" if said else name
