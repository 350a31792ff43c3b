"""The pages of today and of the library as they are sent, and what their scripts ask for."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.lessons import label
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.journal.journal import Journal
from gallery_daemon.review.rendering import bytes_in_words, day_in_words, month_in_words
from tests.journey.foretold import photo_bytes
from tests.review.photos import let_wait

if TYPE_CHECKING:
    from tests.review.conftest import Visit

HOSTILE = "<img src=x onerror=alert(1)>\"'&\n\u202egpj.jpg"


def sort(visit: Visit, **says: str) -> None:
    """A photo comes of each name, and is filed; those of one class look the same."""
    visit.scene.rules = """
rules:
  - {name: cars, when: {class: cars, min_confidence: 0.9}, to: "Cars/"}
  - {name: memes, when: {class: memes, min_confidence: 0.9}, to: "Memes/"}
uncertain: Review/{class}/
"""
    for number, (name, each) in enumerate(says.items(), 1):
        visit.scene.put(f"{name}.jpg", photo_bytes(each, number) + bytes(100 * number))
    visit.scene.sort()


def names(page: str) -> list[str]:
    """The photos that a page has, in its order."""
    return re.findall(r'<li class="shot" data-id="\d+" data-name="([^"]*)"', page)


def part(visit: Visit, path: str) -> str:
    """A part of a page, once the search has come to its end."""
    text = ""
    for _ in range(1000):
        text = visit.client.get(path).text
        if "data-again" not in text:
            return text
    raise AssertionError(text)


def test_today_shows_what_came_with_what_became_of_it(visit: Visit) -> None:
    """The newest first; the day's sums; a name with markup is harmless."""
    sort(visit, a="cars", b="maybe-memes", c="unreadable")
    visit.scene.put(HOSTILE, photo_bytes("cars", 9))
    visit.scene.sort()
    visit.enter()

    page = visit.client.get("/today").text

    assert names(page)[1:] == ["c.jpg", "b.jpg", "a.jpg"]
    assert "<img src=x" not in page
    assert "cars · Cars" in page
    assert "not sure · Review/memes" in page
    assert "cannot be read" in page
    assert "Nothing was filed yet" in page  # hidden
    assert 'id="empty" hidden' in page


def test_a_filter_in_the_address_is_the_page_s(visit: Visit) -> None:
    """So it can be kept as a bookmark; its fields say what is asked for."""
    sort(visit, a="cars", b="maybe-cars", c="memes")
    visit.enter()

    assert names(visit.client.get("/today?class=cars").text) == ["b.jpg", "a.jpg"]
    assert names(visit.client.get("/today?rule=cars").text) == ["a.jpg"]
    assert names(visit.client.get("/today?from=90").text) == ["c.jpg", "a.jpg"]
    page = visit.client.get("/today?to=60&name=B").text
    assert names(page) == ["b.jpg"]
    assert 'value="60"' in page
    assert 'value="B"' in page
    assert visit.client.get("/today?from=x").status_code == 400


def test_what_came_since_is_told(visit: Visit) -> None:
    """Once, as the filter wants it; and a photo as it is now by its row."""
    sort(visit, a="cars")
    visit.enter()
    seen_to = re.search(r'data-seen-to="(\d+)"', visit.client.get("/today").text)
    assert seen_to is not None
    visit.scene.put("b.jpg", photo_bytes("memes", 5))
    visit.scene.sort()

    newer = visit.client.get(f"/today/newer?after={seen_to[1]}").text

    assert names(newer) == ["b.jpg"]
    assert names(visit.client.get(f"/today/newer?after={seen_to[1]}&class=cars").text) == []
    seen_to = re.search(r'data-seen-to="(\d+)"', newer)
    assert seen_to is not None
    assert names(visit.client.get(f"/today/newer?after={seen_to[1]}").text) == []
    assert names(visit.client.get("/today/photo/2").text) == ["b.jpg"]
    assert names(visit.client.get("/today/photo/99").text) == []


def test_older_photos_are_asked_for_by_the_last_one(visit: Visit) -> None:
    """By a link that works without a script, too."""
    let_wait(visit.scene, 61)
    visit.enter()

    page = visit.client.get("/today").text
    link = re.search(r'href="(/today\?before=\d+)" data-more="([^"]*)"', page)

    assert link is not None
    assert len(names(page)) == 60
    assert len(names(visit.client.get(link[1]).text)) == 1
    older = visit.client.get(link[2]).text
    assert len(names(older)) == 1
    assert "data-more" not in older
    assert set(names(older)).isdisjoint(names(page))


