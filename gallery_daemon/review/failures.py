"""Errors as pages: the sentence and what to do, as the command line has them; never a traceback.

A page's script gets the same as JSON.
"""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException

from gallery_daemon.errors import (
    ConfigError,
    ConfigErrors,
    GalleryError,
    JournalDamaged,
    JournalError,
)
from gallery_daemon.review.asking import BadRequest
from gallery_daemon.review.harmless import harmless
from gallery_daemon.review.site import site_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ExceptionHandler

_BUG: Final = GalleryError(
    "this is a bug in gallery-daemon, not a mistake of yours",
    hint="the terminal where the review was started has more; nothing was lost",
)
_SENTENCES: Final = {
    404: ("there is no such page", "the pages are named at the top"),
    405: ("this page does not take that", None),
    413: ("that is more than a page of ours would send", None),
}


def handlers() -> Mapping[type[Exception] | int, ExceptionHandler]:
    """The handler of each kind of error."""
    return {GalleryError: _told, HTTPException: _of_http, Exception: _bug}


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, GalleryError)
    return await _answer(request, error, status_of(error))


async def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence, hint = _SENTENCES.get(error.status_code, (error.detail, None))
    return await _answer(request, GalleryError(sentence, hint), error.status_code)


async def _bug(request: Request, error: Exception) -> Response:
    traceback.print_exception(error)
    return await _answer(request, _BUG, 500)


def status_of(error: GalleryError) -> int:
    """The status that says whose fault it is, and whether trying again may help."""
    match error:
        case BadRequest():
            return 400
        case JournalError() | JournalDamaged():
            return 503
        case _:
            return 409


def lines_of(error: GalleryError) -> Sequence[Mapping[str, object]]:
    """Each error with its `sentence`, the lines of its `hint`, and its `place` in the file."""
    errors = error.errors if isinstance(error, ConfigErrors) else (error,)
    return [
        {
            "sentence": harmless(each.sentence),
            "hint": [harmless(line) for line in (each.hint or "").splitlines()],
            "place": harmless(each.place) if isinstance(each, ConfigError) else None,
        }
        for each in errors
    ]


async def _answer(request: Request, error: GalleryError, status: int) -> Response:
    site, errors = site_of(request), lines_of(error)
    if "application/json" in request.headers.get("accept", ""):
        return site.json({"errors": errors}, status)
    return await site.show(
        request,
        "failure.html",
        status=status,
        # What has a bug may be what counts.
        is_counted=error is not _BUG,
        errors=errors,
    )
