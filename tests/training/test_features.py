"""Features of frozen layers: computed once, kept whole or not at all, in each view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import nn

from gallery_daemon.model.manifest import IMAGENET_MEAN, IMAGENET_STD
from gallery_daemon.model.network import stages
from gallery_daemon.photo import LookKind
from gallery_daemon.training import features
from gallery_daemon.training.display import Silent
from gallery_daemon.training.features import (
    Features,
    View,
    compute_features,
    feature_batches,
    load_features,
    pixel_batches,
    views_of,
)
from gallery_daemon.training.pictures import new_array
from gallery_daemon.training.recipe import ARTICLE, DEFAULT, FAST
from tests.training.tiny import EACH, RUN, tiny_gallery, tiny_network

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.training.pictures import LoadedGallery

pytestmark = pytest.mark.usefixtures("one_core")


@pytest.fixture
def loaded(tmp_path: Path) -> LoadedGallery:
    """Sixteen squares of noise."""
    return tiny_gallery(tmp_path)


def _compute(
    loaded: LoadedGallery,
    frozen: nn.Module,
    place: Path,
    *,
    views: tuple[View, ...] = tuple(View),
    count: int = 16,
) -> Features:
    batches = pixel_batches(loaded, RUN, views)
    return compute_features(batches, frozen, RUN, place, count=count, display=Silent())


def test_input_is_normalised_as_imagenets(loaded: LoadedGallery) -> None:
    """Black and white by hand, a picture a row, channels first and laid out channels-last."""
    pictures = np.zeros((2, 4, 4, 3), np.uint8)
    pictures[1] = 255

    found = RUN.input(pictures)

    for channel, (mean, std) in enumerate(zip(IMAGENET_MEAN, IMAGENET_STD, strict=True)):
        assert pytest.approx((0 - mean) / std, abs=1e-5) == found[0, channel, 0, 0].item()
        assert pytest.approx((1 - mean) / std, abs=1e-5) == found[1, channel, 3, 3].item()
    assert (2, 3, 4, 4) == tuple(found.shape)
    assert found.is_contiguous(memory_format=torch.channels_last)
    assert (16, 3, 32, 32) == tuple(RUN.input(loaded.open().copy()).shape)


def test_features_are_what_the_frozen_layers_say(loaded: LoadedGallery, tmp_path: Path) -> None:
    """In half precision, in evaluation mode; mirror images and thumbnails beside them."""
    network = tiny_network().eval()
    frozen = stages(network, "conv1", "layer4")

    found = _compute(loaded, frozen, tmp_path / "start")

    batch, small = (RUN.input(loaded.open(look).copy()) for look in LookKind)
    seen = {View.PLAIN: batch, View.MIRRORED: batch.flip(3), View.QUICK: small}
    for view, pictures in seen.items():
        with torch.no_grad():
            wanted = frozen(pictures)
        torch.testing.assert_close(found.take(torch.arange(16), view), wanted, atol=2e-3, rtol=2e-3)
    files = {path.name for path in tmp_path.glob("start*")}
    assert {"start.plain.npy", "start.mirrored.npy", "start.quick.npy"} == files


def test_running_stages_leaves_their_statistics_and_gradients_alone(loaded: LoadedGallery) -> None:
    """Even if they were in training mode."""
    network = tiny_network().train()
    before = {key: value.clone() for key, value in network.state_dict().items()}

    found = RUN(stages(network, "conv1", "layer4"), RUN.input(loaded.open().copy()))

    assert not found.requires_grad
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())


def test_rows_are_taken_from_the_view_that_is_drawn() -> None:
    """Each row by its own draw, in any order; of one view alone there are only its rows."""
    plain = np.arange(12, dtype=np.float16).reshape(4, 3)
    both, alone = Features({View.PLAIN: plain, View.QUICK: -plain}), Features({View.PLAIN: plain})
    rows, draw = torch.tensor([2, 0, 2]), torch.tensor([0.9, 0.4, 0.1])

    assert [[-6.0, -7, -8], [0, 1, 2], [6, 7, 8]] == both.take_any(rows, draw).tolist()
    assert [[6.0, 7, 8], [0, 1, 2], [6, 7, 8]] == alone.take_any(rows, draw).tolist()
    assert torch.float32 == both.take(rows).dtype
    assert [[0.0, 1, 2]] == both.take(torch.tensor([0])).tolist(), "nothing was changed in place"
    assert [[-3.0, -4, -5]] == both.take(torch.tensor([1]), View.QUICK).tolist()


def test_a_recipe_says_which_views_it_learns_from() -> None:
    """The article mirrors; ours serve a quick look as well."""
    assert (View.PLAIN, View.MIRRORED) == views_of(ARTICLE)
    assert (View.PLAIN, View.QUICK) == views_of(DEFAULT) == views_of(FAST)


def test_features_of_features_are_those_of_the_whole_way(
    loaded: LoadedGallery, tmp_path: Path
) -> None:
    """A later phase goes on from the cut of the one before, mirror images too."""
    network = tiny_network().eval()
    first = _compute(loaded, stages(network, "conv1", "layer3"), tmp_path / "start")
    further = compute_features(
        feature_batches(first, RUN),
        stages(network, "layer3", "fc"),
        RUN,
        tmp_path / "later",
        count=2 * EACH,
        display=Silent(),
    )
    at_once = _compute(loaded, stages(network, "conv1", "fc"), tmp_path / "whole")

    assert set(View) == further.views.keys() == at_once.views.keys()
    for view in View:
        np.testing.assert_allclose(further.views[view], at_once.views[view], atol=5e-3)


def test_views_that_are_not_asked_for_are_not_computed(
    loaded: LoadedGallery, tmp_path: Path
) -> None:
    """No file of them, and none found."""
    frozen = stages(tiny_network(), "conv1", "fc")

    found = _compute(loaded, frozen, tmp_path / "a", views=(View.PLAIN,))

    assert {View.PLAIN} == found.views.keys()
    assert ["a.plain.npy"] == [path.name for path in tmp_path.glob("a*")]
    assert load_features(tmp_path / "a") is not None


def test_features_that_were_not_finished_are_not_found(
    loaded: LoadedGallery, tmp_path: Path
) -> None:
    """Interrupted in the middle, they are computed again; the earlier file is gone, too."""
    frozen, place = stages(tiny_network(), "conv1", "fc"), tmp_path / "later"
    _compute(loaded, frozen, place)

    class Interrupted(Silent):
        def advance(self, pictures: int) -> None:  # noqa: ARG002 - the port has it
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compute_features(
            pixel_batches(loaded, RUN, tuple(View)),
            frozen, RUN, place, count=16, display=Interrupted(),
        )  # fmt: skip

    assert load_features(place) is None


def test_other_views_are_whole_before_the_features_can_be_found(
    loaded: LoadedGallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between two files, features without mirror images are not taken for all."""
    finish, finished = features._Rows.finish, list[object]()

    def dies(rows: features._Rows) -> None:
        if finished:
            raise KeyboardInterrupt
        finished.append(rows)
        finish(rows)

    monkeypatch.setattr(features._Rows, "finish", dies)
    with pytest.raises(KeyboardInterrupt):
        _compute(loaded, stages(tiny_network(), "conv1", "fc"), tmp_path / "start")

    assert load_features(tmp_path / "start") is None


