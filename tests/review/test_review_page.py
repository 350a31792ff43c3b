"""The Review page as it is sent, and what its script asks for."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.review.photos import let_wait

if TYPE_CHECKING:
    from tests.review.conftest import Visit

HOSTILE = "<img src=x onerror=alert(1)>\"'&\n\u202egpj.jpg"


def review_in(page: str) -> dict[str, Any]:
    """What the page's script begins with."""
    found = re.search(r'data-review="([^"]*)"', page)
    assert found is not None
    told: dict[str, Any] = json.loads(html.unescape(found[1]))
    return told


def test_the_page_has_the_first_photos_and_the_classes(visit: Visit) -> None:
    """So the grid is there without another question."""
    let_wait(visit.scene, 3)
    visit.enter()

    page = visit.client.get("/review").text
    told = review_in(page)

    assert told["total"] == 3
    assert {"IMG_1.jpg", "IMG_2.jpg", "IMG_3.jpg"} == {each["name"] for each in told["items"]}
    assert [0, 1, 2] == [each["place"] for each in told["items"]]
    car = next(each for each in told["items"] if each["name"] == "IMG_2.jpg")
    assert car["guesses"][0] == ["cars", 0.55]
    assert (car["folder"], car["taken"]) == ("Review/cars", "2024-05-01 00:00")
    assert {"name": "cars", "key": "1", "says": "cars"} == told["classes"][0]
    assert '<span class="count" data-count="/review">3</span>' in page


def test_the_page_of_an_empty_queue_says_so(visit: Visit) -> None:
    """Nothing waits, and nothing fails."""
    visit.enter()

    page = visit.client.get("/review").text

    assert review_in(page)["items"] == []
    assert "Nothing waits for you" in page


def test_a_name_with_markup_is_harmless_everywhere(visit: Visit) -> None:
    """On the page it is a value in quotes, for the script a text in one line."""
    let_wait(visit.scene, 0, (HOSTILE,))
    visit.enter()

    page = visit.client.get("/review").text

    assert "<img src=x" not in page
    (item,) = review_in(page)["items"]
    assert item["name"] == HOSTILE.replace("\n", "␊").replace("\u202e", "\ufffd")


def test_photos_are_asked_for_by_their_places(visit: Visit) -> None:
    """A part of the queue as it was when the page was opened."""
    let_wait(visit.scene, 5)
    visit.enter()
    told = review_in(visit.client.get("/review").text)
    asked = f"/review/{told['queue']}/photos"

    some = visit.client.get(f"{asked}?from=1&count=2").json()["items"]

    assert some == told["items"][1:3]
    assert visit.client.get(f"{asked}?from=5").json()["items"] == []
    assert visit.client.get(f"{asked}?from=x").status_code == 400


def test_what_became_of_a_queue_is_told(visit: Visit) -> None:
    """Which photos have left it, and which have come."""
    let_wait(visit.scene, 3)
    visit.enter()
    told = review_in(visit.client.get("/review").text)
    ids = {each["name"]: each["id"] for each in told["items"]}
    (visit.scene.library / "Review/memes/IMG_1.jpg").unlink()
    let_wait(visit.scene, 4)

    changes = visit.client.get(f"/review/{told['queue']}/changes").json()

    assert changes["gone"] == [ids["IMG_1.jpg"]]
    assert len(changes["new"]) == 1
    assert changes["new"][0] not in ids.values()


@pytest.mark.parametrize("what", ["photos", "changes"])
def test_a_queue_that_is_not_kept_is_to_be_opened_anew(visit: Visit, what: str) -> None:
    """Eight pages can be open at once."""
    visit.enter()
    names = [review_in(visit.client.get("/review").text)["queue"] for _ in range(9)]

    statuses = [visit.client.get(f"/review/{name}/{what}").status_code for name in names]

    assert [410] + [200] * 8 == statuses
    assert visit.client.get(f"/review/..%2f/{what}").status_code in {404, 410}


def test_the_configuration_s_change_is_taken_up(visit: Visit) -> None:
    """A page that is open begins anew then."""
    visit.enter()
    name = review_in(visit.client.get("/review").text)["queue"]
    file = visit.home / "config.yaml"
    file.write_text(file.read_text() + "# changed\n")

    assert visit.client.get(f"/review/{name}/photos").status_code == 410
    assert visit.client.get("/review").status_code == 200
