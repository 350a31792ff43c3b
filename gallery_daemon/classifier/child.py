"""The classifier process as its parent sees it: three pipes, three threads, one end.

The main thread never touches a pipe, so it can never be blocked by one. A writer thread empties a
queue into the process's input; a reader thread delivers what comes out; a third keeps the last
lines of standard error, which say why it crashed. No circle of waiting can close: the process
always reads its input (`worker._listen` waits for nothing else), and what the reader delivers goes
to an inbox that always takes it. The queue itself is bounded by the host's photos.

When the process ends, each thread reaches its pipe's end, closes it and ends too.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
from collections import deque
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO, cast

from gallery_daemon.classifier.frames import read_from_child, write_message
from gallery_daemon.codec import CodecError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gallery_daemon.classifier.messages import FromChild, ToChild

# A process that holds no state may be told once, asked once, and killed; together under 2 s.
_CLOSE_S = 1.0
_TERMINATE_S = 0.4
_KILL_S = 0.4
_JOIN_S = 0.2
_LAST_LINES = 20
_LINE_BYTES = 1000


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing more will come from the process; `problem` if it broke the rules of the frames."""

    problem: str | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a process said. `child` tells the living from those before it."""

    child: int
    message: FromChild | Gone


class Child:
    """A running classifier process, the `number`th. All methods are the main thread's."""

    def __init__(
        self, command: Sequence[str], number: int, deliver: Callable[[Arrival], None]
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
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)  # noqa: S603
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
        """Let it finish by closing its input; kill it if it does not. Says how it ended."""
        self._outgoing.put(None)
        if not self._is_gone_within(_CLOSE_S):
            self._process.terminate()
            if not self._is_gone_within(_TERMINATE_S):
                return self.kill()
        return self._tidy()

    def kill(self) -> str:
        """End it at once; it keeps nothing that could be lost. Says how it ended."""
        self._outgoing.put(None)
        self._process.kill()
        self._is_gone_within(_KILL_S)
        return self._tidy()

    def reap(self) -> str:
        """It has closed its pipe, so it is ending or gone. Says how it ended."""
        return self._tidy() if self._is_gone_within(_KILL_S) else self.kill()

    def _is_gone_within(self, patience_s: float) -> bool:
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _tidy(self) -> str:
        """Its threads have ended, unless it cannot be killed (a dead disk): then they are left."""
        self._outgoing.put(None)
        for thread in self._threads:
            thread.join(_JOIN_S)
        return _described(self._process.poll(), self._last_lines)

    def _write(self, pipe: BinaryIO) -> None:
        # A process that died says so at its output's end; that its input is closed is no news.
        with contextlib.suppress(OSError), pipe:
            while (message := self._outgoing.get()) is not None:
                write_message(pipe, message)

    def _read(self, pipe: BinaryIO) -> None:
        problem: str | None = "what it said could not be read"
        try:
            with pipe:
                while (message := read_from_child(pipe)) is not None:
                    self._deliver(Arrival(self.number, message))
            problem = None
        except CodecError as error:
            problem = str(error)
        finally:
            self._deliver(Arrival(self.number, Gone(problem)))

    def _listen(self, pipe: BinaryIO) -> None:
        with pipe:
            while line := pipe.readline(_LINE_BYTES):
                self._last_lines.append(line.decode("utf-8", "replace").rstrip())


def _described(status: int | None, last_lines: Iterable[str]) -> str:
    if status is None:
        return "it cannot be killed"
    # A traceback's last line, which says the most, is the last that is not indented.
    said = [line for line in last_lines if line and not line[0].isspace()]
    if status < 0:
        name = signal.Signals(-status).name
        # Of the signals only abort(3) comes with a word; older lines would mislead.
        said = said if -status == signal.SIGABRT else []
    else:
        name = f"exit status {status}"
    return f"{name}: {said[-1]}" if said else name
