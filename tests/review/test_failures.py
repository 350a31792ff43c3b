"""What a person sees when something is wrong: a sentence and what to do, and no traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.review.opened import Opened

if TYPE_CHECKING:
    from tests.review.conftest import Visit


def test_a_page_that_is_none_says_so(visit: Visit) -> None:
    """With the navigation around it."""
    visit.enter()

    answer = visit.client.get("/nothing")

    assert answer.status_code == 404
    assert "there is no such page" in answer.text
    assert 'href="/review"' in answer.text


def test_a_wrong_configuration_is_told_with_its_places(visit: Visit) -> None:
    """All mistakes at once; and once it is right again, the page is there."""
    visit.enter()
    file = visit.home / "config.yaml"
    right = file.read_text()
    assert visit.client.get("/review").status_code == 200
    file.write_text(right.replace("Cars/", "/Cars/").replace("Review/", "/Review/"))

    answer = visit.client.get("/review")

    assert answer.status_code == 409
    assert answer.text.count('<div role="alert">') == 2
    assert answer.text.count(f"{file}:") == 2
    file.write_text(right)
    assert visit.client.get("/review").status_code == 200


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_damaged_journal_is_told_and_the_next_one_is_opened(visit: Visit, accept: str) -> None:
    """As the command line says it; a script gets the same as JSON."""
    visit.enter()
    journal_path().parent.mkdir(parents=True)
    journal_path().write_bytes(b"this is no journal" * 100)

    answer = visit.client.get("/review", headers={"Accept": accept})

    assert answer.status_code == 503
    assert "is damaged" in answer.text
    assert "`run` and `sort` set it aside" in answer.text
    assert answer.headers["content-type"].startswith(accept)
    journal_path().unlink()
    assert visit.client.get("/review").status_code == 200


def test_a_bug_of_ours_is_called_one(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The page has a sentence, the terminal the traceback."""
    visit.enter()

    def fails(_: Opened) -> bool:
        raise ZeroDivisionError

    assert visit.client.get("/review").status_code == 200
    monkeypatch.setattr(Opened, "is_stale", fails)

    answer = visit.client.get("/review")

    assert answer.status_code == 500
    assert "a bug in gallery-daemon" in answer.text
    assert "ZeroDivisionError" not in answer.text
    assert "ZeroDivisionError" in capfd.readouterr().err
