"""The service manager's notify protocol: datagrams of `KEY=VALUE` lines on a Unix socket.

Source: sd_notify(3), sd_watchdog_enabled(3). Without `NOTIFY_SOCKET` nothing is sent, so the daemon
runs the same in a terminal. The watchdog is fed by the main loop when it has made progress, never
from a thread of its own, which would go on feeding while the loop hangs.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Notifier:
    """Sends the service manager the daemon's state."""

    def __init__(self, address: str | None, watchdog_s: float | None = None) -> None:
        self._address = address
        self.watchdog_s = watchdog_s

    @classmethod
    def of_environment(cls, environ: Mapping[str, str], pid: int) -> Notifier:
        """The notifier that the manager's environment variables ask for."""
        address = environ.get("NOTIFY_SOCKET") or None
        return cls(address, _watchdog_s(environ, pid))

    def ready(self) -> None:
        """Start-up is finished."""
        self._send("READY=1")

    def reloading(self, monotonic_s: float) -> None:
        """The configuration is being read again; `ready` ends it (Type=notify-reload)."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={int(monotonic_s * 1_000_000)}")

    def stopping(self) -> None:
        """Shutdown has begun."""
        self._send("STOPPING=1")

    def status(self, text: str) -> None:
        """One line that `systemctl --user status` shows."""
        self._send(f"STATUS={text.splitlines()[0] if text else ''}")

    def alive(self) -> None:
        """The main loop has made progress."""
        self._send("WATCHDOG=1")

    def _send(self, message: str) -> None:
        if self._address is None:
            return
        # A leading @ is the abstract name space, whose real first byte is NUL.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
            manager.settimeout(0)
            try:
                manager.connect(address)
                manager.send(message.encode("utf-8", "replace"))
            except OSError:
                # A manager that is gone or does not listen never keeps a photo from being filed.
                return


def _watchdog_s(environ: Mapping[str, str], pid: int) -> float | None:
    """Half of the watchdog's timeout in seconds, as sd_watchdog_enabled(3) advises; None: off."""
    microseconds = environ.get("WATCHDOG_USEC", "")
    wanted_pid = environ.get("WATCHDOG_PID") or str(pid)
    if not microseconds.isdecimal() or int(microseconds) == 0 or wanted_pid != str(pid):
        return None
    return int(microseconds) / 2_000_000
