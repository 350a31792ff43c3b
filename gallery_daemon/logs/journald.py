"""How systemd's journal learns of a line's importance: a number at its beginning.

journald takes `<4>` off the line and keeps it as the priority that `journalctl -p warning` asks for
(sd-daemon(3), SyslogLevelPrefix= in systemd.exec(5)). Anybody else who reads the output would find
it in the line, so it is written only where journald itself is at the other end.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

# Source: syslog(3).
_NUMBERS: Final = {"debug": 7, "info": 6, "warning": 4, "error": 3}


def is_read_by_journald(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether the stream ends in the journal: systemd says of which one so, by device and inode."""
    try:
        status = os.fstat(stream.fileno())
    # ValueError: it is closed, or has no file below it.
    except (OSError, ValueError):
        return False
    return environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"


def prefix(level: str) -> str:
    """What journald reads as that level."""
    return f"<{_NUMBERS[level]}>"
