"""Connections that are held open and ask for nothing give way to those that do.

Any program of this machine can reach the port, whoever's it is. A hundred connections of one that
never asks would otherwise keep the person's own browser out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

    from uvicorn.protocols.http.h11_impl import RequestResponseCycle

MOST: Final = 100
"""So many connections at once."""


class YieldingConnection(H11Protocol):
    """uvicorn's connection, ended while it is idle when there are too many."""

    _made_at = 0.0

    def connection_made(  # type: ignore[override] # as uvicorn has it
        self, transport: asyncio.Transport
    ) -> None:
        """There is one more; of those that ask for nothing the oldest ends."""
        self._made_at = self.loop.time()
        super().connection_made(transport)
        there = [
            each
            for each in self.connections
            if isinstance(each, YieldingConnection) and not each.transport.is_closing()
        ]
        idle = [each for each in there if each is not self and each.is_idle]
        if len(there) >= MOST and idle:
            min(idle, key=YieldingConnection.made_at).transport.close()

    def made_at(self) -> float:
        """When it was made, by the loop's clock."""
        return self._made_at

    @property
    def is_idle(self) -> bool:
        """Whether nothing was asked on it that is not answered."""
        cycle = cast("RequestResponseCycle | None", self.cycle)  # None before the first request
        return cycle is None or cycle.response_complete
