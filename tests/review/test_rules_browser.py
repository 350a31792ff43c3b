"""The pages of the rules and of the model in a real browser, as a person uses them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from gallery_daemon.daemon.configuration import read_configuration, versions_of
from gallery_daemon.daemon.journals import journal_path
from tests.learning.given import KINDS, give, wrong_calls
from tests.review.library import file_some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.long
CONFIG = """\
# My photos.
version: 1
watch: {{path: {home}/watch, settle: 1s}}
library: {home}/library

rules:
  - name: cars     # mine, and others'
    when: {{class: cars}}
    to: Cars/
  - name: memes
    when: {{class: memes}}
    to: Memes/
"""


@dataclass
class Opened:
    """A review under way, and a page of it; `troubles` is what the browser complained about."""

    home: Path
    address: str
    page: Page
    troubles: list[str]

    @property
    def file(self) -> Path:
        """The configuration."""
        return self.home / "config.yaml"

    def go(self, path: str) -> None:
        """The page at that address."""
        self.page.goto(self.address.partition("/?")[0] + path)

    def types(self, was: str, now: str) -> None:
        """The person replaces some words in the editor."""
        text = self.page.get_by_label("The configuration")
        before = text.input_value()
        assert was in before
        text.fill(before.replace(was, now, 1))

    def says(self, words: str) -> None:
        """The line beside the button says so, sooner or later."""
        expect(self.page.locator("#why-not")).to_contain_text(words)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a person's configuration lies, and the state."""
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(tmp_path / "state"))
    journal_path().parent.mkdir(parents=True)
    (tmp_path / "watch").mkdir()
    (tmp_path / "config.yaml").write_text(CONFIG.format(home=tmp_path))
    return tmp_path


@pytest.fixture
def opened(home: Path, browser: Browser) -> Iterator[Opened]:
    """The real server, whose classifier is a stand-in, and a browser that has come in."""
    words = ("review", "--no-browser", "--config", os.fspath(home / "config.yaml"))
    program = (sys.executable, "-m", "tests.faults.quick_daemon", *words)
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page, troubles = context.new_page(), list[str]()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda told: troubles.append(told.text) if "Content Security" in told.text else None,
        )
        page.goto(address)
        yield Opened(home, address, page, troubles)
        context.close()
        server.terminate()
    assert [] == troubles


def test_a_rule_is_edited_planned_and_saved(opened: Opened) -> None:
    """A mistake is marked and led to; mended, it shows where photos would go; comments survive."""
    file_some(opened.home, {"Cars": 3, "Memes": 2})
    before, page = opened.file.read_text(), opened.page
    opened.go("/rules")
    opened.says("Nothing is changed yet")

    opened.types("to: Memes/", "too: Funny/")
    opened.says("Not yet: the text has 2 mistakes")
    expect(page.locator("#gutter .mistake")).to_have_text(["10", "12"])
    page.get_by_role("link", name="Line 12, column 5").click()
    text = page.get_by_label("The configuration")
    expect(text).to_be_focused()
    place = "e => e.value.slice(0, e.selectionStart).split('\\n').length"
    line = text.evaluate(place)
    save = page.get_by_role("button", name="Save")
    expect(save).to_be_disabled()

    opened.types("too: Funny/", "to: Funny/   # as they are")
    opened.says("It loads and its tests hold.")
    page.get_by_role("button", name="What would change?").click()
    expect(page.locator("#plan-sum")).to_have_text(
        "2 photos of the library would go elsewhere, of 5 that were judged."
    )
    way = page.locator(".ways tbody tr").first.inner_text()
    page.locator(".strip img").first.evaluate("e => e.decode()")
    save.click()
    opened.says("Saved. A running daemon takes it up by itself.")

    assert 12 == line
    assert ["Memes/", "→ Funny/", "2"] == re.split(r"\s*\t\s*", way)
    expected = before.replace("to: Memes/", "to: Funny/   # as they are")
    assert expected == opened.file.read_text()
    expect(save).to_be_disabled()


