"""The head: logits from features, the same as the network's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from gallery_daemon.errors import BundleError
from gallery_daemon.model.bundle import head_of, load_bundle
from gallery_daemon.model.head import Head, load_head
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.network import split_network

if TYPE_CHECKING:
    from pathlib import Path


def test_its_logits_are_the_network_s(bundle: Path) -> None:
    """Saved in full precision and without torch, it is the last layer to the bit."""
    network, manifest = load_bundle(bundle)
    features = np.random.default_rng(0).random((5, 512)).astype(np.float32)
    _, layer = split_network(network)

    head = load_head(bundle, manifest)

    with torch.inference_mode():
        expected = layer(torch.from_numpy(features)).numpy()
    np.testing.assert_allclose(head.logits(features), expected, atol=1e-5)
    assert np.array_equal(head.weight, head_of(network).weight)
    assert np.float32 == head.logits(features).dtype


def test_a_body_of_other_features_is_refused(bundle: Path) -> None:
    """One sentence, and no error of a library."""
    head = load_head(bundle, read_manifest(bundle))

    with pytest.raises(BundleError, match="the head takes 512 features, the body gives 7"):
        head.logits(np.zeros((1, 7), np.float32))


def test_it_keeps_no_hold_of_the_network_s_memory() -> None:
    """What is saved is what was, even if training goes on."""
    layer = torch.nn.Linear(4, 2)
    network = torch.nn.Sequential()
    for name in ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4"):
        network.add_module(name, torch.nn.Identity())
    network.add_module("avgpool", torch.nn.Identity())
    network.add_module("fc", layer)

    head = head_of(network)
    before = Head(head.weight.copy(), head.bias.copy())
    with torch.no_grad():
        layer.weight.add_(1)

    assert np.array_equal(before.weight, head.weight)
