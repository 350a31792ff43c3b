"""Serves the figures: `GET /metrics` on a Unix socket or a loopback port.

One thread, one request after the other, each for a few seconds at most. It hands out a text and
knows nothing else. Imported only where it is asked for: `http.server` and its thread take 1 MB
of the idle daemon's 38 (VmRSS of `run` with and without `metrics:`).
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import TCPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from gallery_daemon.config.kinds.local import Listen

_REQUEST_S = 2.0
_JOIN_S = 1.0
_PATH = "/metrics"
_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Exporter:
    """Hands out `text`, which another thread may replace at any time."""

    def __init__(self, listen: Listen) -> None:
        """It can be fetched from now on.

        Raises:
            OSError: nothing can listen there.
        """
        self.text = ""
        self._path = listen.path
        self._server = _Server(listen, self)
        self._is_open = True
        self._thread = Thread(target=self._serve, daemon=True, name="metrics")
        self._thread.start()

    @property
    def port(self) -> int:
        """The port, of a loopback address."""
        return int(self._server.socket.getsockname()[1])

    def close(self) -> None:
        """Nothing can be fetched any more."""
        self._is_open = False
        # The thread waits for the next request without a tick; this wakes it.
        with contextlib.suppress(OSError):
            self._server.socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(_JOIN_S)
        self._server.server_close()
        if self._path is not None:
            Path(self._path).unlink(missing_ok=True)

    def _serve(self) -> None:
        while self._is_open:
            self._server.handle_request()


class _Server(TCPServer):
    """Listens at the configured address; a socket file that no process listens at is replaced."""

    allow_reuse_address = True

    def __init__(self, listen: Listen, exporter: Exporter) -> None:
        self.exporter = exporter
        self._listen_at = listen
        if listen.path is not None:
            self.address_family = socket.AF_UNIX
        elif ":" in listen.host:
            self.address_family = socket.AF_INET6
        super().__init__((listen.host, listen.port), _Answer)

    def server_bind(self) -> None:
        """Bound; a Unix socket is its owner's alone.

        Raises:
            OSError: it cannot be.
        """
        path = self._listen_at.path
        if path is None:
            super().server_bind()
            return
        # Before it has a name (unix(7)): afterwards there would be a moment for others.
        os.fchmod(self.socket.fileno(), 0o600)
        try:
            self.socket.bind(path)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and not Path(path).is_socket():
                # The system says "Address already in use" of a photo, too.
                raise FileExistsError(errno.EEXIST, "another file lies there") from error
            if error.errno != errno.EADDRINUSE or not _is_abandoned(path):
                raise
            Path(path).unlink()
            self.socket.bind(path)

    def handle_error(self, *_: Any) -> None:  # noqa: ANN401 - as socketserver has it
        """Nothing: the client has gone, or speaks no HTTP."""


class _Answer(BaseHTTPRequestHandler):
    """One request."""

    timeout: ClassVar[float | None] = _REQUEST_S

    def do_GET(self) -> None:
        """The figures."""
        if self.path.partition("?")[0] != _PATH:
            self.send_error(HTTPStatus.NOT_FOUND, f"the figures are at {_PATH}")
            return
        assert isinstance(self.server, _Server)
        body = self.server.exporter.text.encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", _TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:  # noqa: ANN401 - as http.server has it
        """The log is for photos."""


def _is_abandoned(path: str) -> bool:
    """Whether no process listens at the socket file there: a daemon was killed."""
    if not Path(path).is_socket():
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(_REQUEST_S)
        try:
            asking.connect(path)
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
    return False
