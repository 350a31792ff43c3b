"""The words of a decision."""

from __future__ import annotations

import pytest

from gallery_daemon.decision import Identical, OnConflict, library_path


@pytest.mark.parametrize(
    ("library", "components", "path"),
    [
        ("/lib", ("cars", "a.jpg"), "/lib/cars/a.jpg"),
        ("/lib/", ("2024", "05", "a.jpg"), "/lib/2024/05/a.jpg"),
        ("/lib", ("a\udcff.jpg",), "/lib/a\udcff.jpg"),
        ("/", ("a.jpg",), "/a.jpg"),
        ("/lib/", (), "/lib"),
    ],
)
def test_a_path_in_the_library(library: str, components: tuple[str, ...], path: str) -> None:
    """One slash between each two, whatever the library's own ends with."""
    assert path == library_path(library, *components)


@pytest.mark.parametrize(
    ("on_conflict", "identical"),
    [
        (OnConflict.DEDUPE, Identical.MERGE),
        (OnConflict.RENAME, Identical.KEEP),
        (OnConflict.KEEP_BOTH, Identical.KEEP),
        (OnConflict.SKIP, Identical.LEAVE),
    ],
)
def test_a_conflict_says_what_becomes_of_the_same_bytes(
    on_conflict: OnConflict, identical: Identical
) -> None:
    """Where a rule does not say it itself."""
    assert identical is on_conflict.usual_identical
