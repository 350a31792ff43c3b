"""Whose program is at the other end of a connection from this machine to this machine.

A browser is started with the first address as an argument, and on most machines every user can read
every other one's arguments. So the token alone would let them in; the kernel knows whose a
connection is.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from pathlib import Path
from typing import Final

_TABLES: Final = ("/proc/net/tcp", "/proc/net/tcp6")
_LOCAL, _REMOTE, _USER = 1, 2, 7


def is_of_this_user(client: tuple[str, int], port: int) -> bool:
    """Whether this user, or root, has the connection from `client` to our `port`.

    Where the system does not tell, the token alone counts.
    """
    tables = filter(None, map(_read, _TABLES))
    found = next(filter(None, (user_of(table, client, port) for table in tables)), None)
    return found in {None, str(os.getuid()), "0"}


def user_of(table: str, client: tuple[str, int], port: int) -> str | None:
    """The number of the user who has the connection, by the kernel's table of them."""
    ends = _as_in_table(*client), _as_in_table("127.0.0.1", port)
    for line in table.splitlines():
        if ends[0] not in line:
            continue
        words = line.split()
        if words[_LOCAL].endswith(ends[0]) and words[_REMOTE].endswith(ends[1]):
            return words[_USER]
    return None


def _as_in_table(host: str, port: int) -> str:
    """An address as the kernel writes it: the IPv4 address as a number of this machine's order."""
    number = int.from_bytes(socket.inet_aton(host), sys.byteorder)
    return f"{number:08X}:{port:04X}"


def _read(table: str) -> str | None:
    with contextlib.suppress(OSError):
        return Path(table).read_text("ascii")
    return None
