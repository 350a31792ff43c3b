"""What a person types to see what the program was taught, and to teach it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.learning import corrections
from tests.end_to_end.conftest import photo_bytes
from tests.faults.quick_daemon import run as program
from tests.filing.conftest import read_files

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
version: 1
watch: {{name: phone, path: {root}/watch, settle: 300ms}}
library: {root}/library
rules:
  - {{name: cars, when: {{class: cars}}, to: Cars/}}
  - {{name: memes, when: {{class: memes}}, to: Memes/}}
"""
Typed = Callable[..., tuple[int, list[str], str]]


# Each files three photos first, and the machine may be busy.
pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typed:
    """Three photos were filed as cars; runs a command: its status, lines and errors.

    A photo need not have lain still.
    """
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "300")
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(corrections, "STILL_S", 0.0)
    (tmp_path / "watch").mkdir()
    for number in range(3):
        (tmp_path / f"watch/{number}.jpg").write_bytes(photo_bytes(tmp_path, number))
    (tmp_path / "config.yaml").write_text(CONFIG.format(root=tmp_path))

    def ask(command: str, *words: object) -> tuple[int, list[str], str]:
        own = ("--config", tmp_path / "config.yaml")
        monkeypatch.setattr(sys, "argv", ["gallery-daemon", command, *map(str, (*words, *own))])
        status: object = 0
        try:
            program()
        except SystemExit as ended:
            status = ended.code
        said = capsys.readouterr()
        assert isinstance(status, int | None)
        return status or 0, said.out.splitlines(), said.err

    ask("sort", tmp_path / "watch")
    assert 3 == len(read_files(tmp_path / "library/Cars"))
    return ask


@pytest.fixture
def drag(tmp_path: Path) -> Callable[[str], Path]:
    """Drags a car to the memes."""

    def dragged(name: str) -> Path:
        (tmp_path / "library/Memes").mkdir(exist_ok=True)
        return (tmp_path / "library/Cars" / name).rename(tmp_path / "library/Memes" / name)

    return dragged


def test_lessons_are_listed(typed: Typed, drag: Callable[[str], Path], tmp_path: Path) -> None:
    """With and without a daemon; the library is as it was."""
    assert (0, [f"no lessons for {tmp_path}/library"], "") == typed("lessons")
    drag("0.jpg")
    before = read_files(tmp_path / "library")

    status, lines, _ = typed("lessons")

    assert 0 == status
    assert [
        f"1 lesson (memes 1) for {tmp_path}/library",
        "  Memes/0.jpg: memes, not cars (correction)",
    ] == lines
    assert before == read_files(tmp_path / "library")
    assert "lessons for" in "\n".join(typed("status")[1])


def test_a_lesson_as_json(typed: Typed, drag: Callable[[str], Path]) -> None:
    """One object, with the log's names."""
    photo = drag("0.jpg")

    (line,) = typed("lessons", "--json")[1]

    said = json.loads(line)
    assert ["id", "when", "photo", "class", "before", "kind", "filing"] == list(said)
    assert (str(photo), "memes", "cars", "correction") == (
        said["photo"], said["class"], said["before"], said["kind"],
    )  # fmt: skip


