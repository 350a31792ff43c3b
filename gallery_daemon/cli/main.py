"""The door, and the one place where an error becomes a message and an exit status.

`run` goes straight to the daemon, which lives for years and shall not hold the parser of all other
commands in memory; those, its help and its mistakes go to `app`.

Exit status: 0 done; 1 some photos could not be filed; 2 the command or the configuration is wrong;
130 interrupted by Ctrl-C. A traceback means a bug of ours, and says so (status 70, as sysexits.h
has it).
"""

from __future__ import annotations

import sys
import traceback

from gallery_daemon.errors import ClassifierLost, FilingError, GalleryError, JournalError

EXIT_PHOTOS = 1
EXIT_WRONG = 2
EXIT_BUG = 70
EXIT_INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit."""
    try:
        _follow(sys.argv[1:])
    except GalleryError as error:
        from gallery_daemon.cli.render import print_error  # noqa: PLC0415 - the daemon shows nothing

        print_error(error)
        may_pass = isinstance(error, (FilingError, ClassifierLost, JournalError))
        sys.exit(EXIT_PHOTOS if may_pass else EXIT_WRONG)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    except Exception:  # noqa: BLE001 - the last net: whatever falls through here is our own mistake
        traceback.print_exc()
        print("this is a bug in gallery-daemon, not a mistake of yours", file=sys.stderr)
        sys.exit(EXIT_BUG)


def _follow(words: list[str]) -> None:
    if words[:1] == ["run"]:
        from gallery_daemon.cli.start import start, understood  # noqa: PLC0415 - see above

        wanted = understood(words[1:])
        if wanted is not None:
            start(wanted)
            return
    from gallery_daemon.cli.app import app  # noqa: PLC0415 - see above

    app()
