"""Pictures for a page, made by the classifier process without a model, and kept on disk.

Any thread may ask, and waits for its picture. A process makes one picture at a time, so what it
dies of is the one that was asked for: that is refused with a sentence, and is not asked for again
as long as its file stays the same; the next one has a new process. No process is there before the
first picture is, and one that is asked for nothing ends by itself.

What a process says is believed no further than its first bytes: a picture that does not begin as
one is none.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from gallery_daemon.classifier.messages import FRAME_LIMIT_BYTES, write_message
from gallery_daemon.classifier.picture_messages import (
    PictureRefusal,
    PictureRequest,
    PictureSetup,
    Thumbnail,
    picture_of,
)
from gallery_daemon.codec import CodecError
from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from gallery_daemon.classifier.picture_cache import PictureCache
    from gallery_daemon.photo import Identity

# -P: the working folder may be a synced one, and a `torch.py` in it must not be imported.
PICTURE_WORKER: Final = (sys.executable, "-P", "-m", "gallery_daemon.classifier.picture_worker")
PROCESSES: Final = 2
"""So many at most: one decodes while another waits for the disk."""
# numpy needs no threads of its own for pictures, and they would cost memory.
_ENVIRON = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_LENGTH_BYTES = 4
_REMEMBERED = 1000
_END_S = 2.0
# A busy machine's start counts, too.
_START_S = 30.0


class PictureRefused(GalleryError):
    """There is no picture of the photo; the sentence says why."""


class PictureMaker:
    """Makes pictures of photos, or has them from the cache; any thread may call it."""

    def __init__(
        self,
        setup: PictureSetup,
        cache: PictureCache | None = None,
        *,
        processes: int = PROCESSES,
        command: tuple[str, ...] = PICTURE_WORKER,
    ) -> None:
        """Nothing is started yet."""
        self._setup, self._cache, self._command = setup, cache, command
        self._turns = threading.BoundedSemaphore(processes)
        self._lock = threading.Lock()
        self._resting: list[_PictureProcess] = []
        self._working: set[_PictureProcess] = set()
        self._refused: OrderedDict[Identity, str] = OrderedDict()
        self._is_closed = False

    def thumbnail(self, path: str, identity: Identity, side: int) -> Thumbnail:
        """The photo at the absolute path, which is that file, within a square of `side` pixels.

        Raises:
            PictureRefused: there is none.
        """
        kept = None if self._cache is None else self._cache.get(identity, side)
        if kept is not None:
            return kept
        with self._lock:
            reason = self._refused.get(identity)
        if reason is not None:
            raise PictureRefused(reason)
        with self._turns:
            made = self._made(PictureRequest(path, identity, side))
        if self._cache is not None:
            self._cache.put(identity, side, made)
        return made

    def close(self) -> None:
        """All processes have ended; who waits for a picture is refused it."""
        with self._lock:
            self._is_closed = True
            resting, working = self._resting[:], tuple(self._working)
            self._resting.clear()
        for each in working:
            each.kill()  # whoever waits for it tidies up
        for each in resting:
            each.end()

    @property
    def pids(self) -> tuple[int, ...]:
        """The numbers of the processes that are there, in the system."""
        with self._lock:
            return tuple(each.pid for each in (*self._resting, *self._working) if each.is_alive)

    def _made(self, request: PictureRequest) -> Thumbnail:
        process = self._take()
        try:
            reply = process.ask(request, self._setup.picture_s)
        except _ProcessEnded as error:
            self._leave(process)
            if not self._is_closed:
                self._remember(request.identity, error.sentence)
            raise PictureRefused(error.sentence) from error
        except BaseException:
            self._leave(process)
            raise
        self._rest(process)
        if isinstance(reply, PictureRefusal):
            raise PictureRefused(reply.reason)
        return reply

    def _take(self) -> _PictureProcess:
        """A process that is there and ready; the last that worked, so that others grow idle."""
        with self._lock:
            if self._is_closed:
                raise PictureRefused("the program is ending")
            while self._resting:
                process = self._resting.pop()
                if process.is_alive:
                    self._working.add(process)
                    return process
                process.end()
            try:
                process = _PictureProcess(self._command, self._setup)
            except OSError as error:
                raise PictureRefused(
                    f"the program that makes pictures cannot be started: {error.strerror}"
                ) from error
            self._working.add(process)
            return process

    def _rest(self, process: _PictureProcess) -> None:
        with self._lock:
            self._working.discard(process)
            if not self._is_closed:
                self._resting.append(process)
                return
        process.end()

    def _leave(self, process: _PictureProcess) -> None:
        process.end()
        with self._lock:
            self._working.discard(process)

    def _remember(self, identity: Identity, reason: str) -> None:
        with self._lock:
            self._refused[identity] = reason
            if len(self._refused) > _REMEMBERED:
                self._refused.popitem(last=False)


class _ProcessEnded(GalleryError):
    """The process died, hung, or said what no such process says; it is of no more use."""


class _PictureProcess:
    """One process, which is asked one thing at a time."""

    def __init__(self, command: tuple[str, ...], setup: PictureSetup) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(  # noqa: S603
            command,
            stdin=pipe,
            stdout=pipe,
            stderr=subprocess.DEVNULL,
            env=os.environ | _ENVIRON,
        )
        self._setup: PictureSetup | None = setup

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: PictureRequest, patience_s: float) -> Thumbnail | PictureRefusal:
        """The answer.

        Raises:
            _ProcessEnded: there is none.
        """
        assert self._process.stdin is not None
        until = time.monotonic() + patience_s
        try:
            if self._setup is not None:
                write_message(self._process.stdin, self._setup)
                self._setup, until = None, until + _START_S
            write_message(self._process.stdin, request)
            body = self._frame(until)
            return picture_of(body)
        except TimeoutError as error:
            raise _ProcessEnded(f"making its picture took longer than {patience_s:g} s") from error
        except (OSError, EOFError) as error:
            raise _ProcessEnded("its picture crashed the program that makes them") from error
        except CodecError as error:
            raise _ProcessEnded(f"what came was no picture: {error}") from error

    def kill(self) -> None:
        """The process ends; who waits for its answer finds that out."""
        self._process.kill()

    def end(self) -> None:
        """The process has ended, or cannot be ended (a dead disk)."""
        self.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_S)
        for each in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                assert each is not None
                each.close()

    def _frame(self, until: float) -> bytes:
        length = int.from_bytes(self._bytes(_LENGTH_BYTES, until), "big")
        if length > FRAME_LIMIT_BYTES:
            raise CodecError(f"a frame of {length} bytes is too large")
        return self._bytes(length, until)

    def _bytes(self, length: int, until: float) -> bytes:
        """So many bytes, before that monotonic time."""
        assert self._process.stdout is not None
        pipe, found = self._process.stdout.fileno(), bytearray()
        while len(found) < length:
            patience_s = until - time.monotonic()
            if patience_s <= 0 or not select.select([pipe], [], [], patience_s)[0]:
                raise TimeoutError
            part = os.read(pipe, length - len(found))
            if not part:
                raise EOFError
            found += part
        return bytes(found)
