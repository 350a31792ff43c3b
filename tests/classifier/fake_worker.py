"""A classifier process that goes by the photos' names: small, quick, and as bad as it is told.

It speaks the frames of the real one and passes the same contract (`contract.py`), so what the host
does with it, it does with the real one. The bundle's name says how it starts: `broken`, `mute`,
`crash`, `garbage`, `stubborn` (it is ready and then deaf), or anything else for well. It calls
itself by the model in the version or the bundle, if there is one, and adds a line to the file that
`FAKE_STARTS` in the environment names.

Everything is a car. But the head of a version is asked, about features that go by the photo's name:
those of `a-1` and `a-2` are alike, those of `b-1` are others.
"""

from __future__ import annotations

import base64
import os
import select
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from gallery_daemon.classifier.messages import (
    Answer,
    Broken,
    FromChild,
    Measured,
    Ready,
    Refusal,
    RefusalKind,
    Request,
    Setup,
    Started,
    read_to_child,
    write_message,
)
from gallery_daemon.errors import BundleError
from gallery_daemon.model.engines.probes import softmax
from gallery_daemon.model.head import load_head
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.photo import Facts, Prediction

if TYPE_CHECKING:
    from numpy.typing import NDArray

REFUSALS = {
    "broken": (RefusalKind.UNREADABLE, "its end is missing"),
    "notes": (RefusalKind.NOT_A_PHOTO, "a text"),
    "fifo": (RefusalKind.NOT_A_PHOTO, "a FIFO"),
    "vanished": (RefusalKind.VANISHED, "cannot be read: No such file or directory"),
    "swapped": (RefusalKind.CHANGED, "it is not the file that settled"),
}


def main() -> None:
    """Serve the host until it closes the pipe."""
    # Unbuffered, so that `select` sees all that has not been read.
    incoming = os.fdopen(os.dup(0), "rb", buffering=0)
    outgoing = os.fdopen(os.dup(1), "wb")
    setup = read_to_child(incoming)
    assert isinstance(setup, Setup)
    model = _model(setup.version or setup.bundle)
    network = _Network(setup)
    _start(Path(setup.bundle).name, model, outgoing)
    held: list[Request] = []
    while True:
        # Photos that are held are answered once the host has nothing more to say.
        if held and not select.select([incoming], [], [], 0.2)[0]:
            for kept in held:
                write_message(outgoing, _answer(kept, model, network))
            held = []
        request = read_to_child(incoming)
        if not isinstance(request, Request):
            return
        write_message(outgoing, Started(request.id))
        if Path(request.path).stem.startswith("held"):
            held.append(request)
        else:
            _tell_of_engines(Path(request.path).stem, outgoing)
            _misbehave(Path(request.path), outgoing)
            write_message(outgoing, _reply(request, model, network))


class _Network:
    """What the stand-in makes of a photo by its name."""

    def __init__(self, setup: Setup) -> None:
        self._version = None if setup.version is None else Path(setup.version)
        self._wants_features = setup.want_features

    def probabilities(self, name: str) -> dict[str, float]:
        """By the version's head; without a version everything is a car."""
        if self._version is None:
            return {"cars": 1.0}
        manifest = read_manifest(self._version)
        logits = load_head(self._version, manifest).logits(features_of(name)[np.newaxis])
        shares = softmax(logits / manifest.full.temperature)[0].tolist()
        return dict(zip(manifest.classes, shares, strict=True))

    def features(self, name: str) -> tuple[str, ...]:
        """The same by both looks; none if they were not asked for."""
        if not self._wants_features:
            return ()
        row = features_of(name).astype(np.float16).tobytes()
        return (base64.b64encode(row).decode("ascii"),) * 2


def features_of(name: str) -> NDArray[np.float32]:
    """Float32 (512,), of a photo called so: what stands before the last `-` says most of it."""
    kind = np.random.default_rng(list(name.rpartition("-")[0].encode()))
    own = np.random.default_rng(list(name.encode()))
    features = kind.normal(0, 0.5, 512) + own.normal(0, 0.3, 512)
    return features.astype(np.float32)


def _model(bundle: str) -> str:
    try:
        return read_manifest(Path(bundle)).model_id
    except BundleError:
        return "fake@00000000"


def _start(manner: str, model: str, outgoing: BinaryIO) -> None:
    if starts := os.environ.get("FAKE_STARTS"):
        with Path(starts).open("a") as file:
            file.write(f"{os.getpid()}\n")
    match manner:
        case "broken":
            write_message(outgoing, Broken("the bundle is missing", "make one"))
            sys.exit(1)
        case "mute":
            threading.Event().wait()
        case "crash":
            sys.exit("no start today")
        case "garbage":
            os.write(1, b"Hello, I am a library and like to print\n")
            threading.Event().wait()
        case "stubborn":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            write_message(outgoing, Ready("fake@00000000", "none", 1.0, {}))
            threading.Event().wait()
        case _:
            write_message(outgoing, Ready(model, "none", 1.0, {}))


def _tell_of_engines(name: str, outgoing: BinaryIO) -> None:
    """As often as the photo's name says."""
    for _ in range({"measured": 1, "gossip": 20}.get(name, 0)):
        write_message(outgoing, Measured("openvino cpu int8", {"openvino cpu int8": 50.0}))


def _misbehave(path: Path, outgoing: BinaryIO) -> None:
    name, folder = path.stem, path.parent
    match name.rstrip("0123456789"):
        case "poison":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hang":
            threading.Event().wait()
        case "babble":
            outgoing.write(b"\xff\xff\xff\xff")
            outgoing.flush()
        case "again":
            write_message(outgoing, Ready("fake@00000000", "none", 1.0, {}))
        case "too late":
            write_message(outgoing, Broken("not today", None))
        case "gated":
            _wait_at_the_gate(folder)
        case "unasked":
            write_message(outgoing, Refusal(10**6, RefusalKind.UNREADABLE, "for the fun of it"))
        case _:
            pass


def _wait_at_the_gate(folder: Path) -> None:
    """Says that it has come by `.reached` beside the photo, and goes on once `.open` is there."""
    (folder / ".reached").touch()
    while not (folder / ".open").exists():
        threading.Event().wait(0.01)


def _reply(request: Request, model: str, network: _Network) -> FromChild:
    name = Path(request.path).stem
    if name in REFUSALS:
        return Refusal(request.id, *REFUSALS[name])
    return _answer(request, model, network)


def _answer(request: Request, model: str, network: _Network) -> Answer:
    facts = Facts.unread(datetime(2024, 1, 1, tzinfo=UTC))
    name = Path(request.path).stem
    prediction = Prediction(network.probabilities(name), model, 1.0, 1.0, request.look)
    return Answer(request.id, facts, prediction, 1, 1.0, features=network.features(name))


if __name__ == "__main__":
    main()
