"""How the review stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.routing import Route

    from gallery_daemon.review.opened import Opened


def progress_of(opened: Opened) -> Mapping[str, object]:
    """How the review stands."""
    return {"waiting": len(opened.queues.now())}


DECIDING: Final[tuple[Route, ...]] = ()
