"""Who hands out the figures, from one configuration to the next; no photo waits for want of it.

That they cannot be fetched is told once: the next configurations, which may have been saved for
another reason altogether, say it again only if the address or the reason is another one.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from gallery_daemon.logs.events import MetricsFailed

if TYPE_CHECKING:
    from gallery_daemon.config.kinds.local import Listen
    from gallery_daemon.daemon.exporter import Exporter
    from gallery_daemon.logs.events import Log


class Figures:
    """Makes the exporter of each configuration, and remembers what it has told; it outlives one."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._told: tuple[str, str] | None = None

    def exporter(self, listen: Listen | None) -> Exporter | None:
        """Who hands them out there; none if nobody wants them, or nothing can listen there."""
        if listen is None:
            self._told = None
            return None
        from gallery_daemon.daemon.exporter import Exporter  # noqa: PLC0415 - few want its 1 MB

        try:
            found = Exporter(listen)
        except OSError as error:
            self._tell(str(listen), error)
            return None
        self._told = None
        return found

    def _tell(self, address: str, error: OSError) -> None:
        reason = error.strerror or "it cannot be listened at"
        if (address, reason) == self._told:
            return
        self._told = address, reason
        is_forbidden = error.errno == errno.EAFNOSUPPORT
        hint = "the service opens Unix sockets only; see Metrics in the README"
        self._log.write(MetricsFailed(address, reason, hint if is_forbidden else None))
