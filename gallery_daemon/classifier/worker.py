"""The classifier process: photo bytes are parsed here and nowhere else.

Its threads, and the queues between them:

    host's pipe -> [listen] -> requests -> [read x N] -> pictures -> [main: batch, network] -> pipe

Every request gets exactly one answer or refusal, in any order. The host bounds the queue of
requests, because it has few photos out. The queue of pictures is bounded by one batch, which holds
the readers back. The process has no state: it may be killed at any instruction, and it ends when
its parent does.

When photos have been answered and none has come for a while, engines are measured, if they were not
yet (`model.engines.measure`); the next photo puts an end to that.

Started as `python -P -m gallery_daemon.classifier.worker`, never imported.
"""

from __future__ import annotations

import base64
import contextlib
import os
import resource
import signal
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from itertools import repeat
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
from gallery_daemon.classifier.looker import Looker
from gallery_daemon.classifier.messages import (
    Broken,
    FromChild,
    Measured,
    Ready,
    Refusal,
    Request,
    Setup,
    Started,
    read_to_child,
    write_message,
)
from gallery_daemon.classifier.quiet import PhotosInside, when_quiet
from gallery_daemon.errors import GalleryError
from gallery_daemon.imaging.thumbnails import as_thumbnail
from gallery_daemon.model.engines.choose import ChosenEngine, EngineOptions, load_best
from gallery_daemon.model.engines.measure import measure
from gallery_daemon.model.engines.predict import resized
from gallery_daemon.model.engines.trial import end_with_parent
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.model.engines.engine import EngineKind, Features
    from gallery_daemon.model.engines.predict import PredictedBatch, Predictor

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
        options = EngineOptions(
            Path(setup.bundle),
            Path(setup.memory),
            setup.engine,
            setup.device,
            setup.network_threads,
            None if setup.version is None else Path(setup.version),
        )
        network, sizes, choice = _load(options, want_features=setup.want_features)
    except GalleryError as error:
        pipes.send(Broken(error.sentence, error.hint))
        sys.exit(_EXIT_BROKEN)
    except Exception as error:
        pipes.send(Broken(f"the model cannot be loaded: {type(error).__name__}: {error}", None))
        raise
    load_ms = round((time.monotonic() - began) * 1000, 1)
    pipes.send(Ready(network.model, str(choice.kind), load_ms, choice.measured))
    inside = PhotosInside()
    if choice.wants_measuring:
        measuring = (pipes, options, choice.kind, inside)
        threading.Thread(target=_measure, args=measuring, daemon=True).start()
    _serve(pipes, setup, network, Looker(setup, sizes), inside)


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


def _load(
    options: EngineOptions, *, want_features: bool
) -> tuple[Network[Pixels], Mapping[LookKind, int], ChosenEngine]:
    """The network, ready to answer, the sizes of its looks, and the engine that runs it."""
    predictor, choice = load_best(options)
    manifest = predictor.manifest

    def predict(batch: Sequence[Pixels], look: LookKind) -> list[Scores]:
        side = manifest.looks[look].size
        shown = np.concatenate([resized(picture[np.newaxis], side) for picture in batch])
        if not want_features:
            return _scores(predictor.predict(shown, look))
        features = predictor.features(shown)
        return _scores(predictor.read(features, look), _rows(predictor, features, batch))

    sizes = {look: settings.size for look, settings in manifest.looks.items()}
    return Network(predict, manifest.classes, manifest.model_id), sizes, choice


def _scores(
    found: PredictedBatch, features: Iterable[tuple[str, ...]] = repeat(())
) -> list[Scores]:
    said = found.probabilities.tolist()
    return list(map(Scores, said, found.precisions, found.familiarities, features))


def _rows(
    predictor: Predictor, full: Features, pictures: Sequence[Pixels]
) -> list[tuple[str, ...]]:
    """The features of the pictures by both looks; a model with one look has the same twice."""
    quick = full
    if LookKind.QUICK in predictor.manifest.looks:
        quick = predictor.features(np.stack([as_thumbnail(each) for each in pictures]))
    return [tuple(map(_text, row)) for row in zip(full, quick, strict=True)]


def _text(row: Features) -> str:
    """A row, float32 (F,), as float16 in base64."""
    return base64.b64encode(row.astype(np.float16).tobytes()).decode("ascii")


def _measure(
    pipes: Pipes, options: EngineOptions, in_use: EngineKind, inside: PhotosInside
) -> None:
    """Tell what is found out about engines, if the machine ever is quiet."""
    # If the bundle is gone, the next start says so.
    with contextlib.suppress(GalleryError):
        for found in when_quiet(inside, lambda: measure(options, in_use, inside.are_some)):
            speeds = {str(kind): speed for kind, speed in found.speeds.items()}
            pipes.send(Measured(str(found.kind), speeds))


def _serve(
    pipes: Pipes, setup: Setup, network: Network[Pixels], looker: Looker, inside: PhotosInside
) -> None:
    requests: SimpleQueue[Request] = SimpleQueue()
    pictures: BoundedQueue[Prepared[Pixels]] = BoundedQueue(setup.batch_size)
    listening = (pipes, requests, pictures, inside)
    threading.Thread(target=_listen, args=listening, daemon=True).start()
    reading = (pipes, looker, requests, pictures, inside)
    for _ in range(setup.reading_threads):
        threading.Thread(target=_read, args=reading, daemon=True).start()
    while batch := collect(pictures.take, setup.batch_size, setup.batch_wait_s, time.monotonic):
        for reply in classify(batch, network, time.monotonic):
            pipes.send(reply)
            inside.left()


def _listen(
    pipes: Pipes,
    requests: SimpleQueue[Request],
    pictures: BoundedQueue[Prepared[Pixels]],
    inside: PhotosInside,
) -> None:
    """Take requests until the pipe ends. Waits for nothing else, so the host can always write."""
    while isinstance(request := read_to_child(pipes.incoming), Request):
        inside.came()
        pictures.announce()
        requests.put(request)
    # The answers still to come are not needed, and torch would take long to tidy up.
    os._exit(0)


def _read(
    pipes: Pipes,
    looker: Looker,
    requests: SimpleQueue[Request],
    pictures: BoundedQueue[Prepared[Pixels]],
    inside: PhotosInside,
) -> None:
    """Read one photo after the other."""
    while True:
        request = requests.get()
        pipes.send(Started(request.id))
        photo = read_photo(request, looker, time.monotonic())
        if isinstance(photo, Refusal):
            pictures.withdraw()
            pipes.send(photo)
            inside.left()
        else:
            pictures.give(photo)


if __name__ == "__main__":
    main()
