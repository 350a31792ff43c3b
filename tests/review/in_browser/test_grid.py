"""The grid and the queue behind it, with as many photos as a library has."""

from __future__ import annotations

import html
import json
import random
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from tests.review.in_browser.conftest import Sit, Sitting

pytestmark = pytest.mark.timeout(180)

MANY = 100_000


def item(place: int) -> dict[str, Any]:
    """A photo that is nowhere."""
    guesses = [["cars", 0.5], ["memes", 0.3]]
    return {"id": place + 1, "place": place, "name": f"{place}.jpg", "guesses": guesses}


def full_of_photos(sitting: Sitting) -> list[int]:
    """The page is opened anew with a hundred thousand photos; which parts it asked for."""
    asked: list[int] = []

    def page(route: Route) -> None:
        answer = route.fetch()
        told = re.search(r'data-review="([^"]*)"', answer.text())
        assert told is not None
        begun = json.loads(html.unescape(told[1]))
        begun |= {"total": MANY, "items": [item(place) for place in range(60)]}
        new = html.escape(json.dumps(begun))
        route.fulfill(response=answer, body=answer.text().replace(told[1], new))

    def photos(route: Route) -> None:
        start = int(route.request.url.partition("from=")[2].partition("&")[0])
        asked.append(start)
        route.fulfill(json={"items": [item(place) for place in range(start, start + 100)]})

    sitting.page.route("**/review", page)
    sitting.page.route("**/photos?*", photos)
    sitting.page.route(
        "**/picture/**", lambda route: route.fulfill(body="<svg/>", content_type="image/svg+xml")
    )
    sitting.page.reload()
    sitting.left("100,000")
    return asked


def test_a_hundred_thousand_photos_scroll_without_jumps(sit: Sit) -> None:
    """Their room is there from the start; only what is near is on the page, and is asked for."""
    sitting = sit(1)
    asked = full_of_photos(sitting)
    page = sitting.page
    height = page.evaluate("document.documentElement.scrollHeight")

    for share in (0.5, 0.25, 1.0, 0.75):
        page.evaluate("y => scrollTo(0, y)", share * height)
        y = page.evaluate("scrollY")
        sitting.until("[...document.querySelectorAll('.cell')].every(each => each.dataset.photo)")
        assert y == page.evaluate("scrollY")
        assert height == page.evaluate("document.documentElement.scrollHeight")
        assert page.locator(".cell").count() < 100
        seen = [int(name.removesuffix(".jpg")) for name in sitting.names()]
        assert seen == list(range(seen[0], seen[0] + len(seen)))
    assert len(asked) < 20


def test_the_end_is_reached_by_one_key(sit: Sit) -> None:
    """The cursor is in sight there, and below the screen reader's finger."""
    sitting = sit(1)
    full_of_photos(sitting)

    sitting.press("End")

    sitting.until("document.querySelector('.cell.current')?.ariaPosInSet === '100000'")
    sitting.until("document.querySelector('.cell.current').ariaLabel?.startsWith('99999.jpg')")
    box = sitting.page.locator(".cell.current").bounding_box()
    dock = sitting.page.locator("#dock").bounding_box()
    assert box is not None
    assert dock is not None
    assert 56 <= box["y"]
    assert box["y"] + box["height"] <= dock["y"]
    active = sitting.page.get_attribute("#grid", "aria-activedescendant")
    assert active == sitting.page.get_attribute(".cell.current", "id")


def test_all_of_a_hundred_thousand_are_chosen_at_once(sit: Sit) -> None:
    """And asked about before anything is done."""
    sitting = sit(1)
    full_of_photos(sitting)

    sitting.press("Control+a", "1")

    assert sitting.page.inner_text("#sure-title") == "File 100,000 photos as cars?"
    sitting.press("Escape")
    sitting.press("Escape")
    assert sitting.chosen() == 0


QUEUE = """
async told => {
  const {Queue} = await import(document.querySelector('script[type=module]').src
    .replace('main.js', 'queue.js'));
  const queue = new Queue(told.total, [], async () => []);
  const skips = [];
  const seen = [];
  for (const [act, places] of told.acts) {
    if (act === 'remove') queue.remove(places);
    else if (act === 'restore') queue.restore(places);
    else if (act === 'skip') skips.push(queue.skip(places));
    else if (skips.length) queue.unskip(skips.pop());
    seen.push(queue.places(0));
    if (queue.places(0).some((place, index) => queue.indexOf(place) !== index)) throw Error(act);
  }
  return seen;
}
"""


class Model:
    """What the queue should be: places with ranks, and which are shown."""

    def __init__(self, total: int) -> None:
        self.ranks = dict(enumerate(range(total)))
        self.shown, self.total = set(range(total)), total
        self.skips: list[dict[int, int]] = []
        self.skipped = 0

    def act(self, act: str, places: list[int]) -> list[int]:
        """The places in the order shown after it."""
        match act:
            case "remove":
                self.shown -= set(places)
            case "restore":
                self.shown |= set(places)
            case "skip":
                self.skips.append({place: self.ranks[place] for place in places})
                for place in places:
                    self.ranks[place] = self.total + self.skipped
                    self.skipped += 1
                self.shown |= set(places)
            case _:
                last = self.skips.pop() if self.skips else {}
                self.ranks |= last
                self.shown |= set(last)
        return sorted(self.shown, key=self.ranks.__getitem__)


@pytest.mark.parametrize("seed", range(6))
def test_the_queue_keeps_its_order_whatever_is_done(sit: Sit, seed: int) -> None:
    """Photos leave, return to where they were, go to the end and come back from there."""
    draw = random.Random(seed)
    total = draw.choice([1, 5, 40])
    model = Model(total)
    acts, expected = [], []
    for _ in range(60):
        kind = draw.choice(["remove", "restore", "skip", "unskip"])
        places = draw.sample(range(total), draw.randrange(1, min(total, 6) + 1))
        if kind == "skip":
            places = [each for each in places if each in model.shown]
        acts.append([kind, places])
        expected.append(model.act(kind, places))

    seen = sit(0).page.evaluate(QUEUE, {"total": total, "acts": acts})

    assert expected == seen
