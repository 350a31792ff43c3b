"""Why a photo is where it is, in the words of a page."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from tests.review.photos import RULES, let_wait

if TYPE_CHECKING:
    from tests.review.conftest import Visit


def words(visit: Visit, address: str) -> str:
    """What is to be read there, in one line."""
    text = visit.client.get(address).text.partition("<main")[2] or visit.client.get(address).text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_the_part_has_what_explain_says(visit: Visit) -> None:
    """Probabilities, rules with their conditions, near misses, history, place."""
    let_wait(visit.scene, 1)
    visit.enter()

    said = words(visit, "/why/1?part")

    assert "memes 55%" in said
    assert "cars fails" in said
    assert "memes nearly" in said
    assert "confidence 0.55 < 0.90" in said
    assert "So today it goes by uncertain: Review/memes/" in said
    assert "filed to Review/memes/" in said
    assert str(visit.scene.library / "Review/memes/IMG_1.jpg") in said


def test_the_page_has_the_photo_beside_it(visit: Visit) -> None:
    """For whom an address is enough."""
    let_wait(visit.scene, 1)
    visit.enter()

    page = visit.client.get("/why/1").text

    assert '<img src="/picture/1/1600" alt="IMG_1.jpg">' in page
    assert "What the rules make of it" in page


def test_what_was_said_and_taken_back_is_history(visit: Visit) -> None:
    """Line by line."""
    let_wait(visit.scene, 1)
    visit.enter()
    answer = visit.send("/review/file", {"ids": [1], "class": "cars"}).json()
    (result,) = answer["results"]

    said = words(visit, f"/why/{result['undo']}?part")
    visit.send("/review/take-back", {"ids": [result["undo"]]})

    assert "You said that it is cars" in said
    assert "filed to Cars/, as you said cars" in said
    assert "So today it goes by the rule cars: Cars/" in said
    assert "as you said cars, and taken back since" in words(visit, "/why/1?part")


def test_rules_that_leave_it_say_so(visit: Visit) -> None:
    """Nothing else would become of it today."""
    let_wait(visit.scene, 1)
    file = visit.home / "config.yaml"
    file.write_text(file.read_text().replace(RULES, "rules:\n  - {name: all, leave: true}\n"))
    visit.enter()

    assert "the rule all: it is left where it is" in words(visit, "/why/1?part")


@pytest.mark.parametrize(
    ("path", "status"), [("/why/99", 409), ("/why/0", 400), ("/why/x", 404), (f"/why/{2**70}", 400)]
)
def test_what_is_no_photo_is_refused(visit: Visit, path: str, status: int) -> None:
    """With a sentence."""
    visit.enter()

    assert visit.client.get(path).status_code == status
