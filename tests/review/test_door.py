"""Who may come in, request by request."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.review.door import ELSEWHERE, STRANGER, WRONG_HOST, Door, Knock

DOOR = Door(8765, token="t" * 43, key="k" * 43)
HERE = "http://127.0.0.1:8765"
LOOK = Knock("GET", "/review", ("127.0.0.1:8765",), cookie=DOOR.key)
ACT = replace(LOOK, method="POST", origin=HERE, site="same-origin")
FIRST = Knock("GET", "/", ("127.0.0.1:8765",), token=DOOR.token)


@pytest.mark.parametrize(
    "knock",
    [
        LOOK,
        replace(LOOK, site="same-origin"),
        replace(LOOK, site="none"),  # typed, or a bookmark
        replace(LOOK, hosts=("localhost:8765",)),
        ACT,
        replace(ACT, site=None),  # an old browser
        replace(ACT, hosts=("localhost:8765",), origin="http://localhost:8765"),
        FIRST,
        replace(FIRST, site="cross-site"),  # a click in a terminal's page
    ],
)
def test_the_person_who_started_it_comes_in(knock: Knock) -> None:
    """By the first address, and then by the cookie from our own page."""
    assert DOOR.refusal(knock) is None


@pytest.mark.parametrize(
    ("knock", "refusal"),
    [
        (replace(LOOK, cookie=None), STRANGER),
        (replace(LOOK, cookie="k" * 42), STRANGER),
        (replace(LOOK, cookie=DOOR.token), STRANGER),
        (replace(LOOK, cookie="\udcff"), STRANGER),
        (replace(FIRST, token="t" * 42), STRANGER),
        (replace(FIRST, token=""), STRANGER),
        (replace(FIRST, token=DOOR.key), STRANGER),
        # The token lets in by the first address alone.
        (replace(FIRST, path="/review"), STRANGER),
        (replace(FIRST, method="POST", site="same-origin"), STRANGER),
    ],
)
def test_who_does_not_know_the_secret_is_refused(knock: Knock, refusal: object) -> None:
    """Another program of this machine, or another user."""
    assert DOOR.refusal(knock) is refusal


@pytest.mark.parametrize(
    "hosts",
    [
        (),
        ("",),
        ("evil.example:8765",),
        ("127.0.0.1",),
        ("127.0.0.1:80",),
        ("localhost",),
        ("127.0.0.1:8765.evil.example",),
        ("[::1]:8765",),
        ("127.0.0.1:8765", "evil.example"),
        ("127.0.0.1:8765", "127.0.0.1:8765"),
    ],
)
def test_another_name_for_this_machine_is_refused(hosts: tuple[str, ...]) -> None:
    """A name that a stranger has pointed here makes his page one origin with ours."""
    assert DOOR.refusal(replace(LOOK, hosts=hosts)) is WRONG_HOST
    assert DOOR.refusal(replace(FIRST, hosts=hosts)) is WRONG_HOST


@pytest.mark.parametrize(
    "knock",
    [
        replace(ACT, origin="http://evil.example"),
        replace(ACT, origin="null"),
        replace(ACT, origin="https://127.0.0.1:8765"),
        replace(ACT, origin="http://localhost:8765"),
        # Another port is the same site: the browser sends the cookie along.
        replace(ACT, origin="http://127.0.0.1:8000", site="same-site"),
        replace(ACT, site="same-site"),
        replace(ACT, site="cross-site"),
        replace(ACT, site="none"),
        replace(ACT, origin=None, site=None),
        replace(LOOK, site="same-site"),
        replace(LOOK, site="cross-site"),
        replace(LOOK, origin="http://127.0.0.1:8000"),
        replace(LOOK, site=""),  # several headers
    ],
)
def test_another_page_s_request_is_refused(knock: Knock) -> None:
    """Even with the cookie, which pages on other ports of this machine make the browser send."""
    assert DOOR.refusal(knock) is ELSEWHERE


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_guess_opens_the_door(cookie: str, token: str) -> None:
    """Whatever text is sent, it is compared and refused."""
    assert DOOR.refusal(replace(LOOK, cookie=cookie)) is STRANGER
    assert DOOR.refusal(replace(FIRST, token=token)) is STRANGER


def test_each_review_has_secrets_of_its_own() -> None:
    """What was printed once opens nothing later."""
    one, other = Door(8765), Door(8765)

    assert len({one.token, one.key, other.token, other.key}) == 4
    assert len(one.token) >= 43
