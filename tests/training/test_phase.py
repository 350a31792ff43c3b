"""The training loop: which pictures an epoch draws, what it hands out, and the article's letter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from gallery_daemon.model.temperature import fit_temperature
from gallery_daemon.photo import LookKind
from gallery_daemon.training.display import Silent
from gallery_daemon.training.features import Runner
from gallery_daemon.training.optimiser import rate_share
from gallery_daemon.training.phase import (
    TrainContext,
    _epoch_seed,
    draw_order,
    draw_weights,
    train_phase,
)
from gallery_daemon.training.recipe import ARTICLE, DEFAULT, Phase
from tests.training.tiny import CHANNELS, RUN, SPLIT, tiny_context, tiny_network

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("one_core")


def _context(balance: float) -> TrainContext:
    """90 pictures of one class and 10 of another, of which the even ones train."""
    return TrainContext(
        replace(ARTICLE, balance=balance),
        torch.tensor([0] * 90 + [1] * 10),
        torch.tensor([0] * 80 + [1] * 10 + [2] * 10),
        torch.arange(0, 100, 2),
        torch.arange(1, 100, 2),
        Runner(torch.device("cpu"), torch.float32, 8),
        seed=0,
        display=Silent(),
    )


def test_without_balance_every_picture_is_seen_once() -> None:
    """Shuffled, and only those who train."""
    order = draw_order(_context(0.0), torch.Generator().manual_seed(1))

    assert list(range(0, 100, 2)) == sorted(order.tolist())
    assert sorted(order.tolist()) != order.tolist()


def test_with_balance_the_rare_class_is_drawn_more_often() -> None:
    """5 of 50: fully balanced it is half of what is drawn, by the square root a quarter."""
    for balance, low, high in ((1.0, 0.45, 0.55), (0.5, 0.2, 0.3)):
        context, generator = _context(balance), torch.Generator().manual_seed(1)

        drawn = torch.cat([draw_order(context, generator) for _ in range(40)])

        assert set(drawn.tolist()) == set(range(0, 100, 2))
        assert low < (drawn >= 90).float().mean() < high


def test_a_small_source_is_drawn_more_often_and_the_class_no_more() -> None:
    """Of 45 and 5 pictures of one class: by the square root one in four, fully balanced half."""
    for balance, low, high in ((0.0, 0.08, 0.14), (0.5, 0.2, 0.3), (1.0, 0.45, 0.55)):
        context = _context(0.0)
        context = replace(context, recipe=replace(ARTICLE, source_balance=balance))
        generator = torch.Generator().manual_seed(1)

        drawn = torch.cat([draw_order(context, generator) for _ in range(60)])

        of_class = drawn[drawn < 90]
        assert low < (of_class >= 80).float().mean() < high
        assert 0.88 < len(of_class) / len(drawn) < 0.92


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=60),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_every_picture_can_be_drawn(
    pictures: list[tuple[int, int]], balance: float, source_balance: float
) -> None:
    """Whatever classes and sources there are; pictures of one class and source alike."""
    labels, sources = (torch.tensor(column) for column in zip(*pictures, strict=True))
    recipe = replace(ARTICLE, balance=balance, source_balance=source_balance)

    weights = draw_weights(labels, sources, recipe).tolist()

    assert all(weight > 0 for weight in weights)
    alike: dict[tuple[int, int], float] = {}
    for picture, weight in zip(pictures, weights, strict=True):
        assert pytest.approx(alike.setdefault(picture, weight)) == weight


@given(
    st.lists(
        st.tuples(st.integers(0, 1000), st.sampled_from(DEFAULT.phases), st.integers(1, 200)),
        min_size=2,
        max_size=20,
        unique_by=lambda each: (each[0], each[1].name, each[2]),
    )
)
def test_every_epoch_draws_by_a_seed_of_its_own(epochs: list[tuple[int, Phase, int]]) -> None:
    """Another one for each seed, phase and number: no epoch repeats the order of another."""
    seeds = [_epoch_seed(*epoch) for epoch in epochs]

    assert len(set(seeds)) == len(seeds)


class Known:
    """A source of vectors (N, CHANNELS) before `fc`, as they are; notes the batches it gave."""

    enters = "fc"

    def __init__(self) -> None:
        self.vectors = torch.randn(16, CHANNELS, generator=torch.Generator().manual_seed(5))
        self.given: list[list[int]] = []

    def train_batches(
        self, order: torch.Tensor, generator: torch.Generator
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        del generator
        for rows in order.split(RUN.batch_size):
            self.given.append(rows.tolist())
            yield rows, self.vectors[rows]

    def eval_batch(self, rows: torch.Tensor, look: LookKind = LookKind.FULL) -> torch.Tensor:
        return self.vectors[rows] if look is LookKind.FULL else -self.vectors[rows]


STILL = Phase("still", "fc", learning_rate=0.0, epochs=3)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_training_loss_is_the_mean_cross_entropy_of_all_pictures(smoothing: float) -> None:
    """With a rate of nothing the weights stay, so that it can be computed at once."""
    context = tiny_context(replace(ARTICLE, label_smoothing=smoothing))
    network, source = tiny_network(), Known()

    epochs = list(train_phase(network, STILL, source, context))

    logits = network.get_submodule("fc")(source.vectors[context.train])
    wanted = cross_entropy(logits, context.labels[context.train], label_smoothing=smoothing)
    assert [1, 2, 3] == [epoch.number for epoch in epochs]
    assert pytest.approx([wanted.item()] * 3) == [epoch.train_loss for epoch in epochs]


def test_an_epoch_sees_each_picture_that_trains_and_no_other() -> None:
    """In batches of the given size, in another order each time."""
    context, source = tiny_context(ARTICLE), Known()
    list(train_phase(tiny_network(), STILL, source, context))

    first, second, third = ([*source.given[n], *source.given[n + 1]] for n in (0, 2, 4))
    assert {5} == {len(batch) for batch in source.given}
    assert list(SPLIT.train) == sorted(first) == sorted(second) == sorted(third)
    assert first != second != third != first


def test_validation_is_calibrated_and_of_those_that_validate() -> None:
    """The loss at the temperature that fits best, and the share that is right."""
    context, source, network = tiny_context(ARTICLE), Known(), tiny_network()

    (epoch, *_) = train_phase(network, STILL, source, context)

    logits = network.get_submodule("fc")(source.vectors[context.validate]).detach()
    truth = context.labels[context.validate]
    temperature = fit_temperature(logits.numpy(), truth.numpy())
    loss = cross_entropy(logits / temperature, truth).item()
    assert pytest.approx(loss) == epoch.validation_loss
    assert pytest.approx((logits.argmax(1) == truth).float().mean()) == epoch.validation_accuracy


def test_what_is_validated_is_the_average_of_the_steps() -> None:
    """Its weights are handed out, not those of the last step, which are in the network."""
    phase = replace(STILL, learning_rate=0.5, epochs=1)
    averaged, last = (
        next(iter(train_phase(tiny_network(), phase, Known(), tiny_context(recipe))))
        for recipe in (replace(ARTICLE, average=0.999), ARTICLE)
    )

    assert not torch.equal(averaged.weights["fc.weight"], averaged.state.network["fc.weight"])
    assert torch.equal(last.weights["fc.weight"], last.state.network["fc.weight"])
    assert torch.equal(averaged.state.average["fc.weight"], averaged.weights["fc.weight"])


def test_a_phase_goes_on_after_the_epochs_that_it_has() -> None:
    """With the average, the moments and the steps of the rate where they were."""
    recipe = replace(DEFAULT, batch_size=5)
    phase = replace(STILL, learning_rate=0.1, epochs=4)
    whole = list(train_phase(tiny_network(), phase, Known(), tiny_context(recipe)))
    network = tiny_network()
    halves = train_phase(network, phase, Known(), tiny_context(recipe))
    state = [next(halves), next(halves)][-1].state
    resumed = tiny_network(9)
    resumed.load_state_dict(state.network)

    rest = list(train_phase(resumed, phase, Known(), tiny_context(recipe), state))

    assert [3, 4] == [epoch.number for epoch in rest]
    assert whole[2].train_loss == rest[0].train_loss
    assert whole[3].validation_loss == rest[1].validation_loss


def test_the_articles_phases_step_by_adam_at_a_constant_rate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every step of both phases: the rate of the letter, no decay, the layers of the letter."""
    seen: list[set[tuple[float, float]]] = []
    step = torch.optim.AdamW.step

    def noted(self: torch.optim.AdamW, *rest: Any) -> Any:
        seen.append({(group["lr"], group["weight_decay"]) for group in self.param_groups})
        return step(self, *rest)

    monkeypatch.setattr(torch.optim.AdamW, "step", noted)
    network, source = tiny_network(), Known()
    for phase in (replace(ARTICLE.phases[0], first_trained="fc"), ARTICLE.phases[1]):
        list(train_phase(network, phase, source, tiny_context(ARTICLE)))

    assert [{(1e-5, 0.0)}] * (5 * 2) + [{(3e-4, 0.0)}] * (3 * 2) == seen


