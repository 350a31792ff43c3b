"""The pages of the rules and of the model in a real browser, as a person uses them."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from gallery_daemon.daemon import learner_process
from gallery_daemon.daemon.configuration import read_configuration, versions_of
from gallery_daemon.daemon.journals import journal_path
from tests.learning.given import KINDS, give, wrong_calls
from tests.review.in_browser.served import ServedReview
from tests.review.library import file_some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.journey.foretold import Scene

pytestmark = pytest.mark.timeout(180)
_PATIENCE_MS = 30_000
RULES = """\
# Who takes what.
rules:
  - name: cars     # mine, and others'
    when: {class: cars}
    to: Cars/
  - name: memes
    when: {class: memes}
    to: Memes/
"""


@dataclass
class RulesDesk:
    """A review under way, and a page of it; `troubles` is what the browser complained about."""

    home: Path
    origin: str
    page: Page
    troubles: list[str]

    @property
    def file(self) -> Path:
        """The configuration."""
        return self.home / "config.yaml"

    def go(self, path: str) -> None:
        """The page at that address."""
        self.page.goto(self.origin + path)

    def types(self, was: str, now: str) -> None:
        """The person replaces some words in the editor."""
        text = self.page.get_by_label("The configuration")
        before = text.input_value()
        assert was in before
        text.fill(before.replace(was, now, 1))

    def says(self, words: str) -> None:
        """The line beside the button says so, sooner or later."""
        expect(self.page.locator("#why-not")).to_contain_text(words, timeout=_PATIENCE_MS)


@pytest.fixture
def desk(browser: Browser, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[RulesDesk]:
    """The review of a person who has these rules; what learns has a stand-in for the classifier."""
    program = (sys.executable, "-m", "tests.faults.quick_daemon")
    monkeypatch.setattr(learner_process, "LEARNER", program)
    monkeypatch.setattr(learner_process, "_NICENESS", 0)
    (scene.home / "watch").mkdir(exist_ok=True)
    journal_path().parent.mkdir(parents=True, exist_ok=True)
    scene.rules = RULES
    review = ServedReview(scene)
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page, troubles = context.new_page(), list[str]()
    page.set_default_timeout(_PATIENCE_MS)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console",
        lambda told: troubles.append(told.text) if "Content Security" in told.text else None,
    )
    page.goto(review.address)
    yield RulesDesk(scene.home, review.origin, page, troubles)
    context.close()
    review.stop()
    assert [] == troubles


def test_a_rule_is_edited_planned_and_saved(desk: RulesDesk) -> None:
    """A mistake is marked and led to; mended, it shows where photos would go; comments survive."""
    file_some(desk.home, {"Cars": 3, "Memes": 2})
    before, page = desk.file.read_text(), desk.page
    desk.go("/rules")
    desk.says("Nothing is changed yet")

    desk.types("to: Memes/", "too: Funny/")
    desk.says("Not yet: the text has 2 mistakes")
    expect(page.locator("#gutter .mistake")).to_have_text(["9", "11"])
    page.get_by_role("link", name="Line 11, column 5").click()
    text = page.get_by_label("The configuration")
    expect(text).to_be_focused()
    place = "e => e.value.slice(0, e.selectionStart).split('\\n').length"
    line = text.evaluate(place)
    save = page.get_by_role("button", name="Save")
    expect(save).to_be_disabled()

    desk.types("too: Funny/", "to: Funny/   # as they are")
    desk.says("It loads and its tests hold.")
    page.get_by_role("button", name="What would change?").click()
    expect(page.locator("#plan-sum")).to_have_text(
        "2 photos of the library would go elsewhere, of 5 that were judged."
    )
    way = page.locator(".ways tbody tr").first.inner_text()
    page.locator(".strip img").first.evaluate("e => e.decode()")
    save.click()
    desk.says("Saved. A running daemon takes it up by itself.")

    assert 11 == line
    assert ["Memes/", "→ Funny/", "2"] == re.split(r"\s*\t\s*", way)
    expected = before.replace("to: Memes/", "to: Funny/   # as they are")
    assert expected == desk.file.read_text()
    expect(save).to_be_disabled()


def test_what_another_program_saved_meanwhile_stays(desk: RulesDesk) -> None:
    """The person is told, and may copy the text or load the file; then it goes on."""
    desk.go("/rules")
    theirs = desk.file.read_text() + "# theirs\n"
    desk.types("to: Cars/", "to: Autos/")
    desk.says("It loads and its tests hold.")
    desk.file.write_text(theirs)

    desk.page.get_by_role("button", name="Save").click()
    desk.says("was changed meanwhile by another program")
    assert theirs == desk.file.read_text()
    desk.page.once("dialog", lambda dialog: dialog.accept())
    desk.page.get_by_role("button", name="Load the file").click()
    desk.says("Nothing is changed yet")
    desk.types("to: Cars/", "to: Autos/")
    desk.says("It loads and its tests hold.")
    desk.page.keyboard.press("Control+s")
    desk.says("Saved.")

    assert theirs.replace("Cars/", "Autos/") == desk.file.read_text()


def test_lines_keep_their_indent_and_can_be_undone(desk: RulesDesk) -> None:
    """As in an editor: a new line begins where the one before did."""
    desk.go("/rules")
    text = desk.page.get_by_label("The configuration")
    before = text.input_value()
    text.focus()
    desk.page.keyboard.press("Control+End")
    desk.page.keyboard.type("  - name: trees\nto: Trees/")
    typed = text.input_value()
    for _ in range(40):
        desk.page.keyboard.press("Control+z")

    assert before + "  - name: trees\n    to: Trees/" == typed
    assert before == text.input_value()


def test_where_there_are_no_rules_the_example_is_written(desk: RulesDesk) -> None:
    """One click, and it is there to be edited."""
    desk.file.unlink()
    desk.go("/rules")

    desk.page.get_by_role("button", name="Write the example").click()

    expect(desk.page.get_by_label("The configuration")).to_have_value(re.compile("^#"))
    assert desk.file.exists()


def test_the_model_learns_serves_and_is_rolled_back(desk: RulesDesk) -> None:
    """From lessons on the page; one is taken back before, so it is not learned from."""
    config = read_configuration(desk.file)
    versions = versions_of(config.model.bundle, config.library)
    names = [f"{kind}-{number}" for kind in KINDS for number in range(13)]
    give(journal_path(), desk.home / "library", names, wrong_calls(versions))
    page = desk.page
    desk.go("/model")
    expect(page.get_by_text("39 lessons")).to_be_visible()

    page.locator(".take-back").first.click()
    expect(page.locator("#said")).to_have_text("Taken back.")
    page.get_by_role("button", name="Learn now").click()
    serve = page.locator("#learning").get_by_role("button", name="Let it serve")
    serve.wait_for(timeout=90_000)
    told = page.locator("#learning").inner_text()
    before = versions.serving().version.number
    serve.click()
    expect(page.get_by_text("serves: version 1")).to_be_visible()
    now = versions.serving().version.number
    page.get_by_role("button", name="Roll back to the model as it came").click()
    expect(page.get_by_text("serves: the model as it came")).to_be_visible()

    assert "learned from 38 lessons." in told
    assert (0, 1, 0) == (before, now, versions.serving().version.number)


def test_no_page_is_wider_than_its_screen(desk: RulesDesk) -> None:
    """On a phone too, and with photos to show."""
    file_some(desk.home, {"Cars": 8})
    fits = "document.documentElement.scrollWidth <= innerWidth"
    for width in (1280, 390):
        desk.page.set_viewport_size({"width": width, "height": 800})
        desk.go("/rules")
        desk.types("to: Cars/", "to: A/very/long/way/down/into/folders/and/further/on/")
        desk.page.get_by_role("button", name="What would change?").click()
        desk.page.locator("#plan-sum").wait_for()
        assert desk.page.evaluate(fits)
        desk.page.once("dialog", lambda dialog: dialog.accept())
        desk.go("/model")
        assert desk.page.evaluate(fits)


def test_a_check_that_comes_late_is_not_of_the_text_of_now(desk: RulesDesk) -> None:
    """While one is under way the person types on: the button stays as it was told last."""
    desk.go("/rules")
    desk.says("Nothing is changed yet")
    answers: list[Callable[[], None]] = []
    desk.page.route("**/rules/check", lambda route: answers.append(route.continue_))

    desk.types("to: Cars/", "to: Autos/")
    desk.page.wait_for_timeout(700)
    desk.types("to: Autos/", "too: Autos/")
    answers.pop()()
    desk.page.wait_for_timeout(200)
    said = desk.page.locator("#why-not").inner_text()
    save = desk.page.get_by_role("button", name="Save")

    assert "Checking" in said
    expect(save).to_be_disabled()
    desk.page.unroute_all(behavior="ignoreErrors")
