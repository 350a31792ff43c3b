"""The classifier process without a model: photos become pictures for a page.

It has decoders, and neither network nor engine: it starts in a third of a second and takes some
60 MB. It makes one picture after the other, so who is to blame for its death is never a question.
It ends by itself when nothing was asked for a while, when its parent closes the pipe, and, by the
kernel's alarm clock, when one picture takes too long, however its decoder hangs.

Started as `python -P -m gallery_daemon.classifier.picture_worker`, never imported.
"""

from __future__ import annotations

import base64
import os
import signal
import sys
import threading

from gallery_daemon.classifier.child_side import Pipes, end_with_thread, step_back
from gallery_daemon.classifier.picture_messages import (
    Picture,
    PictureRefusal,
    PictureRequest,
    PictureSetup,
    read_to_picture_maker,
)
from gallery_daemon.errors import BadPhoto, NotAPhoto, PhotoChanged
from gallery_daemon.imaging.shown import shown_picture

# Beyond the time after which the parent would end it.
_GRACE_S = 5.0


def main() -> None:
    """Serve until nothing is asked any more."""
    pipes = Pipes.of_process()
    threading.excepthook = end_with_thread
    step_back()
    setup = read_to_picture_maker(pipes.incoming)
    if not isinstance(setup, PictureSetup):
        sys.exit("the first message is not a PictureSetup")
    while True:
        # The alarm ends the process, whatever a decoder does and whether the parent lives or not.
        signal.setitimer(signal.ITIMER_REAL, setup.idle_s)
        request = read_to_picture_maker(pipes.incoming)
        if not isinstance(request, PictureRequest):
            return
        signal.setitimer(signal.ITIMER_REAL, setup.picture_s + _GRACE_S)
        pipes.send(_answer(request, setup))


def _answer(request: PictureRequest, setup: PictureSetup) -> Picture | PictureRefusal:
    try:
        found = shown_picture(
            request.path,
            request.identity,
            request.side,
            max_bytes=setup.max_bytes,
            max_pixels=setup.max_pixels,
        )
    except (BadPhoto, NotAPhoto, PhotoChanged) as error:
        return PictureRefusal(error.sentence)
    except OSError as error:
        return PictureRefusal(f"it cannot be read: {os.strerror(error.errno or 0)}")
    data = base64.b64encode(found.data).decode("ascii")
    return Picture(found.kind, found.width, found.height, data)


if __name__ == "__main__":
    main()
