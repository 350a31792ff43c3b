"""What a page may send, and what a page of ours never would."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from starlette.requests import Request

from gallery_daemon.review import asking
from gallery_daemon.review.asking import (
    MOST_BYTES,
    MOST_IDS,
    BadRequest,
    body_of,
    ids_in,
    number_in,
    text_in,
)

if TYPE_CHECKING:
    from tests.review.conftest import Visit

JSON = "application/json"


def request_with(body: bytes, kind: str = JSON, query: str = "") -> Request:
    """A request as the server hands it on."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": query.encode(),
        "headers": [(b"content-type", kind.encode())],
    }

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(scope, receive)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", JSON),
        (b"{", JSON),
        (b"[1]", JSON),
        (b"1", JSON),
        (b"\xff", JSON),
        (b"[" * 100_000, JSON),
        (b'{"ids": [1]}', "text/plain"),  # what a form of another site could send
        (b'{"ids": [1]}', "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_json_object_is_refused(body: bytes, kind: str) -> None:
    """With a sentence, whatever it is."""
    with pytest.raises(BadRequest, match="JSON"):
        asyncio.run(body_of(request_with(body, kind)))


def test_a_body_that_never_comes_is_waited_for_only_so_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A connection that stays silent holds nothing up."""
    monkeypatch.setattr(asking, "_WITHIN_S", 0.01)
    request = request_with(b"")

    async def never() -> dict[str, object]:
        await asyncio.Event().wait()
        raise AssertionError

    request._receive = never
    with pytest.raises(BadRequest):
        asyncio.run(body_of(request))


def test_ids_are_numbers_each_once() -> None:
    """In their order."""
    assert ids_in({"ids": [3, 1, 3, 2**63 - 1]}) == (3, 1, 2**63 - 1)


@pytest.mark.parametrize(
    "ids",
    [None, 7, "1", [], ["1"], [1.0], [True], [0], [-1], [2**63], [None], [[1]], [*range(1, 502)]],
)
def test_what_is_no_list_of_ids_is_refused(ids: object) -> None:
    """A path, above all."""
    assert MOST_IDS < 501
    with pytest.raises(BadRequest):
        ids_in({"ids": ids})


def test_text_and_numbers_are_asked_for_by_type() -> None:
    """And refused if they are anything else."""
    assert text_in({"class": "cars"}, "class") == "cars"
    assert number_in(request_with(b"", query="from=20"), "from", 0) == 20
    assert number_in(request_with(b""), "from", 7) == 7
    assert number_in(request_with(b"", query="count=9000"), "count", 1, 200) == 200
    for sent in ({}, {"class": 1}, {"class": ["cars"]}):
        with pytest.raises(BadRequest):
            text_in(sent, "class")
    for query in ("from=", "from=-1", "from=x", "from=1e3", f"from={'9' * 400}", "from=²"):
        with pytest.raises(BadRequest):
            number_in(request_with(b"", query=query), "from", 0)


def test_a_body_larger_than_any_of_ours_is_refused(visit: Visit) -> None:
    """Before it is read."""
    visit.enter()

    assert visit.send("/alive", {"ids": "x" * MOST_BYTES}).status_code == 413
