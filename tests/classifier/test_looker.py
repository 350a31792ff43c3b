"""Which picture the network is shown, and in which look."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from gallery_daemon.classifier.looker import Looker
from gallery_daemon.classifier.messages import Request
from gallery_daemon.errors import PhotoChanged
from gallery_daemon.photo import Identity, LookKind
from tests.classifier.loop import setup
from tests.imaging.camera import shot
from tests.imaging.pictures import drawn, grainy

if TYPE_CHECKING:
    from pathlib import Path

EQUAL = {LookKind.FULL: 128, LookKind.QUICK: 128}
LARGER = {LookKind.FULL: 224, LookKind.QUICK: 128}


@pytest.fixture
def with_preview(tmp_path: Path) -> Path:
    """A photo with a camera's small preview of it."""
    image = grainy(drawn(1600, 1200))
    path = tmp_path / "with.jpg"
    path.write_bytes(shot(image, image.resize((160, 120))))
    return path


@pytest.fixture
def without(tmp_path: Path) -> Path:
    """A photo without one."""
    path = tmp_path / "without.jpg"
    drawn(1600, 1200).save(path)
    return path


def request(path: Path, look: LookKind, *, want_hash: bool = False) -> Request:
    return Request(1, str(path), Identity.of(os.lstat(path)), want_hash, look)


@pytest.mark.parametrize("sizes", [EQUAL, LARGER], ids=["as large", "larger"])
def test_a_preview_is_shown_quickly_and_the_whole_in_full(
    with_preview: Path, sizes: dict[LookKind, int]
) -> None:
    """Whatever the size of the full look."""
    looker = Looker(setup(), sizes)

    quick, full = (looker(request(with_preview, look)) for look in (LookKind.QUICK, LookKind.FULL))

    assert (LookKind.QUICK, (128, 128, 3)) == (quick.kind, quick.picture.shape)
    assert (LookKind.FULL, (224, 224, 3)) == (full.kind, full.picture.shape)
    assert (1600, 1200) == (quick.facts.width, quick.facts.height)
    assert quick.facts.taken == full.facts.taken


def test_what_was_decoded_whole_is_shown_in_full_if_that_costs_no_more(without: Path) -> None:
    """There is nothing to be gained by a quick look."""
    assert LookKind.FULL is Looker(setup(), EQUAL)(request(without, LookKind.QUICK)).kind


def test_what_was_decoded_whole_is_shown_quickly_first_if_that_costs_less(without: Path) -> None:
    """And in full without being read once more: not even if the file is gone by then."""
    looker, asked = Looker(setup(), LARGER), request(without, LookKind.QUICK)
    quick = looker(asked)
    again = request(without, LookKind.FULL)
    without.unlink()

    full = looker(again)

    assert (LookKind.QUICK, LookKind.FULL) == (quick.kind, full.kind)
    assert (quick.picture == full.picture).all()
    with pytest.raises(FileNotFoundError):  # it was kept for one request
        looker(again)


def test_only_the_last_few_are_kept(tmp_path: Path) -> None:
    """Four batches, which is what the host has out at a time."""
    looker, image = Looker(setup(batch_size=1), LARGER), drawn(300, 300)
    paths = [tmp_path / f"{number}.jpg" for number in range(5)]
    for path in paths:
        image.save(path)
        looker(request(path, LookKind.QUICK))
    again = [request(path, LookKind.FULL) for path in paths]
    for path in paths:
        path.unlink()

    with pytest.raises(FileNotFoundError):
        looker(again[0])
    assert all(LookKind.FULL is looker(each).kind for each in again[1:])


def test_a_kept_picture_is_of_that_very_file(without: Path) -> None:
    """One that changed meanwhile is looked at itself."""
    looker = Looker(setup(), LARGER)
    looker(request(without, LookKind.QUICK))
    before = request(without, LookKind.FULL)
    Image.new("RGB", (400, 300), "red").save(without)

    assert (400, 300) == (
        (found := looker(request(without, LookKind.FULL))).facts.width,
        found.facts.height,
    )
    assert (1600, 1200) == ((kept := looker(before)).facts.width, kept.facts.height)
    with pytest.raises(PhotoChanged):
        looker(before)


@pytest.mark.parametrize("sizes", [EQUAL, LARGER], ids=["as large", "larger"])
def test_with_the_hash_the_whole_file_is_there(
    with_preview: Path, sizes: dict[LookKind, int]
) -> None:
    """So the whole picture is looked at."""
    found = Looker(setup(), sizes)(request(with_preview, LookKind.QUICK, want_hash=True))

    assert found.facts.content_hash is not None
    assert (224, 224, 3) == found.picture.shape


def test_a_model_without_quick_looks_gives_none(with_preview: Path) -> None:
    """Even if it is asked for one."""
    looker = Looker(setup(), {LookKind.FULL: 224})

    assert LookKind.FULL is looker(request(with_preview, LookKind.QUICK)).kind
