"""One daemon for each watch folder, and a socket that answers with its status.

Two daemons on one folder would each file every photo by rules of their own. So a daemon binds a
name made of the folder's path among the abstract Unix sockets (unix(7)). The second one finds it
taken, and learns from the kernel which process has it. Such a name is no file: nothing is written
into the watch folder, no disk is kept from being unmounted, and the name is free again however its
holder ends.

Nothing is read from a client: the daemon's main loop sends one snapshot and closes.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import socket
import struct
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_PREFIX = "gallery-daemon"
_SOCKETS = Path("/proc/net/unix")
# Source: struct ucred of unix(7): pid, uid, gid.
_CREDENTIALS = struct.Struct("3i")
_ANSWER_S = 10.0
# Such a thread ends at once when its socket is shut.
_JOIN_S = 1.0


def name_of(folder: str) -> str:
    """The socket's name for a watch folder, links resolved; it contains the user's number."""
    digest = hashlib.sha256(os.fsencode(os.path.realpath(folder))).hexdigest()
    return f"{_PREFIX}/{os.getuid()}/{digest[:32]}"


class InstanceLock:
    """The watch folders that this daemon holds, and the clients that wait for an answer."""

    def __init__(self, wake: Callable[[], None]) -> None:
        """`wake` is called, by other threads, when a client waits for an answer."""
        self._wake = wake
        self._held: dict[str, tuple[socket.socket, Thread]] = {}
        self._waiting: SimpleQueue[socket.socket] = SimpleQueue()

    def hold(self, folders: Iterable[str]) -> None:
        """These folders are held, and no others.

        Raises:
            GalleryError: another daemon holds one of them; nothing has changed.
        """
        wanted = {name_of(folder): folder for folder in folders}
        fresh: dict[str, socket.socket] = {}
        try:
            for name in wanted.keys() - self._held.keys():
                listener = _bound(name, wanted[name])
                if listener is not None:
                    fresh[name] = listener
        except GalleryError:
            for listener in fresh.values():
                listener.close()
            raise
        for name in self._held.keys() - wanted.keys():
            _shut(*self._held.pop(name))
        for name, listener in fresh.items():
            accepting = Thread(
                target=self._accept, args=(listener,), daemon=True, name="status socket"
            )
            self._held[name] = listener, accepting
            accepting.start()

    def close(self) -> None:
        """No folder is held, and no client waits for an answer."""
        self.hold(())
        for client in self._take_waiting():
            client.close()

    def answer(self, snapshot: Callable[[], str]) -> None:
        """Every client that waits has the snapshot."""
        for client in self._take_waiting():
            with client, contextlib.suppress(OSError):
                client.settimeout(1.0)
                client.sendall(snapshot().encode("ascii"))

    def _take_waiting(self) -> Iterator[socket.socket]:
        with contextlib.suppress(Empty):
            while True:
                yield self._waiting.get_nowait()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                if _who(client)[1] in {os.getuid(), 0}:
                    self._waiting.put(client)
                    self._wake()
                else:
                    client.close()


def running() -> list[str]:
    """The names that daemons of this user hold now, sorted."""
    try:
        lines = _SOCKETS.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    mine = f"@{_PREFIX}/{os.getuid()}/"
    # Each connection has a line as well.
    return sorted({line.rpartition(" ")[2][1:] for line in lines if f" {mine}" in line})


def ask(name: str) -> tuple[int, str]:
    """The process that holds the name, and its snapshot; empty if it is too busy to answer.

    Raises:
        OSError: no process holds it.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(_ANSWER_S)
        client.connect(f"\0{name}")
        pid, user = _who(client)
        if user not in {os.getuid(), 0}:
            raise PermissionError(errno.EPERM, "somebody else's")
        answer = bytearray()
        with contextlib.suppress(TimeoutError):
            while part := client.recv(1 << 16):
                answer += part
        return pid, answer.decode("utf-8", "replace")


def _bound(name: str, folder: str) -> socket.socket | None:
    """A socket of that name; None where there are none: then no second daemon is kept out."""
    try:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    except OSError:
        return None
    try:
        listener.bind(f"\0{name}")
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno != errno.EADDRINUSE:
            return None
        raise GalleryError(
            f"{folder} is watched already, by {_holder(name)}",
            hint="stop that one first; `gallery-daemon status` shows what it does",
        ) from error
    return listener


def _holder(name: str) -> str:
    """The process that holds a name, in words."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            client.connect(f"\0{name}")
            pid, _ = _who(client)
            words = Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        except OSError:
            return "another process"
    return f"process {pid}: {' '.join(os.fsdecode(word) for word in words)}"


def _who(peer: socket.socket) -> tuple[int, int]:
    """Process and user at the other end, as the kernel has them."""
    found = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, uid, _ = _CREDENTIALS.unpack(found)
    return pid, uid


def _shut(listener: socket.socket, accepting: Thread) -> None:
    """It is closed; its thread has woken up and ended, so no client comes after this."""
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    accepting.join(_JOIN_S)
    listener.close()