def test_what_another_program_saved_meanwhile_stays(opened: Opened) -> None:
    """The person is told, and may copy the text or load the file; then it goes on."""
    opened.go("/rules")
    theirs = opened.file.read_text() + "# theirs\n"
    opened.types("to: Cars/", "to: Autos/")
    opened.says("It loads and its tests hold.")
    opened.file.write_text(theirs)

    opened.page.get_by_role("button", name="Save").click()
    opened.says("was changed meanwhile by another program")
    assert theirs == opened.file.read_text()
    opened.page.once("dialog", lambda dialog: dialog.accept())
    opened.page.get_by_role("button", name="Load the file").click()
    opened.says("Nothing is changed yet")
    opened.types("to: Cars/", "to: Autos/")
    opened.says("It loads and its tests hold.")
    opened.page.keyboard.press("Control+s")
    opened.says("Saved.")

    assert theirs.replace("Cars/", "Autos/") == opened.file.read_text()


def test_lines_keep_their_indent_and_can_be_undone(opened: Opened) -> None:
    """As in an editor: a new line begins where the one before did."""
    opened.go("/rules")
    text = opened.page.get_by_label("The configuration")
    before = text.input_value()
    text.focus()
    opened.page.keyboard.press("Control+End")
    opened.page.keyboard.type("  - name: trees\nto: Trees/")
    typed = text.input_value()
    for _ in range(40):
        opened.page.keyboard.press("Control+z")

    assert before + "  - name: trees\n    to: Trees/" == typed
    assert before == text.input_value()


def test_where_there_are_no_rules_the_example_is_written(opened: Opened) -> None:
    """One click, and it is there to be edited."""
    opened.file.unlink()
    opened.go("/rules")

    opened.page.get_by_role("button", name="Write the example").click()

    expect(opened.page.get_by_label("The configuration")).to_have_value(re.compile("^#"))
    assert opened.file.exists()


def test_the_model_learns_serves_and_is_rolled_back(opened: Opened) -> None:
    """From lessons on the page; one is taken back before, so it is not learned from."""
    config = read_configuration(opened.file)
    versions = versions_of(config.model.bundle, config.library)
    names = [f"{kind}-{number}" for kind in KINDS for number in range(13)]
    give(journal_path(), opened.home / "library", names, wrong_calls(versions))
    page = opened.page
    opened.go("/model")
    expect(page.get_by_text("39 lessons")).to_be_visible()

    page.locator(".take-back").first.click()
    expect(page.locator("#said")).to_have_text("Taken back.")
    page.get_by_role("button", name="Learn now").click()
    serve = page.locator("#learning").get_by_role("button", name="Let it serve")
    serve.wait_for(timeout=45_000)
    told = page.locator("#learning").inner_text()
    before = versions.serving().version.number
    serve.click()
    expect(page.get_by_text("serves: version 1")).to_be_visible()
    now = versions.serving().version.number
    page.get_by_role("button", name="Roll back to the model as it came").click()
    expect(page.get_by_text("serves: the model as it came")).to_be_visible()

    assert "learned from 38 lessons." in told
    assert (0, 1, 0) == (before, now, versions.serving().version.number)


def test_no_page_is_wider_than_its_screen(opened: Opened) -> None:
    """On a phone too, and with photos to show."""
    file_some(opened.home, {"Cars": 8})
    fits = "document.documentElement.scrollWidth <= innerWidth"
    for width in (1280, 390):
        opened.page.set_viewport_size({"width": width, "height": 800})
        opened.go("/rules")
        opened.types("to: Cars/", "to: A/very/long/way/down/into/folders/and/further/on/")
        opened.page.get_by_role("button", name="What would change?").click()
        opened.page.locator("#plan-sum").wait_for()
        assert opened.page.evaluate(fits)
        opened.page.once("dialog", lambda dialog: dialog.accept())
        opened.go("/model")
        assert opened.page.evaluate(fits)


def test_a_check_that_comes_late_is_not_of_the_text_of_now(opened: Opened) -> None:
    """While one is under way the person types on: the button stays as it was told last."""
    opened.go("/rules")
    opened.says("Nothing is changed yet")
    answers: list[Callable[[], None]] = []
    opened.page.route("**/rules/check", lambda route: answers.append(route.continue_))

    opened.types("to: Cars/", "to: Autos/")
    opened.page.wait_for_timeout(700)
    opened.types("to: Autos/", "too: Autos/")
    answers.pop()()
    opened.page.wait_for_timeout(200)
    said = opened.page.locator("#why-not").inner_text()
    save = opened.page.get_by_role("button", name="Save")

    assert "Checking" in said
    expect(save).to_be_disabled()
    opened.page.unroute_all(behavior="ignoreErrors")