def test_new_features_may_take_the_place_of_those_still_in_use(
    loaded: LoadedGallery, tmp_path: Path
) -> None:
    """A phase reads those of the one before while it writes its own by the same name."""
    network, place = tiny_network(), tmp_path / "later"
    first = _compute(loaded, stages(network, "conv1", "layer3"), place)
    before = first.views[View.PLAIN][0].copy()

    _compute(loaded, stages(network, "conv1", "fc"), place)

    np.testing.assert_array_equal(before, first.views[View.PLAIN][0])


def test_half_precision_is_enough_for_large_and_small_values(tmp_path: Path) -> None:
    """What float16 rounds is a two-thousandth at most."""
    values = torch.tensor([[1e-3, 0.3333, 17.77, 900.5]])

    found = compute_features(
        iter([{View.PLAIN: values}]), nn.Identity(), RUN, tmp_path / "x", count=1, display=Silent()
    )

    torch.testing.assert_close(found.take(torch.tensor([0])), values, rtol=1e-3, atol=1e-6)


def test_an_array_has_its_place_on_the_disk_from_the_start(tmp_path: Path) -> None:
    """Or the process would die of a signal when the disk is full in the middle of filling it."""
    array = new_array(tmp_path / "a.npy", np.float16, (64, 64, 3))
    facts = (tmp_path / "a.npy").stat()

    assert not array.any()
    assert facts.st_blocks * 512 >= facts.st_size
    array[63] = 7
    array.flush()
    assert 7 == np.load(tmp_path / "a.npy")[63, 0, 0]


def test_a_disk_without_room_is_an_error_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any picture is read."""

    def full(*_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)

    with pytest.raises(OSError, match="No space left"):
        new_array(tmp_path / "a.npy", np.uint8, (8, 8))
