"""A classifier process that answers when the test says so, and what no honest one would.

It speaks the frames of the real one. By the photo's name: `gated*` is answered once somebody opens
and closes the FIFO at `GATE` for writing, which tells both sides where the other is; `hang*` never;
`evil*` gets an answer full of places outside, `crooked*` one that no journal could write down.
"""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from gallery_daemon.classifier.messages import (
    Answer,
    FromChild,
    Ready,
    Refusal,
    RefusalKind,
    Request,
    Started,
    read_to_child,
    write_message,
)
from gallery_daemon.photo import Facts, Prediction

# Source: linux/prctl.h.
_PR_SET_PDEATHSIG = 1
_MODEL = "fake@00000000"
_FACTS = Facts.unread(datetime(2024, 1, 1, tzinfo=UTC))
_EVIL = replace(_FACTS, camera="../../../etc/passwd\0", format="../..", width=1, height=1)


def main() -> None:
    """Serve the host until it closes the pipe, or dies while we wait for something else."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    incoming = os.fdopen(os.dup(0), "rb", buffering=0)
    outgoing = os.fdopen(os.dup(1), "wb")
    read_to_child(incoming)
    write_message(outgoing, Ready(_MODEL, "none", 1.0, {}))
    while isinstance(request := read_to_child(incoming), Request):
        write_message(outgoing, Started(request.id))
        write_message(outgoing, _reply(request))


def _reply(request: Request) -> FromChild:
    name = Path(request.path).name
    if name.startswith("gated"):
        Path(os.environ["GATE"]).read_bytes()
    if name.startswith("hang"):
        threading.Event().wait()
    if name.startswith("crooked"):
        return Refusal(request.id, RefusalKind.UNREADABLE, "half a letter: \ud800")
    if name.startswith("evil"):
        return Answer(request.id, _EVIL, Prediction({"../../..": 1.0}, "../../x"), 1, 1.0)
    return Answer(request.id, _FACTS, Prediction({"cars": 1.0}, _MODEL, 1.0, 1.0), 1, 1.0)


if __name__ == "__main__":
    main()
