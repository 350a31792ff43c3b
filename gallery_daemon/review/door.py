"""Who may come in: a pure decision about one request, before anything else looks at it.

The page is for the person who started the review, in a browser on this machine. Anything else that
can reach a port of this machine is refused: another page in the same browser (by what the browser
says of where a request began, and by the cookie, which it keeps from other sites), a name that was
made to point at this machine (by `Host`), a program that does not know the token.

A page on another port of 127.0.0.1 is another origin and yet the same site, so the cookie alone
would not stop it.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final

_SAFE: Final = frozenset({"GET", "HEAD"})
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Knock:
    """What a request says of itself; None where it does not say it.

    `hosts` has every Host header. `site` is Sec-Fetch-Site. `token` is that of the query.
    """

    method: str
    path: str
    hosts: tuple[str, ...]
    cookie: str | None = None
    origin: str | None = None
    site: str | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class DoorRefusal:
    """Why a request is refused, in a sentence; `hint` is what a person can do."""

    status: int
    sentence: str
    hint: str


STRANGER: Final = DoorRefusal(
    403,
    "this page is for the person who started the review",
    "open the address that `gallery-daemon review` printed; each start has a new one",
)
ELSEWHERE: Final = DoorRefusal(
    403,
    "this request does not come from the review's own page",
    "open the review by the address that `gallery-daemon review` printed",
)
WRONG_HOST: Final = DoorRefusal(
    421,
    "the review answers by its own address only",
    "open it as 127.0.0.1, with the port that `gallery-daemon review` printed",
)


@dataclass(frozen=True, slots=True)
class Door:
    """The secrets of one review, and who may come in by them.

    The token stands in the first address alone; it becomes a cookie with a value of its own, so
    that a browser's history does not have what lets one in for long.
    """

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(_SECRET_BYTES))
    key: str = field(default_factory=lambda: secrets.token_urlsafe(_SECRET_BYTES))

    @property
    def address(self) -> str:
        """The first address, which becomes the cookie."""
        return f"http://127.0.0.1:{self.port}/?token={self.token}"

    @property
    def cookie_name(self) -> str:
        """Cookies know no ports: two reviews at once would overwrite each other's."""
        return f"gallery_daemon_review_{self.port}"

    def brings_token(self, knock: Knock) -> bool:
        """Whether it is the first address."""
        return knock.path == "/" and knock.method == "GET" and knock.token is not None

    def refusal(self, knock: Knock) -> DoorRefusal | None:
        """Why this request may not come in; None: it may."""
        if len(knock.hosts) != 1 or knock.hosts[0] not in self._hosts:
            return WRONG_HOST
        if self.brings_token(knock):
            return None if _is_same(knock.token, self.token) else STRANGER
        if not self._is_from_here(knock):
            return ELSEWHERE
        return None if _is_same(knock.cookie, self.key) else STRANGER

    @property
    def _hosts(self) -> tuple[str, str]:
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    def _is_from_here(self, knock: Knock) -> bool:
        """Whether the browser says that our own page, or the person by hand, asks for it.

        What changes something must say so; a mere look need not, for old browsers say nothing.
        """
        if knock.origin is not None and knock.origin != f"http://{knock.hosts[0]}":
            return False
        if knock.method in _SAFE:
            return knock.site in {None, "same-origin", "none"}
        return knock.site == "same-origin" or (knock.site is None and knock.origin is not None)


def _is_same(given: str | None, secret: str) -> bool:
    """Compared in a time that tells nothing of how much of it was right."""
    return hmac.compare_digest((given or "").encode("utf-8", "replace"), secret.encode())
