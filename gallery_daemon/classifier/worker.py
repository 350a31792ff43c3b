"""The classifier process: photo bytes are parsed here and nowhere else.

Its threads, and the queues between them:

    host's pipe -> [listen] -> requests -> [read x N] -> pictures -> [main: batch, network] -> pipe

Every request gets exactly one answer or refusal, in any order. The host bounds the queue of
requests, because it has few photos out. The queue of pictures is bounded by one batch, which holds
the readers back. The process has no state: it may be killed at any instruction, and it ends when
its parent does.

Started as `python -P -m gallery_daemon.classifier.worker`, never imported.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from gallery_daemon.classifier.batcher import (
    BoundedQueue,
    Network,
    Prepared,
    Scores,
    classify,
    collect,
    read_photo,
)
from gallery_daemon.classifier.messages import (
    Broken,
    FromChild,
    Ready,
    Refusal,
    Request,
    Setup,
    Started,
    read_to_child,
    write_message,
)
from gallery_daemon.errors import GalleryError
from gallery_daemon.imaging.look import Look, look
from gallery_daemon.model.engines.choose import ChosenEngine, EngineOptions, load_best
from gallery_daemon.model.engines.trial import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gallery_daemon.imaging.decode import Pixels

# Below the daemon's own niceness: a backlog must not slow down a desktop.
_NICENESS = 5
# Of 1000, and more than a desktop's programs have: when memory runs out, this process goes first.
# There is no limit of memory: all decoders and the network would share it, so an innocent photo
# would fail beside a greedy one, and torch reserves far more addresses than it uses.
_OOM_SCORE = 500
_EXIT_BROKEN = 1


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

    def send(self, message: FromChild) -> None:
        """The message is in the pipe; the process ends if the host has closed it."""
        try:
            with self._lock:
                write_message(self.outgoing, message)
        except OSError:
            os._exit(0)


def main() -> None:
    """Serve the host until it closes the pipe."""
    pipes = Pipes.of_process()
    threading.excepthook = _end_with_thread
    _step_back()
    setup = read_to_child(pipes.incoming)
    if not isinstance(setup, Setup):
        sys.exit("the first message is not a Setup")
    began = time.monotonic()
    try:
        network, choice = _load(setup)
    except GalleryError as error:
        pipes.send(Broken(error.sentence, error.hint))
        sys.exit(_EXIT_BROKEN)
    except Exception as error:
        pipes.send(Broken(f"the model cannot be loaded: {type(error).__name__}: {error}", None))
        raise
    load_ms = round((time.monotonic() - began) * 1000, 1)
    pipes.send(Ready(network.model, str(choice.kind), load_ms, choice.measured))
    _serve(pipes, setup, network)


def _end_with_thread(dead: threading.ExceptHookArgs) -> None:
    """A thread that fails ends the process, so the host starts another and does not wait."""
    traceback.print_exception(dead.exc_value)
    os._exit(_EXIT_BROKEN)


def _step_back() -> None:
    """Yield to other programs, leave no core dump of a photo, and end when the parent ends."""
    # Ctrl-C and a closed terminal reach the whole process group; the parent handles them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):
        score = Path("/proc/self/oom_score_adj")
        score.write_text(str(max(_OOM_SCORE, int(score.read_text()))))
    # The end of the pipe is not noticed while a decoder hangs. The thread that started this process
    # is the host's main thread, which lives as long as the host.
    end_with_parent()


def _load(setup: Setup) -> tuple[Network[Pixels], ChosenEngine]:
    """The network, ready to answer, and the engine that runs it."""
    bundle, threads = Path(setup.bundle), setup.network_threads
    options = EngineOptions(bundle, Path(setup.memory), setup.engine, setup.device, threads)
    predictor, choice = load_best(options)
    manifest = predictor.manifest

    def predict(batch: Sequence[Pixels]) -> list[Scores]:
        found = predictor.predict(np.stack(batch))
        rows = found.probabilities.tolist()
        return list(map(Scores, rows, found.precisions, found.familiarities))

    return Network(predict, manifest.classes, manifest.model_id), choice


def _serve(pipes: Pipes, setup: Setup, network: Network[Pixels]) -> None:
    requests: SimpleQueue[Request] = SimpleQueue()
    pictures: BoundedQueue[Prepared[Pixels]] = BoundedQueue(setup.batch_size)
    threading.Thread(target=_listen, args=(pipes, requests, pictures), daemon=True).start()
    for _ in range(setup.reading_threads):
        threading.Thread(target=_read, args=(pipes, setup, requests, pictures), daemon=True).start()
    while batch := collect(pictures.take, setup.batch_size, setup.batch_wait_s, time.monotonic):
        for reply in classify(batch, network, time.monotonic):
            pipes.send(reply)


def _listen(
    pipes: Pipes, requests: SimpleQueue[Request], pictures: BoundedQueue[Prepared[Pixels]]
) -> None:
    """Take requests until the pipe ends. Waits for nothing else, so the host can always write."""
    while isinstance(request := read_to_child(pipes.incoming), Request):
        pictures.announce()
        requests.put(request)
    # The answers still to come are not needed, and torch would take long to tidy up.
    os._exit(0)


def _read(
    pipes: Pipes,
    setup: Setup,
    requests: SimpleQueue[Request],
    pictures: BoundedQueue[Prepared[Pixels]],
) -> None:
    """Read one photo after the other."""

    def look_at(request: Request) -> Look:
        return look(
            request.path,
            request.identity,
            max_bytes=setup.max_bytes,
            max_pixels=setup.max_pixels,
            want_hash=request.want_hash,
        )

    while True:
        request = requests.get()
        pipes.send(Started(request.id))
        photo = read_photo(request, look_at, time.monotonic())
        if isinstance(photo, Refusal):
            pictures.withdraw()
            pipes.send(photo)
        else:
            pictures.give(photo)


if __name__ == "__main__":
    main()
