"""Who trains, who validates, who is left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gallery_daemon.errors import TrainingError
from gallery_daemon.training.dataset import Gallery, Labelled, without_duplicates
from gallery_daemon.training.split import (
    Split,
    fold_sources,
    leave_out,
    load_data,
    make_splits,
    refuse_lopsided,
    split_by_source,
    split_held,
    split_randomly,
)
from gallery_daemon.training.train_options import TrainOptions

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
    gallery = _gallery(("cars", "", count), ("memes", "", count), ("trees", "", count))
    places = range(3 * count)

    split = split_randomly(gallery, places, share, seed)

    assert list(places) == sorted(split.train + split.validate)
    assert split == split_randomly(gallery, places, share, seed)
    assert abs(len(split.validate) - share * 3 * count) <= 4
    assert split.train != split_randomly(gallery, places, share, seed + 1).train or count < 10


@given(st.lists(st.integers(1, 4), min_size=3, max_size=3), st.floats(0, 1), st.integers(0, 2**31))
def test_by_chance_no_class_is_lost(counts: list[int], share: float, seed: int) -> None:
    """A class of one picture trains; one of two and more does both."""
    gallery = _gallery(*((name, "", count) for name, count in zip(CLASSES, counts, strict=True)))

    split = split_randomly(gallery, range(sum(counts)), share, seed)

    for label, count in enumerate(counts):
        train, validate = (
            [place for place in side if gallery.pictures[place].label == label]
            for side in (split.train, split.validate)
        )
        assert train
        assert bool(validate) == (count > 1)


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
    """A class must keep a source; for an unknown source the hint names those that there are."""
    with pytest.raises(TrainingError, match="without park the class 'trees' has no pictures"):
        leave_out(MIXED, ["park"])
    with pytest.raises(TrainingError, match="source 'parc'") as caught:
        leave_out(MIXED, ["parc"])
    assert caught.value.hint == "the sources are park, shop, street, web"


def test_held_pictures_validate_and_are_in_no_other_split() -> None:
    """Neither do they train where a source is left out, nor are they that source."""
    held = tuple(replace(picture, is_held=True) for picture in MIXED.pictures[-5:])
    gallery = Gallery(CLASSES, MIXED.pictures + held)

    split, out = split_held(gallery), leave_out(gallery, ["shop"])

    assert tuple(range(95, 100)) == split.validate
    assert not {*split.validate} & {*split.train, *out.train, *out.validate}


def test_lopsided_splits_are_one_sentence() -> None:
    """No picture to validate, and a class without one to train."""
    with pytest.raises(TrainingError, match="no picture is left to validate"):
        refuse_lopsided(MIXED, Split(tuple(range(95)), ()))
    with pytest.raises(TrainingError, match="the class 'trees' is left to train"):
        refuse_lopsided(MIXED, Split(tuple(range(80)), tuple(range(80, 95))))


@settings(max_examples=20)
@given(
    st.lists(st.tuples(st.sampled_from("xy"), st.integers(0, 5)), min_size=4, max_size=14),
    st.integers(0, 2**31),
)
def test_no_picture_is_on_both_sides_nor_is_its_copy(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str, int]], seed: int
) -> None:
    """Whatever copies there are, within a class or across: what trains does not validate."""
    folder = tmp_path_factory.mktemp("twins")
    pictures = []
    for number, (name, content) in enumerate(files):
        path = folder / f"{number}.png"
        path.write_bytes(b"picture %d" % content)
        pictures.append(Labelled(path, "xy".index(name)))
    found, skipped = without_duplicates(Gallery(("x", "y"), tuple(pictures)))

    split = split_randomly(found, range(len(found.pictures)), 0.4, seed)

    train, validate = (
        {found.pictures[place].path.read_bytes() for place in side}
        for side in (split.train, split.validate)
    )
    assert not train & validate
    assert len(split.train) + len(split.validate) == len(train | validate)
    assert len(files) == len(found.pictures) + len(skipped)
    classes: dict[int, set[str]] = {}
    for name, content in files:
        classes.setdefault(content, set()).add(name)
    alone = {content for content, names in classes.items() if len(names) == 1}
    assert {b"picture %d" % content for content in alone} == train | validate


@given(st.integers(0, 2**31), st.integers(0, 2**31))
def test_only_the_seed_and_the_gallery_decide_a_split(seed: int, other: int) -> None:
    """Not what torch has drawn before."""
    places = range(len(MIXED.pictures))
    torch.manual_seed(other)
    first = split_randomly(MIXED, places, 0.2, seed)
    torch.rand(3)

    assert first == split_randomly(MIXED, places, 0.2, seed)


def _options(tmp_path: Path, **chosen: Any) -> TrainOptions:
    return TrainOptions((tmp_path / "data",), tmp_path / "b", **chosen)


def test_what_a_person_chose_decides_who_validates(tmp_path: Path) -> None:
    """A share at random, a share by source, or those held; one split more for each set left out."""
    at_random, none = make_splits(_options(tmp_path), MIXED)
    half, _ = make_splits(_options(tmp_path, validation_share=0.5), MIXED)
    by_source, out = make_splits(_options(tmp_path, by_source=True, left_out=(("web",),)), MIXED)
    held = Gallery(CLASSES, (*MIXED.pictures, replace(MIXED.pictures[0], is_held=True)))
    validation, _ = make_splits(_options(tmp_path, validation=tmp_path / "held"), held)

    assert 19 == len(at_random.validate)
    assert [] == none
    assert abs(len(half.validate) - 47) <= 3
    assert split_by_source(MIXED, 0.2, 0) == by_source
    assert [leave_out(MIXED, ["web"])] == out
    assert (95,) == validation.validate


def test_mistakes_in_a_choice_are_one_sentence(tmp_path: Path) -> None:
    """A source left out twice; one that leaves a class without pictures."""
    with pytest.raises(TrainingError, match="the source web is left out twice"):
        make_splits(_options(tmp_path, left_out=(("web",), ("shop", "web"))), MIXED)
    with pytest.raises(TrainingError, match="the class 'trees' has no pictures"):
        make_splits(_options(tmp_path, left_out=(("web",), ("park",))), MIXED)


@pytest.mark.parametrize("inner", ["data", "data/cars", ".", "link"])
def test_a_folder_that_trains_and_validates_is_refused(tmp_path: Path, inner: str) -> None:
    """The same, one in the other, by whatever path: it would flatter the figures."""
    for name in ("cars", "trees"):
        (tmp_path / "data" / name).mkdir(parents=True)
        (tmp_path / "data" / name / "1.png").write_bytes(name.encode())
    (tmp_path / "link").symlink_to(tmp_path / "data")

    with pytest.raises(TrainingError, match="overlap"):
        load_data(_options(tmp_path, validation=tmp_path / inner))


def test_the_validation_folder_is_held_and_knows_the_same_classes(tmp_path: Path) -> None:
    """It may lack a class, and may not have another."""
    for name in ("data/cars", "data/trees", "held/trees"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "1.png").write_bytes(name.encode())
    options = _options(tmp_path, validation=tmp_path / "held")

    found = load_data(options)

    assert [False, False, True] == [picture.is_held for picture in found.pictures]
    assert [0, 1, 1] == found.labels
    (tmp_path / "held" / "trees").rename(tmp_path / "held" / "bushes")
    with pytest.raises(TrainingError, match="no class 'bushes'"):
        load_data(options)


FOLDED = _gallery(
    ("cars", "shop", 30), ("cars", "street", 20), ("cars", "yard", 10), ("memes", "web", 50),
    ("memes", "shop", 5), ("memes", "chat", 5), ("trees", "park", 9), ("trees", "wood", 8),
    ("trees", "hill", 7),
)  # fmt: skip


def test_every_source_is_in_one_fold_and_no_class_is_lost() -> None:
    """Left out in turn, each picture is judged once; each class keeps sources to learn from."""
    folds = fold_sources(FOLDED, 3)

    assert 3 == len(folds)
    names = [source for fold in folds for source in fold]
    assert sorted({each.source for each in FOLDED.pictures}) == sorted(names)
    for fold in folds:
        refuse_lopsided(FOLDED, leave_out(FOLDED, fold))
    assert folds == fold_sources(FOLDED, 3)


@given(
    st.lists(
        st.tuples(st.sampled_from(CLASSES), st.integers(0, 30), st.integers(1, 40)),
        min_size=12, max_size=60, unique_by=lambda each: each[:2],
    ),
    st.integers(2, 4),
)  # fmt: skip
def test_folds_have_about_their_share_of_each_class(
    drawn: list[tuple[str, int, int]], folds: int
) -> None:
    """As even as whole sources allow: no fold has more than its share and the largest source."""
    gallery = _gallery(*((name, f"{name}{source}", count) for name, source, count in drawn))
    assume(all(len(of_class) >= folds for of_class in gallery.sources().values()))

    sets = fold_sources(gallery, folds)

    for of_class in gallery.sources().values():
        sizes = [sum(of_class.get(source, 0) for source in each) for each in sets]
        assert max(sizes) <= sum(sizes) / folds + max(of_class.values())


def test_too_few_sources_for_the_folds_are_told_with_their_class() -> None:
    """And what a source is."""
    with pytest.raises(TrainingError, match=r"'cars' has 2 sources, too few for 3") as caught:
        fold_sources(MIXED, 3)

    assert "before `__`" in (caught.value.hint or "")