def test_without_decay_adamw_is_the_articles_adam() -> None:
    """The same weights to the bit after ten steps from the same start."""
    ends = []
    for kind in (torch.optim.Adam, torch.optim.AdamW):
        layer, random = torch.nn.Linear(5, 3), torch.Generator().manual_seed(1)
        torch.nn.init.constant_(layer.weight, 0.3)
        torch.nn.init.zeros_(layer.bias)
        optimiser = kind(layer.parameters(), lr=0.01, weight_decay=0.0)
        for _ in range(10):
            optimiser.zero_grad()
            layer(torch.randn(4, 5, generator=random)).square().mean().backward()
            optimiser.step()
        ends.append(layer.weight.detach())

    assert torch.equal(*ends)


def test_the_rate_follows_its_schedule_over_the_whole_phase(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Up, then down to nothing at the last step of all; each epoch goes on from the one before."""
    rates: list[float] = []
    step = torch.optim.AdamW.step

    def noted(self: torch.optim.AdamW, *rest: Any) -> Any:
        rates.append(self.param_groups[0]["lr"])
        return step(self, *rest)

    monkeypatch.setattr(torch.optim.AdamW, "step", noted)
    phase = replace(STILL, learning_rate=0.5, epochs=10)
    list(train_phase(tiny_network(), phase, Known(), tiny_context(DEFAULT)))

    steps = range(1, 21)
    assert pytest.approx([0.5 * rate_share(DEFAULT, n / 20) for n in steps]) == rates
    assert pytest.approx(0.0) == rates[-1]
    assert 1 == rates.index(max(rates))
