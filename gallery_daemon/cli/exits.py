"""The exit statuses of the program, each once; the manual's table is made of this."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

SOME: Final = 1
WRONG: Final = 2
BUG: Final = 70
INTERRUPTED: Final = 130

EXITS = MappingProxyType(
    {
        0: "done",
        SOME: "a part could not be done: a photo was not filed or read, a test was skipped, or "
        "`doctor` found a failure",
        WRONG: "the command or the configuration is wrong, or a test of the rules fails",
        BUG: "a bug in gallery-daemon, with a traceback; please report it",
        INTERRUPTED: "interrupted with Ctrl-C",
    }
)
"""What each status says (70 as sysexits.h has it, 130 as shells have it)."""
