"""A person reviews photos: by keys, by mouse, by touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect

    from tests.review.in_browser.conftest import Sit, Sitting

pytestmark = pytest.mark.timeout(180)


def memes_and_cars(sitting: Sitting) -> int:
    """All that wait are filed as the model guessed, by one key each; how many presses it took."""
    presses = 0
    while sitting.page.inner_text("#left") != "0":
        label = sitting.page.get_attribute(".cell.current", "aria-label") or ""
        sitting.press("1" if "perhaps cars" in label else "2")
        presses += 1
    return presses


def test_sixty_photos_are_reviewed_by_the_keyboard_alone(sit: Sit) -> None:
    """One key for each; then they lie where the rules want them, and nothing waits."""
    sitting = sit(60)

    presses = memes_and_cars(sitting)

    sitting.sent()
    expected = {f"{'Memes' if n % 2 else 'Cars'}/IMG_{n}.jpg" for n in range(1, 61)}
    assert (60, expected) == (presses, sitting.filed())
    assert sitting.page.inner_text("#empty-title") == "All decided"
    assert sitting.page.get_attribute("#line", "value") == "1"


def test_enter_says_that_the_first_guess_is_right(sit: Sit) -> None:
    """For each of those that are chosen its own."""
    sitting = sit(6)

    sitting.press("Control+a", "Enter")

    sitting.told("6 photos filed as what the model guessed")
    sitting.sent()
    assert {f"{'Memes' if n % 2 else 'Cars'}/IMG_{n}.jpg" for n in range(1, 7)} == sitting.filed()


def test_an_act_is_taken_back(sit: Sit) -> None:
    """Again and again: the photos are where they were, on the page and on the disk."""
    sitting = sit(5)
    names, filed = sitting.names(), sitting.filed()

    sitting.press("1", "ArrowRight", "Shift+ArrowRight", "2")
    sitting.left(2)
    sitting.told("2 photos filed as memes")
    sitting.press("u", "u")
    sitting.left(5)
    sitting.sent()

    assert names == sitting.names()
    assert filed == sitting.filed()
    assert sitting.page.is_disabled("[data-act=undo]")
    sitting.press("1")
    sitting.sent()
    assert f"Cars/{names[0]}" in sitting.filed() or f"Cars/{names[1]}" in sitting.filed()


def test_a_skipped_photo_comes_again_at_the_end(sit: Sit) -> None:
    """Nothing is said of it; and that is taken back, too."""
    sitting = sit(4)
    first, *others = sitting.names()

    sitting.press("s")
    assert [*others, first] == sitting.names()
    assert sitting.current() == others[0]
    sitting.press("u")

    assert [first, *others] == sitting.names()
    assert len(sitting.filed()) == 4


def test_arrows_move_and_choose(sit: Sit) -> None:
    """With shift a range; Escape lets go; home and end."""
    sitting = sit(12)
    names = sitting.names()
    columns = len({each["x"] for each in boxes(sitting)})

    sitting.press("ArrowRight", "ArrowDown")
    assert sitting.current() == names[1 + columns]
    sitting.press("Shift+ArrowRight", "Shift+ArrowRight")
    assert sitting.chosen() == 3
    sitting.told("3 photos chosen")
    sitting.press("x")
    assert sitting.chosen() == 2
    sitting.press("Escape", "End")
    assert (sitting.chosen(), sitting.current()) == (0, names[-1])
    sitting.press("Home", "ArrowLeft")
    assert sitting.current() == names[0]


def boxes(sitting: Sitting) -> list[FloatRect]:
    """Where the photos on the screen are."""
    return [box for each in sitting.page.locator(".cell").all() if (box := each.bounding_box())]


def test_a_frame_that_is_dragged_chooses(sit: Sit) -> None:
    """What it touches; with Ctrl beside what was chosen. A click chooses none."""
    sitting = sit(12)
    first, second, third = (sitting.page.locator(f"#photo-{n}").bounding_box() for n in (0, 1, 2))
    assert first is not None
    assert second is not None
    assert third is not None
    mouse = sitting.page.mouse

    mouse.move(first["x"] + 20, first["y"] + 20)
    mouse.down()
    mouse.move(second["x"] + 40, second["y"] + 60, steps=4)
    mouse.up()
    assert sitting.chosen() == 2
    sitting.page.click("#photo-3", modifiers=["Control"])
    assert sitting.chosen() == 3
    sitting.page.click("#photo-5", modifiers=["Shift"])
    assert sitting.chosen() == 3
    sitting.page.click("#photo-0 .check")
    assert sitting.chosen() == 4
    sitting.page.click("#photo-1")
    assert sitting.chosen() == 0


def test_a_class_is_said_by_its_button(sit: Sit) -> None:
    """Of those that are chosen, with the mouse alone."""
    sitting = sit(4)
    sitting.page.click("#photo-1", modifiers=["Control"])
    sitting.page.click("#photo-2", modifiers=["Control"])

    sitting.page.click("[data-class=cars]")

    sitting.left(2)
    sitting.sent()
    assert len([each for each in sitting.filed() if each.startswith("Cars/")]) == 2
    sitting.page.click("#told-undo")
    sitting.left(4)
    sitting.sent()


def test_a_photo_is_looked_at_large(sit: Sit) -> None:
    """The same keys; the next one follows, and after the last one the page is there again."""
    sitting = sit(3)
    names = sitting.names()
    page = sitting.page

    sitting.press(" ")
    assert page.inner_text("#large-name") == names[0]
    page.wait_for_selector("#large-picture.ready")
    sitting.press("ArrowRight")
    assert page.inner_text("#large-name") == names[1]
    sitting.press("1")
    assert page.inner_text("#large-name") == names[2]
    sitting.press("Escape")
    assert not page.is_visible("#large")
    sitting.press(" ", "1", "1")
    page.wait_for_selector("#large", state="hidden")
    sitting.sent()

    assert {f"Cars/{name}" for name in names} == sitting.filed()


def test_why_stands_beside_the_large_photo(sit: Sit) -> None:
    """What the model saw, what the rules made of it, and, after a while, what it resembles."""
    sitting = sit(1)

    sitting.press("w")

    why = sitting.page.locator("#why")
    why.get_by_text("memes").first.wait_for()
    assert "55%" in why.inner_text()
    why.get_by_text("9 of the 9 nearest of the model's pictures are memes (0.75).").wait_for()
    sitting.press("w")
    assert not why.is_visible()


def test_the_keys_are_told(sit: Sit) -> None:
    """And none of them acts while they are shown."""
    sitting = sit(2)

    sitting.press("?", "1")

    assert sitting.page.is_visible("#help")
    sitting.press("Escape")
    assert not sitting.page.is_visible("#help")
    sitting.left(2)


def test_a_class_that_no_model_knows_is_named(sit: Sit) -> None:
    """Keys of its name are letters; the photo waits no more, and that is taken back."""
    sitting = sit(3)

    sitting.press("n")
    sitting.page.keyboard.type("bus tickets 1")
    sitting.press("Enter")

    sitting.left(2)
    sitting.sent()
    # What was done is said at once, and then that the rules have no place for it yet.
    sitting.told("No rule gives bus tickets 1 a place, so it stays in Review/")
    sitting.press("u")
    sitting.left(3)
    sitting.sent()
    sitting.press("n", "Escape")
    sitting.left(3)


def test_a_photo_that_cannot_be_filed_comes_back_with_why(sit: Sit) -> None:
    """The others are filed; it was deleted while the page was open."""
    sitting = sit(3)
    gone = sitting.names()[1]
    for path in sitting.scene.library.rglob(gone):
        path.unlink()

    sitting.press("Control+a", "1")

    sitting.page.wait_for_selector(".cell.has-problem")
    sitting.left(1)
    assert [gone] == sitting.names()
    label = sitting.page.get_attribute(".cell", "aria-label") or ""
    assert "moved or deleted" in label or "gone" in label
    assert len(sitting.filed()) == 2


def test_many_at_once_are_asked_about(sit: Sit) -> None:
    """A slip of the hand must not file a hundred."""
    sitting = sit(101)

    sitting.press("Control+a", "1")

    assert sitting.page.inner_text("#sure-title") == "File 101 photos as cars?"
    sitting.press("Escape")
    sitting.left(101)
    assert sitting.filed() == {each for each in sitting.filed() if each.startswith("Review/")}


def test_names_of_strangers_are_text(sit: Sit) -> None:
    """Markup in them is shown, and nothing of it happens."""
    name = '<img src=x onerror="document.title=1">\n.jpg'
    sitting = sit(0, name)

    sitting.press(" ")

    assert sitting.page.inner_text("#large-name") == name.replace("\n", "␊")
    assert sitting.page.title() == "Review · gallery-daemon"
    assert sitting.page.locator("#large-name img").count() == 0


def test_a_finger_looks_and_chooses(sit: Sit) -> None:
    """A tap looks, a finger that is held chooses, further taps choose more; the bar is below."""
    sitting = sit(6, is_narrow=True)
    page = sitting.page
    hold(sitting, "#photo-0")
    assert sitting.chosen() == 1

    page.tap("#photo-1")
    assert sitting.chosen() == 2
    page.tap("[data-class=memes]")
    sitting.left(4)
    page.tap("#photo-2")
    assert page.is_visible("#large")
    page.tap("[data-class=memes]")
    sitting.left(3)
    sitting.sent()

    assert len([each for each in sitting.filed() if each.startswith("Memes/")]) == 3
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def hold(sitting: Sitting, where: str) -> None:
    """A finger is held there."""
    box = sitting.page.locator(where).bounding_box()
    assert box is not None
    at = {"x": box["x"] + 40, "y": box["y"] + 40}
    touch = sitting.page.context.new_cdp_session(sitting.page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    sitting.page.wait_for_selector(f"{where}[aria-selected=true]")
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
