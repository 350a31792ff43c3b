"""Pictures of photos: by ids and fixed sizes alone, and a sentence where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gallery_daemon.review.pictures_shown import SIDES
from tests.review.photos import let_wait

if TYPE_CHECKING:
    from tests.review.conftest import Visit


@pytest.fixture
def entered(visit: Visit) -> Visit:
    """Two photos wait, and somebody looks."""
    let_wait(visit.scene, 1, ("bad.jpg",))
    visit.enter()
    return visit


@pytest.mark.parametrize("side", SIDES)
def test_a_photo_is_shown_in_each_size(entered: Visit, side: int) -> None:
    """As its file lies in the library; the browser may keep it for itself, for a while."""
    answer = entered.client.get(f"/picture/1/{side}")

    path = str(entered.scene.library / "Review/memes/IMG_1.jpg")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert answer.content == f"{side} of {path}".encode()
    assert answer.headers["cache-control"].startswith("private, max-age=")
    assert entered.painter.asked_for == [(path, side)]


def test_a_photo_without_a_picture_is_told(entered: Visit) -> None:
    """What the classifier process said of it."""
    answer = entered.client.get("/picture/2/320", headers={"Accept": "application/json"})

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["sentence"] == "it is no picture"


def test_a_photo_that_is_gone_is_told(entered: Visit) -> None:
    """It was taken away while the page was open."""
    (entered.scene.library / "Review/memes/IMG_1.jpg").unlink()

    answer = entered.client.get("/picture/1/320", headers={"Accept": "application/json"})

    assert answer.status_code == 409
    assert "moved or deleted" in answer.json()["errors"][0]["sentence"]
    assert entered.painter.asked_for == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/picture/1/319", 400),
        ("/picture/1/100000", 400),
        ("/picture/1/-320", 404),
        ("/picture/-1/320", 404),
        ("/picture/99/320", 409),
        ("/picture/0/320", 400),
        ("/picture/99999999999999999999999/320", 400),
        ("/picture/..%2f..%2fetc%2fpasswd/320", 404),
        ("/picture/1/320/x", 404),
        ("/picture/1.5/320", 404),
        ("/picture/%D9%A1/320", 404),
    ],
)
def test_what_is_no_photo_of_the_journal_is_refused(entered: Visit, path: str, status: int) -> None:
    """No path reaches the disk, whatever it looks like."""
    assert entered.client.get(path).status_code == status
    assert entered.painter.asked_for == []
