"""One finding, for a person and for a program."""

from __future__ import annotations

import pytest

from gallery_daemon.cli.public import of_finding
from gallery_daemon.doctor.finding import Status, counted, fail, ok, warn


def test_a_program_reads_the_published_names() -> None:
    """`verdict` is one of three words; without advice there is no such key."""
    assert {"verdict": "ok", "about": "space", "what": "plenty"} == of_finding(
        ok("space", "plenty")
    )
    assert {
        "verdict": "fail",
        "about": "space",
        "what": "none",
        "advice": "make room",
    } == of_finding(fail("space", "none", "make room"))


def test_the_three_words_are_published() -> None:
    """From good to bad; exit status 1 goes by the last."""
    assert ["ok", "warn", "fail"] == list(Status)
    assert Status.WARN is warn("space", "little").status


@pytest.mark.parametrize(
    ("number", "words", "text"),
    [
        (0, ("photo",), "0 photos"),
        (1, ("photo",), "1 photo"),
        (2, ("filing was", "filings were"), "2 filings were"),
        (1, ("filing was", "filings were"), "1 filing was"),
    ],
)
def test_counts_agree_with_their_words(number: int, words: tuple[str, ...], text: str) -> None:
    """One is singular, nothing else is."""
    assert text == counted(number, *words)
