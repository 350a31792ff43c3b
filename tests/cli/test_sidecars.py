"""Sidecars and the photos that a person, or a camera, gives the same name one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.end_to_end.conftest import photo_bytes
from tests.filing.conftest import read_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_a_sidecar_goes_with_the_photo_that_it_came_with(quick_run: Run, tmp_path: Path) -> None:
    """Not with the one of that name that was moved away before, nor with an older version."""
    watch, library = tmp_path / "watch", tmp_path / "library"
    watch.mkdir()
    for number, action in enumerate(("move", "copy", "copy")):
        longer = photo_bytes(tmp_path, number) + bytes(number)
        (watch / "IMG_1.jpg").write_bytes(longer)
        (watch / "IMG_1.xmp").write_text(f"<x:xmpmeta/>{number}")
        done = quick_run("sort", watch, "--library", library, "--action", action)
        assert 0 == done.returncode, done.stderr

    filed = read_files(library)

    names = ["IMG_1", "IMG_1 (2)", "IMG_1 (3)"]
    assert [f"<x:xmpmeta/>{number}".encode() for number in range(3)] == [
        filed.get(f"cars/{name}.xmp") for name in names
    ]
    assert 6 == len(filed)


def test_a_sidecar_that_stays_is_told_why(quick_run: Run, tmp_path: Path) -> None:
    """Its photo is in the library by another way: that one was left would not be true."""
    watch, library = tmp_path / "watch", tmp_path / "library"
    watch.mkdir()
    sort = ("sort", watch, "--library", library, "--action", "copy", "--log-level", "info")
    (watch / "IMG_1.jpg").write_bytes(photo_bytes(tmp_path, 1))
    quick_run(*sort)
    (watch / "other").mkdir()
    (watch / "other/IMG_1.jpg").write_bytes(photo_bytes(tmp_path, 1))
    (watch / "other/IMG_1.xmp").write_text("<x:xmpmeta/>")
    (library / "cars/IMG_1.xmp").write_text("a person's own")

    plan = quick_run(*sort[:-2], "--dry-run", "--json")
    done = quick_run(*sort)

    assert "IMG_1.xmp exists in the library already" in plan.stdout
    assert "IMG_1.xmp exists in the library already" in done.stdout + done.stderr
    assert "a person's own" == (library / "cars/IMG_1.xmp").read_text()
