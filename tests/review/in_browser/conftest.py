"""A person before the review, in a real browser."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeAlias

import pytest

from gallery_daemon.daemon import learner_process
from tests.review.conftest import scene, tmp_path
from tests.review.in_browser.served import ServedReview
from tests.review.photos import let_wait

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

    from tests.journey.foretold import Scene

__all__ = ["scene", "tmp_path"]

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
DEADLINE_S = 30.0
RESEMBLES = {
    "resembles": {
        "classes": [{"class": "memes", "pictures": 9, "similarity": 0.75}],
        "lessons": [],
    }
}

Sit: TypeAlias = Callable[..., "Sitting"]


class Sitting:
    """A page that shows the review, and what a person does there."""

    def __init__(self, page: Page, review: ServedReview, scene: Scene) -> None:
        self.page, self.review, self.scene = page, review, scene
        self.troubles: list[str] = []
        page.set_default_timeout(1000 * DEADLINE_S)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", self._heard)
        page.on("request", self._asked)
        page.goto(review.address)
        self.wait()

    def _heard(self, message: ConsoleMessage) -> None:
        # A photo that is being filed has no picture for a moment.
        is_picture = "/picture/" in message.location["url"]
        if message.type in {"error", "warning"} and not is_picture:
            self.troubles.append(message.text)

    def _asked(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith(self.review.origin):
            self.troubles.append(f"another host was asked: {url}")

    def press(self, *keys: str) -> None:
        """Keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def until(self, expression: str, *told: object) -> None:
        """It is so, soon; the page's policy lets no library poll it there."""
        end = time.monotonic() + DEADLINE_S
        while not self.page.evaluate(f"told => {expression}", told):
            assert time.monotonic() < end, f"never: {expression}, {told}"
            self.page.wait_for_timeout(20)

    def wait(self) -> None:
        """What is near the screen is there."""
        self.until(
            "document.querySelector('#grid')?.hidden || document.querySelector('.cell[data-photo]')"
        )

    def left(self, count: int | str) -> None:
        """So many photos are left, as the page says."""
        self.until("document.querySelector('#left')?.textContent === told[0]", str(count))

    def told(self, words: str) -> None:
        """The page says that."""
        self.until("document.querySelector('#said').textContent.includes(told[0])", words)

    def sent(self) -> None:
        """All that was done was answered."""
        self.until("document.documentElement.dataset.pending === '0'")

    def names(self) -> list[str]:
        """The photos on the screen, in the order shown."""
        labels: list[str] = self.page.evaluate(
            "[...document.querySelectorAll('.cell')]"
            ".sort((a, b) => a.dataset.index - b.dataset.index).map(each => each.ariaLabel ?? '')"
        )
        return [label.partition(",")[0] for label in labels]

    def current(self) -> str:
        """The photo under the cursor."""
        label = self.page.get_attribute(".cell.current", "aria-label")
        return (label or "").partition(",")[0]

    def chosen(self) -> int:
        """How many photos on the screen are chosen."""
        return self.page.locator(".cell[aria-selected=true]").count()

    def filed(self) -> set[str]:
        """Every photo in the library with its folder."""
        library = self.scene.library
        return {str(path.relative_to(library)) for path in library.rglob("*.jpg")}


@pytest.fixture
def sit(browser: Browser, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sit]:
    """Opens the review: of so many photos at the first call, further pages of it at others.

    Every photo resembles memes, which no classifier process has to say.
    In the end no page had an error, and none asked another host.
    """
    sittings: list[Sitting] = []
    program = f"print({json.dumps(RESEMBLES)!r})"
    monkeypatch.setattr(learner_process, "LEARNER", (sys.executable, "-c", program))
    with ExitStack() as stack:

        def opened(count: int = 0, *names: str, is_narrow: bool = False) -> Sitting:
            if not sittings:
                let_wait(scene, count, names)
                review = ServedReview(scene)
                stack.callback(review.stop)
            else:
                review = sittings[0].review
            context = browser.new_context(
                viewport=NARROW if is_narrow else WIDE,  # type: ignore[arg-type]
                has_touch=is_narrow,
                is_mobile=is_narrow,
                reduced_motion="reduce",
            )
            stack.callback(context.close)
            sittings.append(Sitting(context.new_page(), review, scene))
            return sittings[-1]

        yield opened
    assert [] == [trouble for each in sittings for trouble in each.troubles]
