"""The network: its input is torchvision's, and its stages put together are the whole."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gallery_daemon.model.manifest import Manifest
from gallery_daemon.model.network import (
    STAGES,
    load_backbone,
    new_network,
    normalise,
    split_network,
    stages,
)


def test_normalising_is_torchvisions() -> None:
    """Pixels become (value / 255 - mean) / std per channel, RGB, channels first."""
    manifest = Manifest("m", ("a", "b"), "")
    pixel = np.zeros((1, 224, 224, 3), dtype=np.uint8)
    pixel[0, 5, 7] = (255, 0, 51)

    batch = normalise(torch.from_numpy(pixel), manifest.mean, manifest.std)

    assert tuple(batch.shape) == (1, 3, 224, 224)
    assert batch.is_contiguous(memory_format=torch.channels_last)
    expected = [(1 - 0.485) / 0.229, (0 - 0.456) / 0.224, (0.2 - 0.406) / 0.225]
    torch.testing.assert_close(batch[0, :, 5, 7], torch.tensor(expected))


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    """One with random weights, in evaluation mode."""
    torch.manual_seed(5)
    return new_network(3).eval()


@pytest.mark.parametrize("cut", ["layer3", "layer4", "avgpool", "fc"])
def test_a_network_is_the_stages_before_a_cut_and_those_after(
    network: torch.nn.Module, cut: str
) -> None:
    """A phase of training keeps the first part's output: the logits must be the network's own."""
    pictures = torch.randn(2, 3, 96, 96)

    with torch.inference_mode():
        frozen = stages(network, STAGES[0], cut)(pictures)
        logits = stages(network, cut)(frozen)
        expected = network(pictures)

    assert (2, 3) == tuple(logits.shape)
    torch.testing.assert_close(logits, expected)


@pytest.mark.parametrize("side", [128, 224])
def test_a_network_is_its_body_and_its_head(network: torch.nn.Module, side: int) -> None:
    """At either look's size the body gives 512 features, of which the head makes the logits."""
    pictures = torch.randn(2, 3, side, side)
    body, head = split_network(network)

    with torch.inference_mode():
        features = body(pictures)
        logits = head(features)
        expected = network(pictures)

    assert (2, 512) == tuple(features.shape)
    torch.testing.assert_close(logits, expected)


def test_stages_share_their_layers_with_the_network(network: torch.nn.Module) -> None:
    """Training a part trains the network."""
    last = stages(network, "fc")

    assert last.get_submodule("fc") is network.get_submodule("fc")


def test_a_backbone_is_taken_over_without_its_head(network: torch.nn.Module) -> None:
    """ImageNet's thousand classes do not come along, and the counters of BatchNorm may lack."""
    weights = {
        key: value.half() if value.is_floating_point() else value
        for key, value in new_network(1000).state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    fresh = new_network(3)
    head = fresh.get_parameter("fc.weight").clone()

    load_backbone(fresh, weights)

    torch.testing.assert_close(fresh.get_parameter("conv1.weight"), weights["conv1.weight"].float())
    torch.testing.assert_close(fresh.get_parameter("fc.weight"), head)
    assert (3, 512) == tuple(network.get_parameter("fc.weight").shape)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layer1.0.conv1.weight": None}, "layer1.0.conv1.weight does not fit"),
        ({"extra.weight": torch.zeros(1)}, "extra.weight does not fit"),
        ({"bn1.weight": torch.zeros(7)}, r"bn1.weight has the shape \(7,\)"),
    ],
)
def test_weights_of_another_network_are_refused(
    change: dict[str, torch.Tensor | None], message: str
) -> None:
    """The first layer that lacks, is unknown or of another shape is named, and nothing is taken."""
    network = new_network(3)
    before = network.get_parameter("conv1.weight").clone()
    weights = {**new_network(3).state_dict(), **change}

    with pytest.raises(ValueError, match=message):
        load_backbone(network, {key: value for key, value in weights.items() if value is not None})

    assert np.array_equal(before.detach(), network.get_parameter("conv1.weight").detach())
