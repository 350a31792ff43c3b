"""A daemon in small that can be killed: `python parent.py BUNDLE PHOTO COMMAND...`.

It says the number of its classifier process once that is ready, and then waits for ever.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from gallery_daemon.logs.events import ClassifierStarted
from tests.classifier.loop import Loop, photo


def main() -> None:
    """Start a classifier process and wait to be killed."""
    bundle, path, *command = sys.argv[1:]
    loop = Loop(bundle, command=tuple(command))
    loop.host.submit(photo(path))
    loop.until(lambda: bool(loop.of(ClassifierStarted)))
    os.write(1, f"{loop.of(ClassifierStarted)[0].pid}\n".encode())
    threading.Event().wait()


def child_of_killed_parent(bundle: str, command: tuple[str, ...], *, stopped: bool = False) -> int:
    """The number of a process whose parent was killed; `stopped`: it hung when that happened."""
    root = Path(__file__).parents[2]
    arguments = [sys.executable, "-m", "tests.classifier.parent", bundle, "/in/a.jpg", *command]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=root) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        if stopped:
            os.kill(pid, signal.SIGSTOP)
        parent.kill()
    return pid


if __name__ == "__main__":
    main()
