"""The door, and the one place where an error becomes a message and an exit status.

`run` goes straight to the daemon, which lives for years and shall not hold the parser of all other
commands in memory; those, its help and its mistakes go to `app`.

Exit status: 0 done; 1 some photos could not be filed; 2 the command or the configuration is wrong;
130 interrupted by Ctrl-C. A traceback means a bug of ours, and says so (status 70, as sysexits.h
has it).
"""

from __future__ import annotations

import errno
import os
import sys
import traceback

from gallery_daemon.cli.plain import print_error
from gallery_daemon.errors import ClassifierLost, FilingError, GalleryError, JournalError

EXIT_PHOTOS = 1
EXIT_WRONG = 2
EXIT_BUG = 70
EXIT_INTERRUPTED = 130

# What writing to a full or broken disk is refused with; an error of ours to open names its file.
_CANNOT_WRITE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG})


def main() -> None:
    """Run the command line and exit."""
    _open_what_is_closed()
    try:
        _follow_to_the_last_line(sys.argv[1:])
    except GalleryError as error:
        print_error(error)
        may_pass = isinstance(error, (FilingError, ClassifierLost, JournalError))
        sys.exit(EXIT_PHOTOS if may_pass else EXIT_WRONG)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    except Exception:  # noqa: BLE001 - the last net: whatever falls through here is our own mistake
        traceback.print_exc()
        print("this is a bug in gallery-daemon, not a mistake of yours", file=sys.stderr)
        sys.exit(EXIT_BUG)


def _open_what_is_closed() -> None:
    """Python has None for an output that its caller closed (`>&-`), and libraries write to it."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - to the end
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - to the end


def _follow_to_the_last_line(words: list[str]) -> None:
    """Follow, and see the output through, which Python would keep until it is too late to tell."""
    try:
        try:
            _follow(words)
        finally:
            sys.stdout.flush()
    except OSError as error:
        is_read_no_more = isinstance(error, BrokenPipeError)
        if error.filename is not None or not (is_read_no_more or error.errno in _CANNOT_WRITE):
            raise
        # What is left of the output goes nowhere, or Python would fail once more on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if is_read_no_more:
            sys.exit(EXIT_PHOTOS)
        raise GalleryError(f"cannot write the output: {error.strerror}") from error


def _follow(words: list[str]) -> None:
    if words[:1] == ["run"]:
        from gallery_daemon.cli.start import start, understood  # noqa: PLC0415 - see above

        wanted = understood(words[1:])
        if wanted is not None:
            start(wanted)
            return
    from gallery_daemon.cli.app import app  # noqa: PLC0415 - see above

    app()
