"""`history` as a person reads it, in a terminal of any width."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.end_to_end.conftest import photo_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_a_file_has_a_few_lines_and_no_path_is_broken(quick_run: Run, tmp_path: Path) -> None:
    """Number, time, state and why; the photo; its place or the reason. The newest first."""
    watch, name = tmp_path / "watch", "IMG_20260812_143501_" + "long" * 20 + ".jpg"
    place = f"{tmp_path}/library/cars/{name}"
    watch.mkdir()
    (watch / name).write_bytes(photo_bytes(tmp_path))
    sort = ("sort", watch, "--library", tmp_path / "library")

    (watch / "notes.txt").write_text("hello")
    quick_run(*sort, "--action", "move")
    filed, left = sorted(blocks(quick_run("history").stdout), key=lambda block: block[1])
    quick_run("undo", filed[0])
    undo, *others = blocks(quick_run("history").stdout)

    assert f"filed, cars 1.00, rule everything\n    {name}\n    -> {place}\n" == filed[1]
    assert "left\n    notes.txt\n    a text file, not a photo\n" == left[1]
    assert f"undo (undid {filed[0]})\n    cars/{name}\n    -> {watch}/{name}\n" == undo[1]
    assert {(filed[0], f"undone, cars 1.00, rule everything\n    {name}\n"), left} == {*others}
    assert sorted((undo, *others), reverse=True) == [undo, *others]


def blocks(said: str) -> list[tuple[str, str]]:
    """The number of each file, and what follows its time."""
    before, *parts = re.split(r"^ (\d+)  [\d-]{10} [\d:]{8}  ", said, flags=re.MULTILINE)
    assert "" == before
    return list(zip(parts[::2], parts[1::2], strict=True))
