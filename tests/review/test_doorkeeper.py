"""What a browser, or who pretends to be one, gets from the application."""

from __future__ import annotations

import pytest

from gallery_daemon.review.doorkeeper import SAFETY
from tests.review.conftest import ADDRESS, OURS, Visit


def test_the_first_address_becomes_a_cookie(visit: Visit) -> None:
    """The token leaves the address bar at once, and no script can read the cookie."""
    answer = visit.client.get(f"/?token={visit.door.token}")

    assert (answer.status_code, answer.headers["location"]) == (303, "/review")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert visit.door.token not in cookie
    assert visit.client.get("/review").status_code == 200


def test_another_user_s_program_is_refused_with_the_right_token(visit: Visit) -> None:
    """They may have read it in the list of processes."""
    visit.kernel.is_of_this_user = False

    answer = visit.client.get(f"/?token={visit.door.token}")

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert visit.kernel.asked_of == [(("testclient", 50000), visit.door.port)]


@pytest.mark.parametrize(
    "path", ["/", "/review", "/news", "/static/x/page.css", "/picture/1", "/nothing", "/?token=x"]
)
def test_nothing_is_answered_without_the_secret(visit: Visit, path: str) -> None:
    """Not even whether there is such a page."""
    answer = visit.client.get(path)

    assert answer.status_code == 403
    assert "the person who started the review" in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "evil.example:8765"}, 421),
        (OURS | {"Origin": "http://evil.example"}, 403),
        (OURS | {"Sec-Fetch-Site": "same-site"}, 403),
        ({}, 403),
        (OURS, 200),
    ],
)
def test_who_acts_must_come_from_our_page(
    visit: Visit, headers: dict[str, str], status: int
) -> None:
    """With the right cookie all the same."""
    visit.enter()

    assert visit.client.post("/alive", headers=headers).status_code == status


def test_of_two_host_headers_none_counts(visit: Visit) -> None:
    """What stands between could have read another one."""
    visit.enter()
    twice = [("Host", ADDRESS.removeprefix("http://")), ("Host", "evil.example")]

    assert visit.client.get("/review", headers=twice).status_code == 421


def test_every_answer_has_the_headers_that_keep_it_safe(visit: Visit) -> None:
    """A page, a refusal, a redirect, a file, a mistake: all of them."""
    refused = visit.client.get("/review")
    visit.enter()
    paths = ("/", "/review", "/nothing", "/static/x/y")
    answers = [refused, *(visit.client.get(path) for path in paths)]

    assert [403, 303, 200, 404, 404] == [each.status_code for each in answers]
    for answer in answers:
        for name, value in SAFETY:
            assert answer.headers[name.decode()] == value.decode()
        assert answer.headers["cache-control"] == "no-store"


def test_a_page_needs_no_more_than_its_policy_allows(visit: Visit) -> None:
    """No script or style stands in it, and nothing is asked of another host."""
    visit.enter()
    page = visit.client.get("/review").text

    assert "style=" not in page
    assert "<style" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert '<script type="module" src="/static/' in page
    assert page.count("<script") == page.count('<script src="/static/') + 1 == 2


def test_the_script_and_the_stylesheet_are_kept_for_good(visit: Visit) -> None:
    """Their address has a hash of what they are; a name in it never reaches the disk."""
    visit.enter()
    page = visit.client.get("/review").text
    (address,) = {word for word in page.split('"') if word.endswith("page.css")}

    answer = visit.client.get(address)

    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    for name in ("", "..%2f__init__.py", "../__init__.py", "%2e%2e/server.py", "%00", "."):
        assert visit.client.get(address.replace("page.css", name)).status_code in {404, 307}
