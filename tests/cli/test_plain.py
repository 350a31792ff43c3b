"""Errors as a person reads them, and text that any terminal takes."""

from __future__ import annotations

import sys
from threading import Event

import pytest

from gallery_daemon.cli import plain
from gallery_daemon.cli.plain import error_lines, print_error, shown, told_if_slow
from gallery_daemon.errors import ConfigError, ConfigErrors, GalleryError

FIRST = ConfigError("no such key", file="c.yaml", line=3, column=1, hint="did you mean\n`rules`?")
SECOND = ConfigError("no such class", file="c.yaml", line=7, column=5)


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (GalleryError("it is full"), ["error: it is full"]),
        (GalleryError("it is full", hint="make room"), ["error: it is full", "  hint: make room"]),
        (SECOND, ["c.yaml:7:5: error: no such class"]),
        (
            ConfigErrors((FIRST, SECOND)),
            [
                "c.yaml:3:1: error: no such key",
                "  hint: did you mean",
                "  hint: `rules`?",
                "c.yaml:7:5: error: no such class",
            ],
        ),
    ],
)
def test_an_error_says_where_what_and_what_to_do(error: GalleryError, lines: list[str]) -> None:
    """One block for each of several mistakes, each line of a hint on its own."""
    assert lines == error_lines(error)


def test_an_error_goes_to_standard_error_and_forges_no_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A photo's name may hold anything; standard output is for data."""
    print_error(GalleryError("cannot read a\nerror: b\x1b[2J"))

    out, err = capsys.readouterr()
    assert ("", "error: cannot read a\\nerror: b\\x1b[2J\n") == (out, err)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Größe 日本 🙂.jpg", "Größe 日本 🙂.jpg"),
        ("a\tb\u202e", "a\\tb\\u202e"),
        ("\udcff.jpg", "\\udcff.jpg"),
    ],
)
def test_what_is_not_printable_is_escaped(text: str, expected: str) -> None:
    """Letters of every script stay; control characters and broken UTF-8 do not."""
    assert expected == shown(text)


@pytest.mark.parametrize(("is_terminal", "is_told"), [(True, True), (False, False)])
def test_what_takes_long_is_told_at_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, is_told: bool
) -> None:
    """Once, while it is done; what is done at once is not told."""
    monkeypatch.setattr(plain, "_SLOW_S", 0.01)
    told = Event()
    monkeypatch.setattr(plain, "print_to_stderr", lambda _line: told.set())
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)

    with told_if_slow("loading"):
        assert is_told == told.wait(10.0 if is_told else 0.1)
    told.clear()
    monkeypatch.setattr(plain, "_SLOW_S", 0.2)
    with told_if_slow("loading"):
        pass

    assert not told.wait(0.3)
