"""The start of the program, and the one place where an error becomes a sentence and a status.

`run` goes straight to the daemon, which lives for years and must not keep the parser of the other
commands in memory. Those commands, and help and mistakes of `run`, go to `app`. A traceback means a
bug of ours, and says so.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback

from gallery_daemon.cli import exits
from gallery_daemon.cli.plain import print_error, told_if_slow
from gallery_daemon.errors import ClassifierLost, FilingError, GalleryError, JournalError

# Errors of writing the output to a full or broken disk. An error of opening a file has its name.
_CANNOT_WRITE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG})

_LOADING = "loading gallery-daemon ..."


def main() -> None:
    """Run the command line and exit."""
    _open_what_is_closed()
    try:
        _run_to_the_last_line(sys.argv[1:])
    except GalleryError as error:
        print_error(error)
        may_pass = isinstance(error, (FilingError, ClassifierLost, JournalError))
        sys.exit(exits.SOME if may_pass else exits.WRONG)
    except KeyboardInterrupt:
        sys.exit(exits.INTERRUPTED)
    except Exception:  # noqa: BLE001 - what is not caught above is our own mistake
        traceback.print_exc()
        print("this is a bug in gallery-daemon, not a mistake of yours", file=sys.stderr)
        sys.exit(exits.BUG)


def _open_what_is_closed() -> None:
    """Python has None for an output that its caller closed (`>&-`), and libraries write to it."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - to the end
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - to the end


def _run_to_the_last_line(words: list[str]) -> None:
    """Run the command and write its output, while a failure to write can still be reported."""
    try:
        try:
            _run(words)
        finally:
            sys.stdout.flush()
    except OSError as error:
        has_no_reader = isinstance(error, BrokenPipeError)
        if error.filename is not None or not (has_no_reader or error.errno in _CANNOT_WRITE):
            raise
        # The rest of the output goes nowhere, or Python would fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if has_no_reader:
            sys.exit(exits.SOME)
        raise GalleryError(f"cannot write the output: {error.strerror}") from error


def _run(words: list[str]) -> None:
    if words[:1] == ["run"]:
        with told_if_slow(_LOADING):
            from gallery_daemon.cli.start import parse_options, start  # noqa: PLC0415 - see above

            options = parse_options(words[1:])
        if options is not None:
            start(options)
            return
    with told_if_slow(_LOADING):
        from gallery_daemon.cli.app import needed_app, run_command  # noqa: PLC0415 - see above

        app = needed_app(words)
    run_command(app)
