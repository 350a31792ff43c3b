"""The page beside others that act on the same journal, and after its server."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.review import Reviewing
from gallery_daemon.daemon.journals import open_to_plan
from gallery_daemon.filing.disk import Disk
from tests.review.photos import let_wait

if TYPE_CHECKING:
    from tests.review.in_browser.conftest import Sit, Sitting

pytestmark = pytest.mark.timeout(180)


def lessons(sitting: Sitting) -> int:
    """How many lessons the journal has."""
    with closing(open_to_plan()) as journal:
        return len(journal.lessons.active(str(sitting.scene.library)))


def test_what_is_decided_in_one_page_leaves_the_other(sit: Sit) -> None:
    """Without a reload, and the cursor stays within."""
    one = sit(4)
    other = sit()

    one.press("1", "1")
    one.left(2)
    one.sent()

    other.left(2)
    assert one.names() == other.names()


def test_two_pages_that_decide_the_same_photo_file_it_once(sit: Sit) -> None:
    """Whoever is second is told, and the photo lies where the first said."""
    one = sit(1)
    other = sit()
    # As if its news were late.
    other.page.evaluate("document.dispatchEvent(new Event('server-over'))")

    one.press("1")
    one.sent()
    other.press("2")
    other.page.wait_for_selector(".cell.has-problem")
    other.sent()

    assert {"Cars/IMG_1.jpg"} == one.filed()
    assert lessons(one) == 1
    assert "filed meanwhile" in (other.page.get_attribute(".cell", "aria-label") or "")


def test_photos_that_come_are_offered(sit: Sit) -> None:
    """They do not push away what one looks at."""
    sitting = sit(2)
    names = sitting.names()

    let_wait(sitting.scene, 3)

    sitting.page.get_by_role("button", name="Show 1 new photo").wait_for()
    assert names == sitting.names()
    sitting.page.get_by_role("button", name="Show 1 new photo").click()
    sitting.left(3)


def test_the_command_line_undoes_what_the_page_did(sit: Sit) -> None:
    """It is where it was, and the page cannot undo it once more."""
    sitting = sit(2)
    names = sitting.names()
    sitting.press("1")
    sitting.sent()
    with closing(open_to_plan()) as journal:
        (row,) = [each for each in journal.newest_first() if each.name][:1]
        config = sitting.scene.config()
        Reviewing(config, journal, Disk(), SystemClock()).take_back([row.id])

    sitting.left(2)
    assert names == sitting.names()
    assert sitting.page.is_disabled("[data-act=undo]")
    assert {each.split("/")[0] for each in sitting.filed()} == {"Review"}


def test_a_server_that_is_gone_is_told(sit: Sit) -> None:
    """What was not done comes back, what was done is kept, and how to go on stands above."""
    sitting = sit(3)
    sitting.press("1")
    sitting.left(2)
    sitting.sent()

    sitting.review.stop()
    sitting.page.wait_for_selector("#over:not([hidden])")
    sitting.press("1")

    sitting.page.wait_for_selector(".cell.has-problem")
    sitting.left(2)
    assert "gallery-daemon review" in sitting.page.inner_text("#over")
    assert len([each for each in sitting.filed() if each.startswith("Cars/")]) == 1
    sitting.troubles.clear()  # the browser tells of connections that were refused


def test_light_and_dark_are_kept(sit: Sit) -> None:
    """For the next page, too; by the system's wish until one chooses."""
    sitting = sit(1)
    page = sitting.page
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)

    page.click("#theme")
    dark = page.evaluate(ground)
    page.reload()

    assert light != dark == page.evaluate(ground)
    page.click("#theme")
    assert light == page.evaluate(ground)
