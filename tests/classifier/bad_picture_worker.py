"""A process that makes pictures by the photos' names, as badly as they say; it decodes nothing.

What it is asked for without such a name becomes a picture of one pixel. It adds a line to the file
that `FAKE_STARTS` in the environment names.
"""

from __future__ import annotations

import base64
import os
import signal
import sys
import threading
from pathlib import Path
from typing import BinaryIO

from gallery_daemon.classifier.messages import write_message
from gallery_daemon.classifier.picture_messages import (
    Picture,
    PictureRefusal,
    PictureRequest,
    PictureSetup,
    read_to_picture_maker,
)

PIXEL = base64.b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")


def main() -> None:
    """Serve until the pipe ends."""
    incoming, outgoing = os.fdopen(0, "rb"), os.fdopen(1, "wb")
    setup = read_to_picture_maker(incoming)
    assert isinstance(setup, PictureSetup)
    if starts := os.environ.get("FAKE_STARTS"):
        with Path(starts).open("a") as file:
            file.write(f"{os.getpid()}\n")
    while isinstance(request := read_to_picture_maker(incoming), PictureRequest):
        name = Path(request.path).stem
        _misbehave(name, outgoing)
        write_message(outgoing, _reply(name))


def _misbehave(name: str, outgoing: BinaryIO) -> None:
    match name:
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hang":
            threading.Event().wait()
        case "half":
            outgoing.write(b"\0\0\1\0half a frame")
            outgoing.flush()
            threading.Event().wait()
        case "huge":
            outgoing.write(b"\xff\xff\xff\xff")
            outgoing.flush()
        case "quit":
            sys.exit(3)
        case _:
            pass


def _reply(name: str) -> Picture | PictureRefusal:
    data = base64.b64encode(PIXEL).decode()
    match name:
        case "page":
            page = base64.b64encode(b"<html><script>alert(1)</script>").decode()
            return Picture("webp", 1, 1, page)
        case "svg":
            return Picture("svg+xml", 1, 1, data)
        case "text":
            return Picture("webp", 1, 1, "no base64 at all!")
        case "half a character":
            return PictureRefusal("\ud800")
        case _:
            return Picture("webp", 1, 1, data)


if __name__ == "__main__":
    main()
