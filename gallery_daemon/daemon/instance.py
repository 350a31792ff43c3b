"""One daemon for each watch folder, and a door at which it can be asked how things are.

Two daemons on one folder would file every photo by two minds. So each binds a name made of the
folder's path in the kernel's list of Unix sockets (the abstract one, unix(7)): the second finds it
taken, and is told by the kernel whose it is. Such a name is no file: nothing is written into the
watch folder, no disk is kept from being unmounted, and it is free again however its holder ends.

Who connects is not heard, only answered: the daemon's main loop sends one snapshot and hangs up.
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
    from collections.abc import Callable, Iterable

_PREFIX = "gallery-daemon"
_SOCKETS = Path("/proc/net/unix")
# Source: struct ucred of unix(7): pid, uid, gid.
_CREDENTIALS = struct.Struct("3i")
_ASKING_S = 10.0


def name_of(folder: str) -> str:
    """The socket's name for a watch folder, links resolved; each user has names of their own."""
    digest = hashlib.sha256(os.fsencode(os.path.realpath(folder))).hexdigest()
    return f"{_PREFIX}/{os.getuid()}/{digest[:32]}"


class Holdings:
    """The watch folders that this daemon holds. `asked` has who waits for an answer."""

    def __init__(self, wake: Callable[[], None]) -> None:
        """`wake` is called by other threads when somebody has come to the door."""
        self._wake = wake
        self._held: dict[str, socket.socket] = {}
        self._asked: SimpleQueue[socket.socket] = SimpleQueue()

    def hold(self, folders: Iterable[str]) -> None:
        """These folders are held, and no others any more.

        Raises:
            GalleryError: another daemon holds one of them; everything is as it was.
        """
        wanted = {name_of(folder): folder for folder in folders}
        fresh: dict[str, socket.socket] = {}
        try:
            for name in wanted.keys() - self._held.keys():
                door = _bound(name, wanted[name])
                if door is not None:
                    fresh[name] = door
        except GalleryError:
            for door in fresh.values():
                door.close()
            raise
        for name in self._held.keys() - wanted.keys():
            _shut(self._held.pop(name))
        for name, door in fresh.items():
            self._held[name] = door
            Thread(target=self._open_to, args=(door,), daemon=True, name="door").start()

    def close(self) -> None:
        """No folder is held."""
        self.hold(())

    def answer(self, snapshot: Callable[[], str]) -> None:
        """Everybody who waits at the door has got the snapshot."""
        with contextlib.suppress(Empty):
            while True:
                with self._asked.get_nowait() as asking, contextlib.suppress(OSError):
                    asking.settimeout(1.0)
                    asking.sendall(snapshot().encode("ascii"))

    def _open_to(self, door: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                asking, _ = door.accept()
                if _who(asking)[1] in {os.getuid(), 0}:
                    self._asked.put(asking)
                    self._wake()
                else:
                    asking.close()


def running() -> list[str]:
    """The names that daemons of this user hold now."""
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
        OSError: nobody holds it.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(_ASKING_S)
        asking.connect(f"\0{name}")
        pid, user = _who(asking)
        if user not in {os.getuid(), 0}:
            raise PermissionError(errno.EPERM, "somebody else's")
        heard = bytearray()
        with contextlib.suppress(TimeoutError):
            while part := asking.recv(1 << 16):
                heard += part
        return pid, heard.decode("utf-8", "replace")


def _bound(name: str, folder: str) -> socket.socket | None:
    """The door at that name; None where such doors cannot be had: then nobody is kept out."""
    try:
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    except OSError:
        return None
    try:
        door.bind(f"\0{name}")
        door.listen()
    except OSError as error:
        door.close()
        if error.errno != errno.EADDRINUSE:
            return None
        raise GalleryError(
            f"{folder} is watched already, by {_holder(name)}",
            hint="stop that one first; `gallery-daemon status` shows what it does",
        ) from error
    return door


def _holder(name: str) -> str:
    """The process that holds a name, in words."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        try:
            asking.connect(f"\0{name}")
            pid, _ = _who(asking)
            words = Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        except OSError:
            return "another process"
    return f"process {pid}: {' '.join(os.fsdecode(word) for word in words)}"


def _who(peer: socket.socket) -> tuple[int, int]:
    """Process and user at the other end, as the kernel has them."""
    found = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, uid, _ = _CREDENTIALS.unpack(found)
    return pid, uid


def _shut(door: socket.socket) -> None:
    """Its thread wakes up and ends."""
    with contextlib.suppress(OSError):
        door.shutdown(socket.SHUT_RDWR)
    door.close()
