"""What a page of the review is: its place in the navigation, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.routing import Route

    from gallery_daemon.review.opened import Opened


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page: `name` and `path` as the navigation has them; `routes` answer for it.

    `count` is the number beside its name, asked for whenever any page is shown; it must be cheap.
    """

    name: str
    path: str
    routes: Sequence[Route]
    count: Callable[[Opened], int] | None = None
