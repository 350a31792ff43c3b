"""Whose a connection to this machine is, by the kernel's table."""

from __future__ import annotations

import contextlib
import os
import socket
import sys

import pytest

from gallery_daemon.review import peers
from gallery_daemon.review.peers import is_of_this_user, user_of

TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:223D 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000  0 1 1 0
   1: 0100007F:223D 0100007F:895C 01 00000000:00000000 00:00000000 00000000  1000  0 2 1 0
   2: 0100007F:895C 0100007F:223D 01 00000000:00000000 00:00000000 00000000  1001  0 3 1 0
   3: 0100007F:895D 0100007F:0050 01 00000000:00000000 00:00000000 00000000  1002  0 4 1 0
"""


@pytest.mark.skipif(sys.byteorder != "little", reason="the table is of another machine's order")
@pytest.mark.parametrize(
    ("port", "user"), [(0x895C, "1001"), (0x895D, None), (0x223D, None), (1, None)]
)
def test_the_connection_s_other_end_is_found(port: int, user: str | None) -> None:
    """Not ours of it, not one to another port, and not the listening socket."""
    assert user_of(TABLE, ("127.0.0.1", port), 8765) == user


def test_our_own_connection_is_ours() -> None:
    """As the kernel of this machine tells."""
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        calling = stack.enter_context(socket.create_connection(listening.getsockname()))

        assert is_of_this_user(calling.getsockname(), listening.getsockname()[1])


@pytest.mark.parametrize(
    ("user", "expected"), [(1000, True), (0, True), (1001, False), (None, True)]
)
def test_only_this_user_and_root_may(
    monkeypatch: pytest.MonkeyPatch, user: int | None, *, expected: bool
) -> None:
    """Where the kernel does not tell, the token alone counts."""
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    found = None if user is None else str(user)
    monkeypatch.setattr(peers, "user_of", lambda *_: found)

    assert is_of_this_user(("127.0.0.1", 1), 8765) is expected