def test_the_library_counts_and_leads_to_its_photos(visit: Visit) -> None:
    """By class, month and source; what is counted is what the link shows."""
    sort(visit, a="cars", b="cars", c="memes", d="other")
    visit.enter()

    page = visit.client.get("/library").text

    assert "3 photos" in page
    assert 'href="/library/photos?class=cars"' in page
    assert 'aria-label="May 2024: 2"' in page
    assert names(visit.client.get("/library/photos?class=cars").text) == ["b.jpg", "a.jpg"]
    assert names(visit.client.get("/library/photos?month=2024-05").text) == ["b.jpg", "a.jpg"]
    assert len(names(visit.client.get("/library/photos?source=phone").text)) == 3
    assert names(visit.client.get("/library/photos?class=none").text) == []


def test_an_empty_library_says_so(visit: Visit) -> None:
    """And nothing is searched."""
    visit.enter()

    assert "Nothing was filed yet" in visit.client.get("/library").text
    assert "Nothing was filed yet" in visit.client.get("/today").text


def test_like_shots_are_shown_until_the_person_has_answered(visit: Visit) -> None:
    """And again once that was taken back; the answer is listed meanwhile."""
    sort(visit, a="cars", b="cars", c="memes")
    visit.enter()
    visit.client.get("/library")
    like = part(visit, "/library/like")
    assert like.count('<article class="like') == 1
    assert 'aria-label="Keep b.jpg, 8 \N{MULTIPLICATION SIGN} 8, 1 kB, Cars"' in like

    told = visit.send("/library/settle", {"ids": [1, 2], "kept": [2]}).json()

    assert "no two are" in part(visit, "/library/like")
    answered = visit.client.get("/library/answered").text
    assert re.search(r"kept\s+<span[^>]*>b.jpg</span>", answered)
    assert "Cars/a.jpg" in answered
    assert visit.send("/library/unsettle", {"numbers": [told["number"]]}).status_code == 200
    assert '<article class="like' in part(visit, "/library/like")
    assert visit.send("/library/unsettle", {"numbers": [told["number"]]}).status_code == 409


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"ids": [1, 2], "kept": [3]}, 400),
        ({"ids": []}, 400),
        ({"ids": [1, 99], "kept": []}, 409),
        ({"ids": ["../x"]}, 400),
    ],
)
def test_what_is_not_there_is_not_settled(visit: Visit, sent: object, status: int) -> None:
    """Whatever a page sends."""
    sort(visit, a="cars", b="cars")
    visit.enter()

    assert visit.send("/library/settle", sent).status_code == status
    assert "None yet" in visit.client.get("/library/answered").text


def test_a_like_that_the_person_called_otherwise_is_shown_as_doubted(visit: Visit) -> None:
    """With what speaks against it, and a button for either class."""
    sort(visit, a="cars", b="cars")
    library = str(visit.scene.library)
    with closing(Journal(journal_path())) as journal:
        label(f"{library}/Cars/a.jpg", "memes", library, journal, visit.scene.clock)
    visit.enter()

    doubted = part(visit, "/library/doubted")

    assert "one like it is memes, you said" in doubted
    assert doubted.count('<li class="shot doubt"') == 1
    assert 'data-class="memes"' in doubted
    assert 'data-class="cars"' in doubted


def test_dates_and_sizes_are_said_as_people_do() -> None:
    """What is no date stays as it is."""
    said = [day_in_words(day, "2026-03-04") for day in ("2026-03-04", "2026-03-03", "2026-01-01")]

    assert said == ["Today", "Yesterday", "Thursday, 1 January"]
    assert day_in_words("2025-12-31", "2026-03-04") == "Wednesday, 31 December 2025"
    assert day_in_words("?", "2026-03-04") == "?"
    assert (month_in_words("2026-03"), month_in_words("?")) == ("March 2026", "?")
    assert [bytes_in_words(size) for size in (1, 45_300, 3_440_000)] == ["1 kB", "45 kB", "3.4 MB"]
