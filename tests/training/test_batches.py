"""Batches: in the order asked for, varied only to train, and the same for the same generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from gallery_daemon.photo import LookKind
from gallery_daemon.training import batches
from gallery_daemon.training.batches import (
    FeatureSource,
    PictureSource,
    RandomJpeg,
    augmentation,
    random_thumbnail,
)
from gallery_daemon.training.features import Features, View
from tests.training.tiny import RUN, SIDE, tiny_gallery

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.imaging.decode import Pixels

pytestmark = pytest.mark.usefixtures("one_core")

ORDER = torch.tensor([3, 1, 4, 15, 9, 2, 6])


def _seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _features(*, mirrored: bool) -> FeatureSource:
    plain = np.arange(16, dtype=np.float16)[:, None] + 1
    views = {View.PLAIN: plain} | ({View.MIRRORED: -plain} if mirrored else {})
    return FeatureSource(Features(views), "fc", RUN)


def _pictures(
    folder: Path, sizes: tuple[int, ...] = (24,), thumbnails: float = 0.0
) -> PictureSource:
    return PictureSource(tiny_gallery(folder), sizes, RUN, range(16), thumbnails)


def test_features_come_in_the_order_asked_for() -> None:
    """Rows beside their own features, batch by batch, the last one shorter."""
    found = list(_features(mirrored=False).train_batches(ORDER, _seeded()))

    assert [5, 2] == [len(rows) for rows, _ in found]
    assert ORDER.tolist() == torch.cat([rows for rows, _ in found]).tolist()
    assert (ORDER + 1).tolist() == torch.cat([batch for _, batch in found])[:, 0].tolist()


def test_half_of_the_features_are_of_mirror_images() -> None:
    """At random, another half in each epoch; in evaluation none."""
    source, order = _features(mirrored=True), torch.arange(16).repeat(50)
    found = torch.cat([batch for _, batch in source.train_batches(order, _seeded())])

    assert 0.45 < (found < 0).float().mean() < 0.55
    assert (order + 1).tolist() == found.abs()[:, 0].tolist()
    assert (source.eval_batch(torch.arange(16)) > 0).all()


@pytest.mark.parametrize("kind", ["features", "pictures"])
def test_the_same_generator_gives_the_same_batches(tmp_path: Path, kind: str) -> None:
    """Whatever torch's own generator did before; and another one gives others."""
    source = _features(mirrored=True) if kind == "features" else _pictures(tmp_path)

    def drawn(seed: int) -> torch.Tensor:
        torch.rand(seed + 1)
        return torch.cat([batch for _, batch in source.train_batches(ORDER, _seeded(seed))])

    assert torch.equal(drawn(1), drawn(1))
    assert not torch.equal(drawn(1), drawn(2))


def test_pictures_to_train_are_varied_at_the_size_of_the_phase(tmp_path: Path) -> None:
    """In the order asked for; none is as it was, and two epochs differ."""
    source, generator = _pictures(tmp_path), _seeded()
    first, second = (list(source.train_batches(ORDER, generator)) for _ in range(2))

    assert ORDER.tolist() == torch.cat([rows for rows, _ in first]).tolist()
    assert [(5, 3, 24, 24), (2, 3, 24, 24)] == [tuple(batch.shape) for _, batch in first]
    assert torch.float32 == first[0][1].dtype
    assert not torch.equal(first[0][1], second[0][1])


def test_each_batch_has_one_of_the_sizes(tmp_path: Path) -> None:
    """At random, all of them in the long run, and in evaluation those of the two looks."""
    source = _pictures(tmp_path, (16, 24, 32))
    order = torch.arange(16).repeat(10)

    sizes = [batch.shape[-1] for _, batch in source.train_batches(order, _seeded())]

    assert {16, 24, 32} == set(sizes)
    assert len(order) // 5 == len(sizes)
    assert (SIDE, SIDE) == tuple(source.eval_batch(ORDER).shape[2:])
    quick = source.eval_batch(ORDER, LookKind.QUICK)
    assert torch.equal(RUN.input(tiny_gallery(tmp_path).open(LookKind.QUICK)[ORDER.numpy()]), quick)


