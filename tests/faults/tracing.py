"""Killed at a system call: strace counts them and lets SIGKILL in at the entry of the n-th.

The call that is named does not happen any more. So the kill just after a call is the kill at the
entry of the next: in between, the main thread changes nothing, and the other threads (watchdog's
and the classifier's) never do. Without `-f` only the main thread is traced, which does all filing
and all of SQLite, so the count is the same each time; the classifier process is left alone. What
SQLite writes into its shared memory without a call lies between two calls, too.

Opening is the one call that is made hundreds of times for other reasons (imports). strace sees only
those opens that have to do with the library's class folders and the journal's files.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# Everything that changes a name, a file's bytes, its attributes, or what is safe on the disk.
CALLS = (
    "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink",
    "unlinkat", "mkdir", "mkdirat", "rmdir", "openat", "open", "creat", "write", "writev",
    "pwrite64", "pwritev", "fsync", "fdatasync", "sync", "syncfs", "sync_file_range",
    "copy_file_range", "sendfile", "splice", "truncate", "ftruncate", "fallocate", "chmod",
    "fchmod", "fchmodat", "chown", "fchown", "fchownat", "utimensat", "setxattr", "fsetxattr",
    "mknodat",
)  # fmt: skip
OPENAT = "openat"


@dataclass(frozen=True, slots=True)
class Kill:
    """SIGKILL at the entry of the `at`-th such call, counted from 1."""

    call: str
    at: int

    def __str__(self) -> str:
        return f"{self.call} {self.at}"


def traced(
    command: Iterable[str], trace: Path, kill: Kill | None, made_into: Iterable[Path]
) -> list[str]:
    """The command under strace, which writes the calls to `trace`; without `kill`, all of them.

    By `-D` the command itself is our child, and strace its grandchild.
    """
    calls = ",".join(f"?{call}" for call in CALLS) if kill is None else kill.call
    words = ["strace", "-D", "-qq", "-o", f"{trace}", "-e", f"trace={calls}", "-e", "signal=none"]
    if kill is not None:
        words += ["-e", f"inject={kill.call}:signal=KILL:when={kill.at}"]
        if kill.call == OPENAT:
            words += [word for path in made_into for word in ("-P", f"{path}")]
    return [*words, *command]


def census(trace: Path, scratch: Path) -> Counter[str]:
    """How often each call was made; of the opens, those that make a file outside of `scratch`."""
    lines = trace.read_text("utf-8", "replace").splitlines()
    calls = (line.partition("(") for line in lines if "(" in line and is_change(line))
    return Counter(call for call, _, words in calls if call != OPENAT or f"{scratch}/" not in words)


def is_change(line: str) -> bool:
    """Whether a call, as strace writes it, changes anything: most opens do not."""
    return not line.startswith(f"{OPENAT}(") or "O_CREAT" in line


def last_call(trace: Path) -> str:
    """The call at which the program was killed, as strace writes it."""
    lines = trace.read_text("utf-8", "replace").splitlines()
    return next((line for line in reversed(lines) if line.endswith("= ?")), "")


@cache
def why_not() -> str | None:
    """Why nothing can be traced here; None if it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    words = ["strace", "-D", "-qq", "-o", "/dev/null", "-e", "inject=write:signal=KILL", "echo"]
    tried = subprocess.run(words, capture_output=True, text=True, check=False)
    if tried.returncode == -signal.SIGKILL:
        return None
    return f"strace may not trace here: {tried.stderr.strip()}"
