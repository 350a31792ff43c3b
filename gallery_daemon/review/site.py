"""What every page's functions are handed: the thread of the journal, templates, and the end of it.

A page asks the thread, and shows what it got by a template:

    async def show(request: Request) -> Response:
        site = site_of(request)
        waiting = await site.ask(lambda opened: ...)
        return await site.show(request, "review.html", waiting=waiting)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from starlette.responses import HTMLResponse, JSONResponse

from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from gallery_daemon.review.lifetime import Lifetime
    from gallery_daemon.review.one_thread import OneThread
    from gallery_daemon.review.opened import Opened
    from gallery_daemon.review.pictures_shown import PicturesShown
    from gallery_daemon.review.rendering import Templates
    from gallery_daemon.review.web_page import WebPage

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class NavEntry:
    """A page in the navigation; `count` is None where there is none, or it cannot be known now."""

    name: str
    path: str
    count: int | None
    is_current: bool


class Site:
    """The pages' common ground."""

    def __init__(
        self,
        file: Path,
        thread: OneThread[Opened],
        lifetime: Lifetime,
        *,
        templates: Templates,
        pages: Sequence[WebPage],
        pictures: PicturesShown,
    ) -> None:
        """`file` is the configuration."""
        self.file, self.lifetime, self.pictures = file, lifetime, pictures
        self._thread, self._templates, self._pages = thread, templates, pages

    async def ask(self, question: Callable[[Opened], Answer]) -> Answer:
        """The answer of the journal's thread.

        Raises:
            GalleryError: the configuration is wrong, the journal cannot be used; or the question's.
        """
        return await self._thread.ask(question)

    async def show(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        is_counted: bool = True,
        **values: object,
    ) -> Response:
        """The page of that template, which extends `base.html`; with the navigation's numbers."""
        path, counts = request.url.path, await self.counts() if is_counted else {}
        nav = [
            NavEntry(
                each.name, each.path, counts.get(each.path), f"{path}/".startswith(f"{each.path}/")
            )
            for each in self._pages
        ]
        text = self._templates.render(template, nav=nav, path=path, **values)
        return HTMLResponse(text, status)

    def part(self, template: str, **values: object) -> Response:
        """A part of a page, which a page's script puts into it."""
        return HTMLResponse(self.text(template, **values))

    def text(self, template: str, **values: object) -> str:
        """The text of a part, for an answer that has more than that."""
        return self._templates.render(template, **values)

    def json(self, value: Mapping[str, object], status: int = 200) -> Response:
        """What a page's script reads."""
        return JSONResponse(value, status)

    async def counts(self) -> dict[str, int]:
        """The numbers of the navigation by the pages' paths; none while they cannot be known."""
        try:
            return await self.ask(self._counts)
        except GalleryError:
            return {}

    def _counts(self, opened: Opened) -> dict[str, int]:
        return {each.path: each.count(opened) for each in self._pages if each.count is not None}


def site_of(request: Request) -> Site:
    """The site that the request asks."""
    site = request.app.state.site
    assert isinstance(site, Site)
    return site
