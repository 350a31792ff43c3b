"""Which pictures a bundle was made from."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.training.made_from import PICTURES_FILE, MadeFrom, SeenPictures

if TYPE_CHECKING:
    from pathlib import Path


def test_a_copy_is_known_and_an_edited_picture_is_not(tmp_path: Path) -> None:
    """Whatever they are called; what differs at its end alone, or is longer, is another picture."""
    pictures = {name: tmp_path / name for name in ("a", "b", "copy", "edited", "longer", "gone")}
    pictures["a"].write_bytes(b"a" * 300_000)
    pictures["b"].write_bytes(b"b")
    shutil.copy(pictures["a"], pictures["copy"])
    pictures["edited"].write_bytes(b"a" * 299_999 + b"x")
    pictures["longer"].write_bytes(b"a" * 300_001)
    made = MadeFrom.of([pictures["a"], pictures["gone"]], [pictures["b"], pictures["a"]])
    (tmp_path / PICTURES_FILE).write_bytes(made.to_json())

    read = MadeFrom.read(tmp_path)

    assert made == read
    assert SeenPictures(2, 1) == made.among([pictures[each] for each in ("a", "copy", "b")])
    others = [pictures[each] for each in ("edited", "longer", "gone")]
    assert SeenPictures(0, 0) == made.among(others)


@pytest.mark.parametrize(
    "content",
    [None, b"", b"\xff", b"[]", b"{}", b'{"trained": [1], "validated": []}', b"[" * 10**5],
)
def test_a_bundle_that_does_not_know_says_nothing(tmp_path: Path, content: bytes | None) -> None:
    """One of an earlier version, or a file that is cut or hostile."""
    if content is not None:
        (tmp_path / PICTURES_FILE).write_bytes(content)

    assert MadeFrom.read(tmp_path) is None
