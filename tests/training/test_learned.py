"""What a training learned: heads that fit the body, a bank, and what it says of the unseen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from gallery_daemon.errors import TrainingError
from gallery_daemon.model.bank import FeatureBank
from gallery_daemon.model.network import split_network
from gallery_daemon.photo import LookKind
from gallery_daemon.training import phase, trainer
from gallery_daemon.training.dataset import Gallery, Labelled
from gallery_daemon.training.learned import BANK_ROWS, bank_rows
from gallery_daemon.training.recipe import FAST
from gallery_daemon.training.split import Split, leave_out
from tests.training.conftest import Listening
from tests.training.tiny import (
    HEAD,
    LAST_BLOCK,
    MIXED,
    RUN,
    SPLIT,
    same,
    tiny_network,
    tiny_trainer,
)

if TYPE_CHECKING:
    from torch import nn

pytestmark = pytest.mark.usefixtures("tiny")


def test_features_are_computed_once_for_all_trainings(tmp_path: Path) -> None:
    """All begin with the same network; each later phase takes them up where the first left off."""
    display = Listening()
    recipe = replace(MIXED, phases=(LAST_BLOCK, HEAD))
    some = tiny_trainer(
        tmp_path, recipe, display, left_out=(("a",), ("b",)), sources=("a__", "b__")
    )
    for number, source in enumerate("ab"):
        some.train_without(leave_out(some.loaded.gallery, source), number)
    some.train(SPLIT, "course", 2)

    assert 1 + 3 == display.steps.count("computing features")
    assert ["without a:", "without b:"] == display.sentences


def test_a_network_never_learns_from_what_judges_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in a step nor in the choice of the best epoch: those left out are in neither."""
    used: set[int] = set()
    train_phase = phase.train_phase

    def noted(network: nn.Module, each: Any, source: Any, context: Any, state: Any) -> Any:
        used.update(context.train.tolist(), context.validate.tolist())
        return train_phase(network, each, source, context, state)

    monkeypatch.setattr(trainer, "train_phase", noted)
    some = tiny_trainer(tmp_path, left_out=(("a",),), sources=("a__", "b__"))
    outer = leave_out(some.loaded.gallery, ["a"])

    raw = some.train_without(outer, 0)

    assert set(outer.train) == used
    assert outer.validate == raw.places
    assert list(LookKind) == list(raw.logits)
    assert {(len(outer.validate), 2)} == {tuple(each.shape) for each in raw.logits.values()}
    assert (len(outer.validate),) == tuple(raw.distances.shape)


def test_without_a_phase_the_body_stays_and_is_run_once_a_look(tmp_path: Path) -> None:
    """All trainings share its features; no epoch is told of, and nothing is left to resume."""
    display = Listening()
    some = tiny_trainer(tmp_path, FAST, display, left_out=(("a",), ("b",)), sources=("a__", "b__"))
    raw = [
        some.train_without(leave_out(some.loaded.gallery, [source]), number)
        for number, source in enumerate("ab")
    ]
    network, progress = some.train(SPLIT, "course", 2)
    learned = some.learned(network, SPLIT)
    some.predict(learned, SPLIT.validate)

    assert ["computing features"] == display.steps
    assert [] == display.epochs == progress.epochs
    assert [] == list(tmp_path.glob("*.safetensors"))
    assert same(tiny_network(), network)
    assert [8, 8] == [len(each.places) for each in raw]


def test_a_head_without_a_phase_is_the_one_that_follows_phases_of_the_head(tmp_path: Path) -> None:
    """They are fitted to the same features: what phases of the last layer learned is not used."""
    heads = []
    for name, recipe in (("none", FAST), ("head", replace(FAST, phases=(HEAD,)))):
        some = tiny_trainer(tmp_path / name, recipe)
        network, _ = some.train(SPLIT, "course", 0)
        heads.append(some.learned(network, SPLIT).head)

    assert heads[0].to_bytes() == heads[1].to_bytes()
    assert heads[0].quick is not None


