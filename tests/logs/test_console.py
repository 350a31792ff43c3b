"""The console's lines in a terminal that is narrower than they are."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gallery_daemon.logs.console import ConsoleLine, plain
from gallery_daemon.logs.events import (
    ConfigWarned,
    DaemonStarted,
    Event,
    PhotoFailed,
    PhotoFiled,
    PhotoLine,
    PhotoQuarantined,
)
from gallery_daemon.logs.width import width_of

CAMERA = "/home/bert/Sync/Camera/2024"
LINE = PhotoLine(
    photo=f"{CAMERA}/IMG_2041.HEIC",
    source="Camera",
    outcome="rule",
    rule="memes",
    top_class="memes",
    confidence=0.97,
    action="hardlink",
    destination="/home/bert/Pictures/Sorted/Memes/IMG_2041.HEIC",
    taken="2026-03-04T12:00:00",
    total_ms=1512.0,
)
WARNED = ConfigWarned("/etc/a.yaml:12", 'rule "memes" sends everything to review ' * 3)


def line(event: Event, width: int | None, *, colour: bool = False) -> str:
    """The event as a terminal of that width shows it."""
    said = {key: it for key, it in event.fields().items() if it not in (None, ())}
    head = {"timestamp": "2026-11-30T10:31:02", "level": "info", "event": event.NAME}
    return ConsoleLine(colour=colour, width=lambda: width)(None, "", head | said)


def test_a_filed_photo_is_one_line_of_80_columns() -> None:
    """Its name, the folder that it came to, and why."""
    expected = "10:31:02 photo_filed IMG_2041.HEIC -> /home/…/Memes/ (memes 0.97) rule=memes"

    assert expected == line(PhotoFiled(LINE), 80)


@pytest.mark.parametrize(
    ("photo", "place", "top_class", "needs", "expected"),
    [
        ("IMG_1.jpg", "Review", "memes", 0.9312,
         "IMG_1.jpg -> /home/…/Review/ (memes 0.89, needs 0.93)"),
        ("IMG_20260302_1222.jpg", "Review", "mountains", 0.9312,
         "IMG_20…2_1222.jpg -> …/Review/ (mountains 0.89, needs 0.93)"),
        ("IMG_1.jpg", "Review", "memes", 0.8949,
         "IMG_1.jpg -> /home/…/Review/ (memes 0.8912, needs 0.8949)"),
        ("IMG_20260504_1444.jpg", "trees", "trees", None,
         "IMG_20260504_1444.jpg -> /home/…/Sorted/trees/ (trees 0.89)"),
        ("IMG_20260302_122255.jpg", "Review", "trees", 0.8949,
         "IMG_20…122255.jpg -> …/Review/ (trees 0.8912, needs 0.8949)"),
    ],
)  # fmt: skip
def test_one_photo_is_one_line(
    photo: str, place: str, top_class: str, needs: float | None, expected: str
) -> None:
    """The rule goes first, for its folder says as much; what an uncertain photo lacks stays."""
    told = replace(
        LINE,
        photo=f"{CAMERA}/{photo}",
        rule=None if needs else "everything",
        top_class=top_class,
        confidence=0.8912,
        needs_confidence=needs,
        destination=f"/home/bert/Pictures/Sorted/{place}/{photo}",
    )

    assert f"10:31:02 photo_filed {expected}" == line(PhotoFiled(told), 80)


def test_the_class_is_said_in_any_case() -> None:
    """Also where it takes a second line, and where the folder is called after it."""
    name = "IMG_20260605_1555.jpg"
    place = f"/home/bert/Pictures/Sorted/whatsapp_screenshots/{name}"
    told = replace(
        LINE, photo=f"{CAMERA}/{name}", top_class="whatsapp_screenshots", destination=place
    )

    assert line(PhotoFiled(told), 80).split("\n") == [
        f"10:31:02 photo_filed {name} -> /home/…/whatsapp_screenshots/",
        "         (whatsapp_screenshots 0.97)",
    ]


def test_a_line_without_a_class_has_no_confidence() -> None:
    """As that of a sidecar that came late."""
    late = replace(LINE, top_class=None, confidence=None, taken=None, total_ms=None)
    reason = "a sidecar of IMG_2041.HEIC, which was filed before"

    for width in (40, 60, 80, 100, None):
        assert "confidence" not in line(PhotoFiled(late, reason), width)


def test_a_terminal_has_no_home_folder_and_no_split_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However wide it is; in a pipe paths are whole."""
    monkeypatch.setenv("HOME", "/home/bert")
    told = replace(LINE, taken="2026-11-30T17:49:56.123456+00:00")
    event = PhotoFailed(told, "no permission to write /home/bert/Pictures/Sorted", 5.0)

    wide, piped = line(event, 400), line(event, None)

    assert "/home/bert" not in wide
    assert "reason=no permission to write ~/Pictures/Sorted" in wide
    assert "taken=2026-11-30T17:49:56+00:00" in wide
    assert f"{CAMERA}/IMG_2041.HEIC" in piped


def test_what_fits_is_said() -> None:
    """What matters least goes first, and only as much as must."""
    whole = line(PhotoFiled(LINE), None)

    assert whole == line(PhotoFiled(LINE), len(whole))
    assert "total_ms=1512" in whole
    assert "action=hardlink" in line(PhotoFiled(LINE), len(whole) - 30)
    assert "total_ms" not in line(PhotoFiled(LINE), len(whole) - 30)


def test_another_name_is_said() -> None:
    """A photo whose name was taken has another one in the library."""
    taken = replace(LINE, destination="/home/bert/Pictures/Sorted/Memes/IMG_2041 (2).HEIC")

    assert "-> /home/…/Memes/IMG_2041 (2).HEIC (memes" in line(PhotoFiled(taken), 96)


@pytest.mark.parametrize("width", [40, 60, 80, 100])
@pytest.mark.parametrize(
    "event",
    [
        PhotoFiled(LINE),
        PhotoFiled(replace(LINE, sidecars=("IMG_2041.xmp",), problems=("it is gone",))),
        PhotoQuarantined(PhotoLine(photo=LINE.photo, source="Camera"), "the JPEG data end early"),
        PhotoFailed(LINE, "no permission to take the photo out of its folder", 30.0),
        DaemonStarted("0.1.0", f"{CAMERA}/config.yaml", f"{CAMERA}/Sorted", 12),
        WARNED,
    ],
)
def test_no_word_is_broken(event: Event, width: int) -> None:
    """A long line goes on below the event's name; what went wrong is never left out."""
    lines = line(event, width).split("\n")

    assert all(width_of(each) <= width for each in lines)
    assert all(each.startswith(" " * 9) for each in lines[1:])
    said = re.sub(r"\s+", " ", " ".join(lines))
    for key in ("reason", "problems", "warning", "retry_in_s"):
        value = event.fields().get(key)
        if value:
            assert f"{key}={plain(value)}".strip() in said


def test_colours_take_no_columns() -> None:
    """The same line, but painted."""
    painted = line(WARNED, 60, colour=True)

    assert line(WARNED, 60) == re.sub(r"\x1b\[\d+m", "", painted)
