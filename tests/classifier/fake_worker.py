"""A classifier process that goes by the photos' names: small, quick, and as bad as it is told.

It speaks the frames of the real one and passes the same contract (`contract.py`), so what the host
does with it, it does with the real one. The bundle's name says how it starts: `broken`, `mute`,
`crash`, `garbage`, `stubborn` (it is ready and then deaf), or anything else for well.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from gallery_daemon.classifier.messages import (
    Answer,
    Broken,
    FromChild,
    Ready,
    Refusal,
    RefusalKind,
    Request,
    Setup,
    Started,
    read_to_child,
    write_message,
)
from gallery_daemon.photo import Facts, Prediction

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
    _start(Path(setup.bundle).name, outgoing)
    held: list[Request] = []
    while True:
        # Photos that are held are answered once the host has nothing more to say.
        if held and not select.select([incoming], [], [], 0.2)[0]:
            for kept in held:
                write_message(outgoing, _answer(kept))
            held = []
        request = read_to_child(incoming)
        if not isinstance(request, Request):
            return
        write_message(outgoing, Started(request.id))
        if "held" in request.path:
            held.append(request)
        else:
            write_message(outgoing, _reply(request, outgoing))


def _start(manner: str, outgoing: BinaryIO) -> None:
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
            write_message(outgoing, Ready("fake@00000000", "none", 1.0))
            threading.Event().wait()
        case _:
            write_message(outgoing, Ready("fake@00000000", "none", 1.0))


def _reply(request: Request, outgoing: BinaryIO) -> FromChild:
    stem = Path(request.path).stem
    if "poison" in stem:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "hang" in stem:
        threading.Event().wait()
    if "babble" in stem:
        outgoing.write(b"\xff\xff\xff\xff")
        outgoing.flush()
    for word, (kind, reason) in REFUSALS.items():
        if word in stem:
            return Refusal(request.id, kind, reason)
    return _answer(request)


def _answer(request: Request) -> Answer:
    facts = Facts.unread(datetime(2024, 1, 1, tzinfo=UTC))
    return Answer(request.id, facts, Prediction({"cars": 1.0}, "fake@00000000"), 1, 1.0)


if __name__ == "__main__":
    main()