def test_a_share_of_the_pictures_comes_as_thumbnails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All, none, or about as many as the phase says."""
    made: list[int] = []

    def noted(pixels: Pixels) -> Pixels:
        made.append(1)
        return random_thumbnail(pixels)

    monkeypatch.setattr(batches, "random_thumbnail", noted)
    for share, fewest, most in ((0.0, 0, 0), (0.3, 10, 40), (1.0, 80, 80)):
        made.clear()
        source = _pictures(tmp_path, thumbnails=share)
        list(source.train_batches(torch.arange(16).repeat(5), _seeded()))
        assert fewest <= len(made) <= most


def test_a_thumbnail_is_as_wide_as_cameras_make_it() -> None:
    """160 pixels, of any height up to that, and coarser than before."""
    torch.manual_seed(0)
    fine = (np.indices((224, 224)).sum(0)[..., None] % 2 * np.ones(3) * 255).astype(np.uint8)

    found = [random_thumbnail(fine) for _ in range(20)]

    assert {160} == {each.shape[1] for each in found}
    assert len({each.shape[0] for each in found}) > 5
    assert all(90 <= each.shape[0] <= 160 for each in found)
    assert all(each.std() < fine.std() for each in found)


def test_light_and_dark_pictures_stay_beside_their_rows(tmp_path: Path) -> None:
    """However they are varied, they can still be told apart: rows are not mixed up."""
    source, order = _pictures(tmp_path), torch.arange(16).repeat(4)
    means: dict[bool, list[float]] = {False: [], True: []}
    for rows, batch in source.train_batches(order, _seeded()):
        for row, picture in zip(rows.tolist(), batch, strict=True):
            means[row >= 8].append(picture.mean().item())

    assert np.median(means[False]) < np.median(means[True]) - 0.5


def test_pictures_to_evaluate_are_whole_and_never_varied(tmp_path: Path) -> None:
    """The very pixels of the rows, at the size of prediction, each time."""
    source = _pictures(tmp_path)
    pixels = tiny_gallery(tmp_path).open()

    found = source.eval_batch(ORDER)

    assert (7, 3, SIDE, SIDE) == tuple(found.shape)
    assert torch.equal(RUN.input(pixels[ORDER.numpy()]), found)
    assert torch.equal(found, source.eval_batch(ORDER))


@pytest.mark.parametrize("shape", [(224, 224), (64, 48), (16, 90)])
def test_a_varied_picture_is_a_picture_of_that_size(shape: tuple[int, int]) -> None:
    """Of any shape and content, forty times: bytes, three channels, a square."""
    torch.manual_seed(3)
    vary = augmentation(32)
    picture = torch.randint(256, (3, *shape), dtype=torch.uint8)

    for _ in range(40):
        varied = vary(picture)
        assert ((3, 32, 32), torch.uint8) == (tuple(varied.shape), varied.dtype)


def test_varying_is_of_many_kinds() -> None:
    """Of one red picture: mirrored and cut ones, grey ones, ones with channels swapped, framed."""
    torch.manual_seed(1)
    vary, picture = augmentation(16), torch.zeros((3, 32, 32), dtype=torch.uint8)
    picture[0] = 200
    kinds = set()
    for _ in range(150):
        red, green, blue = vary(picture).float().mean((1, 2)).tolist()
        if max(red, green, blue) - min(red, green, blue) < 1:
            kinds.add("grey")
        elif red < max(green, blue):
            kinds.add("swapped")
        else:
            kinds.add("red")

    assert {"grey", "swapped", "red"} == kinds


def test_saving_again_loses_a_little_and_another_little_each_time() -> None:
    """As chats make it: what the picture shows stays, its bytes do not."""
    torch.manual_seed(0)
    ramp = torch.arange(64).repeat(64, 1).to(torch.uint8) * 3
    picture = torch.stack([ramp, ramp.T, ramp.flip(0)])
    saved = [RandomJpeg()(picture) for _ in range(8)]

    assert {(3, 64, 64)} == {tuple(each.shape) for each in saved}
    assert len({each.numpy().tobytes() for each in saved}) > 3
    for each in saved:
        assert (each.float() - picture.float()).abs().mean() < 12
