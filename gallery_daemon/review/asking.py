"""What a page sends: small JSON, read within a time, each field asked for by its type."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

from starlette.convertors import IntegerConvertor, register_url_convertor

from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

MOST_BYTES: Final = 256 * 1024
"""Of any body; a configuration, the largest thing that is sent, has some kilobytes."""
MOST_IDS: Final = 500
"""In one request: a page that has more asks again."""
_WITHIN_S: Final = 20.0
_LARGEST_ID: Final = 2**63 - 1


class _ShortNumber(IntegerConvertor):
    """A number in an address, with no more digits than Python turns into one without complaint."""

    regex = "[0-9]{1,40}"


register_url_convertor("number", _ShortNumber())


class BadRequest(GalleryError):
    """What was asked makes no sense; a page of ours does not ask so."""


async def body_of(request: Request) -> Mapping[str, object]:
    """The JSON object in the request's body.

    Raises:
        BadRequest: there is none.
        HTTPException: it is too large.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BadRequest("what was sent is no JSON")
    try:
        async with asyncio.timeout(_WITHIN_S):
            sent = json.loads(await request.body())
    except (ValueError, RecursionError, TimeoutError) as error:
        raise BadRequest("what was sent is no JSON") from error
    if not isinstance(sent, dict):
        raise BadRequest("what was sent is no JSON object")
    return sent


def ids_in(sent: Mapping[str, object], key: str = "ids") -> tuple[int, ...]:
    """The ids there, each once.

    Raises:
        BadRequest: there are none, too many, or they are no ids.
    """
    ids = sent.get(key)
    if not isinstance(ids, list) or not 0 < len(ids) <= MOST_IDS or not all(map(_is_id, ids)):
        raise BadRequest(f"`{key}` must be 1 to {MOST_IDS} numbers of photos")
    return tuple(dict.fromkeys(ids))


def text_in(sent: Mapping[str, object], key: str) -> str:
    """The text there.

    Raises:
        BadRequest: there is none.
    """
    text = sent.get(key)
    if not isinstance(text, str) or not _is_text(text):
        raise BadRequest(f"`{key}` must be text")
    return text


def flag_in(sent: Mapping[str, object], key: str) -> bool:
    """Whether it is so.

    Raises:
        BadRequest: it says neither true nor false.
    """
    flag = sent.get(key)
    if not isinstance(flag, bool):
        raise BadRequest(f"`{key}` must be true or false")
    return flag


def id_in(request: Request) -> int:
    """The id in the address's path.

    Raises:
        BadRequest: no row has such a number.
    """
    number = int(request.path_params["id"])
    if not _is_id(number):
        raise BadRequest("that is no photo's number")
    return number


def number_in(request: Request, key: str, default: int, most: int = _LARGEST_ID) -> int:
    """The number in the address's query, from 0 to `most`.

    Raises:
        BadRequest: it is none.
    """
    text = request.query_params.get(key, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < len(str(_LARGEST_ID)) + 1):
        raise BadRequest(f"`{key}` must be a number")
    return min(int(text), most)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LARGEST_ID


def _is_text(text: str) -> bool:
    """Whether it can be written anywhere: JSON may hold halves of letters, which are none."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)
