"""What was filed and what a library has, in a real browser: live, put right, answered."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.faults.quick_daemon import QUICK
from tests.journey.foretold import photo_bytes
from tests.review.photos import RULES, picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.review.in_browser.conftest import Sit, Sitting

pytestmark = pytest.mark.timeout(180)
FACES = "[...document.querySelectorAll('.face')].map(each => each.ariaLabel)"


def labels(sitting: Sitting) -> list[str]:
    """What a screen reader says of each photo, in their order."""
    said: list[str] = sitting.page.evaluate(FACES)
    return said


def go(sitting: Sitting, path: str) -> None:
    """The page at that path."""
    sitting.page.goto(f"{sitting.review.origin}{path}")


@contextmanager
def daemon(sitting: Sitting) -> Iterator[None]:
    """A daemon files what comes; the stand-in for its classifier goes by names."""
    words = (*QUICK, "run", "--config", os.fspath(sitting.scene.home / "config.yaml"))
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
        try:
            yield
        finally:
            running.terminate()


def test_photos_appear_while_a_daemon_files_them(sit: Sit) -> None:
    """The newest first, with the day's sums, and each once."""
    sitting = sit(1)
    go(sitting, "/today")
    sitting.page.evaluate("document.body.dataset.here = 'yes'")

    with daemon(sitting):
        for number in (7, 8):
            (sitting.scene.watch / f"cars-{number}.jpg").write_bytes(picture("cars", number))
        sitting.until(f"{FACES}.filter(each => each.startsWith('cars-')).length === 2")
        sitting.until("document.querySelector('#sums').textContent.includes('filed')")

    assert len(labels(sitting)) == 3
    assert labels(sitting)[2].startswith("IMG_1.jpg")
    assert "Cars/cars-7.jpg" in sitting.filed()
    # It was never loaded again.
    assert sitting.page.evaluate("document.body.dataset.here") == "yes"


def test_a_photo_is_put_right_in_its_place_and_taken_back(sit: Sit) -> None:
    """One key; it stays where it is on the page, and lies where the rules have that class."""
    sitting = sit(3)
    go(sitting, "/today")
    before = labels(sitting)
    name = before[1].partition(",")[0]

    sitting.page.locator(".face").nth(1).focus()
    sitting.press("1")
    sitting.told("1 photo filed as cars")

    sitting.until(f"{FACES}[1].includes('as you said, cars, Cars')")
    assert f"Cars/{name}" in sitting.filed()
    sitting.press("u")
    sitting.told("taken back")
    sitting.until(f"JSON.stringify({FACES}) === JSON.stringify(told[0])", before)
    # What the news tell of it afterwards changes nothing.
    end = time.monotonic() + 2.5
    while time.monotonic() < end:
        assert before == labels(sitting)
        sitting.page.wait_for_timeout(100)
    assert f"Cars/{name}" not in sitting.filed()


def test_a_photo_is_put_right_by_two_taps(sit: Sit) -> None:
    """On a narrow screen, where the classes come once a photo is chosen."""
    sitting = sit(2)
    narrow = sit(is_narrow=True)
    go(narrow, "/today")
    assert not narrow.page.locator("#dock").is_visible()

    narrow.page.locator(".face").nth(0).tap()
    narrow.page.locator("#classes [data-class=cars]").tap()

    narrow.told("1 photo filed as cars")
    assert any(each.startswith("Cars/") for each in sitting.filed())
    narrow.page.locator("#told-undo").tap()
    narrow.told("taken back")
    assert not any(each.startswith("Cars/") for each in sitting.filed())


def test_the_filter_is_in_the_address(sit: Sit) -> None:
    """Chosen in the form, kept in the address, and used for what comes later."""
    sitting = sit(4)
    go(sitting, "/today")

    sitting.page.select_option("select[name=class]", "cars")

    sitting.page.wait_for_url("**/today?class=cars")
    assert ["IMG_4.jpg", "IMG_2.jpg"] == [each.partition(",")[0] for each in labels(sitting)]
    assert sitting.page.input_value("select[name=class]") == "cars"


def test_like_shots_are_answered_once(sit: Sit) -> None:
    """They leave the page, nothing moves, and taking it back shows them again."""
    sitting = sit(0)
    sitting.scene.rules = RULES
    for number in (1, 2):
        sitting.scene.put(f"a{number}.jpg", photo_bytes("cars", number) + bytes(100 * number))
    sitting.scene.sort()
    filed = sitting.filed()
    go(sitting, "/library")
    sitting.page.wait_for_selector(".like")
    assert ["true", "false"] == sitting.page.evaluate(
        "[...document.querySelectorAll('.like .face')].map(each => each.ariaPressed)"
    )

    sitting.page.click(".like [data-act=keep]")

    sitting.told("1 of 2 kept")
    assert filed == sitting.filed()
    sitting.page.reload()
    sitting.until("document.querySelector('#like')?.textContent.includes('no two are')")
    sitting.page.click("#answered summary")
    sitting.page.click(".answer [data-act=ask-again]")
    sitting.told("shown again")
    sitting.page.reload()
    sitting.page.wait_for_selector(".like")


def test_many_photos_are_scrolled_through_without_a_jump(sit: Sit) -> None:
    """Older ones are added below what one looks at."""
    sitting = sit(130)
    go(sitting, "/library/photos")
    assert len(labels(sitting)) == 60

    sitting.page.locator(".shot").nth(55).scroll_into_view_if_needed()
    top = sitting.page.evaluate("document.querySelectorAll('.shot')[55].offsetTop")
    sitting.until(f"{FACES}.length > 60")
    assert top == sitting.page.evaluate("document.querySelectorAll('.shot')[55].offsetTop")
    for _ in range(20):
        sitting.page.mouse.wheel(0, 4000)
        sitting.page.wait_for_timeout(50)

    sitting.until(f"{FACES}.length === 130")
    assert len(set(labels(sitting))) == 130
