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
import sys
import threading
import time
from itertools import repeat
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

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
from gallery_daemon.classifier.child_side import EXIT_BROKEN, Pipes, end_with_thread, step_back
from gallery_daemon.classifier.looker import Looker
from gallery_daemon.classifier.messages import (
    Broken,
    Measured,
    Ready,
    Refusal,
    Request,
    Setup,
    Started,
    read_to_child,
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


def main() -> None:
    """Serve the host until it closes the pipe."""
    pipes = Pipes.of_process()
    threading.excepthook = end_with_thread
    step_back()
    # The end of the pipe is not noticed while a decoder hangs. The thread that started this process
    # is the host's main thread, which lives as long as the host.
    end_with_parent()
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
        sys.exit(EXIT_BROKEN)
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
