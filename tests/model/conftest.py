"""Small bundles, made in the test: real weights of random numbers; and a choice of engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from gallery_daemon.model.bank import FeatureBank
from gallery_daemon.model.bundle import save_bundle
from gallery_daemon.model.engines.choose import EngineOptions
from gallery_daemon.model.manifest import (
    QUANTILES,
    QUICK_SIZE,
    FamiliarityScale,
    LookSettings,
    Manifest,
    Tally,
    find_bundle,
)
from gallery_daemon.model.network import new_network
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from pathlib import Path

CLASSES = ("cars", "memes", "trees")


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of three classes."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("bundles") / "small"
    save_bundle(folder, new_network(len(CLASSES)), Manifest("small", CLASSES, ""), {})
    return folder


@pytest.fixture(scope="session")
def banked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of both looks, with tallies, a bank and a scale."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("bundles") / "banked"
    random = np.random.default_rng(0)
    rows = random.random((2, 30, 512)).astype(np.float16)
    tally = Tally((40, *(0,) * 98, 40), (20, *(0,) * 98, 40))
    tallies = {"cars": tally, "memes": tally}
    looks = {
        LookKind.FULL: LookSettings(224, 1.5, tallies),
        LookKind.QUICK: LookSettings(QUICK_SIZE, 1.2),
    }
    scale = FamiliarityScale(5, tuple(n / 50 for n in range(QUANTILES)))
    manifest = Manifest("banked", CLASSES, "", looks=looks, familiarity=scale)
    bank = FeatureBank(rows[0], rows[1], random.integers(0, 3, 30))
    save_bundle(folder, new_network(len(CLASSES)), manifest, {}, bank=bank)
    return folder


@pytest.fixture
def wanted(tmp_path: Path) -> EngineOptions:
    """The shipped bundle, whatever runs it best, and nothing remembered."""
    return EngineOptions(find_bundle("default"), tmp_path / "cache" / "engines.json")
