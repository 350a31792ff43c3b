"""The command line in processes forked from one that has imported it.

Two thirds of a short command's CPU time are its imports (0.6 of 0.9 s), and these tests give
some hundred commands. Each is still a process of its own, with its own environment, output and end;
only the interpreter's start and the imports are those of the server, which is this module as a
program. The end-to-end tests start an interpreter for every command.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import typer

from gallery_daemon.cli.app import make_app

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_QUICK = "tests.faults.quick_daemon"
_IMPORTED = ("rich.table", "rich.progress", _QUICK)


class CommandServer:
    """Runs one command after the other; the server process is started for the first one."""

    def __init__(self, folder: Path) -> None:
        """`folder` takes the output of the command that runs."""
        self._out, self._err = folder / "out", folder / "err"
        self._server: subprocess.Popen[bytes] | None = None

    def run(
        self, module: str, words: list[str], environ: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """What `python -m MODULE WORDS` comes to."""
        request = {
            "module": module,
            "words": words,
            "environ": dict(environ),
            "folder": os.getcwd(),  # noqa: PTH109 - to be sent as text
            "outputs": [os.fspath(self._out), os.fspath(self._err)],
        }
        try:
            status = self._ask(json.dumps(request))
        except BaseException:
            # The end of a command that took too long must not be taken for the next one's.
            self.close()
            raise
        out, err = (path.read_text() for path in (self._out, self._err))
        return subprocess.CompletedProcess([module, *words], status, out, err)

    def close(self) -> None:
        """The server is gone, and with it the command that it runs."""
        if self._server is None:
            return
        self._lines.close()
        os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait()
        self._server = None

    def _ask(self, request: str) -> int:
        if self._server is None:
            ours, theirs = socket.socketpair()
            with ours, theirs:
                self._server = subprocess.Popen(
                    [sys.executable, "-m", __name__, str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
                self._lines = ours.makefile("rw")
        self._lines.write(request + "\n")
        self._lines.flush()
        return int(self._lines.readline())


def _serve(descriptor: int) -> None:
    """Answer each line of the socket with the exit status of the command in it."""
    for module in _IMPORTED:
        importlib.import_module(module)
    # With the first option that it parses, typer imports half as much again.
    history = typer.main.get_group(make_app()).commands["history"]
    history.make_context("history", ["--last", "1"])
    # It is run as `__main__`, and must not be there under its own name as well.
    del sys.modules[_QUICK]
    gc.freeze()
    with socket.socket(fileno=descriptor) as client, client.makefile("rw") as lines:
        while (line := lines.readline()) and os.fork():
            _, status = os.wait()
            lines.write(f"{os.waitstatus_to_exitcode(status)}\n")
            lines.flush()
    if line:
        # This is the forked process; it ends as every interpreter does.
        _become(**json.loads(line))


def _become(
    module: str, words: list[str], environ: dict[str, str], folder: str, outputs: list[str]
) -> None:
    """This process runs the module with these words, from now to its end."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    for number, path in enumerate(outputs, 1):
        output = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        os.dup2(output, number)
        os.close(output)
    sys.argv[1:] = words
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
