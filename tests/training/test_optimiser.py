"""Who learns how fast, and when."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.model.network import new_network
from gallery_daemon.training.optimiser import (
    new_average,
    new_optimiser,
    rate_share,
    set_learning_rate,
)
from gallery_daemon.training.recipe import ARTICLE, DEFAULT, Phase

ALL = Phase("all", "conv1", learning_rate=0.1, epochs=1)


def _rates(optimiser: torch.optim.Optimizer, network: torch.nn.Module) -> dict[str, float]:
    """The learning rate of each parameter, by its name."""
    names = {id(parameter): name for name, parameter in network.named_parameters()}
    return {
        names[id(parameter)]: group["lr"]
        for group in optimiser.param_groups
        for parameter in group["params"]
    }


def test_lower_layers_learn_more_slowly_block_by_block() -> None:
    """Each block at the rate of the one above divided by the decay; every parameter once."""
    network = new_network(3)

    rates = _rates(new_optimiser(network, ALL, replace(DEFAULT, layer_decay=2.0)), network)

    assert {name for name, _ in network.named_parameters()} == set(rates)
    assert pytest.approx([0.1, 0.05, 0.025, 0.0125, 0.00625, 0.003125]) == [
        rates["fc.weight"],
        rates["layer4.0.conv1.weight"],
        rates["layer3.5.bn2.bias"],
        rates["layer2.0.conv1.weight"],
        rates["layer1.2.bn1.weight"],
        rates["conv1.weight"],
    ]


def test_only_weights_decay() -> None:
    """Biases and BatchNorm's scales stay out of it, and the article's recipe has none at all."""
    network = new_network(3)

    for recipe, wanted in ((DEFAULT, {0.0, DEFAULT.weight_decay}), (ARTICLE, {0.0})):
        groups = new_optimiser(network, ALL, recipe).param_groups

        assert wanted == {group["weight_decay"] for group in groups}
        assert all(
            parameter.ndim > 1
            for group in groups
            for parameter in group["params"]
            if group["weight_decay"]
        )


def test_a_phase_touches_only_its_layers() -> None:
    """What is below `first_trained` is not the optimiser's."""
    network = new_network(3)

    rates = _rates(new_optimiser(network, replace(ALL, first_trained="layer4"), ARTICLE), network)

    assert {"layer4", "fc"} == {name.partition(".")[0] for name in rates}
    assert {0.1} == set(rates.values())


@given(st.floats(0, 1))
def test_the_rate_warms_up_and_cools_down(done: float) -> None:
    """Between nothing and the full rate; up before the end of the warm-up, down after it."""
    later = min(1.0, done + 0.01)
    now, then = rate_share(DEFAULT, done), rate_share(DEFAULT, later)

    assert 0 <= now <= 1
    assert now <= then if later <= DEFAULT.warm_up else now >= then or done < DEFAULT.warm_up
    assert 1.0 == rate_share(ARTICLE, done)


def test_every_group_is_set_to_its_share() -> None:
    """At the end of the warm-up all groups have their full rates, at the end of the phase none."""
    optimiser = new_optimiser(new_network(3), ALL, DEFAULT)

    for done, share in ((DEFAULT.warm_up, 1.0), (1.0, 0.0)):
        set_learning_rate(optimiser, DEFAULT, done)
        assert [group["full"] * share for group in optimiser.param_groups] == pytest.approx(
            [group["lr"] for group in optimiser.param_groups]
        )


def test_the_average_follows_more_and_more_slowly() -> None:
    """Of weights that jump from 0 to 1 and stay: at first fast, never faster than the ramp says."""
    layer = torch.nn.Linear(1, 1)
    torch.nn.init.zeros_(layer.weight)
    average = new_average(layer, 0.9)
    torch.nn.init.ones_(layer.weight)
    seen = []
    for _ in range(200):
        average.update_parameters(layer)
        seen.append(average.module.state_dict()["weight"].item())

    assert sorted(seen) == seen
    assert pytest.approx(1.0, abs=1e-3) == seen[-1]

    last_step = new_average(layer, 0.0)
    torch.nn.init.constant_(layer.weight, 7.0)
    last_step.update_parameters(layer)
    assert 7.0 == last_step.module.state_dict()["weight"].item()
