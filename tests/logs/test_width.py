"""Text in a terminal's columns."""

from __future__ import annotations

import pytest

from gallery_daemon.logs.width import columns_of, shorten, width_of, with_tilde
from tests.logs.test_logs import Terminal

LONG = "/media/card/DCIM/100APPLE/holidays/IMG_2041.HEIC"


@pytest.mark.parametrize(
    ("path", "width", "short"),
    [
        (LONG, None, LONG),
        (LONG, 48, LONG),
        (LONG, 47, "/media/…/DCIM/100APPLE/holidays/IMG_2041.HEIC"),
        (LONG, 31, "/media/…/holidays/IMG_2041.HEIC"),
        (LONG, 24, "/media/…/IMG_2041.HEIC"),
        (LONG, 16, "…/IMG_2041.HEIC"),
        (LONG, 13, "IMG_2041.HEIC"),
        (LONG, 10, "IMG…1.HEIC"),
        ("/home/anna/Sync/Camera/IMG_1.jpg", 99, "~/Sync/Camera/IMG_1.jpg"),
        ("/home/anna/Sync/Camera/IMG_1.jpg", 30, "~/Sync/Camera/IMG_1.jpg"),
        ("/home/anna/Sync/Camera/IMG_1.jpg", 20, "~/…/Camera/IMG_1.jpg"),
        ("/home/annabel/Sync/Camera/IMG_1.jpg", 25, "/home/…/Camera/IMG_1.jpg"),
        ("/media/card/Pictures/Memes/", 20, "/media/…/Memes/"),
        ("Review/whatsapp/IMG_1.jpg", 20, "Review/…/IMG_1.jpg"),
        ("/in/写真/IMG_1.jpg", 15, "/in/…/IMG_1.jpg"),
        ("a" * 50, 9, "aaa…aaaaa"),
        ("", 3, ""),
    ],
)
def test_a_path_loses_its_middle(
    path: str, width: int | None, short: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it begins and what it is called say which one it is."""
    monkeypatch.setenv("HOME", "/home/anna")

    assert short == shorten(path, width)
    assert width is None or width_of(shorten(path, width)) <= width


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("moved from /home/anna/a.jpg (/home/anna/b)", "moved from ~/a.jpg (~/b)"),
        ("/home/anna/c.yaml:3:1: error", "~/c.yaml:3:1: error"),
        (
            "refile --config '/home/anna/my rules.yaml'",
            "refile --config '/home/anna/my rules.yaml'",
        ),
        ("/home/annabel/a /backup/home/anna/a /home/anna", None),
    ],
)
def test_the_home_folder_is_a_tilde(
    words: str, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a path in it begins, and a shell would understand it."""
    monkeypatch.setenv("HOME", "/home/anna")

    assert (expected or words) == with_tilde(words)


def test_a_wide_letter_takes_two_columns() -> None:
    """And an accent of its own none."""
    assert (2, 1, 4) == (width_of("写"), width_of("e\u0301"), width_of("a写b"))


def test_what_is_no_terminal_has_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is shortened in a pipe or a file; a stream that has no number cannot be asked."""
    monkeypatch.delenv("COLUMNS", raising=False)

    with open("/dev/null", encoding="utf-8") as nowhere:  # noqa: PTH123 - a device
        assert columns_of(nowhere) is None
    assert columns_of(Terminal()) is None