def test_what_was_moved_just_now_is_not_counted(
    typed: Typed, drag: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """But it is not hidden."""
    monkeypatch.setattr(corrections, "STILL_S", 1000.0)
    drag("0.jpg")

    lines = typed("lessons")[1]

    said, _, when = lines[-1].partition(", for ")
    assert "not counted yet, because they were moved just now: 1 photo" == said
    assert 900 < int(when.removesuffix(" seconds more")) <= 1000


def test_a_label_and_its_undo(typed: Typed, tmp_path: Path) -> None:
    """Of a photo in the library, of its other name in the watch folder, and of a stranger."""
    (tmp_path / "own.jpg").write_bytes(photo_bytes(tmp_path, 77))
    files = (tmp_path / "library/Cars/0.jpg", tmp_path / "watch/1.jpg", tmp_path / "own.jpg")

    status, lines, _ = typed("label", *files, "memes")

    assert (0, [f"{file}: memes" for file in files]) == (status, lines)
    said = [json.loads(line) for line in typed("lessons", "--json")[1]]
    assert [("label", "cars"), ("label", "cars"), ("label", None)] == [
        (each["kind"], each["before"]) for each in said
    ]
    assert "lesson: label of" in "\n".join(typed("explain", files[0])[1])

    status, lines, _ = typed("label", "--undo", *files)
    assert (0, f"{files[0]} has no lesson now") == (status, lines[0])
    assert [] == typed("lessons", "--json")[1]
    status, _, errors = typed("label", "--undo", files[0])
    assert (1, True) == (status, f"{files[0]} has no lesson" in errors)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("cars",), "say which photos"),
        (("x.jpg", "meme"), "the model has no class meme"),
        (("{root}/gone.jpg", "cars"), "No such file"),
        (("{root}/config.yaml", "cars"), "not a photo"),
    ],
)
def test_a_label_that_cannot_be(
    typed: Typed, tmp_path: Path, words: tuple[str, ...], error: str
) -> None:
    """It says what is wrong, and nothing is kept."""
    status, _, errors = typed("label", *(word.format(root=tmp_path) for word in words))

    assert status
    assert error.lower() in errors.lower()
    assert [] == typed("lessons", "--json")[1]


def test_lessons_become_class_folders_for_train(
    typed: Typed, drag: Callable[[str], Path], tmp_path: Path
) -> None:
    """Links, of which those to photos of one name have different ones; what is gone is said."""
    photos = [drag("0.jpg"), drag("1.jpg")]
    (tmp_path / "0.jpg").write_bytes(photo_bytes(tmp_path, 77))
    typed("label", tmp_path / "0.jpg", "memes")
    typed("label", tmp_path / "library/Cars/2.jpg", "cars")
    typed("lessons")
    photos[1].unlink()

    status, lines, errors = typed("lessons", "--export", tmp_path / "out")

    assert (0, [f"3 photos linked in {tmp_path}/out"]) == (status, lines)
    assert f"left out, it is gone: {photos[1]}" in errors
    found = {
        os.fspath(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.jpg")
    }
    assert {"memes/0.jpg", "memes/0 (2).jpg", "cars/2.jpg"} == found
    status, _, errors = typed("lessons", "--export", tmp_path / "out")
    assert (2, True) == (status, "is not empty" in errors)


def test_a_mass_move_is_answered(
    typed: Typed, drag: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accepted its photos are lessons; dismissed they are not, and nobody asks again."""
    monkeypatch.setattr(corrections, "MANY", 1)
    drag("0.jpg")
    photo = drag("1.jpg")
    asked = (
        "2 photos went at once from Cars to Memes: are they memes? gallery-daemon lessons "
        "--accept-move 1, or --dismiss-move 1"
    )
    assert asked == typed("lessons")[1][-1]
    assert asked in typed("status")[1]
    assert "about which you are asked" in "\n".join(typed("explain", photo)[1])
    (line,) = typed("lessons", "--json")[1]
    assert ["move", "when", "photos", "moved_from", "moved_to", "class"] == list(json.loads(line))

    status, _, errors = typed("lessons", "--accept-move", 7)
    assert (2, True) == (status, "no mass move 7 is open" in errors)
    assert ["2 photos are lessons now"] == typed("lessons", "--accept-move", 1)[1]
    assert 2 == len(typed("lessons", "--json")[1])
    assert asked not in typed("status")[1]


def test_explain_says_why_a_place_teaches_nothing(typed: Typed, tmp_path: Path) -> None:
    """Or what it teaches."""
    photo = tmp_path / "library/Cars/0.jpg"
    (tmp_path / "library/Album").mkdir()
    photo = photo.rename(tmp_path / "library/Album/0.jpg")

    said = typed("explain", photo)[1]

    assert "lesson: its place teaches nothing: no rule gives this folder to a class" in said[-1]
