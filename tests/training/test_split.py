"""Who trains, who validates, who is left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.errors import TrainingError
from gallery_daemon.training.dataset import Gallery, Labelled
from gallery_daemon.training.split import (
    leave_out,
    split_by_folder,
    split_by_source,
    split_randomly,
)

CLASSES = ("cars", "memes", "trees")


def _gallery(*pictures: tuple[str, str, int]) -> Gallery:
    """A gallery of (class, source, count)."""
    return Gallery(
        CLASSES,
        tuple(
            Labelled(Path(f"/data/{name}/{source}__{number}.jpg"), CLASSES.index(name))
            for name, source, count in pictures
            for number in range(count)
        ),
    )


MIXED = _gallery(
    ("cars", "shop", 10), ("cars", "street", 20), ("memes", "shop", 5), ("memes", "web", 50),
    ("trees", "park", 10),
)  # fmt: skip


def _sources(gallery: Gallery, places: tuple[int, ...]) -> set[str]:
    return {gallery.pictures[place].source for place in places}


@given(st.integers(2, 300), st.floats(0.05, 0.95), st.integers(0, 2**31))
def test_a_random_split_is_a_partition(count: int, share: float, seed: int) -> None:
    """Every picture trains or validates, none does both, and the seed decides which."""
    split = split_randomly(range(count), share, seed)

    assert list(range(count)) == sorted(split.train + split.validate)
    assert split.train
    assert split.validate
    assert split == split_randomly(range(count), share, seed)


def test_by_source_whole_sources_validate() -> None:
    """The smallest sources go, with all their pictures; the only source of a class is cut."""
    split = split_by_source(MIXED, 0.2, 0)

    cars_and_memes = [place for place in split.validate if MIXED.pictures[place].label != 2]
    assert {"shop"} == _sources(MIXED, tuple(cars_and_memes))
    assert 15 == len(cars_and_memes)
    assert 2 == len(split.validate) - 15
    assert "shop" not in _sources(MIXED, split.train)


@given(
    st.lists(
        st.tuples(st.sampled_from(CLASSES), st.sampled_from("abcd"), st.integers(2, 9)), min_size=1
    ),
    st.floats(0.05, 0.6),
)
def test_by_source_every_class_still_trains(
    pictures: list[tuple[str, str, int]], share: float
) -> None:
    """However the sources lie, it is a partition, and each class is on both sides."""
    gallery = _gallery(*pictures)

    split = split_by_source(gallery, share, 0)

    assert list(range(len(gallery.pictures))) == sorted(split.train + split.validate)
    for side in (split.train, split.validate):
        assert set(gallery.labels) == {gallery.pictures[place].label for place in side}


def test_left_out_sources_do_not_train() -> None:
    """All pictures of the source validate, in every class, and no others."""
    split = leave_out(MIXED, ["shop"])

    assert {"shop"} == _sources(MIXED, split.validate)
    assert {"street", "web", "park"} == _sources(MIXED, split.train)


def test_leaving_out_too_much_or_the_unknown_is_one_sentence() -> None:
    """A class must keep a source; a name that no picture has is told the names that there are."""
    with pytest.raises(TrainingError, match="without park the class 'trees' has no pictures"):
        leave_out(MIXED, ["park"])
    with pytest.raises(TrainingError, match="source 'parc'") as caught:
        leave_out(MIXED, ["parc"])
    assert caught.value.hint == "the sources are park, shop, street, web"


def test_by_folder_those_below_it_validate() -> None:
    """A folder of its own for validation, whatever the names."""
    split = split_by_folder(MIXED, Path("/data/trees"))

    assert {"park"} == _sources(MIXED, split.validate)
    with pytest.raises(TrainingError, match="no picture below /elsewhere"):
        split_by_folder(MIXED, Path("/elsewhere"))
