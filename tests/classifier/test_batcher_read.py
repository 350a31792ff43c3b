"""A request becomes a picture, or the right refusal."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from gallery_daemon.classifier.batcher import Prepared, read_photo
from gallery_daemon.classifier.messages import Refusal, RefusalKind, Request
from gallery_daemon.errors import BadPhoto, NotAPhoto, PhotoChanged
from gallery_daemon.photo import Facts, Identity, LookKind

REQUEST = Request(7, "/a.jpg", Identity(1, 2, 3, 4), want_hash=False)
FACTS = Facts.unread(datetime(2024, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Look:
    """What a look gives, with a word for the picture."""

    facts: Facts
    picture: str
    kind: LookKind = LookKind.QUICK
    remark: str | None = None


def test_a_photo_that_can_be_read_waits_for_the_network() -> None:
    """Its facts and picture are kept, and when it was started."""
    looked = read_photo(REQUEST, lambda _request: Look(FACTS, "picture", remark="odd"), now=5.0)

    assert Prepared(7, FACTS, "picture", 5.0, LookKind.QUICK, "odd") == looked


@pytest.mark.parametrize(
    ("error", "kind", "reason"),
    [
        (BadPhoto("its end is missing"), "unreadable", "its end is missing"),
        (NotAPhoto("a PDF document"), "not_a_photo", "a PDF document"),
        (PhotoChanged("it was replaced"), "changed", "it was replaced"),
        (
            FileNotFoundError(errno.ENOENT, "No such file"),
            "vanished",
            "cannot be read: No such file",
        ),
        (PermissionError(errno.EACCES, "Denied"), "denied", "cannot be read: Denied"),
        (OSError(errno.ELOOP, "A link"), "not_a_photo", "cannot be read: A link"),
        (OSError(errno.EIO, "Disk error"), "failed", "cannot be read: Disk error"),
        (OSError("nameless"), "failed", "cannot be read: nameless"),
        (MemoryError(), "failed", "there is too little memory to read it"),
        (KeyError(274), "unreadable", "reading it failed unexpectedly: KeyError: 274"),
        (
            ValueError("\udcff\n" * 10**6),
            "unreadable",
            "reading it failed unexpectedly: ValueError: " + "\\udcff\\n" * 25,
        ),
    ],
)
def test_every_error_becomes_a_refusal(error: Exception, kind: str, reason: str) -> None:
    """The file's own fault is told apart from what may pass."""

    def look(_request: Request) -> Look:
        raise error

    refusal = read_photo(REQUEST, look, now=5.0)

    assert Refusal(7, RefusalKind(kind), reason) == refusal


def test_a_bug_of_ours_leaves_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """The photo is refused, and the developer sees where."""

    def look(_request: Request) -> Look:
        raise KeyError(274)

    read_photo(REQUEST, look, now=5.0)

    assert "KeyError: 274" in capsys.readouterr().err
