"""Films that go with a still by what both carry, because their names do not say it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.intake import scan
from gallery_daemon.journey.siblings import Siblings
from gallery_daemon.photo import Candidate, Identity, Photo
from tests.filing.conftest import read_files
from tests.imaging.live import OTHER_UUID, UUID, film, with_identifier
from tests.journey.foretold import FILM, Scene, photo_bytes
from tests.journey.test_sidecars_travel import in_library, sorted_as_planned

if TYPE_CHECKING:
    from pathlib import Path

RULES = "rules: [{{name: all, to: '{{class}}/', action: {}}}]"


def still(says: str = "cars", identifier: str = UUID, number: int = 0) -> bytes:
    """A photo of that class with that identifier."""
    return with_identifier(photo_bytes(says, number), identifier)


@pytest.mark.parametrize("action", ["hardlink", "copy", "move"])
def test_a_film_of_another_name_goes_with_its_still(scene: Scene, action: str) -> None:
    """It keeps its own name; a film without an identifier, or with another one, stays."""
    scene.rules = RULES.format(action)
    scene.put("2024-05-06 1.jpg", still())
    scene.put("clip 7.MOV", film())
    scene.put("IMG_9.mp4", film(iso=True))
    scene.put("other.mov", film(OTHER_UUID))
    scene.put("plain.mov", FILM)

    ends = sorted_as_planned(scene)

    assert {
        "2024-05-06 1.jpg": "cars/2024-05-06 1.jpg",
        "clip 7.MOV": "cars/clip 7.MOV",
        "IMG_9.mp4": "cars/IMG_9.mp4",
        "other.mov": None,
        "plain.mov": None,
    } == in_library(scene, ends)
    assert "a video, not a photo" == ends["other.mov"].reason == ends["plain.mov"].reason
    assert {} == sorted_as_planned(scene)


@pytest.mark.parametrize("how", ["run", "sort"])
@pytest.mark.parametrize("action", ["hardlink", "move"])
def test_a_film_that_came_before_its_still_goes_with_it(
    scene: Scene, how: str, action: str
) -> None:
    """As one does that has its name."""
    scene.rules = RULES.format(action)
    scene.put("clip.mov", film())
    scene.run()
    alone = set(read_files(scene.library))
    scene.put("IMG_1.jpg", still())

    if how == "run":
        scene.run()
    else:
        sorted_as_planned(scene)

    assert set() == alone
    assert {"cars/IMG_1.jpg", "cars/clip.mov"} == set(read_files(scene.library))
    assert {} == scene.run() == sorted_as_planned(scene)


def test_a_name_counts_more_than_an_identifier(scene: Scene) -> None:
    """Every program that copies a live photo keeps to it, and people see it."""
    scene.rules = RULES.format("move")
    scene.put("A.jpg", still("cars", UUID))
    scene.put("B.jpg", still("memes", OTHER_UUID))
    scene.put("A.mov", film(OTHER_UUID))

    ends = sorted_as_planned(scene)

    assert "cars/A.mov" == in_library(scene, ends)["A.mov"]


@pytest.mark.parametrize(
    ("seconds", "place"), [(0, "memes/clip.mov"), (59, "memes/clip.mov"), (61, None)]
)
def test_the_nearest_in_time_of_two_stills_has_the_film(
    scene: Scene, seconds: int, place: str | None
) -> None:
    """Be it by a second, and only if it was saved within a minute."""
    scene.rules = RULES.format("hardlink")
    scene.put("A.jpg", still("cars"))
    scene.put("B.jpg", still("memes"))
    at = (scene.watch / "B.jpg").stat().st_mtime_ns
    os.utime(scene.watch / "A.jpg", ns=(at - 10**9,) * 2)
    scene.put("clip.mov", film())
    os.utime(scene.watch / "clip.mov", ns=(at + seconds * 10**9,) * 2)

    assert place == in_library(scene, sorted_as_planned(scene))["clip.mov"]


def test_little_is_read_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a film without a photo its keys; of stills only where it has the identifier."""
    read: list[str] = []
    open_below = scan.open_below

    def counted(root: str, relative: str) -> object:
        read.append(relative)
        return open_below(root, relative)

    monkeypatch.setattr("gallery_daemon.journey.live_photos.open_below", counted)
    for number in range(20):
        (tmp_path / f"{number:02}.jpg").write_bytes(still("cars", OTHER_UUID, number))
        os.utime(tmp_path / f"{number:02}.jpg", ns=(number * 10**9,) * 2)
    (tmp_path / "named.jpg").write_bytes(photo_bytes("cars", 0))
    for name, content in (("named.mov", film()), ("plain.mov", FILM), ("lone.mov", film())):
        (tmp_path / name).write_bytes(content)
        os.utime(tmp_path / name, ns=(10 * 10**9,) * 2)
    siblings = Siblings(())

    def owner(name: str) -> tuple[Candidate | None, list[str]]:
        read.clear()
        found = siblings.owner_of(settled(tmp_path, name))
        return found, sorted(read)

    assert (settled(tmp_path, "named.jpg").candidate, []) == owner("named.mov")
    assert (None, ["plain.mov"]) == owner("plain.mov")
    nearest = [f"{number:02}.jpg" for number in (6, 7, 8, 9, 10, 11, 12, 13)]
    assert (None, [*nearest, "lone.mov"]) == owner("lone.mov")
    assert (None, []) == owner("plain.mov") == owner("lone.mov")


@pytest.mark.parametrize(
    ("identifier", "seconds", "found"),
    [(UUID, 0, ["clip.mov"]), (UUID, 61, []), (OTHER_UUID, 0, [])],
)
def test_a_still_finds_the_films_that_were_asked_for_in_vain(
    tmp_path: Path, identifier: str, seconds: int, found: list[str]
) -> None:
    """So a film is with its still before that is moved away."""
    siblings = Siblings(())
    (tmp_path / "clip.mov").write_bytes(film())
    at = (tmp_path / "clip.mov").stat().st_mtime_ns
    before = siblings.owner_of(settled(tmp_path, "clip.mov"))
    (tmp_path / "A.jpg").write_bytes(still("cars", identifier))
    os.utime(tmp_path / "A.jpg", ns=(at + seconds * 10**9,) * 2)

    after = [each.name for each in siblings.sidecars_of(settled(tmp_path, "A.jpg"))]

    assert before is None
    assert found == after


def test_a_film_that_is_gone_is_nobody_s(tmp_path: Path) -> None:
    """Nor is one whose still is gone, or cannot be read."""
    siblings = Siblings(())
    (tmp_path / "clip.mov").write_bytes(film())
    (tmp_path / "A.jpg").symlink_to(tmp_path / "nowhere")
    clip = settled(tmp_path, "clip.mov")
    alone = siblings.owner_of(clip)
    (tmp_path / "clip.mov").unlink()

    assert alone is None
    assert Siblings(()).owner_of(clip) is None


def settled(root: Path, name: str) -> Photo:
    """The settled file."""
    candidate = Candidate("phone", os.fspath(root), name)
    return Photo(candidate, Identity.of((root / name).lstat()), datetime.now(UTC))