def test_weights_that_make_no_numbers_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged file of weights, say: no bundle of nonsense is written."""
    network = tiny_network()
    network.get_submodule("conv1").weight.data.fill_(float("nan"))  # type: ignore[operator]
    monkeypatch.setattr(trainer, "new_network", lambda _classes: network)
    some = tiny_trainer(tmp_path, FAST)
    trained, _ = some.train(SPLIT, "course", 0)

    with pytest.raises(TrainingError, match="nothing was learned: the weights none make no numb"):
        some.learned(trained, SPLIT)


def test_a_prediction_is_of_the_whole_picture_and_the_same_each_time(tmp_path: Path) -> None:
    """Nothing is varied, and the batches do not matter."""
    some = tiny_trainer(tmp_path)
    network = tiny_network()

    learned = some.learned(network.eval(), SPLIT)

    raw, again = (some.predict(learned, tuple(range(16))) for _ in range(2))
    one = some.predict(learned, (7,))

    body, _ = split_network(network)
    for look in LookKind:
        assert torch.equal(raw.logits[look], again.logits[look])
        torch.testing.assert_close(raw.logits[look][7:8], one.logits[look])
        features = body(RUN.input(some.loaded.shown(look, range(16)))).detach().numpy()
        wanted = learned.head.logits(features, look)
        np.testing.assert_allclose(raw.logits[look], wanted, atol=1e-3)
    assert not network.training


def test_each_look_gets_a_layer_that_fits_it(tmp_path: Path) -> None:
    """Fitted to the pictures that train, as each look shows them."""
    some = tiny_trainer(tmp_path)
    learned = some.learned(tiny_network().eval(), SPLIT)

    assert learned.head.quick is not None
    assert not np.allclose(learned.head.weight, learned.head.quick.weight)
    raw = some.predict(learned, SPLIT.train)
    truth = torch.tensor([0] * 5 + [1] * 5)
    for look in LookKind:
        assert torch.equal(truth, raw.logits[look].argmax(1))


def test_the_article_keeps_the_head_that_its_phases_trained(tmp_path: Path) -> None:
    """To the letter: nothing is fitted anew, and there is no quick look."""
    recipe = replace(MIXED, quick_look=False)
    some, network = tiny_trainer(tmp_path, recipe), tiny_network().eval()

    learned = some.learned(network, SPLIT)

    assert learned.head.quick is None
    np.testing.assert_array_equal(learned.head.weight, network.state_dict()["fc.weight"])
    assert [LookKind.FULL] == list(some.predict(learned, (1, 2)).logits)


def test_what_lies_in_the_bank_is_near_and_what_is_unlike_it_is_far(tmp_path: Path) -> None:
    """The distance is to the nearest of the pictures that train."""
    some, network = tiny_trainer(tmp_path), tiny_network().eval()

    learned = some.learned(network, Split((0, 1, 2, 3, 8), (5, 13)))
    raw = some.predict(replace(learned, bank=first_rows(learned.bank, 4)), tuple(range(16)))

    assert (5, 5) == (len(learned.bank.full), len(learned.bank.quick))
    assert 0 <= raw.distances.min()
    assert raw.distances[:4].mean() < raw.distances[8:].mean()


def first_rows(bank: FeatureBank, count: int) -> FeatureBank:
    """The bank without its later rows, which are of the second class."""
    return FeatureBank(bank.full[:count], bank.quick[:count], bank.labels[:count])


def test_the_bank_has_each_source_in_turn_and_no_class_too_often() -> None:
    """A source of a thousand pictures does not push out one of ten."""
    names = [("a", "big", n) for n in range(400)] + [("a", "small", n) for n in range(10)]
    names += [("b", "only", n) for n in range(5)]
    gallery = Gallery(
        ("a", "b"),
        tuple(Labelled(Path(f"{of}__{n}.jpg"), "ab".index(name)) for name, of, n in names),
    )

    rows = bank_rows(gallery, range(len(names)), seed=1)

    chosen = [names[row][:2] for row in rows]
    assert 10 == chosen.count(("a", "small"))
    assert BANK_ROWS - 10 == chosen.count(("a", "big"))
    assert 5 == chosen.count(("b", "only"))
    assert rows == bank_rows(gallery, range(len(names)), seed=1)
